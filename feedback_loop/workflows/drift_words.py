"""Drift in sentences and rows that fit on one page: what changed, what it is owed to, which classes it went between, who is right.

The figures are in `model_drift`. The rule that is easy to break: a sentence names a cause only where a test does, and says "not enough"
where the counts can't tell; it holds classes, versions, days and numbers, never a word of a customer.
"""

from __future__ import annotations

from collections.abc import Iterator

from feedback_loop.analysis.drift import (
    FEWEST_FRAGMENTS,
    FEWEST_VERDICTS,
    LEFT_OPEN,
    UNCHANGED,
    Cause,
    ClassDrift,
    Drift,
    Move,
    MoveVerdict,
)
from feedback_loop.analysis.gold_labels import HOW_TO_LABEL
from feedback_loop.methods.statistics.share_changes import Change
from feedback_loop.workflows.model_drift import DriftReport

COLUMNS = ("class", "before", "after", "points", "by input", "of it by mix", "by model version", "owed to")
"""Changes are in points, with their interval and p-value."""

_MOVES_TOLD = 5
_SMALLEST_P = 0.001
_FEW = 10


def drift_lines(report: DriftReport) -> list[str]:
    """The page above and below its table: an answer first, then what it rests on."""
    if not report.drift.is_enough:
        counts = f"{report.drift.before_count} fragments in {report.before}, {report.drift.after_count} in {report.after}"
        return [f"Not enough to say anything: {counts}, at least {FEWEST_FRAGMENTS} of each are needed. Choose more days."]
    return [*_answers(report), *_surroundings(report)]


def drift_rows(found: Drift) -> list[tuple[object, ...]]:
    """A row per class, by how far its share moved, in the order of `COLUMNS`."""
    return [_row(one) for one in found.classes]


def _answers(report: DriftReport) -> Iterator[str]:
    """What a reader asked: what the model gets wrong now, which classes moved and why, then between which they moved."""
    moves = report.drift.moves[:_MOVES_TOLD]
    yield from (_move_sentence(move, report) for move in moves if move.verdict is MoveVerdict.WORSE)
    named = [one for one in report.drift.classes if one.cause is not Cause.NEITHER]
    if not named:
        yield "No class changed its share beyond chance, neither by the input nor by the model."
    for one in named:
        yield _class_sentence(one, report)
    yield from (_move_sentence(move, report) for move in moves if move.verdict is not MoveVerdict.WORSE)


def _surroundings(report: DriftReport) -> Iterator[str]:
    yield _periods(report)
    if report.version_before == report.version_after:
        yield "The same version classified both periods, so that whatever changed is owed to the input."
    if report.release is not None:
        of = f" of {report.release.product}" if report.release.product else ", a version of the classifier,"
        yield f"{report.release.name}{of} came on {report.release.released_date}."
    for one in report.promotions:
        yield f"{one.model_version} was promoted {one.promoted_at:%Y-%m-%d %H:%M} UTC by {one.promoted_by}: {one.why}."
    if report.since is not None and report.since > report.after.first:
        yield f"{report.version_after} classified from {report.since} on; earlier days of the later period were by another version."
    if report.pairs_are_of == "before":
        yield (f"{report.version_before} can't be trained again, so its stored rows of {report.before} stand for it, "
               "and the pairs are fragments of those days.")  # fmt: skip
    if report.sampled_share < 1:
        yield f"A sample of {report.sampled_share:.0%} of the fragments, drawn by the hash of their ids."
    if report.answered_count:
        yield f"{report.answered_count} fragments have their class from a language model; they count as left open here."
    yield "Repetitions are left out. Intervals are 95 %; p-values are adjusted after Holm and take fragments as independent."


def _periods(report: DriftReport) -> str:
    parts = (
        (report.after, report.drift.after_count, report.version_after),
        (report.before, report.drift.before_count, report.version_before),
    )
    return " ".join(f"{days}: {count} fragments, by {version}." for days, count, version in parts)


