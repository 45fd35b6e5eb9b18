"""Do independent tasks in a few threads, or one after the other in this one."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Tasks(Generic[T]):
    """Tasks that several threads take one by one, until one of them fails."""

    source: Iterator[T]
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def take(self) -> Iterator[T]:
        while not self.stopped.is_set():
            with self.lock:
                found = list(itertools.islice(self.source, 1))
            if not found:
                return
            yield found[0]

    def work(self, do: Callable[[T], None]) -> None:
        try:
            for task in self.take():
                do(task)
        except BaseException:
            self.stopped.set()
            raise


def work_through(tasks: Iterable[T], do: Callable[[T], None], threads: int) -> None:
    """Call `do` with each task; with one thread, in their order.

    The tasks are taken one by one. After an error no further task is begun, and the
    error is raised when those in progress have ended.
    """
    shared = _Tasks(iter(tasks))
    if threads == 1:
        shared.work(do)
        return
    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(shared.work, do) for _ in range(threads)]:
            future.result()
