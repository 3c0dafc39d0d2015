"""How well a user's own labels are learnt, beside two peers.

Run it with `python -m feedback_loop_tests.benchmarks.text_classification [--data FOLDER] [--cache FILE]`.
Banking77's training part in five folds and with 1 and 10 examples per label; CLINC150's validation part with what is out of scope. Every
method sees the same rows; nothing is chosen here. Not here: the seed classifier (`classification`), the embedding alone (`embedding`).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Grid
from scipy import sparse
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.analysis.blend import NARROW_INTENTS, train
from feedback_loop.analysis.labelled_texts import LabelledText
from feedback_loop.analysis.selective import decide, train_selective
from feedback_loop.analysis.two_speed import two_speed_proof
from feedback_loop.analysis.verdicts import Verdict, VerdictReason
from feedback_loop.contracts.routes import Route
from feedback_loop.methods.statistics.calibration import Flags, Reals, cross_fitted, expected_calibration_error, selective_threshold
from feedback_loop.ports import Embedder, Vectors
from feedback_loop_tests.benchmarks.embedding import made_up_texts
from feedback_loop_tests.real_reviews import FOLDER

SEED = 20_261_129
TARGET, DELTA = 0.98, 0.1
RESPLITS = 200
Rows = Sequence[LabelledText]


@dataclass(frozen=True)
class Answers:
    """Confidence and correctness [n] of one method on test rows."""

    confidence: Reals
    is_correct: Flags

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float(self.is_correct.mean())

    @property
    def calibration_error(self) -> float:
        """Over 15 bins of equal mass."""
        return expected_calibration_error(self.confidence, self.is_correct)


def meaning_alone(taught: Rows, asked: Rows, embedder: Embedder) -> Answers:
    """The first peer: logistic regression on the same sentence vectors."""
    model = LogisticRegression(C=10, max_iter=500).fit(_vectors(taught, embedder), [one.label for one in taught])
    return _answers(model.predict_proba(_vectors(asked, embedder)), model.classes_, asked)


def wording_alone(taught: Rows, asked: Rows, embedder: Embedder) -> Answers:
    """The second peer: a linear support vector machine on TF-IDF of words and letters, its margins through a softmax."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    texts = [one.text for one in taught]
    model = LinearSVC(C=0.5, random_state=0)
    model.fit(sparse.hstack([words.fit_transform(texts), letters.fit_transform(texts)]), [one.label for one in taught])
    asked_texts = [one.text for one in asked]
    margins = model.decision_function(sparse.hstack([words.transform(asked_texts), letters.transform(asked_texts)]))
    return _answers(softmax(margins, axis=1), model.classes_, asked)


def ours(taught: Rows, asked: Rows, embedder: Embedder) -> tuple[Answers, list[Verdict]]:
    """The classifier of `try classify`; its verdicts too. A text that it calls out of scope counts as wrong here."""
    classifier = train_selective(taught, embedder, TARGET, DELTA)
    verdicts = decide(classifier, [(str(row), one.text) for row, one in enumerate(asked)], _vectors(asked, embedder))
    right = np.asarray([verdict.label == one.label for verdict, one in zip(verdicts, asked, strict=True)])
    return Answers(np.asarray([verdict.confidence for verdict in verdicts]), right), verdicts


def banking_grid(rows: Rows, embedder: Embedder) -> Grid:
    """Full training in five folds."""
    grid = Grid("method", "accuracy", "calibration error", "minus first peer, 95 %", title="Banking77 training part, five folds")
    made: dict[str, list[Answers]] = {"MiniLM + logistic regression": [], "TF-IDF + SVM": [], "ours": []}
    routed: list[str] = []
    targets = [one.label for one in rows]
    for inside, outside in StratifiedKFold(5, shuffle=True, random_state=SEED % 2**31).split(targets, targets):
        taught, asked = [rows[i] for i in inside], [rows[i] for i in outside]
        answers, verdicts = ours(taught, asked, embedder)
        for method, one in zip(
            made, (meaning_alone(taught, asked, embedder), wording_alone(taught, asked, embedder), answers), strict=True
        ):
            made[method].append(one)
        routed.append(automatic(answers, verdicts))
    joined = {method: all_answers(parts) for method, parts in made.items()}
    for method, one in joined.items():
        grid.add_row(method, f"{one.accuracy:.4f}", f"{one.calibration_error:.4f}", difference(one, joined["MiniLM + logistic regression"]))
    grid.add_row(f"ours, automatic at {TARGET}, fold by fold", "; ".join(routed), "", "")
    return grid


