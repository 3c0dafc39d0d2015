"""The rules of share alerts that count here: the home's own file where there is one, otherwise those of the package.

What a rule says and what is wrong with it is decided in `analysis/alert_rules`. The rule that is easy to break: the file is read anew by
each run, and a bad one stops the run: alerts by other rules than those that were asked for would look like peace.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.analysis.alert_rules import parse_rules, seed_rules
from feedback_loop.analysis.share_trigger import ShareRule
from feedback_loop.errors import AlertRulesRefused, UnreadableFile


def read_rules(rules_file: Path) -> tuple[ShareRule, ...]:
    """The rules of the file, the seed where there is none; raises AlertRulesRefused and UnreadableFile."""
    if not rules_file.exists():
        return seed_rules()
    try:
        text = rules_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(rules_file, "is no text that this user can read") from error
    try:
        return parse_rules(text)
    except AlertRulesRefused as error:
        raise AlertRulesRefused(error.problems, str(rules_file)) from error
