"""The bytes of one connection, in the pieces that HTTP cuts them into."""

from __future__ import annotations

from collections.abc import Callable

_PIECE = 65_536


class ByteStream:
    """Gives out what `receive` brings, which is handed in: a socket's `recv`.

    What has come too early waits for its turn. Everything that wants more bytes than
    there will be raises EOFError; what `receive` raises passes through.
    """

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        self._receive = receive
        self._held = bytearray()
        self.begun = False

    def begin(self) -> None:
        """Note that a message ends here; `begun` tells whether more has come since."""
        self.begun = bool(self._held)

    def peek(self, count: int) -> bytes:
        """Return the next bytes, as many as are there but one at least."""
        if not self._held:
            self._more()
        return bytes(self._held[:count])

    def take(self, count: int) -> bytes:
        """Return exactly so many bytes."""
        while len(self._held) < count:
            self._more()
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def until(self, end: bytes, most: int) -> bytes:
        """Return what stands before `end`, which is dropped.

        Raises OverflowError if that is more than `most` bytes; they stay.
        """
        start = 0
        while (at := self._held.find(end, start)) < 0:
            if len(self._held) > most:
                raise OverflowError(most)
            start = max(0, len(self._held) - len(end) + 1)
            self._more()
        if at > most:
            raise OverflowError(most)
        taken = bytes(self._held[:at])
        del self._held[: at + len(end)]
        return taken

    def _more(self) -> None:
        piece = self._receive(_PIECE)
        if not piece:
            raise EOFError
        self.begun = True
        self._held += piece
