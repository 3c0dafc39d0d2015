"""How well and how fast personal data is found: public texts with spans, values planted into real reviews, and texts made to be slow.

python -m feedback_loop_tests.benchmarks.personal_data [--values 2000] [--chars 200000]

A finding counts if it has the right type and overlaps a true span; `exact` counts only those with the very same span; `hidden` is the share
of true spans that are covered in full by findings of whatever type. Every fourth public text was held out: its errors were never looked
at while the detectors were written.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from random import Random

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.personal_data.masking import find_personal_data
from feedback_loop_tests.benchmarks.personal_values import MAKERS
from feedback_loop_tests.real_reviews import FOLDER, PRODUCTS, WHY_ABSENT, are_absent, export_of

Span = tuple[int, int, PersonalDataType]
Labelled = tuple[str, Sequence[Span]]

SPANS_FILE = FOLDER.parent / "pii" / "spans.json"
KINDS = {
    "EMAIL_ADDRESS": PersonalDataType.EMAIL,
    "CREDIT_CARD": PersonalDataType.CARD,
    "IBAN_CODE": PersonalDataType.IBAN,
    "IP_ADDRESS": PersonalDataType.IP,
    "DOMAIN_NAME": PersonalDataType.URL,
    "PHONE_NUMBER": PersonalDataType.PHONE,
    "US_SSN": PersonalDataType.NUMBER,
    "US_DRIVER_LICENSE": PersonalDataType.NUMBER,
    "PERSON": PersonalDataType.NAME,
    "STREET_ADDRESS": PersonalDataType.ADDRESS,
}
_HELD_OUT = 3
SLOW = (
    "1 2 3 4 ", "1-1-1-", "1234 ", "11 ", "12345678", "4111 1111 1111 1111 ", "9876543210 ", "a@a@a@", "q.w@e.r ", "a'", "http://a:b@", "://",
    "www.", "::::", "1:", "[[]]", "((1", "(at)", "a at ", "a dot ", "12.34.", "ab12 ", "password ", "token=", "order no ", "call me ",
    "-----",
)  # fmt: skip


def public_texts() -> Iterator[Labelled]:
    """The texts of presidio-research with their spans, as our types."""
    for row in json.loads(SPANS_FILE.read_text(encoding="utf-8")):
        spans = ((span["start_position"], span["end_position"], KINDS.get(span["entity_type"])) for span in row["spans"])
        yield row["full_text"], [(start, end, kind) for start, end, kind in spans if kind]


def reviews() -> list[str]:
    """The texts of all real reviews."""
    texts: list[str] = []
    for product in PRODUCTS:
        with export_of(product).open(encoding="utf-8", newline="") as file:
            texts += (row["content"] for row in csv.DictReader(file))
    return texts


def planted(texts: Sequence[str], count: int, random: Random) -> Iterator[tuple[str, Labelled]]:
    """So many values of each kind, one in a review each, at the edge of some word; with the name of the form."""
    for kind, make in MAKERS.items():
        for _ in range(count):
            form, value = make(random)
            words = random.choice(texts).split(" ")
            at = random.randint(0, len(words))
            before = " ".join((*words[:at], ""))
            after = random.choice((" ", " ", ". ", ", ")) + " ".join(words[at:])
            yield f"{kind} {form}", (f"{before}{value}{after}", [(len(before), len(before) + len(value), kind)])


class Score:
    """Counts of true spans and findings by type."""

    def __init__(self) -> None:
        self.true, self.met, self.same, self.hidden = (Counter[PersonalDataType]() for _ in range(4))
        self.found, self.right = Counter[PersonalDataType](), Counter[PersonalDataType]()

    def add(self, text: str, spans: Sequence[Span]) -> bool:
        """Counts one text; whether each of its spans was met."""
        found = [(f.start, f.end, f.kind) for f in find_personal_data(text)]
        met = [any(_meet(span, other) for other in found) for span in spans]
        for span, is_met in zip(spans, met, strict=True):
            start, end, kind = span
            self.true[kind] += 1
            self.met[kind] += is_met
            self.same[kind] += span in found
            self.hidden[kind] += any(a <= start and end <= b for a, b, _ in found)
        for other in found:
            self.found[other[2]] += 1
            self.right[other[2]] += any(_meet(other, span) for span in spans)
        return all(met)

    def print(self, title: str) -> None:
        """The table of the types that occur."""
        print(f"\n{title}\n| Type | True | Recall | exact | hidden | Found | Precision |\n|---|---|---|---|---|---|---|")
        for kind in PersonalDataType:
            if self.true[kind] or self.found[kind]:
                shares = " | ".join(_share(counts[kind], self.true[kind]) for counts in (self.met, self.same, self.hidden))
                print(f"| {kind} | {self.true[kind]} | {shares} | {self.found[kind]} | {_share(self.right[kind], self.found[kind])} |")


def _meet(one: Span, other: Span) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def per_second(texts: Sequence[str]) -> str:
    """Texts a second of one core, as text; processor time, so that others' work does not count."""
    began = time.process_time()
    for text in texts:
        find_personal_data(text)
    return f"{len(texts) / (time.process_time() - began):,.0f}"


