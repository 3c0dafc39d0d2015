"""The rules of share alerts that count here: the home's own file where there is one, otherwise those of the package.

What a rule says and what is wrong with it is decided in `analysis/alert_rules`. The rule that is easy to break: the file is read anew by
each run, and a bad one stops the run: alerts by other rules than those that were asked for would look like peace.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.analysis.alert_rules import parse_rules, seed_rules
from feedback_loop.analysis.share_trigger import ShareRule
from feedback_loop.errors import AlertRulesRefused
from feedback_loop.workflows.home_files import home_text

_MOST_BYTES = 1_000_000
"""Far more than any company writes; YAML of many megabytes would keep each run waiting for minutes."""


def read_rules(rules_file: Path) -> tuple[ShareRule, ...]:
    """The rules of the file, the seed where there is none; raises AlertRulesRefused and UnreadableFile."""
    text = home_text(rules_file, _MOST_BYTES)
    if text is None:
        return seed_rules()
    try:
        return parse_rules(text)
    except AlertRulesRefused as error:
        raise AlertRulesRefused(error.problems, str(rules_file)) from error
