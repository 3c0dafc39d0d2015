"""A company's taxonomy is read as it was meant, or refused with what to do about it; nothing in it loosens the policy."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.taxonomy import SENSITIVE_BY_NATURE, seed_taxonomy
from feedback_loop.analysis.taxonomy_file import MOST_CLASSES, read_taxonomy_text, taxonomy_text
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import TaxonomyRefused
from feedback_loop.remediation.policy import seed_policy

TWO_LEVELS = """
classes:
  - {id: money, counts_as: billing, sensitive: true, owner: billing-team}
  - id: refund_missing
    name: Missing refunds
    parent: money
    definition: A refund was promised and has not come.
    examples: {en: [where is my refund, "refund still not here"], de: "wo bleibt mein Geld\\nkeine Erstattung"}
  - {id: charged_twice, parent: money, examples: [charged twice this month], formerly: [double_charge]}
  - {id: crash}
"""


def test_a_class_inherits_what_its_parent_says() -> None:
    taxonomy = read_taxonomy_text(TWO_LEVELS)
    assert taxonomy.names == ("refund_missing", "charged_twice", "crash")
    refund, charged, crash = taxonomy.classes
    assert (refund.platform_class, refund.owner, refund.parent) == (ComplaintClass.BILLING, "billing-team", "money")
    assert [one.is_sensitive for one in taxonomy.classes] == [True, True, False]
    assert refund.examples == (
        ("en", "where is my refund"), ("en", "refund still not here"), ("de", "wo bleibt mein Geld"), ("de", "keine Erstattung"),
    )  # fmt: skip
    assert (crash.platform_class, crash.counts_as) == (ComplaintClass.CRASH, None)
    assert taxonomy.called("double_charge") is charged
    assert taxonomy.called("money") is None


def test_names_alone_are_enough_and_are_learnt_as_words() -> None:
    taxonomy = read_taxonomy_text("counts_as: broken_workflow\nclasses: [Late delivery, wrong_item]")
    assert taxonomy.training_examples() == (("Late delivery", "late_delivery"), ("wrong item", "wrong_item"))
    assert taxonomy.languages == {"en"}


def test_the_seed_written_out_is_the_seed() -> None:
    again = read_taxonomy_text(taxonomy_text(seed_taxonomy()))
    assert again.version == seed_taxonomy().version
    assert again.training_examples() == seed_taxonomy().training_examples()
    assert [c.is_sensitive for c in again.classes] == [c.is_sensitive for c in seed_taxonomy().classes]


def test_what_is_sensitive_here_is_what_the_policy_never_acts_on_alone() -> None:
    assert seed_policy().sensitive_classes == SENSITIVE_BY_NATURE == {c.name for c in seed_taxonomy().classes if c.is_sensitive}


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("classes: [", "the text is no YAML"),
        ("- a", "list the classes under classes"),
        ("classes: [{id: crash}]", "1 can be given; have 2 to 200"),
        (f"counts_as: other\nclasses: [{', '.join(f'c{n}' for n in range(MOST_CLASSES + 1))}]", "201 can be given"),
        ("classes: [crash, {id: mine}]", "mine: say under counts_as which it is handled as, one of billing"),
        ("classes: [crash, {id: mine, counts_as: crash, sensitive: true}]", "mine: is sensitive but counts as crash.*auth or billing"),
        ("classes: [crash, {id: m, counts_as: crash, parent: p}, {id: p, sensitive: true}]", "m: is sensitive but counts as crash"),
        ("classes: [crash, auth, crash]", "crash: two classes bear this id"),
        ("classes: [crash, {id: auth, parent: x}]", "auth: its parent 'x' is no class of the file"),
        ("classes: [crash, {id: a}, {id: b, parent: a}, {id: auth, parent: b}]", "auth: stands on a third level; give it the parent 'a'"),
        ("classes: [crash, {id: a, definition: d}, {id: auth, parent: a}]", "a: is a parent, which no text is given"),
        ("classes: [crash, {id: Auth}]", r"class 2: id: write it with a-z, 0-9 and _"),
        ("classes: [crash, {id: auth, colour: red}]", r"auth: 'colour' is no field"),
        ("classes: [{id: crash, examples: [x y]}, {id: auth, examples: [X y]}]", "auth: example 1 is one of 'crash' too"),
        ("counts_as: other\nclasses: [a, out_of_scope]", "out_of_scope: is a reserved word"),
        ("counts_as: other\nclasses: [{id: a, formerly: [x]}, {id: b, formerly: [x]}]", "x: stands under formerly of two classes"),
        ("counts_as: other\nclasses: [a, {id: b, formerly: [a]}]", "a: is a class and stands under formerly"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(text: str, advice: str) -> None:
    with pytest.raises(TaxonomyRefused, match=advice) as refused:
        read_taxonomy_text(text)
    assert "\n" not in str(refused.value)


NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), min_size=2, max_size=12, unique=True)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)


@given(names=NAMES, data=st.data())
def test_every_taxonomy_comes_back_from_its_own_text(names: list[str], data: st.DataObject) -> None:
    sentences = data.draw(st.lists(WORDS, unique_by=str.casefold, max_size=20))
    classes = [
        {
            "id": f"c_{name}",
            "counts_as": data.draw(st.sampled_from(list(ComplaintClass))).value,
            "definition": data.draw(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=10)),
            "examples": {"en": sentences[number :: len(names)]},
        }
        for number, name in enumerate(names)
    ]
    taxonomy = read_taxonomy_text(yaml.safe_dump({"classes": classes}, allow_unicode=True))
    again = read_taxonomy_text(taxonomy_text(taxonomy))
    assert (again, again.version) == (taxonomy, taxonomy.version)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("counts_as: crash\nclasses: [{id: a, sensitive: true, sensitive: false}, b]", "line 2: a key stands twice"),
        ("counts_as: crash\nclasses: [a, b]\nclasses: [c, d]", "line 3: a key stands twice"),
        ("classes: [{id: a, sensitive: !!bool maybe}, b]", "is no YAML"),
        ("language: [en]\ncounts_as: crash\nclasses: [{id: a, examples: [x]}, b]", "language: write a text"),
        ("language: no\ncounts_as: crash\nclasses: [{id: a, examples: [x]}, b]", "language: write a text"),
        ('counts_as: crash\nclasses: [{id: a, name: "x\\u202Ey"}, b]', "a: name: holds a character that nobody sees"),
        ('counts_as: crash\nclasses: [{id: a, definition: "x\\0y"}, b]', "a: definition: holds a control character"),
        ('counts_as: crash\nclasses: [{id: a, name: "\\uD800"}, b]', "a: name: "),
        (f"counts_as: crash\nclasses: [{{id: a, owner: {'x' * 121}}}, b]", "a: owner: String should have at most 120"),
        ("counts_as: crash\nclasses: [Возврат, Доставка]", "class 1: id: write it with a-z, 0-9 and _, and the words under name"),
        ("counts_as: crash\nclasses:\n" + "".join(f"- c{n}\n" for n in range(1_000)), "classes: Tuple should have at most 400 items"),
    ],
)  # fmt: skip
def test_a_file_that_means_harm_is_refused_like_any_other(text: str, problem: str) -> None:
    with pytest.raises(TaxonomyRefused) as refused:
        read_taxonomy_text(text)
    assert problem in str(refused.value)


def test_invisible_letters_of_a_spelling_stay() -> None:
    assert read_taxonomy_text("counts_as: crash\nclasses: [{id: a, name: 'می\u200cخواهم'}, b]").classes[0].title == "می\u200cخواهم"