def _class_sentence(one: ClassDrift, report: DriftReport) -> str:
    by_model = f"{_points(one.behaviour)} by the model version ({report.version_before} to {report.version_after})"
    by_input = f"{_points(one.input_shift)} by what customers wrote"
    told = {Cause.MODEL: f"{by_model}; {by_input}", Cause.INPUT: f"{by_input}; {by_model}", Cause.BOTH: f"{by_model} and {by_input}"}
    shares = f"{one.name}: {one.share_before:.1%} of fragments before, {one.share_after:.1%} after"
    return f"{shares}, {100 * one.total.points:+.1f} points: {told[one.cause]}. {_mix_sentence(one)}"


def _mix_sentence(one: ClassDrift) -> str:
    if one.steady_mix is None:
        return "How much the mix explains can't be known: the periods share too few languages, channels and products."
    spans = f"{one.steady_mix.share:.1%} ({one.steady_mix.low:.1%} to {one.steady_mix.high:.1%})"
    return (
        f"Had the mix of languages, channels and products stayed, the same version would have given it to {spans} of the later fragments."
    )


def _move_sentence(move: Move, report: DriftReport) -> str:
    went = f"{move.count} fragments went from {move.from_class} to {move.to_class}, {move.back_count} the other way ({_p(move.p_value)})"
    counts = ", ".join(_truths(move))
    labels = move.before_right_count + move.after_right_count + move.neither_right_count
    if labels < FEWEST_VERDICTS:
        few = f"{labels} on such moves ({counts}), at least {FEWEST_VERDICTS} are needed"
        return f"{went}. Not enough held-out labels to say who is right: {few}. {HOW_TO_LABEL}"
    evidence = f"held-out labels on such moves: {counts}; {_p(move.verdict_p_value)}"
    told = {
        MoveVerdict.WORSE: f"{report.version_after} {_fault(move)}",
        MoveVerdict.BETTER: f"{report.version_after} mends what {report.version_before} got wrong",
        MoveVerdict.OPEN: "labels do not settle who is right",
    }
    return f"{went}: {told[move.verdict]} ({evidence})."


def _fault(move: Move) -> str:
    """What is wrong about a move that labels speak against."""
    if move.to_class == LEFT_OPEN:
        return f"leaves open what is {move.from_class}"
    return f"over-tags {'what was left open' if move.from_class == LEFT_OPEN else move.from_class} as {move.to_class}"


def _truths(move: Move) -> Iterator[str]:
    sides = ((move.from_class, move.before_right_count), (move.to_class, move.after_right_count))
    yield from (f"{count} truly {name}" for name, count in sides if name != LEFT_OPEN)
    yield f"{move.neither_right_count} {'another class' if LEFT_OPEN in (move.from_class, move.to_class) else 'neither'}"


def _row(one: ClassDrift) -> tuple[object, ...]:
    mix = "not known" if one.mix_points is None else f"{100 * one.mix_points:+.1f}"
    total = f"{100 * one.total.points:+.1f} ({100 * one.total.low:+.1f}…{100 * one.total.high:+.1f})"
    shares = f"{one.share_before:.1%}", f"{one.share_after:.1%}"
    return (one.name, *shares, total, _points(one.input_shift), mix, _points(one.behaviour), _owed(one))


def _owed(one: ClassDrift) -> str:
    if one.cause is Cause.NEITHER:
        return "not enough" if max(one.before_count, one.after_count) < _FEW else "not proven"
    return "input and model" if one.cause is Cause.BOTH else str(one.cause)


def _points(change: Change) -> str:
    if change == UNCHANGED:
        return "0"
    return f"{100 * change.points:+.1f} ({100 * change.low:+.1f}…{100 * change.high:+.1f}, {_p(change.p_value)})"


def _p(p_value: float) -> str:
    return f"p = {p_value:.2g}" if p_value >= _SMALLEST_P else f"p < {_SMALLEST_P}"
