"""`feedback-loop try`: one stage on a user's own file, without a pipeline and without any state.

The formats are those of the interfaces document. Offsets count Unicode code points of the input text, end exclusive. An answer carries
the text's own id, or its row number (1 first) where the file has none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import open_embedder_without_cache, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say
from feedback_loop.cli.progress import steps, waiting
from feedback_loop.errors import BadInput, UnknownChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedback_loop.workflows.try_files import Answer, TextRow

    AnswerCases = Callable[[Path, Callable[[str], None]], list[Answer]]

app = typer.Typer(help="One stage on your own file: no pipeline, no state. Rows have `text` and, if you like, `text_id`.")

Input = Annotated[Path, typer.Option("--input", help="Texts, as .csv with a header or .jsonl.", show_default=False)]
Cases = Annotated[Path, typer.Argument(help="Folder whose folders hold one case each.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="File for the answers.", show_default=False)]

TARGET_PRECISION, DELTA = 0.98, 0.1


@app.command()
def segment(source: Input, out: Out, as_json: JsonFlag = False) -> None:
    """Cut texts into single complaints: `text_id, fragments: [{start, end, text}]`.

    Example: `feedback-loop try segment --input texts.jsonl --out fragments.jsonl`
    """
    _text_stage("segment", source, out, as_json)


@app.command()
def redact(source: Input, out: Out, as_json: JsonFlag = False) -> None:
    """Mask personal data: `text_id, masked_text, spans: [{start, end, type}]`.

    Example: `feedback-loop try redact --input texts.jsonl --out masked.jsonl`
    """
    _text_stage("redact", source, out, as_json)


@app.command()
def reply(source: Input, out: Out, as_json: JsonFlag = False) -> None:
    """Leave quotes, signatures and disclaimers out of mails: `text_id, new_text, removed: [{start, end, kind}]`.

    Example: `feedback-loop try reply --input mails.jsonl --out new_texts.jsonl`
    """
    _text_stage("reply", source, out, as_json)


@app.command()
def language(source: Input, out: Out, as_json: JsonFlag = False) -> None:
    """Tell the language of texts: `text_id, language` (ISO 639-1)`, confidence`.

    Example: `feedback-loop try language --input texts.jsonl --out languages.jsonl`
    """
    _text_stage("language", source, out, as_json)


@app.command()
def dedupe(source: Input, out: Out, as_json: JsonFlag = False) -> None:
    """Find texts that say the same as an earlier one: `text_id, duplicate_of` (or null).

    Example: `feedback-loop try dedupe --input texts.jsonl --out duplicates.jsonl`
    """
    _text_stage("dedupe", source, out, as_json)


@app.command()
def classify(
    context: typer.Context,
    source: Input,
    out: Out,
    train: Annotated[
        Path | None,
        typer.Option(help="Labelled texts: `text,label[,split]`, or labels alone; without it the seed taxonomy.", show_default=False),
    ] = None,
    target_precision: Annotated[
        float | None,
        typer.Option(help=f"Share of right answers among automatic ones; {TARGET_PRECISION} if not given.", show_default=False),
    ] = None,
    delta: Annotated[
        float | None, typer.Option(help=f"Probability that this promise is broken; {DELTA} if not given.", show_default=False)
    ] = None,
    speed: Annotated[
        str | None,
        typer.Option(
            help="`one`: the encoder reads every text; `two`: only those of which a table of words is unsure.", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Classify texts: `text_id, label, confidence, prediction_set, route, reason`.

    Example: `feedback-loop try classify --train labelled.csv --input texts.csv --out labels.jsonl`
    """
    from feedback_loop.workflows.try_classify import Speed, by_own_labels, by_seed_taxonomy, label_lines, read_labelled, route_lines
    from feedback_loop.workflows.try_files import write_json_lines

    if train is None and (target_precision is not None or delta is not None):
        raise BadInput(
            "a precision can only be promised on your own labels. Add --train FILE, or leave --target-precision and --delta out."
        )
    if train is None and speed is not None:
        raise BadInput("a table of words can only be learnt from your own texts. Add --train FILE, or leave --speed out.")
    if speed is not None and speed not in [*Speed]:
        raise UnknownChoice("--speed", speed, list(Speed))
    rows = _rows(source, out, train)
    embedder, missing = open_embedder_without_cache(settings_of(context)), list[str]()
    with waiting(f"classifying {len(rows):,} texts"):
        if train is None:
            answers = by_seed_taxonomy(rows, embedder)
        else:
            precision = TARGET_PRECISION if target_precision is None else target_precision
            promised = (precision, DELTA if delta is None else delta)
            labelled = read_labelled(train)
            answers = by_own_labels(labelled, rows, embedder, *promised, Speed(speed or Speed.ONE))
            missing = label_lines(labelled, answers, *promised)
    write_json_lines(out, answers)
    _told(out, answers, as_json)
    if not as_json:
        say("\n".join([", ".join(route_lines(answers)), *missing]))


