"""Originals: the first that a text copies is found among few and among many, at a bounded price."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.repetition import near_duplicates
from feedback_loop.methods.repetition.near_duplicates import BANDS, FEW, FULL, Originals, bands
from feedback_loop.methods.repetition.wording import Wording, wording

COPIED = "my parcel was promised for last week and has still not arrived"
COPY = "Fwd: my parcel was promisd for last week and has still not arived [#48213]"


def _others(count: int) -> list[str]:
    seeded = random.Random(7)
    words = ["refund", "missing", "checkout", "login", "crashes", "slow", "search", "invoice", "wallet", "voucher", "printer", "since"]
    return [f"{' '.join(seeded.choices(words, k=9))} {n}" for n in range(count)]


@pytest.mark.parametrize("count", [0, FEW - 1, FEW, 5 * FEW])
def test_first_original_is_found_among_few_and_among_many(count: int) -> None:
    originals = Originals()
    for text in (COPIED, *_others(count), COPIED):
        originals.add(wording(text))
    assert originals.first_copied_by(wording(COPY)) == 0
    assert originals.first_copied_by(wording("an entirely different complaint about nothing at all")) is None


def test_template_sent_thousands_of_times_costs_no_more_than_a_bucket_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Wording] = []

    def never_the_same(one: Wording, _other: Wording) -> bool:
        compared.append(one)
        return False

    monkeypatch.setattr(near_duplicates, "say_the_same", never_the_same)
    originals = Originals()
    for n in range(400):
        originals.add(wording(f"your host {10_000 + n} has no space left on its disk"))
    compared.clear()
    assert originals.first_copied_by(wording("your host 99999 has no space left on its disk")) is None
    assert len(compared) <= BANDS * FULL


def test_signature_is_the_published_one() -> None:
    made = b"".join(bands(("refund", "missing")))
    assert (len(bands(("refund", "missing"))), len(set(bands(("refund", "missing"))))) == (BANDS, BANDS)
    assert hashlib.sha256(made).hexdigest()[:16] == "9331fbdbf99a9d89"


@given(st.lists(st.text(min_size=1, max_size=5), max_size=4).map(tuple))
def test_signature_follows_from_the_words(words: tuple[str, ...]) -> None:
    assert bands.__wrapped__(words) == bands(words)
    assert len(bands(words)) == BANDS
