"""The truth of a simulated company: which fault stands behind which message, and what each fault really is.

Here: the truth tables as rows and files, for scores and for nothing else. What sources deliver is in `exports`.
The rule that is easy to break: nothing of this is ever landed.
"""

from __future__ import annotations

from collections import Counter

from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.statements import instant, iso, json_lines


def truth_message(message: Message) -> dict[str, object]:
    """What is true of one message: the planted fault behind it, its topics and where each is spoken of, language, what it repeats."""
    return {
        "message_id": message.message_id,
        "channel": message.channel,
        "occurred_at": iso(message.occurred_at),
        "fault": message.fault,
        "topics": list(message.topics),
        "spans": [{"start": span.start, "end": span.end, "topic": span.topic} for span in message.spans],
        "language": message.language,
        "duplicate_of": message.duplicate_of,
    }


def truth_fault(simulation: Simulation) -> list[dict[str, object]]:
    """What was planted: one row per fault with its onset, slice, true cause, what mends it, and its innocent neighbour."""
    counts = Counter(message.fault for message in simulation.messages)
    return [
        {
            "fault": fault.fault,
            "kind": fault.kind,
            "topic": fault.topic,
            "is_defect": fault.is_defect,
            "onset_at": iso(instant(simulation.start_day, fault.onset_hour)),
            "cause_id": fault.cause.reference,
            "cause_kind": fault.cause.kind.value,
            "innocent": fault.innocent,
            "service": fault.service,
            "scope": fault.scope,
            "device_kinds": fault.device_kinds,
            "remedy_kinds": [kind.value for kind in fault.remedy.action_kinds] if fault.remedy else [],
            "manual_fix_days": fault.manual_fix_days,
            "message_count": counts[fault.fault],
        }
        for fault in simulation.scenario.faults
    ]


def truth_files(simulation: Simulation) -> dict[str, bytes]:
    """The truth tables by file name, UTF-8 JSON lines; never to be landed."""
    return {
        "truth_message.jsonl": json_lines(truth_message(message) for message in simulation.messages),
        "truth_fault.jsonl": json_lines(truth_fault(simulation)),
    }
