"""Gold as an asset: issues keep their identity from run to run, add up, and quote masked words only."""

from __future__ import annotations

from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, days, record


def test_issue_keeps_its_identity_although_each_day_is_a_run_of_its_own(home: Home) -> None:
    for n in range(3):
        home.land([record(f"r{n}-{m}", n, text.format(n=m)) for m, text in enumerate(SAYINGS["crash"])])
        home.run(days(n, n))
    named = [set(home.table("gold_issue", days(n, n)).filter(is_catch_all=False)["issue_id"]) for n in range(3)]
    assert named[1]
    assert named[1] <= named[2]


def test_fragments_of_issues_are_the_complaints_of_the_day(computed: Home) -> None:
    clusters = computed.table("analysis_cluster").select("event_date", "day_fragment_ids").explode("day_fragment_ids").drop_nulls()
    issues = computed.table("gold_issue").select("event_date", "day_fragment_ids").explode("day_fragment_ids").drop_nulls()
    assert sorted(issues.rows()) == sorted(clusters.rows())
    assert issues.height > 0


def test_quotes_are_masked_texts_of_the_issue(computed: Home) -> None:
    texts = dict(computed.table("silver_fragment").select("fragment_id", "masked_text").iter_rows())
    for issue in computed.table("gold_issue").iter_rows(named=True):
        assert issue["quotes"] == [texts[fragment] for fragment in issue["quote_fragment_ids"]]


def test_issue_names_the_alert_that_was_raised_about_it(computed: Home) -> None:
    [alert] = computed.table("analysis_alert").filter(alert_kind="urgent").iter_rows(named=True)
    named = computed.table("gold_issue", days(1, 1)).filter(cluster_id=alert["alerted_cluster_id"])
    assert named["alert_ids"].to_list() == [[alert["alert_id"]]]


def test_days_before_a_run_are_never_written_again(computed: Home, new_home: NewHome) -> None:
    home = computed.copied_to(new_home())
    home.land([record("late", 2, "The app crashes as soon as I open it.")])
    assert home.run(days(2, 2)).days_changed["gold_issue"] == 1
    assert home.table("gold_issue", days(0, 1)).equals(computed.table("gold_issue", days(0, 1)))
