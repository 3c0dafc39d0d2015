"""How a tool may be spoken to, and per kind what it can be asked for and what a company has to say of it in connectors.yaml.

A new tool is a word here, its traits, and a client under `adapters/`. The rule that is easy to break: a kind takes only what its client
truly carries out; what a tracker or a chat can merely be told of is a piece of work that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.methods.named_settings import Setting

WORK_ITEMS = (
    ActionKind.OPEN_INCIDENT, ActionKind.QUEUE_FOR_REVIEW, ActionKind.CREATE_CONTENT_TASK, ActionKind.ROUTE_WITH_CONTEXT,
    ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG, ActionKind.RETRY_JOB, ActionKind.REVERSE_ACTION,
)  # fmt: skip
"""The kinds that can be asked for as a piece of work: a tracker deploys nothing, writes to no customer and moves nobody's cases."""


class ConnectorKind(StrEnum):
    """How a tool is spoken to."""

    CASE_API = "case_api"
    INTERCOM = "intercom"
    JIRA = "jira"
    LAUNCHDARKLY = "launchdarkly"
    PAGERDUTY = "pagerduty"
    SERVICENOW = "servicenow"
    SLACK = "slack"
    STATUSPAGE = "statuspage"
    ZENDESK = "zendesk"


@dataclass(frozen=True)
class Traits:
    """What holds for every tool of a kind; it `takes` anything where None stands, and `has_credentials` of its own vendor."""

    takes: tuple[ActionKind, ...] | None
    settings: Mapping[str, Setting] = field(default_factory=dict)
    has_credentials: bool = True


_ID = r"[A-Za-z0-9_-]{1,80}"
_CHANNEL = r"[CG][A-Z0-9]{2,20}"
_TABLE = r"[a-z][a-z0-9_]{0,79}"

TRAITS: Mapping[ConnectorKind, Traits] = {
    ConnectorKind.CASE_API: Traits(None, has_credentials=False),
    ConnectorKind.INTERCOM: Traits(
        (*WORK_ITEMS, ActionKind.SEND_MESSAGE),
        {
            "admin_id": Setting(r"[0-9]{1,20}", "the admin in whose name it writes"),
            "ticket_type_id": Setting(r"[0-9]{1,20}", "the back-office ticket type of what it asks for"),
            "key_attribute": Setting(_ID, "the name of the text attribute of that type that bears our key"),
            "key_attribute_id": Setting(r"[0-9]{1,20}", "the id of that attribute"),
            "contact_id": Setting(_ID, "the contact under whom such tickets are filed, who is nobody's customer"),
            "team_id": Setting(r"[0-9]{1,20}", "the team that gets them", is_required=False),
        },
    ),
    ConnectorKind.JIRA: Traits(WORK_ITEMS),
    ConnectorKind.LAUNCHDARKLY: Traits(
        (ActionKind.ROLL_BACK_CONFIG, ActionKind.REVERSE_ACTION), {"project": Setting(r"[A-Za-z0-9._-]{1,100}", "the project of the flags")}
    ),
    ConnectorKind.PAGERDUTY: Traits(
        (ActionKind.OPEN_INCIDENT, ActionKind.REVERSE_ACTION),
        {
            "service_id": Setting(r"[A-Z0-9]{1,20}", "the service whose people are called"),
            "escalation_policy_id": Setting(r"[A-Z0-9]{1,20}", "whom to call in the place of the service's own policy", is_required=False),
        },
    ),
    ConnectorKind.SERVICENOW: Traits(
        WORK_ITEMS,
        {
            "table": Setting(_TABLE, "the table of what it opens, such as incident", is_required=False),
            "change_table": Setting(_TABLE, "the table of rollbacks, such as change_request", is_required=False),
            "assignment_group": Setting(r"[0-9a-f]{32}", "the sys_id of the group that gets it", is_required=False),
            "category": Setting(r"[a-z0-9_]{1,40}", "the category of what it opens", is_required=False),
        },
    ),
    ConnectorKind.SLACK: Traits(
        WORK_ITEMS,
        {
            "channel": Setting(_CHANNEL, "the id of the channel"),
            "approvals_channel": Setting(_CHANNEL, "the id of the channel in which people approve", is_required=False),
            "promises_channel": Setting(_CHANNEL, "the id of the channel that is told of promises at risk or broken", is_required=False),
        },
    ),
    ConnectorKind.STATUSPAGE: Traits(
        (ActionKind.ANNOTATE_STATUS_PAGE, ActionKind.REVERSE_ACTION), {"page_id": Setting(r"[a-z0-9]{1,40}", "the page")}
    ),
    ConnectorKind.ZENDESK: Traits(
        (*WORK_ITEMS, ActionKind.SEND_MESSAGE),
        {
            "group_id": Setting(r"[0-9]{1,20}", "the group that gets its tickets", is_required=False),
            "brand_id": Setting(r"[0-9]{1,20}", "the brand of its tickets", is_required=False),
            "label_field_id": Setting(r"[0-9]{1,20}", "the ticket field in which agents correct the class", is_required=False),
            "macro_id": Setting(r"[0-9]{1,20}", "the macro whose wording opens a draft to a customer", is_required=False),
        },
    ),
}
