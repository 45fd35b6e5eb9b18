"""The benchmarks still run: nobody looks at them until they are needed."""

from __future__ import annotations

import pytest

from benchmarks import programs, replay, sync


def test_the_replay_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each way of answering is in the table, with a time for each SDK."""
    monkeypatch.setattr(replay, "SIZES", (2,))
    monkeypatch.setattr(replay, "ROUNDS", 1)

    replay.main()

    told = capsys.readouterr().out
    assert [] == [way for way in replay.WAYS if way not in told]


def test_the_start_of_programs_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each way of starting a program is in the table."""
    monkeypatch.setattr(programs, "ROUNDS", 1)

    programs.main()

    told = capsys.readouterr().out
    assert [] == [way for way in programs.WAYS if way not in told]


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("name", ["scale", "rate", "limit"])
def test_the_sync_is_measured(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Each measure of the sync gives a table."""
    monkeypatch.setattr(sync, "FAST", 0)
    monkeypatch.setattr(sync, "SLOW", 0)
    monkeypatch.setattr(sync, "CALLS", (1,))
    monkeypatch.setattr(sync, "SHARES", (0.95,))

    sync.main(name, "2")

    assert {"scale": "idle", "rate": "plain loop", "limit": "0.95"}[name] in (
        capfd.readouterr().out
    )
