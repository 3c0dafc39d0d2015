"""A release that breaks one browser, from the first complaint to what was decided: rows, people, and the steps of a day as tests take them.

The clock is that of the day: in June, when `made_up_feedback.LANDED_AT` is, nothing of this would be live.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.loopback_server import running_case_system
from feedback_loop.adapters.state_store.snapshots import BEGINS
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, ContextKind
from feedback_loop.contracts.records import Row
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.act_jobs import act
from feedback_loop.defs.resources import CaseSystemResource, ClockResource, HomeResource
from feedback_loop.outcomes.assumptions_text import seed_text
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.people import DEMO_PEOPLE, write_people
from feedback_loop_tests.bronze.rows import context_statement
from feedback_loop_tests.contracts.rows import valid_row
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import PRODUCT, SAYINGS, days, instant, record

FAULT = 9
"""Number of the day on which the release breaks the browser."""

NOW = instant(FAULT, 14)
LATER = instant(FAULT + 5, 9)
"""When the day of the fault is long past."""

CAUSE = "web-6.4"
BROKEN, WHOLE = "Safari 18", "Chrome 140"
QUIET = [text.format(n=1) for topic in ("auth", "billing", "praise") for text in SAYINGS[topic]] + [SAYINGS["crash"][0]]
DOCUMENTS = sorted({name for playbook in seed_playbooks() for name in playbook.governing_documents})
IN_SILENCE: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def usual(number: int) -> list[Row]:
    """What customers say on a day of no fault."""
    browsers = (BROKEN, WHOLE)
    return [
        record(f"usual-{number}-{n}", number, QUIET[(n + number * 3) % len(QUIET)], browser=browsers[n % 2],
               occurred_at=instant(number, 8 + n / 3))
        for n in range(8)
    ]  # fmt: skip


def complaints(number: int = FAULT, text: str | None = None) -> list[Row]:
    """The complaints about the fault; or, with arguments, what the same records were edited to: that day, that text."""
    says = [text or SAYINGS["crash"][n % 4].format(n=n) for n in range(14)]
    return [record(f"fault-{n}", number, said, browser=BROKEN, occurred_at=instant(number, 9 + n / 6)) for n, said in enumerate(says)]


def surroundings() -> list[Row]:
    """The release, and the documents that govern what may be done about it."""
    deploy = {"change_id": CAUSE, "change_kind": "deploy", "started_at": instant(FAULT, 8.5), "scope": {"browser": [BROKEN]}}
    text = {
        "document_kind": "runbook",
        "document_title": "Steps",
        "document_text": "Roll the release back.",
        "document_version": "v1",
        "owner": "support",
    }
    valid = {"started_at": instant(0), "valid_until_at": instant(90), "audience_roles": ["staff"]}
    documents = [{"product": PRODUCT, "document_id": name, **text, **valid} for name in DOCUMENTS]
    told = [context_statement(said, context_kind=ContextKind.DOCUMENT) for said in documents]
    return [context_statement({"product": PRODUCT} | deploy), *told]


def second_story() -> list[Row]:
    """Complaints of the same day about something else, from those whom the fault leaves alone."""
    says = [SAYINGS["auth"][n % len(SAYINGS["auth"])].format(n=n) for n in range(24)]
    return [record(f"other-{n}", FAULT, said, browser=WHOLE, occurred_at=instant(FAULT, 9 + n / 6)) for n, said in enumerate(says)]


def land_all(home: Home, *more: Row) -> Home:
    """Everything up to the noon of the fault; and `more`."""
    usually = [row for number in range(FAULT + 1) for row in usual(number)]
    home.land([*usually, *complaints(), *surroundings(), *more], NOW - timedelta(hours=1))
    return home


def propose(home: Home) -> str:
    """The live run over all days; the id of the proposal to roll the release back, which needs two people."""
    assert home.run(days(0, FAULT), now=NOW).failed_checks == []
    (proposal_id,) = home.table("remediation_proposal").filter(action_kind="roll_back_release")["proposal_id"]
    return str(proposal_id)


def approve(home: Home, proposal_id: str, at: datetime = NOW) -> None:
    """Both people say yes."""
    write_people(home.folder / "people.yaml", DEMO_PEOPLE)
    for person in ("ada", "bo"):
        decide(proposal_id, ApprovalVerdict.APPROVE, person, DEMO_PEOPLE, home.state(at), ClockResource(fixed=at.isoformat()))


def do(home: Home, job: dg.JobDefinition, at: datetime = NOW, url: str = "") -> dg.ExecuteInProcessResult:
    """The job of ops over the home; without an address no case system is switched on."""
    resources = {**home.resources(at), "case_system": CaseSystemResource(home=HomeResource(home=str(home.folder)), url=url)}
    return job.execute_in_process(resources=resources, run_config=IN_SILENCE, raise_on_error=False)


@dataclass(frozen=True)
class DecidedHome:
    """A home in which the rollback was proposed, approved and carried out, and the desk that did it."""

    home: Home
    proposal_id: str
    desk: CaseDesk


def compare_days(home: Home) -> None:
    """Names days to compare, or there would be no comparison."""
    before, since = days(0, FAULT - 1), days(FAULT, FAULT + 2)
    named = f"before: {{from: {before.first}, to: {before.last}}}, with_loop: {{from: {since.first}, to: {since.last}}}"
    (home.folder / "roi.yaml").write_text(f"{seed_text()}\ncompared: {{{named}}}\n", encoding="utf-8")


def decided_home(home: Home) -> DecidedHome:
    """Everything up to two days after the fault; beside what came of it, one made-up row of each fact that other ways lead to."""
    proposal_id, desk, afterwards = propose(land_all(home)), CaseDesk(), instant(FAULT + 2, 13)
    compare_days(home)
    approve(home, proposal_id)
    with running_case_system(desk) as url:
        assert do(home, act, url=url).success
    for name, at in BEGINS.items():
        table = TABLES[name]
        if table.name not in ("remediation_proposal", "remediation_action"):
            row = {name: value for name, value in valid_row(table, proposal_id=proposal_id).items() if name in table.columns}
            home.state(NOW).record(table, [row | {at: NOW, "event_date": NOW.date()}], LOOP, NOW)
    home.land([row for number in (FAULT + 1, FAULT + 2) for row in usual(number)], afterwards)
    assert home.run(days(FAULT, FAULT + 2), now=afterwards).failed_checks == []
    return DecidedHome(home, proposal_id, desk)
