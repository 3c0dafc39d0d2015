"""What must hold of every input of `fuzz`, by step: a step takes one input and raises where a law is broken.

Here: the parsers of every source and form, and the steps from a raw text to its fragments. What the inputs are is `fuzz_inputs`. The rule
that is easy to break: a step judges one input alone, so that a finding can be shown by its input; only rows are landed many at a time.
"""

from __future__ import annotations

import io
import random
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from feedback_loop.contracts.records import RejectedRow, row_count
from feedback_loop.errors import BadInput
from feedback_loop.methods.alignment import AlignedText, Alignment
from feedback_loop.methods.cleaning import PLAIN, Cleaner, Cleaning, Speaker
from feedback_loop.methods.languages.guessing import guess_languages
from feedback_loop.methods.mail.replies import strip_reply
from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.methods.personal_data.masking import find_personal_data, mask, whole_spans
from feedback_loop.methods.repetition.fingerprints import fingerprint, text_hash
from feedback_loop.methods.segments.cutting import segment
from feedback_loop.silver.units import kept_spans, units
from feedback_loop.sources.reading import Reading, Row, reading_again
from feedback_loop.sources.registry import SOURCES
from feedback_loop.workflows.ingest import land_rows
from feedback_loop.workflows.try_files import read_texts
from feedback_loop_tests.benchmarks.fuzz_corpus import TOKENS, WORD_OF_A_PERSON
from feedback_loop_tests.benchmarks.fuzz_inputs import a_file, a_text
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.silver.records import batch, record
from feedback_loop_tests.silver.stages import fragments_of

Input = str | bytes


class Broken(Exception):
    """A law does not hold; the message says which."""


class Step(NamedTuple):
    """What is checked of an input, how one is mutated from a seed, and which ones Hypothesis makes."""

    check: Callable[[Input], None]
    make: Callable[[random.Random], Input]
    strategy: st.SearchStrategy[Input]


KEYED = Cleaner(key=b"fuzz" * 8).for_speaker(Speaker("c1", name="Jane Doe", email="jane.doe@example.org", address="12 High Street, London"))
TEXTS: st.SearchStrategy[Input] = st.text(max_size=80) | st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=16).map("".join)
FILES: st.SearchStrategy[Input] = st.binary(max_size=200)


def _require(is_kept: bool, law: str) -> None:
    if not is_kept:
        raise Broken(law)


def _well_formed(alignment: Alignment, derived: str, source: str) -> None:
    _require(
        (alignment.derived_length, alignment.source_length) == (len(derived), len(source)), "an alignment has the lengths of its texts"
    )
    for run in alignment.runs:
        _require(
            derived[run.derived_start : run.derived_end] == source[run.source_start : run.source_end],
            "copied runs are the same on both sides",
        )


def check_normalise(text: str) -> None:
    """Idempotent, composed, aligned, and without what nobody sees."""
    aligned = normalise(text)
    _well_formed(aligned.alignment, aligned.text, text)
    _require(normalise(aligned.text).text == aligned.text, "normal text normalises to itself")
    _require(unicodedata.is_normalized("NFC", aligned.text), "normal text is composed")
    _require(aligned.text == aligned.text.strip(), "normal text has no blanks around it")
    _require(not any(char in aligned.text for char in "\r\t\0\x80\x9f\ufeff\u200b\ud800\udfff"), "normal text holds nothing invisible")
    aligned.text.encode("utf-8")


def check_reply(text: str) -> None:
    """Kept and removed spans tile the text."""
    found = strip_reply(text)
    spans = sorted([*found.kept, *((removed.start, removed.end) for removed in found.removed)])
    _require("".join(text[start:end] for start, end in spans) == text, "kept and removed spans tile the text")
    _require(all(start < end for start, end in spans), "no span is empty")
    _require(list(found.kept) == sorted(found.kept), "spans ascend")


