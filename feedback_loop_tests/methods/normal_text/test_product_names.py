"""Product names: aliases and SKUs become the name that counts, once and where they stand alone."""

from __future__ import annotations

import pytest

from feedback_loop.methods.normal_text.product_names import NO_PRODUCT_NAMES, ProductNames

NAMES = ProductNames({"insta pay": "InstaPay", "ip-100": "InstaPay", "fam": "Fam Card", "the card app": "Fam Card"})


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("insta pay crashes", "InstaPay crashes"),
        ("INSTA-PAY and instapay crash", "InstaPay and InstaPay crash"),
        ("my IP-100 and ip 100 are broken", "my InstaPay and InstaPay are broken"),
        ("fam is slow, fam card too", "Fam Card is slow, Fam Card too"),
        ("my family uses it", "my family uses it"),
        ("write to fam@example.org", "write to fam@example.org"),
        ("The Card App!", "Fam Card!"),
    ],
)
def test_what_customers_call_a_product_becomes_its_name(text: str, rewritten: str) -> None:
    assert NAMES.rewrite(text).text == rewritten
    assert NAMES.rewrite(rewritten).text == rewritten


def test_rewritten_text_leads_back_to_what_was_written() -> None:
    aligned = NAMES.rewrite("my fam is slow")
    start, end = aligned.text.index("Fam Card"), aligned.text.index("Fam Card") + 8
    assert "my fam is slow"[slice(*aligned.alignment.source_span(start, end))] == "fam"


def test_name_of_a_product_is_known_by_alias_and_sku() -> None:
    assert [NAMES.name_of(name) for name in ("IP-100", "Fam", "other")] == ["InstaPay", "Fam Card", "other"]


def test_nothing_is_rewritten_without_a_table() -> None:
    assert NO_PRODUCT_NAMES.rewrite("insta pay").text == "insta pay"
