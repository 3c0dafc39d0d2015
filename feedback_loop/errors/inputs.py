"""What people give that can't be used: files, choices, queries, rules, labels."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.errors.roots import BadInput, Refused

_SHOWN_PROBLEMS = 3
"""So many problems of a long file fit on the one line that is printed."""


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


class ConnectorsRefused(RulesRefused):
    """What is said of connectors can't be followed as it stands, so nothing is carried out through any of them."""

    about, remedy = "the connectors", "Nothing is carried out until it is mended; see `connectors lint`."


class SourcesRefused(RulesRefused):
    """What is said of the systems that are asked for feedback can't be followed as it stands, so none of them is asked."""

    about, remedy = "the sources", "Nothing is pulled until it is mended; see `sources lint`."


class TaxonomyRefused(RulesRefused):
    """A taxonomy can't be learnt or followed as it stands, so none of it is used."""

    about = "the taxonomy"


class PolicyRefused(RulesRefused):
    """A policy can't be followed as it stands, or asks for less than the package does, so nothing is decided by it."""

    about, remedy = "the policy", "Nothing is decided by it until it is mended; see `policy lint`."


class PilotRefused(RulesRefused):
    """A pilot says nothing that can be followed, so nothing is done at all."""

    about, remedy = "the pilot", "Nothing is proposed or sent until it is mended; see `policy lint`."


class RetentionRefused(RulesRefused):
    """A retention policy can't be followed as it stands, so nothing of it is."""

    about, remedy = "the retention policy", "Nothing was erased; mend the file."


class SlaPolicyRefused(RulesRefused):
    """A policy of service levels can't be followed as it stands, so nothing is promised by it."""

    about, remedy = "the SLA policy", "No target of it is used until it is mended; see `sla lint`."


class AssumptionsRefused(RulesRefused):
    """What a return is reckoned with can't be read as it stands, so nothing is reckoned with it."""

    about, remedy = "the assumptions", "Nothing is reckoned with them until they are mended; see `roi lint`."


class IdentityRefused(RulesRefused):
    """The identity file can't be followed as it stands, so that nobody is known by it."""

    about, remedy = "identity.yaml", "Nobody is known until it is mended; see `identity lint`."


class LabelsRefused(Refused):
    """Some rows of a file of labels could not be taken; all others were."""

    def __init__(self, count: int, total: int) -> None:
        self.count, self.total = count, total
        super().__init__(f"{count} of {total} rows were refused. Mend them and import the file again; what was taken is skipped then.")
