"""What an operator has to do about a finding, in one sentence with the figures that led to it.

One sentence per kind of finding; when there is a finding is decided in `quality`. The rule that is easy to break: a sentence holds sources,
products, columns, reasons and numbers, never an id or a word of a customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_loop.contracts.vocab import FindingLevel, QualityCheck
from feedback_loop.sources.registry import SOURCES


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One series that differs from its own past on one day; `usual` and `threshold` are in the unit of `observed`.

    `subject` is a column or a reason, null where the whole series is meant; `record_count` is what the share is of.
    """

    check: QualityCheck
    level: FindingLevel
    event_date: date
    source: str
    product: str | None
    subject: str | None
    observed: float
    usual: float
    threshold: float
    record_count: int | None
    advice: str = ""

    @property
    def series(self) -> str:
        """The source, with its product where it is about one."""
        return f"{self.source} for {self.product}" if self.product else self.source


def advice_about(finding: Finding) -> str:
    """The sentence."""
    return _SENTENCES[finding.check](finding)


def _duplicates(f: Finding) -> str:
    return (
        f"{_share(f)} of {f.series} repeat words that were said that day already: look whether an export was loaded twice under new ids; "
        "if so, ask for it with the ids of before and land it again."
    )


def _repeated_ids(f: Finding) -> str:
    what = f"{f.observed:.1%} of the {f.record_count} ids of {f.series} name several records (two customers, or two instants in one file)"
    lost = "only the latest of each is counted, so figures of the day are too low" if f.level is FindingLevel.ERROR else "some may be lost"
    return f"{what}; {lost}: map source_record_id to a field that is unique for each message and land the export again."


def _missing_ids(f: Finding) -> str:
    cost = "customers can't be counted, told or erased" if f.level is FindingLevel.ERROR else "fewer customers can be counted and told"
    return f"{_share(f)} of {f.series} name no customer, so {cost}: look whether the export still maps customer_id, then land it again."


def _malformed_records(f: Finding) -> str:
    todo = "see `feedback-loop quarantine list`, mend the export or its mapping, then `feedback-loop quarantine retry`"
    if f.record_count is None:
        return f"{f.observed:.0f} row(s) of {f.source} could not be landed ({f.subject}): {todo}."
    return f"{_share(f, 'rows')} of {f.source} could not be landed ({f.subject}): {todo}."


def _freshness(f: Finding) -> str:
    command = f"`feedback-loop ingest {f.source.replace('_', '-') if f.source in SOURCES else 'records'} FILE…`"
    silence = f"{f.source} has had no row for {_hours(f.observed)}, usually {_hours(f.usual)}, odd from {_hours(f.threshold)} on"
    return f"{silence}: look whether its fetch job runs, then {command}."


def _volume(f: Finding) -> str:
    count = f"{f.series} has {f.observed:.0f} records, the weeks before let expect {f.usual:.0f}"
    if f.observed < f.usual:
        return f"{count}, at least {f.threshold:.0f}: look whether the export of the day is complete, then land the rest."
    return f"{count}, at most {f.threshold:.0f}: look whether rows came twice; if not, customers speak more, see `feedback-loop issues`."


def _null_shares(f: Finding) -> str:
    return f"{_share(f)} of {f.series} have no {f.subject}: look whether the source renamed or dropped it, mend its mapping, land again."


_SENTENCES = {
    QualityCheck.DUPLICATES: _duplicates,
    QualityCheck.REPEATED_IDS: _repeated_ids,
    QualityCheck.MISSING_IDS: _missing_ids,
    QualityCheck.MALFORMED_RECORDS: _malformed_records,
    QualityCheck.FRESHNESS: _freshness,
    QualityCheck.VOLUME: _volume,
    QualityCheck.NULL_SHARES: _null_shares,
}


def _share(f: Finding, what: str = "records") -> str:
    return f"{f.observed:.0%} (usually {f.usual:.0%}) of the {f.record_count} {what}"


def _hours(hours: float) -> str:
    return f"{hours:.0f} h" if hours >= 1 else f"{60 * hours:.0f} min"
