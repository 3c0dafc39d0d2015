"""How well texts come apart into single complaints: topic changes found, single-topic texts left whole, joints of joined texts found again.

Run it with `python -m feedback_loop_tests.benchmarks.segmentation [--sample N]`. Each table tells the half that rules and weights
were set on (texts at even places; the training file of mams) from the half that was only counted. How each figure is counted:

Topic change (shared/data/mams, sentences with two or more aspect terms). The stretch between two consecutive terms is a gap; it should be
cut where the terms differ in polarity. Recall: such gaps with a cut. Precision: cuts that lie in such a gap, one per gap; a cut in another
gap, a second one in the same gap and one before the first or after the last term are all wrong. The second row calls every gap between two
different terms a topic change, whatever the polarity. Pure segments: those with a term whose terms all have one polarity.

Left whole (shared/data/review_features, sentences with at most one annotated feature): the share that stays one unit.

Joined texts: two or three single-topic texts of different topics, put together by full stop, `and`, `but` or line break. A joint is found
where a cut lies at most JOINT_CHARS characters from it; every other cut is wrong. The texts hold no full stop and no line break, so that
a plain splitter finds those two joints by construction; what says nothing of its own joins its neighbour, which counts as missed.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from time import process_time
from typing import NamedTuple, TypeVar
from xml.etree import ElementTree

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.methods.segments.cutting import segment
from feedback_loop.silver.units import units
from feedback_loop_tests.real_reviews import FOLDER, PRODUCTS

DATA = FOLDER.parent
JOINT_CHARS = 5
SHORT_CHARS = 60
JOINTS = {"full stop": ". ", "and": " and ", "but": ", but ", "line break": "\n"}
JOINED_TEXTS = 500
SEED = 4
COMPLAINING = frozenset("12")
HALVES = ("developed on", "held out")

Cut = tuple[int, int]
"""Where one unit ends and where the next one begins."""
Cutter = Callable[[str], list[Cut]]


Row = TypeVar("Row")


class Scores(NamedTuple):
    """Counts of found, expected and made cuts."""

    found: int
    expected: int
    made: int

    def figures(self) -> tuple[str, str, str]:
        """Precision, recall and F1; a dash where nothing was cut."""
        precision = f"{self.found / self.made:.3f}" if self.made else "–"
        return precision, f"{self.found / self.expected:.3f}", f"{2 * self.found / (self.expected + self.made):.3f}"


class Term(NamedTuple):
    """One aspect term of a sentence."""

    start: int
    end: int
    word: str
    polarity: str


def by_units(text: str) -> list[Cut]:
    """The cuts of the product."""
    return [(one.raw_end, other.raw_start) for one, other in pairwise(units(text))]


def by_sentences(text: str) -> list[Cut]:
    """A plain splitter: after stops before a blank, and at line breaks."""
    return [
        match.span() for match in re.finditer(r"(?<=[.!?…])\s+|\n+|(?<=[。！？।])", text) if match.start() > 0 and match.end() < len(text)
    ]


def nowhere(_: str) -> list[Cut]:
    """The other baseline: every text is one unit."""
    return []


def aspect_sentences(name: str) -> list[tuple[str, list[Term]]]:
    """The sentences of an aspect file, each with its terms by place."""
    made = []
    for sentence in ElementTree.parse(DATA / "mams" / name).getroot():
        terms = [
            Term(int(term.attrib["from"]), int(term.attrib["to"]), term.attrib["term"].lower(), term.attrib["polarity"])
            for term in sentence.iter("aspectTerm")
        ]
        made.append((sentence.findtext("text") or "", sorted(terms)))
    return made


def topic_changes(sentences: Sequence[tuple[str, list[Term]]], cutter: Cutter, is_any_term: bool) -> Scores:
    """Gaps between terms that should be cut and are."""
    found = expected = made = 0
    for text, terms in sentences:
        cuts = cutter(text)
        gaps = [(a.end, b.start) for a, b in pairwise(terms) if a.polarity != b.polarity or (is_any_term and a.word != b.word)]
        found += sum(any(low <= end and start <= high for end, start in cuts) for low, high in gaps)
        expected, made = expected + len(gaps), made + len(cuts)
    return Scores(found, expected, made)


def pure_segments(sentences: Sequence[tuple[str, list[Term]]], cutter: Cutter) -> float:
    """The share of segments with a term whose terms agree in polarity."""
    pure = total = 0
    for text, terms in sentences:
        edges = [0, *(start for _, start in cutter(text)), len(text) + 1]
        for low, high in pairwise(edges):
            polarities = {term.polarity for term in terms if low <= term.start < high}
            pure, total = pure + (len(polarities) == 1), total + bool(polarities)
    return pure / total


def single_feature_sentences() -> list[str]:
    """Sentences of app reviews with at most one annotated feature."""
    with (DATA / "review_features" / "sentences.csv").open(newline="") as lines:
        return [row["sentence"] for row in csv.DictReader(lines) if row["sentence"].strip() and ";" not in row["feature_all"]]


def topics(kind: str) -> list[tuple[str, str]]:
    """Single-topic texts with their topic: short, and without a full stop or line break inside."""
    if kind == "features":
        with (DATA / "review_features" / "sentences.csv").open(newline="") as lines:
            pairs = [
                (row["sentence"], row["feature_all"])
                for row in csv.DictReader(lines)
                if row["feature_all"] and ";" not in row["feature_all"]
            ]
    elif kind == "questions":
        with (DATA / "banking77" / "train.csv").open(newline="") as lines:
            pairs = [(row["text"], row["category"]) for row in csv.DictReader(lines)]
    else:
        pairs = [(text, str(place)) for place, text in enumerate(reviews(COMPLAINING)) if 5 <= len(text.split()) <= 20]
    return [(text, topic) for text, topic in ((text.strip(" .!?\n"), topic) for text, topic in pairs) if not re.search(r"[.!?…।\n]", text)]


def reviews(stars: frozenset[str] = frozenset("12345")) -> list[str]:
    """The real reviews with so many stars, each text once."""
    frames = [pl.read_csv(DATA / "play_reviews" / f"{product}.csv", infer_schema=False) for product in PRODUCTS]
    said = pl.concat([frame.filter(pl.col("score").is_in(stars))["content"] for frame in frames])
    return [text for text in said.drop_nulls().unique(maintain_order=True) if text.strip()]


def joined(pool: Sequence[tuple[str, str]], joint: str, count: int) -> Iterator[tuple[str, list[Cut]]]:
    """Texts of two or three different topics, with the place of their joints."""
    chance = random.Random(SEED)
    for _ in range(count):
        parts: dict[str, str] = {}
        wanted = chance.choice((2, 3))
        while len(parts) < wanted:
            text, topic = chance.choice(pool)
            parts.setdefault(topic, text)
        text, places = "", []
        for part in parts.values():
            places += [(len(text), len(text) + len(joint))] if text else []
            text += joint + part if text else part
        yield text, places


def joints_found(texts: Sequence[tuple[str, list[Cut]]], cutter: Cutter) -> Scores:
    """Joints with a cut near them."""
    found = expected = made = 0
    for text, places in texts:
        cuts = cutter(text)
        found += sum(any(end - JOINT_CHARS <= high and start + JOINT_CHARS >= low for end, start in cuts) for low, high in places)
        expected, made = expected + len(places), made + len(cuts)
    return Scores(found, expected, made)


CUTTERS: dict[str, Cutter] = {"units": by_units, "plain sentences": by_sentences, "no cut": nowhere}


def print_topic_changes(console: Console, sample: int) -> None:
    """Sentences with several aspects."""
    grid = Grid("half", "cut by", "topic change is", "precision", "recall", "F1", "pure segments", title="Topic changes (mams)")
    for half, name in zip(HALVES, ("atsa_train.xml", "atsa_val.xml"), strict=True):
        sentences = aspect_sentences(name)[:sample]
        for by, cutter in CUTTERS.items():
            pure = f"{pure_segments(sentences, cutter):.3f}"
            grid.add_row(half, by, "polarity", *topic_changes(sentences, cutter, is_any_term=False).figures(), pure)
            grid.add_row(half, by, "any other term", *topic_changes(sentences, cutter, is_any_term=True).figures(), pure)
    console.print(grid)


def print_left_whole(console: Console, sample: int) -> None:
    """Sentences that say one thing."""
    grid = Grid("half", "cut by", "sentences", "left whole", title="Single-feature sentences (review_features)")
    for half, sentences in zip(HALVES, halves(single_feature_sentences()), strict=True):
        for by, cutter in CUTTERS.items():
            whole = sum(not cutter(text) for text in sentences[:sample])
            grid.add_row(half, by, str(len(sentences[:sample])), f"{whole / len(sentences[:sample]):.3f}")
    console.print(grid)


def print_joined(console: Console, sample: int) -> None:
    """Joints of joined texts, by what they were joined with."""
    grid = Grid("half", "texts", "joint", "precision", "recall", "F1", "F1 plain sentences", title="Joined texts")
    for kind in ("features", "questions", "reviews"):
        for half, pool in zip(HALVES, halves(topics(kind)), strict=True):
            for name, joint in JOINTS.items():
                texts = [*joined(pool, joint, min(JOINED_TEXTS, sample))]
                grid.add_row(half, kind, name, *joints_found(texts, by_units).figures(), joints_found(texts, by_sentences).figures()[2])
    console.print(grid)


def rate(texts: Sequence[str]) -> float:
    """Normalised texts cut per second of processor time, the best of three runs."""
    ready = [normalise(text).text for text in texts]
    seconds = []
    for _ in range(3):
        start = process_time()
        for text in ready:
            segment(text)
        seconds.append(process_time() - start)
    return len(ready) / min(seconds)


def halves(rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows at even and at odd places."""
    return rows[::2], rows[1::2]


def main(arguments: Sequence[str]) -> int:
    """Prints the tables; 1 where the data are absent."""
    console = Console()
    if not (DATA / "mams").exists():
        console.print(f"the public data are not at {DATA}; set FEEDBACK_LOOP_SHARED_DATA to the folder that holds mams/")
        return 1
    sample = int(arguments[1]) if arguments[:1] == ["--sample"] else sys.maxsize
    for table in (print_topic_changes, print_left_whole, print_joined):
        table(console, sample)
    said = reviews()[:sample]
    counts = [len(by_units(text)) + 1 for text in said]
    console.print(
        f"real reviews: {len(said):,} texts, {sum(counts) / len(said):.3f} units each, {counts.count(1) / len(said):.3f} of them one unit"
    )
    short = [text for text in said if len(text) <= SHORT_CHARS]
    console.print(
        f"cutting alone: {rate(said):,.0f} of these texts/s on one core, {rate(short):,.0f}/s of those up to {SHORT_CHARS} characters"
    )
    console.print(f"Python {sys.version.split()[0]}, polars {pl.__version__}; a joint counts within {JOINT_CHARS} characters; seed {SEED}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
