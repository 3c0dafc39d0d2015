"""Analysis as assets: a row for every fragment, windows that reach back, and what a run shows of itself."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import day, days, record


@pytest.mark.parametrize("name", ["analysis_embedding", "analysis_classification"])
def test_every_fragment_has_one_row(computed: Home, name: str) -> None:
    assert sorted(computed.table(name)["fragment_id"]) == sorted(computed.table("silver_fragment")["fragment_id"])


def test_model_versions_are_stored_with_every_row(computed: Home) -> None:
    assert computed.table("analysis_embedding")["embedding_model_version"].unique().to_list() == ["hashed-ngrams/sublinear-no-idf/v1"]
    assert computed.table("analysis_classification")["classifier_version"].n_unique() == 1


def test_clusters_of_a_day_reach_back_over_the_window_and_no_further(home: Home) -> None:
    text = "The app crashes as soon as I open the gallery."
    last = WINDOW_DAYS + 1
    home.land([record(f"r{n}", n, text) for n in (0, 2, last)])
    home.run(days(0, 2))
    home.run(days(last, last))
    fragments = dict(home.table("silver_fragment").select("event_date", "fragment_id").iter_rows())
    [cluster] = home.table("analysis_cluster", days(last, last)).iter_rows(named=True)
    assert set(cluster["member_fragment_ids"]) == {fragments[day(2)], fragments[day(last)]}
    assert cluster["day_fragment_ids"] == [fragments[day(last)]]


def test_urgent_record_raises_an_alert_on_its_day(computed: Home) -> None:
    alerts = computed.table("analysis_alert").filter(alert_kind="urgent")
    assert alerts["event_date"].to_list() == [day(1)]


def test_an_alert_has_its_cohorts_and_its_causes(computed: Home) -> None:
    alerts = set(computed.table("analysis_alert")["alert_id"])
    assert set(computed.table("analysis_cohort")["alert_id"]) == alerts
    causes = computed.table("analysis_hypothesis")
    assert causes.height
    assert set(causes["alert_id"]) <= alerts


def test_day_without_records_gives_empty_tables_and_no_failure(home: Home) -> None:
    summary = home.run(days(0, 1))
    assert summary.failed_checks == []
    assert set(summary.rows.values()) == {0}


def test_assets_show_counts_and_pictures_beside_their_rows(computed: Home, new_home: NewHome) -> None:
    result = computed.copied_to(new_home()).loop(day(1))
    made = [e.step_materialization_data.materialization for e in result.get_asset_materialization_events()]
    shown = {m.asset_key.to_user_string(): set(m.metadata) for m in made}
    assert {"record_count", "records_by_day", "negative_share_by_day", "rows"} <= shown["silver_message"]
    assert {"abstained_count", "classes_by_day"} <= shown["analysis_classification"]
    assert {"alert_count", "alerts_by_day"} <= shown["analysis_alert"]
    assert {"issue_count", "issue_fragments_by_day"} <= shown["gold_issue"]