def check_mask(text: str) -> None:
    """Findings are disjoint and within the text, and nothing is found in what masking leaves."""
    normal = normalise(text).text
    found = find_personal_data(normal)
    _require(all(0 <= f.cue_start <= f.start < f.end <= len(normal) for f in found), "findings lie within the text")
    _require(all(a.end <= b.start for a, b in pairwise(found)), "findings are disjoint")
    masked = mask(normal)
    _well_formed(masked.alignment, masked.text, normal)
    _require(not find_personal_data(masked.text), "no detector fires on masked text")
    _require(mask(masked.text).text == masked.text, "masking is idempotent")


def check_clean(text: str) -> None:
    """Cleaning what is clean changes nothing, with and without tokens."""
    for cleaning in (PLAIN, KEYED):
        _check_clean(cleaning.clean(text), text, cleaning)


def _check_clean(cleaned: AlignedText, text: str, cleaning: Cleaning) -> None:
    _well_formed(cleaned.alignment, cleaned.text, text)
    _require(not cleaning.find(cleaned.text), "no detector fires on clean text")
    _require(cleaning.clean(cleaned.text).text == cleaned.text, "cleaning is idempotent")


def check_segment(text: str) -> None:
    """Pieces ascend, cut no protected span and lose no word."""
    normal = normalise(text).text
    protected = whole_spans(find_personal_data(normal))
    pieces = segment(normal, protected)
    _require(all(0 <= start < end <= len(normal) for start, end in pieces), "pieces lie within the text")
    _require(all(a[1] <= b[0] for a, b in pairwise(pieces)), "pieces are disjoint")
    kept = "".join(normal[start:end] for start, end in pieces)
    _require("".join(kept.split()) == "".join(normal.split()), "pieces hold every word")
    cuts = {offset for piece in pieces for offset in piece}
    _require(not any(start < cut < end for start, end in protected for cut in cuts), "no protected span is cut")


def check_units(text: str) -> None:
    """The alignment law: cleaning the raw slice of a unit gives its masked text; what lies between units says nothing."""
    for cleaning in (PLAIN, KEYED):
        position = 0
        for unit in units(text, cleaning):
            _require(position <= unit.raw_start < unit.raw_end <= len(text), "units ascend within the text")
            _require(not cleaning.clean(text[position : unit.raw_start]).text, "nothing is said between units")
            raw = text[unit.raw_start : unit.raw_end]
            _require(cleaning.clean(raw).text == unit.masked.text, "cleaning the raw slice gives the masked text")
            _require(not cleaning.find(unit.masked.text), "no detector fires on a unit")
            _well_formed(unit.masked.alignment, unit.masked.text, raw)
            position = unit.raw_end
        _require(not cleaning.clean(text[position:]).text, "nothing is said behind the last unit")


def check_language(text: str) -> None:
    """A guess does not depend on the texts beside it."""
    normal = normalise(text).text
    alone = guess_languages([normal])
    _require(guess_languages(["Guten Tag", normal, ""])[1:2] == alone, "a guess does not depend on the texts beside it")
    _require(all(guess is None or 0 <= guess.confidence <= 1 for guess in alone), "a confidence is a share")


def check_fingerprints(text: str) -> None:
    """Equal for texts with words that differ in the blanks around them only."""
    masked = PLAIN.clean(text).text
    has_words = any(char.isalnum() for char in masked)
    _require(not has_words or fingerprint(masked) == fingerprint(f" {masked}\n"), "blanks around a text make no other fingerprint")
    _require(text_hash(masked) == text_hash(masked), "a hash is of the text alone")


def check_whole(text: str) -> None:
    """A mail with this text becomes fragments within what was kept of it, beside a good one that stays what it is."""
    text = text.encode("utf-8", "replace").decode()  # no table holds half a surrogate pair
    made = fragments_of(batch(record(text, 0, channel="email", customer="c1"), record("All is late.", 1))).to_pylist()
    kept = [row for row in made if row["record_id"] == "record_0"]
    _require([row["masked_text"] for row in made if row["record_id"] == "record_1"] == ["All is late."], "a message leaves others alone")
    spans = [(row["raw_start"], row["raw_end"]) for row in kept]
    _require(all(a[1] <= b[0] for a, b in pairwise(spans)), "fragments ascend")
    _require(all(row["masked_text"] for row in kept), "no fragment is empty")
    removed = strip_reply(text).removed
    outside = kept_spans(len(text), ((r.start, r.end, r.kind) for r in removed))
    _require(all(any(a <= start and end <= b for a, b in outside) for start, end in spans), "no fragment lies in what was removed")


