"""Landing by Dagster: what waits in the inbox lands once, and the log tells counts only."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from feedback_loop.defs.bronze_assets import BRONZE_TABLES
from feedback_loop.defs.run_record import open_instance
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import LANDED_AT

REVIEWS = (
    "reviewId,content,score,thumbsUpCount,reviewCreatedVersion,at,replyContent,repliedAt\n"
    "r1,Zibbelkrant crashes,1,0,1.0,2024-03-01 10:00:00,,\n"
    ",Zibbelkrant has no id,1,0,1.0,2024-03-01 10:00:00,,\n"
)


@pytest.fixture
def waiting(home: Home) -> Home:
    """A home whose inbox holds a review, one without an id, a release, an incident, figures, and a file that can't be read."""
    files = {
        "google_play/Lumen/reviews.csv": REVIEWS,
        "google_play/Lumen/broken.csv": "Zibbelkrant\n",
        "releases/Lumen/releases.csv": "version,released_at\n1.0,2024-02-28\n",
        "incidents/incidents.csv": "incident_id,product,started_at,scope\ni1,Lumen,2024-03-01,{}\n",
        "telemetry/telemetry.csv": "product,service,minute,requests,errors\nLumen,web,2024-03-01,9,1\nLumen,web,2024-03-02,9,1\n",
        "logs/logs.csv": "product,service,minute,error,lines\nLumen,web,2024-03-01,Timeout,3\n",
    }
    for name, content in files.items():
        file = home.folder / "inbox" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return home


def landing(home: Home, instance: dg.DagsterInstance | None = None) -> dg.ExecuteInProcessResult:
    return home.defs(LANDED_AT).resolve_job_def("landing").execute_in_process(instance=instance)


def counts(result: dg.ExecuteInProcessResult) -> list[dict[str, object]]:
    return [{name: value.value for name, value in m.metadata.items()} for m in result.asset_materializations_for_node("bronze")]


def test_files_of_the_inbox_land_and_bad_rows_are_quarantined(waiting: Home) -> None:
    result = landing(waiting)
    assert result.success
    assert [waiting.table(name).height for name in BRONZE_TABLES] == [1, 1, 1, 1, 2, 1]
    assert waiting.table("bronze_feedback_record")["landed_at"].to_list() == [LANDED_AT]
    assert counts(result) == [{"read": 7, "landed": 6, "quarantined": 1, "version": 0}] * len(BRONZE_TABLES)
    assert all(e.passed for e in result.get_asset_check_evaluations())


def test_landing_again_adds_nothing_and_takes_nothing_away(waiting: Home) -> None:
    landing(waiting)
    before = waiting.digests(), waiting.versions()
    assert landing(waiting).success
    assert (waiting.digests(), waiting.versions()) == before


def test_log_of_a_landing_holds_no_customer_text(waiting: Home, tmp_path: Path) -> None:
    with open_instance(tmp_path / "dagster") as instance:
        assert landing(waiting, instance).success
    kept = b"".join(file.read_bytes() for file in (tmp_path / "dagster").rglob("*") if file.is_file())
    assert b"bronze_quarantine" in kept
    assert b"zibbelkrant" not in kept.lower()
