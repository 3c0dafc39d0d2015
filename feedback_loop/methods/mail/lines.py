"""Lines of a mail: how a text is cut into them, and the marks that quotes, signatures and notices are all told by.

Here: shapes of one line that need no language. What opens a quoted mail is `quoted_mail`, how people sign is `signature_lines`, what
mail servers and lawyers add is `notices`. The rule that is easy to break: joined, the lines are the text, whatever ends them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_MARK_CHARS = 400
"""No mark of a quote, signature or notice reaches further into a line, so that a hostile line costs no more than its size."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;)(?!\d|\s?\$ |[:;.=_'-]{1,3}[()<|]?\s*\Z)")
_MAYBE_QUOTED = re.compile(r"[ \t]{0,3}(?:>|&gt;)")
_RULE = re.compile(r"[-‐_=─━—–*~#\s]{3,}\Z")
_MAX_RULE_CHARS, _MIN_RULE_MARKS = 200, 3


def split_lines(text: str) -> list[str]:
    """The lines with their ends; joined they are the text."""
    return _LINE.findall(text)


def is_quoted(line: str) -> bool:
    """Whether the line carries a quote mark; `>5 items` and `>:(` are no quotes."""
    return _QUOTED.match(line) is not None


def may_be_quoted(line: str) -> bool:
    """Whether the line carries what is a quote mark where the line above has one."""
    return _MAYBE_QUOTED.match(line) is not None


def is_rule(line: str) -> bool:
    """Whether the line is drawn, not written."""
    return len(line) <= _MAX_RULE_CHARS and _RULE.match(line) is not None and len(line.strip()) >= _MIN_RULE_MARKS


def is_next_quoted(lines: Sequence[str], index: int, reach: int = 8) -> bool:
    """Whether the first line that is not blank, from the index on, carries a quote mark."""
    following = next((line for line in lines[index : index + reach] if line.strip()), "")
    return is_quoted(following)
