"""Erasing customers: which stores lose what, in an order in which a kill at any moment can be made good by running it again.

What is theirs is `erase_selection.py`, what of it is old enough to go `retain.py`. The rules that are easy to break: tombstones come
first, so that nothing lands again while tables are emptied; tables are emptied from the last to the first, bronze at the end, so that
until then it can be told from bronze what was made of it; marts are made anew before old files go, because they were made from those; and
the search comes last, with strings that were kept in memory only, so that a call that finishes another one searches for less, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from feedback_loop.contracts.erasure import Certificate, Erased, ErasedStrings, Search, StateLoss, StoreCount, Unfinished
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import python_tables
from feedback_loop.errors import BadInput, NobodyErased
from feedback_loop.workflows.erasable_home import ErasableHome
from feedback_loop.workflows.erase_selection import Raw, rows_of_customers, strings_of, with_derived

CUSTOMERS = "customers"
_WITHOUT_CUSTOMER = "records without a customer_id can't be attributed to anybody, and stay"

_FINISHED_ONE = (
    "an earlier call was stopped half-way; texts that it had removed already are known to nobody and were not searched for again"
)


@dataclass(frozen=True)
class Plan:
    """What is to go and what the search is to look for afterwards; `refused` says until when whose rows don't land again."""

    erasure_id: str
    kind: str
    at: datetime
    actor: str
    erased: Erased
    strings: ErasedStrings
    refused: Mapping[str, datetime]
    hashes: tuple[str, ...] = ()
    policy_version: str | None = None
    landed_before: datetime | None = None
    notes: tuple[str, ...] = ()


def plan_customers(customer_ids: Sequence[str], home: ErasableHome, actor: str, at: datetime) -> Plan:
    """What is to go of the customers, and of those whose erasure was stopped half-way.

    Raises BadInput for an empty id and where nobody is named, NobodyErased where a customer is unknown and was never erased.
    """
    if any(not one.strip() for one in customer_ids):
        raise BadInput("a customer's id is empty. Name each customer as the sources do.")
    if any("\ud800" <= sign <= "\udfff" for one in customer_ids for sign in one):
        raise BadInput("a customer's id is no UTF-8, so no source can have said it. Name each customer as the sources do.")
    raw = Raw.of(home)
    named = {*customer_ids, *_half_erased(raw, home)}
    if not named and home.unfinished() is None:
        raise BadInput("nobody is named. Add --customer ID, or --file with an id a line.")
    chosen = rows_of_customers(named, raw, home)
    unknown = named - chosen.known - home.erased_before(sorted(named))
    if unknown:
        raise NobodyErased(len(unknown), len(named))
    erased = with_derived(chosen.erased, raw, home)
    hashes = tuple(sorted(home.hashes(sorted(named)).values()))
    return Plan(
        erasure_id=stable_id("erasure", CUSTOMERS, at, *hashes),
        kind=CUSTOMERS,
        at=at,
        actor=actor,
        erased=erased,
        strings=strings_of(erased, raw, home),
        refused={one: max(at, chosen.last_heard.get(one, at)) for one in named},
        hashes=hashes,
        notes=(_WITHOUT_CUSTOMER, *([_FINISHED_ONE] if home.unfinished() else [])),
    )


def rehearse(plan: Plan, home: ErasableHome) -> Certificate:
    """What would go; nothing is changed."""
    state, counts = _scrubbed(plan, home, is_rehearsal=True)
    return _certificate(plan, home, counts, state, None)


def carry_out(plan: Plan, home: ErasableHome) -> tuple[Certificate, Path]:
    """What went and what a search of every file found afterwards, and the file that says so; whoever calls this holds the home alone."""
    landed = plan.erased.record_version_ids | plan.erased.statement_ids | plan.erased.quarantine_ids
    home.begin(Unfinished(plan.erasure_id, plan.kind, plan.hashes), plan.refused, sorted(landed) if plan.refused else [])
    state, counts = _scrubbed(plan, home, is_rehearsal=False)
    marts = home.rebuild_marts()
    files = StoreCount("earlier versions, logs, drafts", 0, how=f"{home.forget_past():,} files removed")
    strings = replace(plan.strings, ids=tuple(one for one in plan.strings.ids if one not in state.sealed_subjects))
    certificate = _certificate(plan, home, [*counts, *marts, files], state, home.search(strings))
    return certificate, home.finish(certificate)


def _scrubbed(plan: Plan, home: ErasableHome, *, is_rehearsal: bool) -> tuple[StateLoss, list[StoreCount]]:
    """What each store loses, in the order in which they lose it: bronze last."""
    files = home.scrub_files(plan.erased, plan.strings, plan.landed_before, is_rehearsal=is_rehearsal)
    vectors = home.forget_vectors(plan.strings.text_hashes, is_rehearsal=is_rehearsal)
    answers = home.forget_answers(plan.strings.text_hashes, is_rehearsal=is_rehearsal)
    state = home.scrub_state(plan.erased, plan.actor, plan.at, is_rehearsal=is_rehearsal)
    tables = [home.scrub_table(table, plan.erased, is_rehearsal=is_rehearsal) for table in reversed(python_tables())]
    return state, [*reversed(tables), vectors, answers, *state.counts, *files]


def _certificate(plan: Plan, home: ErasableHome, counts: Sequence[StoreCount], state: StateLoss, search: Search | None) -> Certificate:
    touched = {table.name: home.tables.version(table) for table in python_tables() if any(c.store == table.name for c in counts)}
    sealed = f"{len(state.sealed_subjects)} sealed audit records name a hash of an erased row as their subject; sealed records never change"
    return Certificate(
        erasure_id=plan.erasure_id,
        kind=plan.kind,
        erased_at=plan.at,
        actor=plan.actor,
        customer_hashes=tuple(sorted(home.hashes(sorted(plan.erased.customer_ids)).values())),
        policy_version=plan.policy_version,
        stores=tuple(counts),
        table_versions=touched,
        search=search,
        notes=(*plan.notes, *state.notes, *([sealed] if state.sealed_subjects else [])),
    )


def _half_erased(raw: Raw, home: ErasableHome) -> set[str]:
    """The customers of an erasure that was stopped half-way, as far as any row still names them."""
    begun = home.unfinished()
    if begun is None:
        return set()
    hashes = home.hashes(sorted(raw.customers() | home.recipients()))
    return {one for one, hashed in hashes.items() if hashed in begun.customer_hashes}
