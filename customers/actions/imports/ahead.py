"""Reading ahead: while the database works on one portion, the next is read."""

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 0.5


def read_ahead(items: Iterable[T]) -> Iterator[T]:
    """The items, each made in a thread while the one before is in use. They must need no database."""
    made: Queue[tuple[T | None, BaseException | None]] = Queue(maxsize=1)
    over = threading.Event()
    reader = threading.Thread(target=_fill, args=(items, made, over), daemon=True)
    reader.start()
    try:
        while True:
            item, error = made.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        over.set()
        reader.join()


def _fill(items: Iterable[T], made: "Queue[tuple[T | None, BaseException | None]]", over: threading.Event) -> None:
    try:
        for item in items:
            if not _put(made, (item, None), over):
                return
        _put(made, (None, None), over)
    except BaseException as error:
        _put(made, (None, error), over)


def _put(
    made: "Queue[tuple[T | None, BaseException | None]]",
    told: tuple[T | None, BaseException | None],
    over: threading.Event,
) -> bool:
    """False if nobody wants it any more."""
    while not over.is_set():
        try:
            made.put(told, timeout=PATIENCE)
        except Full:
            continue
        return True
    return False
