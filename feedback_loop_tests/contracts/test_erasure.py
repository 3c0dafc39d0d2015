"""A certificate tells figures and hashes; a keyed hash tells nothing without its key."""

from __future__ import annotations

import json

from feedback_loop.contracts.erasure import Certificate, Erased, Search, StoreCount, Trace, keyed_hash
from feedback_loop_tests.fakes import START


def test_a_keyed_hash_depends_on_key_kind_and_value() -> None:
    hashes = {keyed_hash(key, kind, value) for key in (b"k", b"l") for kind in ("customer", "row") for value in ("a", "b")}
    assert len(hashes) == 8
    assert keyed_hash(b"k", "customer", "a") == keyed_hash(b"k", "customer", "a")


def test_what_a_certificate_says_is_json_with_what_follows_from_it() -> None:
    search = Search(2, 100, 5, 0, (Trace("report.md", "bytes", 3),))
    made = Certificate("e", "customers", START, "ada", ("h",), None, (StoreCount("t", 5, 2, 1),), {"t": 3}, search)
    content = json.loads(json.dumps(made.content()))
    assert (content["stores"][0]["after"], content["search"]["found_count"], content["erased_at"]) == (3, 3, START.isoformat())
    assert StoreCount("t", 1).is_touched is False


def test_the_ids_of_rows_are_those_of_all_kinds_but_customers() -> None:
    erased = Erased(customer_ids=frozenset("c"), record_version_ids=frozenset("v"), fragment_ids=frozenset("f"))
    assert erased.row_ids == {"v", "f"}