def _checked_rows(rows: Iterable[Row], source: str) -> list[Row]:
    found = list(rows)
    for row in found:
        if isinstance(row, RejectedRow):
            _require(bool(row.detail) and "\n" not in row.detail, "a rejected row says why in one line")
            _require(WORD_OF_A_PERSON not in row.detail.lower(), "why a row is rejected tells nothing that a person said")
            again = list(SOURCES[source].read(io.BytesIO(row.raw_bytes), reading_again(source, row.source_file, row.reader_options)))
            _require(bool(again) or not row.raw_bytes.strip(), "a quarantined row can be read again")
    return found


class Parser:
    """Reads files of one source and form, and lands their rows some hundred files at a time."""

    def __init__(self, source: str, form: str, files_at_once: int = 200) -> None:
        self._source, self._form, self._files_at_once = source, form, files_at_once
        self._rows: list[Row] = []
        self._files = 0
        self.read_count = self.quarantined_count = self.refused_count = 0
        self.landing_seconds = 0.0
        """What landing took within the last call, of computing."""

    def __call__(self, data: Input) -> None:
        """Every row of the file is landed, a duplicate or in quarantine; else the file is refused in one line."""
        reading = Reading(
            source=self._source, file_name="f", form=self._form, product="Acme" if SOURCES[self._source].needs_product else ""
        )
        try:
            self._rows += _checked_rows(SOURCES[self._source].read(io.BytesIO(_as_bytes(data)), reading), self._source)
        except BadInput as refusal:
            self.refused_count += 1
            _require("\n" not in str(refusal), "a refusal is one line")
            _require(WORD_OF_A_PERSON not in str(refusal).lower(), "why a file is refused tells nothing that a person said")
        self._files += 1
        self.landing_seconds = 0.0
        if self._files >= self._files_at_once:
            begun = time.process_time()
            self.land()
            self.landing_seconds = time.process_time() - begun

    def land(self) -> None:
        """Lands what was read since."""
        rows, self._rows, self._files = self._rows, [], 0
        report = land_rows(rows, FakeTableStore(), START)
        self.read_count += report.read
        self.quarantined_count += report.quarantined
        _require(report.is_balanced and report.read == sum(map(row_count, rows)), "read = landed + duplicates + quarantined")


def _as_bytes(data: Input) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


def _check_try(form: str) -> Callable[[Input], None]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz_try_"))

    def check(data: Input) -> None:
        path = folder / f"t.{form}"
        path.write_bytes(_as_bytes(data))
        try:
            rows = read_texts(path)
        except BadInput as refusal:
            _require("\n" not in str(refusal), "a refusal is one line")
        else:
            _require(all(isinstance(row.text, str) and row.text.encode("utf-8") is not None for row in rows), "a text can be written")

    return check


def _text_step(check: Callable[[str], None]) -> Step:
    return Step(lambda given: check(given if isinstance(given, str) else given.decode("utf-8", "replace")), a_text, TEXTS)


_TEXT_CHECKS: dict[str, Callable[[str], None]] = {
    "normalise": check_normalise,
    "replies": check_reply,
    "mask": check_mask,
    "clean": check_clean,
    "segment": check_segment,
    "units": check_units,
    "language": check_language,
    "fingerprints": check_fingerprints,
    "whole": check_whole,
}
PARSERS = list(dict.fromkeys((s.name, s.form_of(Path(f"f{suffix}"))) for s in SOURCES.values() for suffix in s.suffixes))
NAMES = [*(f"{source}.{form}" for source, form in PARSERS), "try.csv", "try.jsonl", *_TEXT_CHECKS]


def step_named(name: str) -> Step:
    """The step; one that parses files keeps what it read until it lands them."""
    if name in _TEXT_CHECKS:
        return _text_step(_TEXT_CHECKS[name])
    source, form = name.split(".")
    check = _check_try(form) if source == "try" else Parser(source, form)
    return Step(check, lambda seeded: a_file(source, form, seeded), FILES)
