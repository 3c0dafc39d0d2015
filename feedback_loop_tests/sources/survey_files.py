"""Made-up exports of surveys in the layouts of both vendors."""

from __future__ import annotations

import json

from feedback_loop_tests.sources.rows import csv_bytes

QUALTRICS_COLUMNS = {
    "StartDate": ("Start Date", {"ImportId": "startDate", "timeZone": "America/Denver"}, "2026-03-01 10:00:00"),
    "EndDate": ("End Date", {"ImportId": "endDate", "timeZone": "America/Denver"}, "2026-03-01 10:05:00"),
    "Status": ("Response Type", {"ImportId": "status"}, "IP Address"),
    "Progress": ("Progress", {"ImportId": "progress"}, "100"),
    "Finished": ("Finished", {"ImportId": "finished"}, "True"),
    "RecordedDate": ("Recorded Date", {"ImportId": "recordedDate", "timeZone": "America/Denver"}, "2026-03-01 10:05:01"),
    "ResponseId": ("Response ID", {"ImportId": "_recordId"}, "R_1"),
    "RecipientLastName": ("Recipient Last Name", {"ImportId": "recipientLastName"}, "Lee"),
    "RecipientFirstName": ("Recipient First Name", {"ImportId": "recipientFirstName"}, "Ann"),
    "RecipientEmail": ("Recipient Email", {"ImportId": "recipientEmail"}, "ann@customer.example"),
    "ExternalReference": ("External Data Reference", {"ImportId": "externalDataReference"}, "c7"),
    "UserLanguage": ("User Language", {"ImportId": "userLanguage"}, "EN-GB"),
    "Q1": ("How satisfied are you with Acme?", {"ImportId": "QID1"}, "Somewhat dissatisfied"),
    "Q2_NPS_GROUP": ("How likely are you to recommend us? - Group", {"ImportId": "QID2_NPS_GROUP"}, "Detractor"),
    "Q2": ("How likely are you to recommend us?", {"ImportId": "QID2"}, "3"),
    "Q3": ("What can we\nimprove?", {"ImportId": "QID3_TEXT"}, "Login fails"),
    "Q4_6_TEXT": ("Where did you hear of us? - Other - Text", {"ImportId": "QID4_6_TEXT"}, ""),
    "Q5": ("Which of our feedback forms do you know?", {"ImportId": "QID5"}, "2"),
    "plan": ("plan", {"ImportId": "plan"}, "pro"),
}


def qualtrics(*answers: dict[str, str], zone: str = "America/Denver") -> bytes:
    """An export with a row for each answer, which says what it changes."""
    names = tuple(QUALTRICS_COLUMNS)
    imports = tuple(json.dumps(told, separators=(",", ":")).replace("America/Denver", zone) for _, told, _ in QUALTRICS_COLUMNS.values())
    rows = [tuple(answer.get(name, usual) for name, (_, _, usual) in QUALTRICS_COLUMNS.items()) for answer in answers]
    return csv_bytes(names, tuple(question for question, _, _ in QUALTRICS_COLUMNS.values()), imports, *rows)


MONKEY_NAMES = (
    "Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1",
    "How satisfied are you with Acme?", "How likely is it that you would recommend Acme?", "Why?", "Which do you use?", "",
)  # fmt: skip
MONKEY_BELOW = ("",) * 9 + ("Response", "", "Open-Ended Response", "Web", "Phone")
MONKEY_ANSWER = (
    "11800", "4", "03/01/2026 11:58:00 PM", "03/02/2026 12:05:09 AM", "192.0.2.1", "ann@customer.example", "Ann", "Lee", "",
    "Very dissatisfied", "Not at all likely - 0", "Far too slow", "Web", "",
)  # fmt: skip


def monkey(**changed: str) -> bytes:
    """An export with one answer; changes are given by the number of the column, `c9="4"`."""
    answer = [changed.get(f"c{number}", value) for number, value in enumerate(MONKEY_ANSWER)]
    return csv_bytes(MONKEY_NAMES, MONKEY_BELOW, answer)
