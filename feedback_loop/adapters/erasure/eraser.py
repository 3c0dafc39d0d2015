"""The home that can forget, as `workflows/erasable_home.py` asks for it: tables, state, caches, files, marts and the search, in one place.

Here: what each store does when it is told what to lose. In which order is `workflows/erase.py`. The rule that is easy to break: a
rehearsal opens nothing that makes a file, not even a lock, a log of SQLite or a key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

from feedback_loop.adapters import dbt_command
from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.erasure import state as state_losses
from feedback_loop.adapters.erasure.delta_tables import ErasableTables
from feedback_loop.adapters.erasure.files import expired_file, loose_files, scrub_file
from feedback_loop.adapters.erasure.row_files import Theirs
from feedback_loop.adapters.erasure.search import Finder, search
from feedback_loop.adapters.erasure.sqlite_files import compact, vector_count
from feedback_loop.adapters.llm.answer_cache import AnswerCache, answer_count
from feedback_loop.adapters.marts import publish
from feedback_loop.adapters.state_store.address import SQLITE, read_address
from feedback_loop.adapters.state_store.anchor_file import open_anchor
from feedback_loop.adapters.state_store.engine import holds_state
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.adapters.tombstones import CUSTOMER, Tombstones
from feedback_loop.adapters.whole_files import DRAFT, written_whole
from feedback_loop.config import Settings
from feedback_loop.contracts.erasure import Certificate, Erased, ErasedStrings, Search, StateLoss, StoreCount, Unfinished, keyed_hash
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import Table, python_tables
from feedback_loop.errors import NothingLanded, StageFailed
from feedback_loop.ports import Clock

_LANDED = ".landed"
_LIBRARIES = ("feedback-loop", "deltalake", "duckdb", "polars", "sqlalchemy")


class HomeEraser:
    """The stores of the home that the settings name."""

    def __init__(self, settings: Settings, clock: Clock, build: Callable[[Settings], object] = dbt_command.build) -> None:
        self._settings, self._clock, self._build = settings, clock, build
        self.tables = ErasableTables(settings.tables_folder, settings.locks_folder)
        self._tombstones = Tombstones(settings)

    def read_with_past(self, table: Table, columns: Sequence[str]) -> pl.DataFrame:
        """The rows of every data file on the disk, each version's."""
        return self.tables.read_with_past(table, columns)

    def recipients(self) -> set[str]:
        """Every customer whom a message was drafted for; nobody where nothing was ever decided."""
        if not self._has_state():
            return set()
        with state_losses.looking(self._settings.state_url) as look:
            return state_losses.recipients(look)

    def messages_before(self, instants: Mapping[str, datetime], default: datetime | None) -> set[str]:
        """The messages that were drafted before the instant of their customer, or before the default one."""
        if not self._has_state():
            return set()
        with state_losses.looking(self._settings.state_url) as look:
            return state_losses.message_ids_before(look, instants, default)

    def hashes(self, customer_ids: Sequence[str]) -> dict[str, str]:
        """The hash of each customer as tombstones have it; none before there is a key, for asking makes none."""
        if not self._tombstones.has_key():
            return {}
        key = self._tombstones.key()
        return {one: keyed_hash(key, CUSTOMER, one) for one in customer_ids}

    def erased_before(self, customer_ids: Sequence[str]) -> set[str]:
        """Those of the customers who were erased before."""
        return self._tombstones.erased_before(customer_ids)

    def unfinished(self) -> Unfinished | None:
        """What the file says that an erasure leaves until it is finished; None where there is none."""
        file = self._settings.unfinished_erasure_file
        if not file.exists():
            return None
        content = json.loads(file.read_text(encoding="utf-8"))
        return Unfinished(content["erasure_id"], content["kind"], tuple(content["customer_hashes"]))

    def begin(self, begun: Unfinished, refused: Mapping[str, datetime], row_ids: Sequence[str]) -> None:
        """The sign of an erasure, then its tombstones: after a kill between them the next call writes both."""
        for table in python_tables():
            self.tables.require_log(table)
        key = self._tombstones.key()
        before = self.unfinished()
        earlier = before.customer_hashes if before is not None and before.kind == begun.kind else ()
        hashes = sorted({*begun.customer_hashes, *earlier, *(keyed_hash(key, CUSTOMER, one) for one in refused)})
        _write(self._settings.unfinished_erasure_file, {**asdict(begun), "customer_hashes": hashes})
        # Also a line that refuses nobody: a key without tombstones then means that somebody took them away.
        self._tombstones.add(begun.erasure_id, refused, row_ids)

    def scrub_table(self, table: Table, erased: Erased, *, is_rehearsal: bool) -> StoreCount:
        """What the present version loses; earlier ones stay on the disk until `forget_past`."""
        return self.tables.scrub(table, erased, is_rehearsal=is_rehearsal)

    def scrub_state(self, erased: Erased, actor: str, at: datetime, *, is_rehearsal: bool) -> StateLoss:
        """What went in one transaction; a rehearsal only looks, and makes no database where there is none."""
        if not self._has_state():
            return StateLoss()
        if is_rehearsal:
            with state_losses.looking(self._settings.state_url) as look:
                losses = state_losses.found(look, erased)
        else:
            losses = self._state().lose(erased, actor, at)
        return losses.told()

    def scrub_files(
        self, erased: Erased, strings: ErasedStrings, landed_before: datetime | None, *, is_rehearsal: bool
    ) -> list[StoreCount]:
        """What each loose file loses: its rows of theirs, or the whole file where it can't be taken apart or has expired."""
        home = self._settings.home
        theirs = Theirs(erased.customer_ids, strings.source_record_ids, Finder(strings))
        counts = []
        for file in loose_files(home):
            is_expired = landed_before is not None and self._landed_at(file) < landed_before
            lost = (expired_file if is_expired else scrub_file)(file, home, theirs, is_rehearsal=is_rehearsal)
            counts += [lost] if lost else []
        return counts

    def forget_vectors(self, text_hashes: frozenset[str], *, is_rehearsal: bool) -> StoreCount:
        """What the cache loses, of every model's vectors of these texts."""
        file, wanted = self._settings.embedding_cache_file, sorted(text_hashes)
        counted = StoreCount("cache of vectors", vector_count(file), vector_count(file, wanted))
        if not is_rehearsal and counted.removed:
            CachingEmbedder(TfidfEmbedder(), file).forget(wanted)
        return counted

    def forget_answers(self, text_hashes: frozenset[str], *, is_rehearsal: bool) -> StoreCount:
        """What the cache of language models' answers loses, of every model's answers about these texts."""
        file, wanted = self._settings.answer_cache_file, sorted(text_hashes)
        counted = StoreCount("cache of model answers", answer_count(file), answer_count(file, wanted))
        if not is_rehearsal and counted.removed:
            AnswerCache(file).forget(wanted)
        return counted

    def rebuild_marts(self) -> tuple[StoreCount, ...]:
        """The marts, built and published anew; removed where they can't be, and untouched where there were none."""
        published, build = self._settings.marts_file, self._settings.build_file
        if not published.exists():
            build.unlink(missing_ok=True)
            return ()
        for name in ("dbt.log", "run_results.json"):
            (dbt_command.dbt_target(self._settings) / name).unlink(missing_ok=True)
        try:
            self._build(self._settings)
            rows = publish(build, published)
        except (StageFailed, NothingLanded):
            # Marts of yesterday may hold what was erased today: better none than those.
            for file in (published, build):
                file.unlink(missing_ok=True)
            return (StoreCount("marts", 0, how="removed, because they could not be made anew; `feedback-loop run` makes them"),)
        return (StoreCount("marts", sum(rows.values()), how="made anew from the tables"),)

    def forget_past(self) -> int:
        """How many files went; the databases were written anew beside that, without free pages and logs."""
        removed = sum(self.tables.forget_past(table) for table in python_tables())
        for file in (self._settings.embedding_cache_file, self._settings.answer_cache_file):
            compact(file)
        self._compact_state()
        drafts = [file for file in self._settings.home.rglob(f".*{DRAFT}") if file.is_file()]
        for draft in drafts:
            draft.unlink()
        return removed + len(drafts)

    def search(self, strings: ErasedStrings) -> Search:
        """What of the strings any file still holds: its name, its bytes, its values."""
        return search(self._settings.home, strings)

    def finish(self, certificate: Certificate) -> Path:
        """The certificate, then its hash in the trail; where a trace was found, the erasure stays unfinished."""
        file = self._settings.erasures_folder / f"certificate-{certificate.erasure_id}.json"
        content = {**certificate.content(), "software": {name: version(name) for name in _LIBRARIES}}
        digest = _write(file, content)
        told = {
            "certificate_sha256": digest,
            "customer_hashes": certificate.customer_hashes,
            "found_count": content["search"]["found_count"],
        }
        lost = {count.store: [count.removed, count.changed] for count in certificate.stores if count.is_touched and "/" not in count.store}
        self._state().note(
            f"{certificate.kind}_erased", certificate.erasure_id, certificate.actor, {**told, "lost": lost}, certificate.erased_at
        )
        self._compact_state()
        if not content["search"]["found_count"]:
            self._settings.unfinished_erasure_file.unlink(missing_ok=True)
        return file

    def _state(self) -> state_losses.ErasableState:
        return state_losses.ErasableState(self._settings.state_url, open_anchor(self._settings, self._clock), self._clock)

    def _has_state(self) -> bool:
        return self._settings.has_state and holds_state(self._settings.state_url)

    def _compact_state(self) -> None:
        address = read_address(self._settings.state_url)
        if address.get_backend_name() == SQLITE:
            compact(Path(str(address.database)))
        elif self._has_state():
            state_losses.rewrite(self._settings.state_url)

    def _landed_at(self, file: Path) -> datetime:
        """When the file landed; files that never do so never expire."""
        landed = self._settings.inbox_folder / _LANDED
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.is_relative_to(landed) else datetime.max.replace(tzinfo=UTC)


def _write(file: Path, content: Mapping[str, object]) -> str:
    """The SHA-256 of the JSON that is on the disk afterwards, whole or not at all."""
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
    with written_whole(file) as draft:
        draft.write_text(text, encoding="utf-8")
    return content_hash(text)