def print_quality(texts: Sequence[str], count: int) -> list[str]:
    """The tables of quality; the planted texts."""
    rows = list(public_texts())
    seen = [row for index, row in enumerate(rows) if index % 4 != _HELD_OUT]
    for title, part in (("Public texts", seen), ("Public texts, held out", rows[_HELD_OUT::4])):
        score = Score()
        for text, spans in part:
            score.add(text, spans)
        score.print(title)
    score, missed = Score(), Counter[str]()
    made = list(planted([text for text in texts if not find_personal_data(text)], count, Random(20)))
    for form, (text, spans) in made:
        missed[form] += not score.add(text, spans)
    score.print(f"{count:,} values of each type in real reviews")
    print("\nMost missed:", "; ".join(f"{form} {times}" for form, times in missed.most_common(12) if times))
    masked = Counter(finding.kind for text in texts for finding in find_personal_data(text))
    print(
        f"\nMasked in {len(texts):,} real reviews as they are:", ", ".join(f"{kind} {times}" for kind, times in masked.items()) or "nothing"
    )
    return [text for _, (text, _) in made]


def print_slowest(chars: int) -> None:
    """Times of texts that are made to be slow, the slowest first."""
    times: dict[str, float] = {}
    for piece in SLOW:
        began = time.process_time()
        find_personal_data((piece * (chars // len(piece) + 1))[:chars])
        times[piece] = time.process_time() - began
    slowest = sorted(times.items(), key=lambda item: -item[1])[:6]
    print(f"\nSlowest of {len(SLOW)} texts of {chars:,} characters:", "; ".join(f"{piece!r} {seconds:.2f} s" for piece, seconds in slowest))


def dense(texts: Iterable[str], random: Random) -> list[str]:
    """As many texts, each with three values of any kinds and the begin of a review."""
    makers = list(MAKERS.values())
    return [f"{text[:80]} my {' and '.join(random.choice(makers)(random)[1] for _ in range(3))} thanks" for text in texts]


def main() -> None:
    """Print quality, speed and worst cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--values", type=int, default=2000)
    parser.add_argument("--chars", type=int, default=200_000)
    chosen = parser.parse_args()
    if are_absent() or not SPANS_FILE.exists():
        raise SystemExit(WHY_ABSENT)
    print(f"phonenumbers {version('phonenumbers')}")
    texts = reviews()
    single = print_quality(texts, chosen.values)
    print(f"\nA second, one core: {per_second(texts)} real reviews; {per_second(single)} reviews with one value; ", end="")
    print(f"{per_second(dense(texts[:3000], Random(21)))} texts with three")
    print_slowest(chosen.chars)


if __name__ == "__main__":
    main()
