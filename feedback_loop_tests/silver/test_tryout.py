"""One stage on plain texts: formats and offsets of the command line."""

from __future__ import annotations

from hypothesis import given, settings

from feedback_loop.silver.tryout import UNDETERMINED, try_dedupe, try_language, try_redact, try_reply, try_segment
from feedback_loop_tests.methods.texts import messages


@settings(max_examples=150, deadline=None)
@given(messages)
def test_offsets_of_all_stages_lie_in_the_text_as_given(text: str) -> None:
    (segmented,), (redacted,), (reply,) = try_segment([text]), try_redact([text]), try_reply([text])
    assert all(text[f["start"] : f["end"]] == f["text"] for f in segmented["fragments"])
    assert all(0 <= s["start"] < s["end"] <= len(text) for s in [*redacted["spans"], *reply["removed"]])
    assert not any(text[r["start"] : r["end"]] in reply["new_text"] for r in reply["removed"] if r["end"] - r["start"] == len(text))


def test_hidden_span_is_that_of_the_raw_text_before_normalising() -> None:
    text = "a  &amp;  b:  jane@example.org!"
    (row,) = try_redact([text])
    assert row["masked_text"] == "a & b: [EMAIL_1]!"
    assert [(text[s["start"] : s["end"]], s["type"]) for s in row["spans"]] == [("jane@example.org", "email")]


def test_reply_names_what_was_removed() -> None:
    (row,) = try_reply(["Still broken.\n> old\n"])
    assert row["new_text"] == "Still broken."
    assert row["removed"] == [{"start": 14, "end": 20, "kind": "quote"}]


def test_language_always_answers() -> None:
    german, short, none = try_language(["Die Anwendung stürzt ständig ab", "ok", "👍"])
    assert (german["language"], none) == ("de", {"language": UNDETERMINED, "confidence": 0.0})
    assert len(short["language"]) == 2
    assert 0 < short["confidence"] < german["confidence"] <= 1


def test_duplicates_point_to_the_first_text_that_says_the_same() -> None:
    rows = try_dedupe(["Nice app", "Refund missing", "nice APP!!", "Nice app."])
    assert [row["duplicate_of"] for row in rows] == [None, None, 0, 0]


def test_near_duplicates_point_to_the_first_text_and_other_facts_do_not() -> None:
    said = "My order 123 is late and nobody at the hotline answers me"
    rows = try_dedupe([said, said.replace("123", "456"), f"Fwd: {said} [#48213]", said.replace("hotline", "hotlin")])
    assert [row["duplicate_of"] for row in rows] == [None, None, 0, 0]


def test_texts_that_name_different_people_are_no_duplicates_though_both_are_masked() -> None:
    rows = try_dedupe([f"Please send the money back to {name}@example.org today" for name in ("jane", "john", "jane")])
    assert [row["duplicate_of"] for row in rows] == [None, None, 0]


def test_no_texts_give_no_rows() -> None:
    assert [f([]) for f in (try_segment, try_redact, try_reply, try_language, try_dedupe)] == [[], [], [], [], []]
