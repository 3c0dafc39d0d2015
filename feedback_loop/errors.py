"""Every error that the platform raises on purpose, as one tree.

Each carries its fields and a message that says what happened, to which thing, and what to do next. A message never holds customer text:
it names ids, files, row numbers and columns. What callers branch on is the class, never the message.
"""

from __future__ import annotations

from pathlib import Path

_SHOWN_PROBLEMS = 3
"""So many problems of a long file fit on the one line that is printed."""


class FeedbackLoopError(Exception):
    """The root of the tree; the command line prints its message as one line."""


class BadInput(FeedbackLoopError):
    """A user's argument or file can't be used; exit code 2."""


class InputFileMissing(BadInput):
    """A named input file does not exist or can't be read."""

    def __init__(self, path: Path, why: str = "no such file", advice: str = "Check the path and try again.") -> None:
        self.path = path
        super().__init__(f"{path}: {why}. {advice}")


class InputColumnsMissing(BadInput):
    """A file lacks columns without which no row of it can be read."""

    def __init__(self, path: Path, missing: list[str], expected: list[str]) -> None:
        self.path, self.missing = path, missing
        super().__init__(f"{path}: column(s) {', '.join(missing)} missing. The header must name {', '.join(expected)}.")


class UnreadableFile(BadInput):
    """A file is not of the format that its reader expects."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path}: {why}.")


class UnknownChoice(BadInput):
    """A word is not in a closed vocabulary."""

    def __init__(self, what: str, given: str, known: list[str]) -> None:
        self.what, self.given = what, given
        super().__init__(f"unknown {what} '{given}'. Choose one of: {', '.join(known)}.")


class QueryRefused(BadInput):
    """A query is not a single read-only statement over the marts, or DuckDB could not run it."""


class Refused(FeedbackLoopError):
    """The platform declines to go on; exit code 1."""


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


class ConnectorRefused(Refused):
    """Another system said no to a write, so nothing was written."""

    def __init__(self, connector: str, action: str, why: str) -> None:
        self.connector, self.action = connector, action
        super().__init__(f"{connector} refused {action}: {why}. Nothing was written there; mend the request or ask its owner.")


class ConnectorUnreachable(ConnectorRefused):
    """Another system could not be asked, or asked for patience, so nothing was written; the same request may succeed later."""

    def __init__(self, connector: str, action: str, why: str) -> None:
        self.connector, self.action = connector, action
        Refused.__init__(self, f"{connector} could not be asked for {action}: {why}. Nothing was written; try again when it answers.")


class WriteInDoubt(Refused):
    """Another system gave no answer, so a write may have happened; it is asked by our key before anything is sent again."""

    def __init__(self, connector: str, idempotency_key: str, why: str) -> None:
        self.connector, self.idempotency_key = connector, idempotency_key
        super().__init__(f"{connector} gave no answer to {idempotency_key} ({why}). It stays in doubt until it is asked by this key.")


class CaseChanged(Refused):
    """A case was changed by somebody since it was looked at."""

    def __init__(self, case_id: str, expected_version: int, present_version: int) -> None:
        self.case_id, self.expected_version, self.present_version = case_id, expected_version, present_version
        super().__init__(f"case {case_id} has version {present_version}, not {expected_version}: somebody changed it. It stays as it is.")


class PlaybookRefused(BadInput):
    """A playbook lacks what makes it safe to follow, so none of its set is used."""

    def __init__(self, playbook: str, problems: list[str]) -> None:
        self.playbook, self.problems = playbook, problems
        super().__init__(f"playbook {playbook}: {'; '.join(problems)}. No playbook of this set is used until it is mended.")


class RulesRefused(BadInput):
    """What people wrote as rules can't be followed as it stands, so none of it is used; each kind says what is meant and where to look."""

    about, remedy = "the rules", "Nothing of it is used until it is mended."

    def __init__(self, problems: list[str], place: str | None = None) -> None:
        self.problems, self.place = problems, place or self.about
        more = f" (and {len(problems) - _SHOWN_PROBLEMS} more)" if len(problems) > _SHOWN_PROBLEMS else ""
        super().__init__(f"{self.place}: {'; '.join(problems[:_SHOWN_PROBLEMS])}{more}. {self.remedy}")


class OwnershipRefused(RulesRefused):
    """An ownership table leaves something without an owner, so none of it is used."""

    about, remedy = "the ownership table", "Nothing of this table is used until it is mended; see `owners lint`."


class AlertRulesRefused(RulesRefused):
    """Rules of alerts can't be followed as they stand, so none of them is used."""

    about, remedy = "the alert rules", "No rule of it is used until it is mended; see `rules lint`."


class TaxonomyRefused(RulesRefused):
    """A taxonomy can't be learnt or followed as it stands, so none of it is used."""

    about = "the taxonomy"


class RetentionRefused(RulesRefused):
    """A retention policy can't be followed as it stands, so nothing of it is."""

    about, remedy = "the retention policy", "Nothing was erased; mend the file."


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


class DecisionRefused(Refused):
    """A proposal can't be decided as asked; `reason` is a word of RefusalReason."""

    def __init__(self, proposal_id: str, reason: str, advice: str) -> None:
        self.proposal_id, self.reason = proposal_id, reason
        super().__init__(f"{proposal_id}: {reason}. {advice}")


class IllegalTransition(Refused):
    """A proposal can't go from where it stands to where it was asked to go."""

    def __init__(self, proposal_id: str, present: str, wanted: str) -> None:
        self.proposal_id, self.present, self.wanted = proposal_id, present, wanted
        super().__init__(f"{proposal_id} is {present} and can't become {wanted}. It was left as it is; see `approvals show`.")


class AuditChainBroken(Refused):
    """The audit chain was edited, cut or reordered, so nothing is carried out any more."""

    def __init__(self, breaks: list[str]) -> None:
        self.breaks = breaks
        super().__init__(f"the audit chain is broken ({'; '.join(breaks[:3])}). Nothing is carried out; find who changed the state store.")


class ErasureUnfinished(Refused):
    """An erasure was stopped half-way, and nothing may be computed or decided before it is finished."""

    def __init__(self) -> None:
        super().__init__("an erasure was stopped half-way. Run `feedback-loop erase` without a customer; it finishes what was begun.")


class ErasureKeyMissing(Refused):
    """The tombstones or their key are gone or others, so that nobody can tell who was erased."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}: missing, damaged or another one: who was erased is unknown. Bring it back from a backup; nothing lands.")


class TableLogMissing(Refused):
    """A table has files but no log, so that nobody can tell which of them are its present rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder}: has files but no log (_delta_log), so nobody can tell which rows it has. Bring the log back from a backup; "
            "where its first write was stopped, run that command again. No file of it was removed."
        )


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


class LabelsRefused(Refused):
    """Some rows of a file of labels could not be taken; all others were."""

    def __init__(self, count: int, total: int) -> None:
        self.count, self.total = count, total
        super().__init__(f"{count} of {total} rows were refused. Mend them and import the file again; what was taken is skipped then.")


class KnowledgeUnavailable(Refused):
    """The index of governed documents can't be read or written."""

    def __init__(self, place: str, why: str) -> None:
        self.place, self.why = place, why
        super().__init__(f"{place}: the index of documents can't be used ({why}). Look at its permissions, or delete it: it is made anew.")
