"""`feedback-loop labels`: what people say a fragment is truly about; the classifier's word stays beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import (
    AsOption,
    ForOption,
    FromOption,
    SystemClock,
    ToOption,
    days_or_all,
    known_state,
    open_directory_of,
    open_state,
    open_store,
    settings_of,
    who_acts,
)
from feedback_loop.cli.printing import MOST_SHOWN, JsonFlag, print_json, print_table, say
from feedback_loop.cli.progress import waiting
from feedback_loop.contracts.vocab import LabelKind, QueueReason

if TYPE_CHECKING:
    import polars as pl

    from feedback_loop.analysis.label_sets import LabelSets
    from feedback_loop.analysis.review_queue import Doubt
    from feedback_loop.analysis.taxonomy import Taxonomy
    from feedback_loop.config import Settings
    from feedback_loop.workflows.label_import import ImportReport
    from feedback_loop.workflows.review import LabelStatistics, Question

app = typer.Typer(help="Labels that people give to single complaints.")

_SHOWN = ("labelled_at", "fragment_id", "labelled_class", "labelled_by", "label_kind", "label_why")
_QUEUED = ("fragment", "reason", "value", "owner", "for", "may be about", "text")
_JUDGED = (
    "labelled_at", "hypothesis_id", "cause_kind", "cause_id", "hypothesis_label", "hypothesis_score_applied", "labelled_by", "label_why",
)  # fmt: skip
_TO_JUDGE = ("event_date", "hypothesis_id", "product", "cause_kind", "cause_id", "hypothesis_score", "hypothesis_verdict")
_PAIRS_SHOWN, _SHOWN_PLACES, _SHOWN_REFUSALS = 10, 20, 20


@app.command()
def correct(
    context: typer.Context,
    fragment_id: Annotated[str, typer.Argument(metavar="FRAGMENT", help="fragment_id of mart_complaint.", show_default=False)],
    class_name: Annotated[str, typer.Argument(metavar="CLASS", help="The class that is right, such as crash.", show_default=False)],
    person: AsOption = None,
    why: Annotated[str | None, typer.Option(help="Why, in your own words, not the customer's.", show_default=False)] = None,
    is_second: Annotated[
        bool, typer.Option("--second-reading", help="Measure agreement only: the label of the first reader goes on counting.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say what a complaint is truly about, in a word of the taxonomy.

    Example: `feedback-loop labels correct fragment_1f0c… billing --as ada --why "the card was charged twice"`
    """
    from feedback_loop.workflows.label import correct_label
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings, kind = settings_of(context), LabelKind.SECOND_READING if is_second else LabelKind.CORRECTION
    actor, taxonomy = who_acts(context, person), read_taxonomy(settings.taxonomy_file)
    tables, state, now = open_store(settings), open_state(settings), SystemClock().now()
    label_id = correct_label(fragment_id, class_name, actor.name, actor.people, tables, state, now, taxonomy, kind, why)
    if as_json:
        print_json({"label_id": label_id})
    else:
        say(f"{fragment_id} is about {class_name}, says {actor.name}.")


