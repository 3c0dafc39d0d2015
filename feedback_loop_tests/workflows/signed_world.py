"""A home whose trail is signed, with one decision from the alert to its receipt; and what somebody with the files could do to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from feedback_loop.adapters.signing_key import SigningKey
from feedback_loop.adapters.state_store.anchor_file import open_anchor, parsed_anchors
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.config import Settings
from feedback_loop.contracts.audit_trail import Anchor, AuditEntry, AuditRecord
from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.remediation.audit import seal
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World


@dataclass
class SignedWorld(World):
    """The world in a home of its own, whose clock goes on with every step."""

    def __post_init__(self) -> None:
        self.settings = Settings(home=self.folder)
        self.state = SqlStateStore(self.settings.state_url, open_anchor(self.settings, self.clock), self.clock)

    @property
    def key(self) -> SigningKey:
        return SigningKey(self.settings.signing_key_file)

    def decided(self) -> str:
        """The id of a proposal that two people approved and that was carried out."""
        (proposal_id,) = self.propose()
        for person in ("ada", "bo"):
            self.clock.advance(timedelta(minutes=5))
            self.say(proposal_id, person)
        self.clock.advance(timedelta(minutes=5))
        self.execute(FakeCaseSystem())
        return proposal_id

    def anchors(self) -> list[Anchor]:
        return parsed_anchors(self.settings.anchor_file.read_bytes())

    def write_anchors(self, anchors: Iterable[Anchor]) -> None:
        """Puts these lines in the place of the file's."""
        lines = [json.dumps({name: value for name, value in vars(one).items() if value is not None}) + "\n" for one in anchors]
        self.settings.anchor_file.write_text("".join(lines), encoding="utf-8")

    def spoil(self, *statements: str, parameters: tuple[object, ...] = ()) -> None:
        """Alters the database as somebody with access to the file could."""
        with closing(sqlite3.connect(self.settings.state_file)) as connection:
            for name, *_ in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            for statement in statements:
                connection.execute(statement, parameters)
            connection.commit()

    def reseal(self, change: Callable[[AuditEntry], AuditEntry]) -> list[AuditRecord]:
        """Seals the whole chain anew with changed entries, as somebody who knows how but has no key could; returns the new records."""
        contents = self.state.contents()
        made: list[AuditRecord] = []
        for old in self.state.records():
            salt, content = contents[old.sequence]
            entry = change(AuditEntry(old.recorded_at, old.event, old.subject_id, old.actor, content))
            made.append(seal(made[-1] if made else None, entry, salt))
            fields = {**vars(made[-1]), "recorded_at": instant_text(made[-1].recorded_at)}
            names = ", ".join(f"{name} = ?" for name in fields)
            where = f"WHERE sequence = {old.sequence}"
            self.spoil(f"UPDATE audit_record SET {names} {where}", parameters=tuple(fields.values()))
            kept = (canonical_json(entry.content).decode(),)
            self.spoil(f"UPDATE audit_content SET content = ? {where}", parameters=kept)
        return made


def by_mallory(entry: AuditEntry) -> AuditEntry:
    return replace(entry, actor="mallory") if entry.event == "approval_given" and entry.actor == "bo" else entry


def other_key(folder: Path) -> SigningKey:
    return SigningKey(folder / "other" / "signing.key")
