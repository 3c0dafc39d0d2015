"""Blocks stay within Slack's limits whatever the lines, as the models of the vendor's own SDK judge, and nothing in them is a mention."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from feedback_loop.adapters.slack.block_kit import button, buttons, confirmation, escaped, facts, fields_of, footnote, header, sections

PLAIN = st.text(st.characters(blacklist_categories=["C", "Zl", "Zp"]), min_size=1, max_size=400)


def problems(blocks: list[dict[str, object]]) -> None:
    """Raises where the vendor's models find something wrong, or read the blocks as others."""
    for given_one, block in zip(blocks, Block.parse_all(blocks), strict=True):
        block.validate_json()
        assert block.to_dict() == given_one


@given(st.lists(PLAIN, min_size=1, max_size=30))
def test_lines_make_blocks_that_slack_takes_and_no_word_is_lost(lines: list[str]) -> None:
    blocks = [header(lines[0]), *sections(lines), footnote("end")]
    problems(blocks)
    assert "".join(block["text"]["text"] for block in sections(lines)).replace("\n", "") == "".join(lines).replace("\n", "")


def test_a_line_that_no_block_holds_goes_on_in_the_next() -> None:
    assert [len(block["text"]["text"]) for block in sections(["a" * 7_000, "b"])] == [3_000, 3_000, 1_002]
    assert sections([]) == []


def test_facts_stand_in_twos_and_tens() -> None:
    blocks = facts({f"name {n}": f"value {n}" for n in range(12)})
    problems(blocks)
    assert [len(block["fields"]) for block in blocks] == [10, 2]
    assert blocks[0]["fields"][0] == {"type": "plain_text", "text": "name 0\nvalue 0", "emoji": False}


def test_a_button_may_ask_once_more() -> None:
    sure = confirmation("Sure?", "It runs at once.", "Yes", "No")
    problems([buttons("row", [button("Go", "go", "7", "primary", sure), button("Stop", "stop", "7", "danger")])])


def test_what_slack_would_read_as_a_mention_is_escaped_in_the_text_beside_the_blocks() -> None:
    assert escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert fields_of("<!here>", [header("<!here>")], "event", {})["text"] == "&lt;!here&gt;"
