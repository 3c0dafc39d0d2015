import polars as pl
import pytest

from feedback_loop.analysis.alerted import Alerted, alerted
from feedback_loop.analysis.cluster import clusters
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, first_instant, instant_number
from feedback_loop.analysis.detect import alerts
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.analysis.scenes import DAY, HOUR, at, crowd, fault, on
from feedback_loop_tests.complaint_stream import Said, day, releases, stream


def found(said: list[Said], more: pl.DataFrame | None = None) -> list[Alerted]:
    of = stream(said)
    grouped = clusters(of.fragments, of.classifications, of.embeddings, on(DAY))
    raised = alerts(of.fragments, of.messages, of.classifications, grouped, releases(), on(DAY))
    rows = raised if more is None else pl.concat([raised, more])
    return list(alerted(rows, of.messages, of.fragments, of.classifications, grouped, on(DAY)))


SAID = crowd() + fault(30, region="dach")


def test_the_records_of_an_alert_are_those_that_it_counted() -> None:
    for alert in found(SAID):
        window = alert.window()
        counted = alert.complains(window)
        if alert.is_share:
            assert len(window) == alert.row["exposure_count"]
            assert counted.sum() >= int(str(alert.row["observed_count"]))
        else:
            assert (int(counted.sum()), len(window)) == (alert.row["observed_count"], alert.row["exposure_count"])


def test_the_window_of_a_share_alert_is_its_six_hours() -> None:
    [alert, *_] = [a for a in found(SAID) if a.is_share]
    instants = alert.history.instants[alert.window()]
    end = instant_number(alert.row["raised_at"])  # type: ignore[arg-type]
    assert end - DAY_MICROSECONDS // 4 <= instants.min() <= instants.max() < end


def test_what_is_usual_ends_a_week_before() -> None:
    [alert, *_] = found(SAID)
    assert alert.history.days[alert.usual].max() * DAY_MICROSECONDS < first_instant(day(DAY - 7))
    assert alert.usual_share() == pytest.approx(len(alert.usual[alert.complains(alert.usual)]) / len(alert.usual), abs=0.01)


def test_a_young_product_has_all_its_days_before_as_usual() -> None:
    [alert, *_] = found([s for s in SAID if s.day >= DAY - 7])
    assert set(alert.history.days[alert.usual] * DAY_MICROSECONDS) == {first_instant(day(n)) for n in range(DAY - 7, DAY)}


def test_a_small_segment_is_credited_with_the_usual_share() -> None:
    [alert, *_] = found(SAID)
    nobody = alert.usual[:0]
    assert alert.usual_share(nobody) == pytest.approx(alert.usual_share())
    complaining = alert.usual[alert.complains(alert.usual)][:1]
    assert alert.usual_share(complaining) == pytest.approx((1 + 10 * alert.usual_share()) / 11)


def test_nothing_is_known_after_the_hour_of_the_last_record() -> None:
    [alert, *_] = found([s for s in SAID if s.day < DAY or (s.hour or 0) < HOUR + 11.3])
    assert alert.end == instant_number(at(HOUR + 12))


def test_an_urgent_alert_about_a_catch_all_finds_its_records() -> None:
    [alert] = [a for a in found([*crowd(), Said(DAY, "refund", severity="urgent", hour=4.0)]) if a.row["alert_kind"] == "urgent"]
    assert alert.complains(alert.window()).sum() >= 1


def test_an_alert_whose_subject_is_gone_has_no_complaints() -> None:
    [alert, *_] = found(SAID)
    gone = pl.DataFrame([{**alert.row, "subject_id": "gone"}], schema=pl.Schema(TABLES["analysis_alert"].schema))
    assert [a.complaining.size for a in found(SAID, gone) if a.row["subject_id"] == "gone"] == [0]


def test_days_outside_are_left_out() -> None:
    of = stream(SAID)
    grouped = clusters(of.fragments, of.classifications, of.embeddings, on(DAY))
    raised = alerts(of.fragments, of.messages, of.classifications, grouped, releases(), on(DAY))
    assert list(alerted(raised, of.messages, of.fragments, of.classifications, grouped, on(DAY - 1))) == []