def few_grid(rows: Rows, embedder: Embedder, repeats: int) -> Grid:
    """One and ten examples per label; the peers get the label's name as one more example, as ours takes it."""
    grid = Grid(
        "examples", "MiniLM + logistic regression", "TF-IDF + SVM", "ours", "minus first peer, 95 %", title="Banking77, few examples"
    )
    for count in (1, 10):
        made: list[list[Answers]] = []
        for repeat in range(repeats):
            taught, asked = _few(rows, count, repeat)
            named = [*taught, *(LabelledText(label.replace("_", " "), label) for label in sorted({one.label for one in rows}))]
            peers = [method(named, asked, embedder) for method in (meaning_alone, wording_alone)]
            made.append([*peers, ours(taught, asked, embedder)[0]])
        joined = [all_answers(parts) for parts in zip(*made, strict=True)]
        grid.add_row(str(count), *(f"{one.accuracy:.4f}" for one in joined), difference(joined[2], joined[0]))
    return grid


def scope_grid(taught: Rows, asked: Rows, outside: Rows, outsiders: Rows, embedder: Embedder) -> Grid:
    """CLINC150: accuracy in scope, and what of the rest is noticed, with and without known outsiders."""
    columns = ("method", "accuracy in scope", "calibration error", "minus first peer, 95 %", "in scope accepted", "outsiders noticed")
    grid = Grid(*columns, title="CLINC150: validation part")
    peer = meaning_alone(taught, asked, embedder)
    for method, one in (("MiniLM + logistic regression", peer), ("TF-IDF + SVM", wording_alone(taught, asked, embedder))):
        grid.add_row(method, f"{one.accuracy:.4f}", f"{one.calibration_error:.4f}", difference(one, peer), "–", "–")
    for method, known in (("ours, no outsider known", []), (f"ours, {len(outsiders)} outsiders known", outsiders)):
        one, verdicts = ours([*taught, *known], [*asked, *outside], embedder)
        inside = Answers(one.confidence[: len(asked)], one.is_correct[: len(asked)])
        noticed = np.asarray([verdict.reason is VerdictReason.OUT_OF_SCOPE for verdict in verdicts])
        shares = (f"{1 - noticed[: len(asked)].mean():.4f}", f"{noticed[len(asked) :].mean():.4f} of {len(outside)}")
        grid.add_row(method, f"{inside.accuracy:.4f}", f"{inside.calibration_error:.4f}", difference(inside, peer), *shares)
        grid.add_row("  its automatic answers in scope", automatic(inside, verdicts[: len(asked)]), "", "", "", "")
    return grid


def promise_grid(sets: dict[str, Rows], embedder: Embedder) -> Grid:
    """How often the promised precision is missed when half of the left-out answers prove it and the other half is decided."""
    columns = ("data", "resplits that miss", "automatic share", "precision", "point thresholds that miss")
    grid = Grid(*columns, title=f"precision ≥ {TARGET}, δ = {DELTA}, {RESPLITS} resplits")
    ways = {"one speed": _at_one_speed, "two speeds": _at_two_speeds}
    for name, rows, way in ((f"{name}, {way}", rows, way) for name, rows in sets.items() for way in ways):
        answers = ways[way](rows, embedder)
        found = [_resplit(answers, seed, certified_cut) for seed in range(RESPLITS)]
        point = [_resplit(answers, seed, point_cut) for seed in range(RESPLITS)]
        shares = [f"{np.mean([precision < TARGET for _, precision in one]):.3f}" for one in (found, point)]
        automatic_share, precision = np.mean(found, axis=0)
        grid.add_row(name, shares[0], f"{automatic_share:.3f}", f"{precision:.4f}", shares[1])
    return grid


def _at_one_speed(rows: Rows, embedder: Embedder) -> Answers:
    """What is said of each row without it."""
    _, left_out = train([one.text for one in rows], _vectors(rows, embedder), [one.label for one in rows], NARROW_INTENTS)
    log_p = cross_fitted(left_out.scores.meaning, left_out.scores.wording, left_out.truth)
    return Answers(np.exp(log_p.max(axis=1)), log_p.argmax(axis=1) == left_out.truth)


def _at_two_speeds(rows: Rows, embedder: Embedder) -> Answers:
    """What the tier that answers each row says of it without it."""
    proof = two_speed_proof(rows, embedder)
    probabilities = proof.judged.probabilities
    return Answers(probabilities.max(axis=1), probabilities.argmax(axis=1) == proof.truth)


def certified_cut(answers: Answers) -> float:
    """The threshold that the classifier would use."""
    found = selective_threshold(answers.confidence, answers.is_correct, TARGET, DELTA)
    return float("inf") if found is None else found


