"""Serve both twins by the machine's clock: the work of the command `dataflow twin`."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.text import Text

from dataflow.errors import FileError
from dataflow.files import write_whole
from dataflow.redact import hidden_in
from dataflow.twin.clock import AdjustableClock, SystemClock
from dataflow.twin.messages import App, Request, Response
from dataflow.twin.pair import (
    CHARGEBEE_KEY,
    INVOICED_KEY,
    KEYS,
    SITE,
    Addresses,
    TwinPair,
)
from dataflow.twin.sample import fill, is_empty
from dataflow.twin.snapshot import State, decode_state, encode_state, take_state

#: The seconds between two looks for changes that are not in the state file.
INTERVAL = 10.0

#: The columns of a line of the log beside the address, and the fewest of the address.
_OTHER_COLUMNS, _ADDRESS_COLUMNS = 40, 20


@contextmanager
def serve(
    invoiced_port: int,
    chargebee_port: int,
    *,
    sample: bool = False,
    state: Path | None = None,
    logs: bool = False,
) -> Iterator[Addresses]:
    """Serve both twins; port 0 takes a free one.

    The file of a `state` is read before. It is replaced whole every `INTERVAL` seconds
    in which something has changed, and at the end. A `sample` fills empty twins. With
    `logs`, each call is a line on the standard error. Raise `DataflowError` for a taken
    port, and `FileError`.
    """
    old = State() if state is None else read_state(state)
    clock = old.clock(SystemClock())
    pair = TwinPair(clock, around=_console_log().around) if logs else TwinPair(clock)
    if state is not None and old.twins:
        _restore(pair, old, state)
    if sample and is_empty(pair):
        fill(pair)
    gc.freeze()  # else each full collection visits what was loaded: 0.3 s at 100,000
    with _keep(pair, clock, state), pair.serve(invoiced_port, chargebee_port) as served:
        yield served


def describe_addresses(addresses: Addresses) -> dict[str, dict[str, str]]:
    """Return the addresses of both twins, with their keys."""
    return {
        "invoiced": {"url": addresses.invoiced_url, "key": INVOICED_KEY},
        "chargebee": {
            "url": addresses.chargebee_url,
            "site": SITE,
            "key": CHARGEBEE_KEY,
        },
    }


@contextmanager
def catch_stop_signals() -> Iterator[SimpleQueue[int]]:
    """Yield a queue of Ctrl-C, SIGTERM, and the terminal's end unless ignored."""
    # A signal handler may put into a SimpleQueue at any moment, but not set an Event.
    stop: SimpleQueue[int] = SimpleQueue()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        numbers.append(signal.SIGHUP)
    before = {
        number: signal.signal(number, lambda found, _frame: stop.put(found))
        for number in numbers
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# The state file


def read_state(path: Path) -> State:
    """Return the state in a file, or of empty twins; raise `FileError` if damaged."""
    try:
        return decode_state(path.read_text("utf-8"))
    except FileNotFoundError:
        return State()
    except OSError as error:
        raise FileError(
            f"{path} cannot be read ({error.strerror}): name a file that can."
        ) from error
    except (UnicodeDecodeError, FileError) as error:
        raise _refuse_state(path, error) from error


def _restore(pair: TwinPair, old: State, path: Path) -> None:
    try:
        old.restore(pair.twins)
    except FileError as error:
        raise _refuse_state(path, error) from error


@contextmanager
def _keep(pair: TwinPair, clock: AdjustableClock, path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    file = StateFile(path, pair, clock)
    # A file that cannot be written is an error now, and not after a day's work.
    file.save()
    stop = threading.Event()
    thread = threading.Thread(target=file.save_until, args=[stop.wait], daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    file.save()


class StateFile:
    """The file of the state of a pair, which is replaced whole."""

    def __init__(self, path: Path, pair: TwinPair, clock: AdjustableClock) -> None:
        self._path = path
        self._pair = pair
        self._clock = clock
        self._saved: object = None

    def save_until(self, wait: Callable[[float], bool]) -> None:
        """Save changes at intervals until `wait` returns true."""
        while not wait(INTERVAL):
            with suppress(FileError):  # the save at the end reports it
                self.save()

    def save(self) -> None:
        """Write the file, unless it has the present state; raise `FileError`."""
        changes = [each.changes for each in self._pair.twins.values()]
        present = changes, self._clock.setting
        if present == self._saved:
            return
        try:
            state = take_state(self._pair.twins, self._clock)
            write_whole(self._path, encode_state(state))
        except OSError as error:
            raise FileError(
                f"{self._path} cannot be written ({error.strerror}): name a file in a"
                " folder that is there and can be."
            ) from error
        self._saved = present


def _refuse_state(path: Path, error: Exception) -> FileError:
    reason = str(error).rstrip(".")
    return FileError(
        f"{path} holds no state of these twins ({reason}): move it away to begin with"
        " empty ones."
    )


# The log


class CallLog:
    """Writes each call as a line of at most `width` columns; `tick` is in seconds."""

    def __init__(
        self,
        write: Callable[[Text], None],
        width: Callable[[], int],
        now: Callable[[], datetime],
        tick: Callable[[], float],
    ) -> None:
        self._write = write
        self._width = width
        self._now = now
        self._tick = tick

    def around(self, vendor: str, app: App) -> App:
        """Return an app that answers like this one, and writes a line."""

        def answer(request: Request) -> Response:
            start = self._tick()
            response = app(request)
            milliseconds = (self._tick() - start) * 1000
            self._write(self._line(vendor, request, response, milliseconds))
            return response

        return answer

    def _line(
        self, vendor: str, request: Request, response: Response, milliseconds: float
    ) -> Text:
        status, style = _status(response)
        address = Text(_address(request))
        room = max(_ADDRESS_COLUMNS, self._width() - _OTHER_COLUMNS)
        address.truncate(room, overflow="ellipsis", pad=True)
        return Text(" ").join(
            [
                Text(f"{self._now():%H:%M:%S}", "dim"),
                Text(f"{vendor:9}"),
                Text(f"{_escape(request.method):6.6}", "bold"),
                address,
                Text(f"{status:>3}", style),
                Text(f"{milliseconds:6.1f} ms", "dim"),
            ]
        )


class _Console(Console):
    """A console whose reader may close the pipe, as `head` does."""

    def on_broken_pipe(self) -> None:
        """Write no more lines, and go on."""
        self.quiet = True


def _console_log() -> CallLog:
    console = _Console(stderr=True, highlight=False, soft_wrap=True)

    def write(line: Text) -> None:
        with suppress(OSError):  # the terminal is closed
            console.print(line)

    return CallLog(
        write,
        lambda: console.width,
        lambda: datetime.now().astimezone(),
        time.monotonic,
    )


def _status(response: Response) -> tuple[str, str]:
    if response.truncate_at is not None:
        return "cut", "bold red"
    colours = {2: "green", 4: "yellow", 5: "bold red"}
    return str(response.status), colours.get(response.status // 100, "")


def _address(request: Request) -> str:
    if request.defect is not None:
        return "(a call that cannot be read)"
    query = "&".join(f"{name}={value}" for name, value in request.query)
    address = f"{request.path}?{query}" if query else request.path
    return _escape(hidden_in(address, KEYS.values()))


def _escape(text: str) -> str:
    """Return a text without characters that control a terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
