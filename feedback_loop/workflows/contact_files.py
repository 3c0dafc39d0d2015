"""How this home writes to customers: `messages.yaml` and `suppression.yaml` of the home, or the package's rules, and what fixes ask.

What the files mean is decided in `remediation/contact`. The rule that is easy to break: a file that can't be read stops everything that
writes to customers; passed over, somebody who asked not to be written to would be.
"""

from __future__ import annotations

from feedback_loop.config import Settings
from feedback_loop.errors import BadInput
from feedback_loop.remediation.contact import Contact, parse_contact_rules, parse_suppressions, seed_text
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.playbook_files import read_playbooks
from feedback_loop.workflows.tell import Manner

_MOST_BYTES = 10_000_000


def read_manner(settings: Settings) -> Manner:
    """The rules of now; raises BadInput, naming the file that can't be followed, and what reading playbooks raises."""
    steps = {one.playbook_id: one.customer_step for one in read_playbooks(settings.playbooks_folder)}
    return Manner(read_contact(settings), steps)


def read_contact(settings: Settings) -> Contact:
    """The rules of contact and who asked not to be written to; raises BadInput, naming the file."""
    rules_text = home_text(settings.contact_rules_file, _MOST_BYTES)
    suppressed_text = home_text(settings.suppression_file, _MOST_BYTES)
    try:
        rules = parse_contact_rules(seed_text() if rules_text is None else rules_text)
    except BadInput as error:
        raise BadInput(f"{settings.contact_rules_file}: {error}") from error
    try:
        return Contact(rules, () if suppressed_text is None else parse_suppressions(suppressed_text))
    except BadInput as error:
        raise BadInput(f"{settings.suppression_file}: {error}") from error