@app.command()
def queue(
    context: typer.Context,
    person: ForOption = None,
    reason: Annotated[QueueReason | None, typer.Option(help="Only what is asked for this reason.", show_default=False)] = None,
    with_doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Also labels that contradict what the others teach; trains five classifiers.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_SHOWN, help=f"How many places to show; {_SHOWN_PLACES} if not given, all in a sheet.", show_default=False
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE.csv", help="Write a sheet to fill in, for `feedback-loop labels import`.", show_default=False),
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what to label next, by what an answer is worth: uncertainty x urgency x reach; each fifth place is a random held-out one.

    Example: `feedback-loop labels queue --as ada --limit 10`
    """
    from feedback_loop.workflows.review import label_sets, open_questions, with_texts
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings = settings_of(context)
    tables, labels, people = open_store(settings), _labels(settings), open_directory_of(settings).names(SystemClock().now())
    doubts = _doubts(settings, labels) if with_doubtful or reason is QueueReason.DOUBTFUL_LABEL else None
    taxonomy = read_taxonomy(settings.taxonomy_file)
    asked = open_questions(tables, labels, taxonomy, people, days_or_all(first, last), doubts)
    wanted = [one for one in asked if person in (None, one.assigned_to) and reason in (None, one.reason)]
    sets = label_sets(tables, labels, taxonomy)
    shown = with_texts(wanted[: limit or (None if sheet else _SHOWN_PLACES)], tables, sets)
    if sheet is not None:
        _write_sheet(sheet, shown, taxonomy, as_json=as_json)
    elif as_json:
        print_json([{**vars(one.asked), "masked_text": one.masked_text, "label_set": one.label_set} for one in shown])
    elif not shown:
        say(_nothing(settings, len(asked)))
    else:
        print_table(_QUEUED, [_place(one) for one in shown])
        if any(one.label_set for one in shown):
            say(_promised(sets))
        say(f"{len(shown)} of {len(wanted)}. Answer with `feedback-loop labels correct FRAGMENT CLASS --as PERSON`.")


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", help="Columns fragment_id and label; if you like why, and kind (correction, second_reading).",
                       show_default=False),
    ],
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """Give many labels at once. A row that can't be taken is refused alone; the same file again adds nothing.

    Example: `feedback-loop labels import sheet.csv --as ada`
    """
    from feedback_loop.errors import LabelsRefused
    from feedback_loop.workflows.label_files import read_label_file
    from feedback_loop.workflows.label_import import import_labels
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings, lines = settings_of(context), read_label_file(file)
    actor, taxonomy = who_acts(context, person), read_taxonomy(settings.taxonomy_file)
    with waiting(f"taking {len(lines):,} labels"):
        tables, state, now = open_store(settings), open_state(settings), SystemClock().now()
        report = import_labels(lines, actor.name, actor.people, tables, state, now, taxonomy)
    if as_json:
        print_json(report)
    else:
        _print_import(report)
    if report.refused:
        raise LabelsRefused(len(report.refused), report.read)


@app.command("list")
def list_labels(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the labels, the newest first.

    Example: `feedback-loop labels list`
    """
    rows = _labels(settings_of(context)).reverse().to_dicts()
    if as_json:
        print_json(rows)
    elif not rows:
        say("Nobody gave a label yet.")
    else:
        print_table(_SHOWN, [[row[name] for name in _SHOWN] for row in rows])


@app.command()
def hypotheses(
    context: typer.Context,
    is_waiting: Annotated[bool, typer.Option("--waiting", help="Those that nobody judged yet instead, the latest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="Most of them to print.")] = _SHOWN_PLACES,
    as_json: JsonFlag = False,
) -> None:
    """List what people said of hypotheses, the newest first, and what that proves of their scores.

    Example: `feedback-loop labels hypotheses --waiting`
    """
    from feedback_loop.analysis.hypothesis_labels import score_judgement
    from feedback_loop.workflows.judge_hypothesis import hypotheses_waiting
    from feedback_loop.workflows.snapshots import snapshot_of

    settings = settings_of(context)
    labels = snapshot_of(known_state(settings), "state_hypothesis_label")
    rows, shown = (hypotheses_waiting(open_store(settings), labels), _TO_JUDGE) if is_waiting else (labels.reverse(), _JUDGED)
    if as_json:
        print_json(rows.head(limit).to_dicts())
        return
    if rows.height:
        print_table(shown, rows.head(limit).select(shown).rows())
    say(
        f"{rows.height} hypothes{'is waits' if rows.height == 1 else 'es wait'} for somebody's word."
        if is_waiting
        else score_judgement(labels).said
    )


@app.command()
def stats(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Show how many labels there are by class, how far people agree (Krippendorff's alpha), and what contradicts itself.

    Example: `feedback-loop labels stats`
    """
    from feedback_loop.workflows.review import label_statistics
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings = settings_of(context)
    found = label_statistics(open_store(settings), _labels(settings), read_taxonomy(settings.taxonomy_file))
    if as_json:
        print_json(found)
    else:
        _print_statistics(found)


def _labels(settings: Settings) -> pl.DataFrame:
    from feedback_loop.workflows.snapshots import snapshot_of

    return snapshot_of(known_state(settings), "state_label")


def _doubts(settings: Settings, labels: pl.DataFrame) -> dict[str, Doubt]:
    from feedback_loop.adapters.models import open_embedder
    from feedback_loop.workflows.review import doubted_labels
    from feedback_loop.workflows.taxonomies import read_taxonomy

    return doubted_labels(open_store(settings), labels, read_taxonomy(settings.taxonomy_file), open_embedder(settings))


def _place(question: Question) -> tuple[object, ...]:
    asked, may_be = question.asked, ", ".join(question.label_set) or None
    return (asked.fragment_id, str(asked.reason), asked.value, asked.owner, asked.assigned_to, may_be, question.masked_text)


def _write_sheet(file: Path, questions: list[Question], taxonomy: Taxonomy, *, as_json: bool) -> None:
    from feedback_loop.workflows.label_files import write_sheet

    write_sheet(file, questions)
    if as_json:
        print_json({"written": len(questions), "out": str(file)})
    else:
        say(f"{len(questions):,} questions in {file}. Fill in 'label' with one of: {', '.join(map(str, taxonomy.names))}.")
        say(f"Then `feedback-loop labels import {file} --as PERSON`; rows that you leave empty stay open.")


def _print_import(report: ImportReport) -> None:
    say(f"{report.read:,} rows read = {report.stored:,} stored + {report.known:,} known already + {report.open:,} left open "
        f"+ {len(report.refused):,} refused")  # fmt: skip
    for number, why in list(report.refused.items())[:_SHOWN_REFUSALS]:
        say(f"row {number} {why}.")
    if len(report.refused) > _SHOWN_REFUSALS:
        say(f"{len(report.refused) - _SHOWN_REFUSALS:,} more; --json names them all.")


def _nothing(settings: Settings, asked_count: int) -> str:
    from feedback_loop.contracts.tables import TABLES

    if asked_count:
        return f"None of the {asked_count} questions is for that person and that reason."
    if open_store(settings).read(TABLES["silver_fragment"], columns=["fragment_id"]).is_empty():
        return "There is nothing to label yet. Land files with `feedback-loop ingest SOURCE FILE…`, then `feedback-loop run`."
    return "Nobody needs to label anything."


def _promised(sets: LabelSets) -> str:
    from feedback_loop.analysis.label_sets import COVERAGE

    if not sets.leaves_out:
        return f"Each class is named: {sets.label_count} held-out labels of doubtful fragments are too few to leave any out."
    return f"What a complaint may be about holds the truth for {COVERAGE:.0%} of them, by {sets.label_count} held-out labels."


def _print_statistics(found: LabelStatistics) -> None:
    print_table(("class", "to learn from", "held out"), [(name, *counts) for name, counts in found.by_class.items()])
    if found.by_person:
        print_table(("person", "labelled fragments"), list(found.by_person.items()))
    alpha = "not defined yet" if found.agreement.alpha is None else f"{found.agreement.alpha:.3f}"
    say(f"Read by two people or more: {found.agreement.fragment_count}, of which {len(found.agreement.disputed)} disputed. "
        f"Krippendorff's alpha: {alpha}.")  # fmt: skip
    if found.unknown_count:
        say(f"{found.unknown_count} labels name classes that the taxonomy does not have; name them under formerly, or label again.")
    if found.lost_count:
        say(f"{found.lost_count} labels are of fragments that are no longer there.")
    for one, other in found.contradictions[:_PAIRS_SHOWN]:
        say(f"same words, different labels: {one} and {other}")