def point_cut(answers: Answers) -> float:
    """The lowest threshold whose own precision is enough, without any bound."""
    order = np.argsort(-answers.confidence, kind="stable")
    precision = np.cumsum(answers.is_correct[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= TARGET)
    return float(answers.confidence[order][enough[-1]]) if len(enough) else float("inf")


def speed_grid(rows: Rows) -> Grid:
    """Seconds to learn from 10,000 texts, and texts of 22 words per second; both with embedding, nothing cached."""
    grid = Grid("figure", "measured", title="Speed, with embedding")
    embedder = MiniLmEmbedder()
    embedder.embed(["warm"])
    taught = list(rows)[:10_000]
    wall, cpu = time.perf_counter(), time.process_time()
    classifier = train_selective(taught, embedder, TARGET, DELTA)
    grid.add_row(f"training on {len(taught):,} texts", f"{time.perf_counter() - wall:.1f} s ({time.process_time() - cpu:.1f} s of CPU)")
    texts = made_up_texts(22, 2_000)
    wall, cpu = time.perf_counter(), time.process_time()
    vectors = embedder.embed(texts)
    middle, middle_cpu = time.perf_counter(), time.process_time()
    decide(classifier, [("x", text) for text in texts], vectors)
    end, end_cpu = time.perf_counter(), time.process_time()
    grid.add_row("end to end", f"{len(texts) / (end - wall):,.0f} texts/s, {len(texts) / (end_cpu - cpu):,.0f} per CPU second")
    grid.add_row(
        "without embedding", f"{len(texts) / (end - middle):,.0f} texts/s, {len(texts) / (end_cpu - middle_cpu):,.0f} per CPU second"
    )
    return grid


def difference(one: Answers, peer: Answers) -> str:
    """The paired difference of accuracies with its 95 % interval (normal, over texts)."""
    paired = one.is_correct.astype(float) - peer.is_correct
    half = 1.96 * paired.std() / np.sqrt(len(paired))
    return f"{paired.mean():+.4f} [{paired.mean() - half:+.4f}, {paired.mean() + half:+.4f}]" if paired.any() else "–"


def automatic(answers: Answers, verdicts: Sequence[Verdict]) -> str:
    """The automatic share and its precision."""
    chosen = np.asarray([verdict.route is Route.AUTOMATIC for verdict in verdicts])
    return f"{chosen.mean():.3f} at {answers.is_correct[chosen].mean():.4f}" if chosen.any() else "none"


def _resplit(answers: Answers, seed: int, cut: Callable[[Answers], float]) -> tuple[float, float]:
    shuffled = np.random.default_rng(seed).permutation(len(answers.confidence))
    first, second = shuffled[: len(shuffled) // 2], shuffled[len(shuffled) // 2 :]
    chosen = answers.confidence[second] >= cut(Answers(answers.confidence[first], answers.is_correct[first]))
    return float(chosen.mean()), float(answers.is_correct[second][chosen].mean()) if chosen.any() else 1.0


def _few(rows: Rows, count: int, repeat: int) -> tuple[Rows, Rows]:
    """So many examples per label, and all other rows."""
    taken: Counter[str] = Counter()
    taught: list[LabelledText] = []
    asked: list[LabelledText] = []
    for row in np.random.default_rng([SEED, repeat]).permutation(len(rows)):
        one = rows[int(row)]
        (taught if taken[one.label] < count else asked).append(one)
        taken[one.label] += 1
    return taught, asked


def _vectors(rows: Rows, embedder: Embedder) -> Vectors:
    return embedder.embed([one.text for one in rows])


def _answers(probabilities: Reals, labels: Sequence[str], asked: Rows) -> Answers:
    said = np.asarray(labels)[probabilities.argmax(axis=1)]
    return Answers(probabilities.max(axis=1), said == np.asarray([one.label for one in asked]))


def all_answers(parts: Sequence[Answers]) -> Answers:
    """Those of all parts."""
    return Answers(np.concatenate([one.confidence for one in parts]), np.concatenate([one.is_correct for one in parts]))


def banking_rows(folder: Path) -> Rows:
    """The labelled texts of the training part."""
    with (folder / "banking77" / "train.csv").open(encoding="utf-8", newline="") as lines:
        return [LabelledText(row["text"], row["category"]) for row in csv.DictReader(lines)]


def clinc_rows(folder: Path) -> dict[str, Rows]:
    """The labelled texts by part."""
    parts = json.loads((folder / "clinc150" / "train_val.json").read_text(encoding="utf-8"))
    return {part: [LabelledText(text, "out_of_scope" if label == "oos" else label) for text, label in rows] for part, rows in parts.items()}


def main() -> int:
    """Prints the tables; 1 where the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER.parent, help="folder that holds banking77/ and clinc150/")
    parser.add_argument("--cache", type=Path, help="file in which vectors are kept between runs")
    parser.add_argument("--repeats", type=int, default=5, help="draws of few examples")
    options = parser.parse_args()
    console = Console(width=180)
    if not (options.data / "banking77").is_dir() or not (options.data / "clinc150").is_dir():
        console.print(f"no banking77 and clinc150 in {options.data}; nothing measured")
        return 1
    banking, clinc = banking_rows(options.data), clinc_rows(options.data)
    embedder: Embedder = CachingEmbedder(MiniLmEmbedder(), options.cache) if options.cache else MiniLmEmbedder()
    console.print(banking_grid(banking, embedder))
    console.print(scope_grid(clinc["train"], clinc["val"], clinc["oos_val"], clinc["oos_train"], embedder))
    console.print(few_grid(banking, embedder, options.repeats))
    console.print(promise_grid({"Banking77": banking, "CLINC150": clinc["train"]}, embedder))
    console.print(speed_grid(banking))
    console.print(f"encoder {embedder.model_version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
