from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.group_terms import labels, terms
from feedback_loop.methods.stop_words import NEGATIONS, STOP_WORDS


def test_terms_are_words_and_neighbouring_pairs_without_masks_numbers_and_stop_words() -> None:
    assert terms("The refund for [EMAIL] is missing, 42 days!") == ["days", "missing", "refund"]


def test_a_pair_does_not_cross_a_mask_or_a_full_stop() -> None:
    assert "refund login" not in terms("refund [NUMBER] login")
    assert "refund login" not in terms("refund. Login")


def test_a_negation_opens_a_pair_but_is_no_word_of_its_own() -> None:
    found = terms("not working")
    assert found == ["not working", "working"]


def test_negations_are_stop_words() -> None:
    assert NEGATIONS < STOP_WORDS


def test_words_that_complaints_are_about_are_no_stop_words() -> None:
    assert not STOP_WORDS & {"bill", "call", "system", "card", "login", "crash", "rechnung", "pago", "fire"}


def test_a_label_tells_a_group_from_the_others() -> None:
    texts = ["card refund late"] * 3 + ["card login broken"] * 3
    first, second = labels([terms(t) for t in texts], [0, 0, 0, 1, 1, 1], 2)
    assert "refund" in first
    assert "login" in second
    assert "card" not in first.split(", ")


def test_texts_outside_of_all_groups_say_what_is_common() -> None:
    grouped = [terms("slow checkout page")] * 2
    background = [terms("checkout page")] * 20
    assert "slow" in labels(grouped + background, [0, 0] + [-1] * 20, 1)[0]


def test_a_group_whose_texts_share_no_word_is_named_by_single_ones() -> None:
    assert labels([terms("alpha"), terms("beta")], [0, 0], 1) == ["alpha, beta"]


def test_a_group_without_words_has_no_label() -> None:
    assert labels([[], []], [0, 0], 1) == [""]


@given(st.permutations(range(9)))
@settings(max_examples=30)
def test_labels_do_not_depend_on_the_order_of_the_texts(order: list[int]) -> None:
    texts = [
        "refund late",
        "refund missing",
        "refund gone",
        "login code",
        "login mail",
        "login loop",
        "blank page",
        "blank scan",
        "blank sheet",
    ]
    groups = [0, 0, 0, 1, 1, 1, 2, 2, 2]
    expected = labels([terms(t) for t in texts], groups, 3)
    assert labels([terms(texts[n]) for n in order], [groups[n] for n in order], 3) == expected


@given(st.lists(st.text(alphabet="abcdef ghi", max_size=40), min_size=1, max_size=8))
@settings(max_examples=40)
def test_a_label_has_at_most_four_words_and_none_twice(texts: list[str]) -> None:
    words = labels([terms(t) for t in texts], [0] * len(texts), 1)[0].replace(",", "").split()
    assert len(words) <= 4
    assert len(words) == len(set(words))