@app.command()
def cluster(
    context: typer.Context,
    source: Input,
    out: Out,
    method: Annotated[str, typer.Option(help="`communities` of near texts, or dense regions by `hdbscan`.")] = "communities",
    as_json: JsonFlag = False,
) -> None:
    """Group texts by what they say: a CSV file with `text_id,cluster_id,cluster_label,is_noise`.

    Example: `feedback-loop try cluster --input texts.csv --out clusters.csv`
    """
    from feedback_loop.workflows.try_cluster import COLUMNS, Method, cluster_answers
    from feedback_loop.workflows.try_files import write_csv

    if method not in [*Method]:
        raise UnknownChoice("--method", method, list(Method))
    rows = _rows(source, out)
    embedder = open_embedder_without_cache(settings_of(context))
    with waiting(f"grouping {len(rows):,} texts"):
        answers = cluster_answers(rows, embedder, Method(method))
    write_csv(out, COLUMNS, answers)
    _told(out, answers, as_json)


@app.command()
def detect(cases: Cases, out: Out, as_json: JsonFlag = False) -> None:
    """Tell when a rising rate would have raised an alarm: `case_id, alarms: [{raised_at}], seconds` per case folder.

    Example: `feedback-loop try detect cases/ --out answers.jsonl`
    """
    from feedback_loop.workflows.try_detect import detect_answers

    _case_stage("watching streams", detect_answers, cases, out, as_json)


@app.command()
def diagnose(cases: Cases, out: Out, as_json: JsonFlag = False) -> None:
    """Tell what changed, for whom and why: `case_id, verdict, confidence, cohorts, causes, seconds` per case folder.

    Example: `feedback-loop try diagnose cases/ --out answers.jsonl`
    """
    from feedback_loop.workflows.try_diagnose import diagnose_answers

    _case_stage("diagnosing", diagnose_answers, cases, out, as_json)


@app.command()
def verify_fix(cases: Cases, out: Out, as_json: JsonFlag = False) -> None:
    """Tell whether fixes worked: `case_id, verdict, ratio, low, high, seconds` per case folder.

    Example: `feedback-loop try verify-fix cases/ --out answers.jsonl`
    """
    from feedback_loop.workflows.try_verify_fix import verify_fix_answers

    _case_stage("judging fixes", verify_fix_answers, cases, out, as_json)


def _case_stage(doing: str, answer: AnswerCases, cases: Path, out: Path, as_json: bool) -> None:
    from feedback_loop.workflows.case_folders import CASE_FILES, case_folders
    from feedback_loop.workflows.try_files import check_output, write_json_lines

    folders = case_folders(cases)
    check_output(out, *(folder / name for folder in folders for name in CASE_FILES))
    with steps(doing, len(folders)) as advance:
        answers = answer(cases, advance)
    write_json_lines(out, answers)
    _told(out, answers, as_json, "cases")


def _text_stage(name: str, source: Path, out: Path, as_json: bool) -> None:
    from feedback_loop.workflows.try_files import write_json_lines
    from feedback_loop.workflows.try_texts import TextStage, text_answers

    answers = text_answers(TextStage(name), _rows(source, out))
    write_json_lines(out, answers)
    _told(out, answers, as_json)


def _rows(source: Path, out: Path, train: Path | None = None) -> list[TextRow]:
    from feedback_loop.workflows.try_files import check_output, read_texts

    check_output(out, source, train)
    return read_texts(source)


def _told(out: Path, answers: list[Answer], as_json: bool, what: str = "texts") -> None:
    if as_json:
        print_json({"read": len(answers), "out": str(out)})
    else:
        say(f"{len(answers):,} {what} answered in {out}")
