"""`erase` and `retain`: what they print, what they refuse in one line, and that a dry run makes nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call

ROWS = [
    {"source_record_id": f"ticket-{n:04d}", "channel": "ticket", "product": "Lumen", "occurred_at": "2026-03-01T10:00:00Z",
     "customer_id": one, "text": f"The gallery crashes, says {one}, and a quibble walrus {n} appears"}
    for n, one in enumerate(("customer-1", "customer-2", "o'neil"))
]  # fmt: skip


@pytest.fixture
def landed(call: Call, home: Path, tmp_path: Path) -> Path:
    export = tmp_path / "export.jsonl"
    export.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert call("ingest", "records", export).code == 0
    return export


def sums(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.rglob("*") if f.is_file()}


def test_a_dry_run_prints_what_the_erasure_prints_and_makes_nothing(call: Call, landed: Path, home: Path) -> None:
    before = sums(home)
    rehearsed = json.loads(call("erase", "--customer", "customer-1", "--dry-run", "--json").out)
    assert sums(home) == before
    done = json.loads(call("erase", "--customer", "customer-1", "--json").out)
    assert [row for row in rehearsed["stores"] if row["removed"]] == [row for row in done["stores"] if row["removed"]]
    assert (rehearsed["is_dry_run"], done["is_dry_run"], done["search"]["found_count"]) == (True, False, 0)
    assert Path(done["certificate"]).exists()


def test_the_table_names_stores_and_the_search_and_no_customer(call: Call, landed: Path) -> None:
    outcome = call("erase", "--customer", "customer-1")
    assert outcome.code == 0, outcome.err
    assert "bronze_feedback_record" in outcome.out
    assert ": 0 found.\nCertificate: " in outcome.out
    assert "customer-1" not in outcome.out + outcome.err
    assert "can't be attributed" in outcome.err


def test_an_erased_customer_does_not_land_again_and_the_sum_holds(call: Call, landed: Path) -> None:
    call("erase", "--customer", "customer-1", "--customer", "o'neil")
    assert call("ingest", "records", landed).out == "3 rows read = 0 landed + 3 duplicates + 0 quarantined\n"
    assert call("audit", "verify").code == 0


def test_a_file_names_many(call: Call, landed: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("\ufeffcustomer-1\n\n o'neil \n", encoding="utf-8")
    done = json.loads(call("erase", "--file", tmp_path / "ids.txt", "--json").out)
    assert len(done["customer_hashes"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--customer", "customer-9"), 1, "nothing is known of this customer"),
        (("--customer", "customer-%"), 1, "nothing is known of this customer"),
        (("--customer", "customer-1", "--customer", "x"), 1, "nothing is known of 1 of the 2 customers"),
        (("--customer", " "), 2, "a customer's id is empty"),
        ((), 2, "nobody is named"),
        (("--file", "missing.txt"), 2, "missing.txt: no such file"),
    ],
)
def test_what_cannot_be_erased_is_refused_in_one_line(
    call: Call, landed: Path, home: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    outcome = call("erase", *arguments)
    assert outcome.code == code
    assert told in outcome.error
    assert not (home / "erasures").exists()


@pytest.mark.parametrize("person", ["zoe", "", " "])
def test_whoever_erases_in_a_name_is_one_of_the_people(call: Call, landed: Path, home: Path, person: str) -> None:
    assert "people.yaml" in call("erase", "--customer", "customer-1", "--as", person).error
    (home / "people.yaml").write_text("dora: [privacy_officer]\n")
    outcome = call("erase", "--customer", "customer-1", "--as", person)
    assert (outcome.code, "Known are: dora" in outcome.error) == (2, True)
    assert not (home / "erasures").exists()


def test_certificate_names_the_person_who_erased(call: Call, landed: Path, home: Path) -> None:
    (home / "people.yaml").write_text("dora: [privacy_officer]\n")
    assert json.loads(call("erase", "--customer", "customer-1", "--as", "dora", "--dry-run", "--json").out)["actor"] == "dora"
    assert json.loads(call("erase", "--customer", "customer-1", "--dry-run", "--json").out)["actor"] == "operator"


@pytest.mark.parametrize("command", [("erase", "--customer", "a"), ("retain",)])
def test_a_home_in_which_nothing_landed_is_told_so(call: Call, home: Path, command: tuple[str, ...]) -> None:
    assert "nothing has landed yet" in call(*command).error
    assert not home.exists()


def test_nothing_runs_after_a_kill_before_the_erasure_is_finished(call: Call, landed: Path, home: Path) -> None:
    call("erase", "--customer", "customer-1")
    (home / "erasures" / "unfinished.json").write_text('{"erasure_id": "e", "kind": "customers", "customer_hashes": []}')
    outcome = call("ingest", "records", landed)
    assert (outcome.code, "Run `feedback-loop erase`" in outcome.error) == (1, True)
    assert call("erase").code == 0
    assert call("ingest", "records", landed).code == 0


def test_retention_follows_the_file_of_the_home(call: Call, landed: Path, home: Path) -> None:
    assert call("retain", "--dry-run").out.endswith("Nothing was changed: this was a dry run.\n")
    (home / "retention.yaml").write_text("version: 1\ndefault: {feedback: 1}\n")
    assert "bronze_feedback_record" in call("retain", "--dry-run").out
    done = json.loads(call("retain", "--json").out)
    assert {row["store"]: row["removed"] for row in done["stores"]}["bronze_feedback_record"] == 3
    (home / "retention.yaml").write_text("version: 1\n")
    assert "default: Field required" in call("retain").error
