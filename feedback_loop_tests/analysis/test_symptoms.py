import pytest

from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.symptoms import Count, Symptom
from feedback_loop_tests.analysis.scenes import HOUR, at, crowd, fault
from feedback_loop_tests.analysis.test_onset import of_class

SAID = [*crowd(), *fault(30, region="dach")]
SYMPTOM = Symptom(of_class(SAID), instant_number(at(HOUR)), instant_number(at(24)))
SPAN = (SYMPTOM.onset, SYMPTOM.end)


def test_inside_and_outside_are_counted_apart() -> None:
    inside, outside = (count({"region": ["dach"]}, *SPAN) for count in (SYMPTOM.inside, SYMPTOM.outside))
    after = [s for s in SAID if s.day == 30 and (s.hour or 0) >= HOUR]
    in_dach = [s for s in after if s.where["region"] == "dach"]
    assert (inside.complaints, inside.records) == (sum(s.topic == "scanner" for s in in_dach), len(in_dach))
    assert (inside.records + outside.records) == len(after)
    assert inside.share > 0.7 > outside.share
    assert inside.rise > 10
    assert inside.p_value < 1e-9 < outside.p_value


def test_everybody_is_inside_of_no_scope() -> None:
    assert SYMPTOM.inside({}, *SPAN).records == sum(s.day == 30 and (s.hour or 0) >= HOUR for s in SAID)
    assert SYMPTOM.outside({}, *SPAN).records == 0


def test_a_span_includes_its_start_and_not_its_end() -> None:
    halves = [SYMPTOM.inside({}, SPAN[0], instant_number(at(15))), SYMPTOM.inside({}, instant_number(at(15)), SPAN[1])]
    assert sum(h.records for h in halves) == SYMPTOM.inside({}, *SPAN).records


def test_a_count_reads_as_figures() -> None:
    count = Count(3, 12, 0.05)
    assert str(count) == "3 of 12 records (25 %, usually 5.0 %)"
    assert count.share == 0.25
    assert count.rise == pytest.approx(5.0)
    assert Count(0, 0, 0.05).share == 0.0
