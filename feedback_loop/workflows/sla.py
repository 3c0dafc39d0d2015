"""The SLA policy that counts here: the home's own file where there is one, otherwise that of the package.

What a policy says and what is wrong with it is decided in `outcomes/sla_policy_text`. The rule that is easy to break: the two are never
mixed; a home's file that leaves something out promises it to nobody.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.errors import SlaPolicyRefused
from feedback_loop.outcomes.sla_policy import SlaPolicy
from feedback_loop.outcomes.sla_policy_text import parse_sla_policy, seed_sla_policy
from feedback_loop.workflows.home_files import home_text


def read_sla_policy(sla_file: Path) -> SlaPolicy:
    """The policy of the file, the seed where there is none; raises SlaPolicyRefused and UnreadableFile."""
    text = home_text(sla_file)
    if text is None:
        return seed_sla_policy()
    try:
        return parse_sla_policy(text)
    except SlaPolicyRefused as error:
        raise SlaPolicyRefused(error.problems, str(sla_file)) from error
