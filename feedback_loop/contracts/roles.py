"""The roles that the package itself speaks of, named once: who labels, who approves, who audits, who administers.

A company may name others in its playbooks; those are words of its own. Which command asks for which role stands in
`workflows/permissions.py`, which playbook in its `approver_roles`. The rule that is easy to break: to audit and to administer are never
reasons to approve, whoever names them.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """What somebody may be here."""

    ANALYST = "analyst"
    LABELLER = "labeller"
    SUPPORT_LEAD = "support_lead"
    ENGINEER_ON_CALL = "engineer_on_call"
    RELEASE_MANAGER = "release_manager"
    INCIDENT_COMMANDER = "incident_commander"
    BILLING_OWNER = "billing_owner"
    CONTENT_OWNER = "content_owner"
    ENTITLEMENTS_OWNER = "entitlements_owner"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    """Reads what was decided and done, and decides nothing: who has this role beside others decides nothing either."""
    ADMINISTRATOR = "administrator"
    """Changes settings and lets models decide more; approves nothing by that alone."""


APPROVER = "approver:"
"""What the role of an approver of one class begins with, as in `approver:billing`."""

NEVER_APPROVE = frozenset({str(Role.AUDITOR), str(Role.ADMINISTRATOR)})


def approver_of(complaint_class: str) -> str:
    """The role of those who may approve what needs one person and is about this class."""
    return f"{APPROVER}{complaint_class}"


def roles_that_decide(roles: Collection[str]) -> frozenset[str]:
    """Those of the roles that may entitle to a decision; none of an auditor's do."""
    return frozenset() if Role.AUDITOR in roles else frozenset(roles) - NEVER_APPROVE
