"""Several processes for row-wise steps, and threads that work ahead: what one core does per batch, all cores do at once.

The processes are started at the first large frame and stay until the program ends; small frames never pay for them. Started by a fork
server, because a fork of a process whose libraries run threads can hang. The rule that is easy to break: results come in the order of
the batches, and no more batches are under way than the processes can hold, so that memory does not grow with the frame.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from itertools import chain, islice
from typing import TypeVar

import pyarrow as pa

from feedback_loop.methods.batches import Step, in_this_process

Item = TypeVar("Item")
Made = TypeVar("Made")

MIN_BATCHES = 5
"""Fewer batches are computed here: starting the processes takes as long."""

_IN_FLIGHT, _AHEAD = 2, 2


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


class Processes:
    """A `Runner` over so many processes; one means this process."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __call__(self, step: Step, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The results in the order of the batches."""
        given = iter(batches)
        first = list(islice(given, MIN_BATCHES))
        if self._count < 2 or len(first) < MIN_BATCHES:
            return in_this_process(step, chain(first, given))
        return _in_order(_pool(self._count), self._count, step, chain(first, given))


def _in_order(pool: ProcessPoolExecutor, count: int, step: Step, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    under_way: deque[Future[pa.RecordBatch]] = deque(pool.submit(step, batch) for batch in islice(batches, count * _IN_FLIGHT))
    while under_way:
        made = under_way.popleft().result()
        under_way.extend(pool.submit(step, batch) for batch in islice(batches, 1))
        yield made


def made_ahead(make: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[tuple[Item, Made]]:
    """Each item with what is made of it, in order; while the caller works with one, the next two are made in threads of their own.

    Two, because what one does before and after the processes have its rows leaves them idle.
    """
    with ThreadPoolExecutor(_AHEAD) as threads:
        given = iter(items)
        under_way = deque((item, threads.submit(make, item)) for item in islice(given, _AHEAD))
        while under_way:
            item, future = under_way.popleft()
            made = future.result()
            under_way.extend((after, threads.submit(make, after)) for after in islice(given, 1))
            yield item, made


@cache
def _pool(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("forkserver"))
