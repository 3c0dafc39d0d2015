"""A short outage of a tool and of a source, and proof that whoever waits longer, comes out of order or in a rush is noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop_tests.benchmarks.vendor_outage import Found, Part, parts, played, printed
from feedback_loop_tests.benchmarks.vendor_outage_plan import MINUTE, Plan, Side, most_in_a_minute
from feedback_loop_tests.fakes import START

TOOLS, SOURCES = parts(6)[0], parts(10)[1]


def short(part: Part, spacing_seconds: int, minutes_to_finish: int) -> Part:
    """The part with little happening; of sources, which are asked each quarter of an hour, an outage has to meet a pull."""
    plan = replace(part.plan, minutes_to_finish=minutes_to_finish, spacing=timedelta(seconds=spacing_seconds))
    return replace(part, plan=plan)


@pytest.mark.parametrize("part", [short(TOOLS, 40, 15), short(SOURCES, 100, 30)], ids=["tools", "sources"])
def test_an_outage_delays_nobody_else_and_its_own_queue_drains_in_order(part: Part) -> None:
    found = played(part)
    assert found.problems(most_longer_seconds=1.0) == []
    assert found.out[part.failing].p95 > found.calm[part.failing].p95 + 60


def side(what: str, waited: float, **more: object) -> Side:
    return replace(Side(what, [waited] * 20, is_in_order=True), **more)  # type: ignore[arg-type]


def found(other: float = 5.0, **failing: object) -> Found:
    part = Part(lambda _plan, _folder: {}, "down", 10, Plan())
    calm = {"other": side("theirs", 5.0), "down": side("its", 5.0)}
    return Found(part, calm, {"other": side("theirs", other), "down": side("its", 900.0) if not failing else side("its", **failing)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (found(other=7.0), "theirs waited 2.0 s longer"),
        (found(waited=900.0, is_in_order=False), "another order"),
        (found(waited=900.0, most_in_a_minute=11), "asked 11 times in a minute, 10 are the most"),
        (found(waited=5.0), "nothing was down"),
        (found(waited=900.0, problems=["its: 1 are in_doubt"]), "in_doubt"),
    ],
)
def test_what_is_not_as_it_has_to_be_is_told(seen: Found, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert problem in " ".join(seen.problems(1.0))
    assert printed([seen], 1.0) == 1
    assert "not as it has to be" in capsys.readouterr().out


def test_what_is_as_it_has_to_be_is_good() -> None:
    assert found().problems(1.0) == []
    assert printed([found()], 1.0) == 0


def test_an_hour_of_outage_lies_between_two_others() -> None:
    plan = Plan()
    assert [plan.is_out(START + n * MINUTE) for n in (59, 60, 119, 120)] == [False, True, True, False]
    assert not replace(plan, is_any_out=False).is_out(START + 60 * MINUTE)
    assert (plan.arrivals, plan.lasts) == (180, timedelta(minutes=225))


def test_the_most_within_a_minute_are_counted_wherever_it_begins() -> None:
    assert most_in_a_minute([START + timedelta(seconds=s) for s in (0, 50, 59, 61, 109, 200)]) == 4
    assert most_in_a_minute([]) == 0


def test_a_percentile_is_one_of_the_waits() -> None:
    assert Side("x", [float(n) for n in range(1, 101)]).p95 == 95.0
    assert Side("x").p95 == 0.0


def test_the_folder_of_a_run_is_its_own(tmp_path: Path) -> None:
    seen: list[Path] = []

    def run(_plan: Plan, folder: Path) -> dict[str, Side]:
        seen.append(folder)
        return {}

    played(Part(run, "down", 1, Plan()))
    assert len(set(seen)) == 2
