"""What somebody with the files, but without the key, does to a trail is found, each attack by its kind, and nothing is sent any more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_loop.adapters.signing_key import public_key_of
from feedback_loop.adapters.state_store.anchor_file import parsed_anchors
from feedback_loop.errors import AuditChainBroken, SigningKeyLost
from feedback_loop.remediation.anchors import signed
from feedback_loop.remediation.audit import anchor_of
from feedback_loop.workflows.audit import verified
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem
from feedback_loop_tests.workflows.signed_world import SignedWorld, by_mallory, other_key

MOVED = "sequence + 1000"


@pytest.fixture
def world(tmp_path: Path) -> SignedWorld:
    world = SignedWorld(tmp_path / "home")
    world.decided()
    return world


def kinds(world: SignedWorld) -> set[str]:
    return {str(found.kind) for found in verified(world.state, world.state).breaks}


def swap(world: SignedWorld) -> None:
    """The records 3 and 4 change places, with their contents."""
    for table in ("audit_record", "audit_content"):
        world.spoil(
            f"UPDATE {table} SET sequence = {MOVED} WHERE sequence = 3",
            f"UPDATE {table} SET sequence = 3 WHERE sequence = 4",
            f"UPDATE {table} SET sequence = 4 WHERE sequence = 1003",
        )


def renumber_and_insert(world: SignedWorld) -> None:
    names = "recorded_at, event, subject_id, actor, commitment, previous_hash, record_hash"
    world.spoil(f"INSERT INTO audit_record (sequence, {names}) SELECT 0, {names} FROM audit_record WHERE sequence = 2")


def reseal(world: SignedWorld) -> None:
    world.reseal(by_mallory)


def reseal_and_rewrite_anchors(world: SignedWorld) -> None:
    world.write_anchors(anchor_of(record) for record in world.reseal(by_mallory))


def reseal_and_sign_with_another_key(world: SignedWorld) -> None:
    key = other_key(world.folder)
    world.write_anchors(signed(anchor_of(record), START, key) for record in world.reseal(by_mallory))


def reseal_and_claim_the_key(world: SignedWorld) -> None:
    key = other_key(world.folder)
    forged = (signed(anchor_of(record), START, key) for record in world.reseal(by_mallory))
    world.write_anchors(replace(anchor, key_id=world.key.key_id) for anchor in forged)


def reseal_and_keep_the_signatures(world: SignedWorld) -> None:
    made = {record.sequence: record.record_hash for record in world.reseal(by_mallory)}
    world.write_anchors(replace(anchor, record_hash=made[anchor.sequence]) for anchor in world.anchors())


def sign_anew_with_another_key(world: SignedWorld) -> None:
    key = other_key(world.folder)
    world.write_anchors(signed(anchor, START, key) for anchor in world.anchors())


def replace_anchors_by_those_of_another_home(world: SignedWorld) -> None:
    other = SignedWorld(world.folder / "other_home")
    other.decided()
    world.write_anchors(other.anchors())


def sql(*statements: str) -> Callable[[SignedWorld], None]:
    return lambda world: world.spoil(*statements)


def anchors(change: Callable[[list], list]) -> Callable[[SignedWorld], None]:  # type: ignore[type-arg]
    return lambda world: world.write_anchors(change(world.anchors()))


ATTACKS: dict[str, tuple[Callable[[SignedWorld], None], set[str]]] = {
    "a record is edited": (sql("UPDATE audit_record SET actor = 'mallory' WHERE sequence = 4"), {"edited", "contradicted"}),
    "the last record is edited": (sql("UPDATE audit_record SET event = 'nothing' WHERE sequence = 9"), {"edited"}),
    "a record is deleted": (sql("DELETE FROM audit_record WHERE sequence = 6"), {"missing"}),
    "the end is cut": (sql("DELETE FROM audit_record WHERE sequence > 7"), {"truncated", "contradicted"}),
    "all records are deleted": (sql("DELETE FROM audit_record"), {"truncated", "contradicted"}),
    "records change places": (swap, {"edited", "replaced"}),
    "a record is inserted": (renumber_and_insert, {"inserted", "edited", "replaced"}),
    "a content is edited": (sql("""UPDATE audit_content SET content = '{"to":"done"}' WHERE sequence = 3"""), {"content_changed"}),
    "a salt is changed": (sql("UPDATE audit_content SET salt = 'ff' || substr(salt, 3) WHERE sequence = 9"), {"content_changed"}),
    "evidence is edited": (sql("UPDATE proposal SET evidence = replace(evidence, 'Safari', 'Firefox')"), {"contradicted"}),
    "the chain is sealed anew": (reseal, {"replaced", "contradicted"}),
    "the chain is sealed anew, the anchors too": (reseal_and_rewrite_anchors, {"unsigned", "contradicted"}),
    "the chain is sealed anew and signed with another key": (reseal_and_sign_with_another_key, {"foreign_key", "contradicted"}),
    "the chain is sealed anew in the name of the key": (reseal_and_claim_the_key, {"forged", "contradicted"}),
    "the chain is sealed anew under the old signatures": (reseal_and_keep_the_signatures, {"forged", "contradicted"}),
    "the anchors are signed anew with another key": (sign_anew_with_another_key, {"foreign_key"}),
    "the anchors are those of another home": (replace_anchors_by_those_of_another_home, {"foreign_key", "replaced"}),
    "the file of anchors is cut": (anchors(lambda found: found[:1]), {"unanchored"}),
    "the file of anchors is emptied": (anchors(lambda found: []), {"unanchored"}),
    "the signatures are taken off": (anchors(lambda found: [replace(a, signature=None, key_id=None) for a in found]), {"unsigned"}),
    "an anchor of a later record is made up": (anchors(lambda found: [*found, replace(found[0], sequence=99)]), {"truncated", "forged"}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_by_its_kind_and_stops_the_outbox(world: SignedWorld, attack: str) -> None:
    do, expected = ATTACKS[attack]
    assert kinds(world) == set()
    do(world)
    assert kinds(world) == expected
    system = FakeCaseSystem()
    with pytest.raises(AuditChainBroken):
        world.execute(system)
    assert system.calls == []


def test_an_anchor_file_that_is_gone_is_missed(world: SignedWorld) -> None:
    world.settings.anchor_file.unlink()
    assert kinds(world) == {"unanchored"}


def test_a_key_that_was_exchanged_signs_nothing_and_is_missed(world: SignedWorld) -> None:
    public = public_key_of(world.key.public_file)
    for file in (world.key.file, world.key.public_file):
        file.unlink()
    with pytest.raises(SigningKeyLost):
        SignedWorld(world.folder).state.note("noted", "subject", "ada", {}, START)
    world.key.sign(b"makes another key")
    again = SignedWorld(world.folder)
    with pytest.raises(SigningKeyLost):
        again.state.note("noted", "subject", "ada", {}, START)
    assert {str(found.kind) for found in verified(again.state, again.state).breaks} == {"foreign_key"}
    assert verified(again.state, again.state, key=public).breaks == ()
    assert len(again.state.records()) == 9


def test_database_and_anchors_that_were_set_back_together_are_found_by_a_copy_of_the_anchors(world: SignedWorld) -> None:
    kept = world.anchors()
    world.spoil(*(f"DELETE FROM {table} WHERE sequence > 3" for table in ("audit_record", "audit_content")))
    world.write_anchors(anchor for anchor in kept if anchor.sequence <= 3)
    assert "truncated" not in kinds(world)
    assert "truncated" in {str(found.kind) for found in verified(world.state, world.state, kept=kept).breaks}


def test_a_home_from_before_is_signed_with_its_next_change_which_vouches_for_what_is_there(world: SignedWorld) -> None:
    world.write_anchors(replace(anchor, signed_at=None, key_id=None, signature=None) for anchor in world.anchors())
    for file in (world.key.file, world.key.public_file):
        file.unlink()
    old = SignedWorld(world.folder)
    report = verified(old.state, old.state)
    assert (report.breaks, report.key_id, report.unsigned_count) == ((), None, len(world.anchors()))
    old.state.note("noted", "subject", "ada", {}, START)
    report = verified(old.state, old.state)
    assert (report.breaks, report.key_id) == ((), old.key.key_id)
    assert report.unsigned_count == len(old.anchors()) - 1
    old.spoil("UPDATE audit_record SET actor = 'mallory' WHERE sequence = 1")
    assert "edited" in kinds(old)


def test_the_database_itself_refuses_to_alter_a_record(world: SignedWorld) -> None:
    with closing(sqlite3.connect(world.settings.state_file)) as connection:
        for statement in ("UPDATE audit_record SET actor = 'mallory'", "DELETE FROM audit_record", "UPDATE audit_content SET salt = ''"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


def test_one_signature_covers_all_records_of_one_change(world: SignedWorld) -> None:
    assert len(world.state.records()) == 9
    assert [anchor.sequence for anchor in parsed_anchors(world.settings.anchor_file.read_bytes())] == [1, 3, 6, 7, 9]
