"""Several processes: the same results in the same order as this one; small work and errors stay simple."""

from __future__ import annotations

import os

import pyarrow as pa
import pytest

from feedback_loop.adapters.processes import MIN_BATCHES, Processes, available_cores, made_ahead

SCHEMA = pa.schema([pa.field("number", pa.int64())])


def numbers(*values: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"number": list(values)}, schema=SCHEMA)


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    return numbers(*(2 * number for number in batch["number"].to_pylist()))


def who(_: pa.RecordBatch) -> pa.RecordBatch:
    return numbers(os.getpid())


def refuses_seven(batch: pa.RecordBatch) -> pa.RecordBatch:
    if 7 in batch["number"].to_pylist():
        raise ValueError("seven")
    return batch


def values(made: object) -> list[int]:
    return [number for batch in made for number in batch["number"].to_pylist()]  # type: ignore[attr-defined]


def test_results_come_in_the_order_of_the_batches() -> None:
    assert values(Processes(2)(doubled, (numbers(n, n + 100) for n in range(30)))) == [2 * v for n in range(30) for v in (n, n + 100)]


def test_many_batches_leave_this_process_and_few_do_not() -> None:
    few, many = MIN_BATCHES - 1, 4 * MIN_BATCHES
    assert set(values(Processes(2)(who, [numbers(n) for n in range(few)]))) == {os.getpid()}
    assert os.getpid() not in values(Processes(2)(who, [numbers(n) for n in range(many)]))
    assert set(values(Processes(1)(who, [numbers(n) for n in range(many)]))) == {os.getpid()}


def test_error_of_a_step_reaches_the_caller_and_the_next_work_goes_on() -> None:
    with pytest.raises(ValueError, match="seven"):
        values(Processes(2)(refuses_seven, [numbers(n) for n in range(20)]))
    assert values(Processes(2)(doubled, [numbers(n) for n in range(MIN_BATCHES)])) == [0, 2, 4, 6, 8]


def test_no_batch_gives_no_result() -> None:
    assert values(Processes(2)(doubled, [])) == []


def test_at_least_one_core_is_there() -> None:
    assert available_cores() >= 1


def test_next_items_are_made_while_the_caller_works_with_one() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return 2 * number

    seen = []
    for number, double in made_ahead(make, [1, 2, 3]):
        seen.append((number, double))
    assert seen == [(1, 2), (2, 4), (3, 6)]
    assert made == [1, 2, 3]


def test_error_of_what_is_made_reaches_the_caller_in_its_turn() -> None:
    results = made_ahead(lambda number: 6 // number, [2, 0, 3])
    assert next(results) == (2, 3)
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert list(made_ahead(str, [])) == []
