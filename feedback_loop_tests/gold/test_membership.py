import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.gold.membership import held_fragments
from feedback_loop_tests.gold.made_up_ledger import Found, replayed, said_on, table
from feedback_loop_tests.gold.test_day_steps import START, joined


def test_every_fragment_of_the_clusters_is_held_once() -> None:
    clusters = table([*joined(2), Found(START, "rest", said_on("q", START, START))])
    for one, found in clusters.partition_by("event_date", as_dict=True).items():
        held = [f for h in held_fragments(replayed(clusters), found) for f in h.members]
        assert sorted(held) == sorted(f for ids in found["member_fragment_ids"] for f in ids), one


def test_an_issue_names_the_clusters_of_which_it_holds_the_most_and_no_two_name_one() -> None:
    clusters = table(joined(2))
    for found in clusters.partition_by("event_date"):
        named = [c for h in held_fragments(replayed(clusters), found) for c in h.cluster_ids]
        assert sorted(named) == sorted(found["cluster_id"])


def test_an_issue_without_a_cluster_is_named_by_its_own_fragments() -> None:
    clusters = table(joined(1))
    today = clusters.filter(pl.col("event_date") == clusters["event_date"].min() + pl.duration(days=START))
    held = {h.issue_id: h for h in held_fragments(replayed(clusters), today)}
    lone = [h for h in held.values() if not h.cluster_ids]
    assert [h.cluster_id for h in lone] == [stable_id("cluster", h.event_date, "app", h.issue_id) for h in lone]
    assert len({h.cluster_id for h in held.values()}) == 2


def test_a_catch_all_is_named_after_its_class() -> None:
    clusters = table([Found(0, "rest", ["q00-0"])])
    [held] = held_fragments(replayed(clusters), clusters)
    assert (held.issue_id, held.members) == (stable_id("issue", "app", "billing", "catch_all"), ("q00-0",))
