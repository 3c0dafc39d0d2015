"""A ServiceNow of our own: what its Table API answers to what the connector asks, records and approvals in memory.

Each request and answer is held against the documented form (`servicenow_forms.py`); what does not fit stands in `violations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from threading import Lock

from feedback_loop.ports import Clock
from feedback_loop_tests.adapters.servicenow.servicenow_forms import violations_of, violations_of_answer
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

USER, PASSWORD = "loop", "pa55-of-nobody"
BASIC = "Basic bG9vcDpwYTU1LW9mLW5vYm9keQ=="
"""The header that these two make."""

GROUP = "a" * 32
APPROVERS = "sysapproval_approver"
_NUMBERS = {"incident": "INC", "change_request": "CHG", "u_request": "REQ"}
_NEW = {"incident": "1", "change_request": "-5", "u_request": "1"}


class ServiceNowDesk:
    """Each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.authorization = BASIC
        self.tables: dict[str, dict[str, dict[str, str]]] = {**{name: {} for name in _NUMBERS}, APPROVERS: {}}
        self.asked: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.ignores_queries = False
        self.keeps_open = False
        self.most_rows = 10_000
        """So many rows a page has at most, as an administrator may set it."""
        self._count = 0
        self._lock = Lock()

    @property
    def records(self) -> list[dict[str, str]]:
        """Everything that the loop may have made, the first one first."""
        return [record for name in _NUMBERS for record in self.tables[name].values()]

    def answer(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append((asked.method, asked.path))
            self.violations += violations_of(asked)
            answer = self._answered(asked)
            self.violations += violations_of_answer(asked, answer)
            return answer

    def work_on(self, record: dict[str, str], **changes: str) -> None:
        """Somebody changes the record."""
        record |= {
            **changes,
            "sys_mod_count": str(int(record["sys_mod_count"]) + 1),
            "sys_updated_on": self._now(),
            "sys_updated_by": "ada",
        }

    def copy(self, record: dict[str, str], later: timedelta) -> dict[str, str]:
        """Somebody copies the record, correlation id and all."""
        self._count += 1
        made = {**record, "sys_id": f"{self._count:032x}", "number": f"INC{self._count:07}", "sys_created_on": self._now(later)}
        self.tables["incident"][made["sys_id"]] = made
        return made

    def says(self, change: dict[str, str], user: str, **more: str) -> dict[str, str]:
        """A row of an approver of the change, who approved it unless the fields say otherwise."""
        self._count += 1
        row = {
            "sys_id": f"{self._count:032x}", "sysapproval": change["sys_id"], "state": "approved", "approver": f"{self._count:032x}",
            "approver.user_name": user, "approver.active": "true", "approver.web_service_access_only": "false", "sys_updated_by": user,
            "sys_updated_on": self._now(), "due_date": "",
        }  # fmt: skip
        self.tables[APPROVERS][row["sys_id"]] = {**row, **more}
        return self.tables[APPROVERS][row["sys_id"]]

    def _answered(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != self.authorization:
            return _failure(401, "User Not Authenticated", "Required to provide Auth information")
        match asked.method, asked.path.removeprefix("/api/now/table/").split("/"):
            case _, [table, *_] if table not in self.tables:
                return _failure(400, f"Invalid table {table}", "")
            case "GET", [table]:
                return self._listed(table, asked.query)
            case "POST", [table]:
                return self._created(table, asked.body, asked.query)
            case method, [table, sys_id] if sys_id in self.tables[table]:
                return self._of_record(self.tables[table][sys_id], method, asked)
        return _failure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")

    def _created(self, table: str, body: Mapping[str, str], query: Mapping[str, str]) -> Answered:
        if body.get("assignment_group", GROUP) != GROUP:
            return _failure(403, "Operation Failed", "Error during insert of task (who said it)")
        self._count += 1
        sys_id, now = f"{self._count:032x}", self._now()
        self.tables[table][sys_id] = {
            "correlation_id": "", "correlation_display": "", **body, "sys_id": sys_id, "number": f"{_NUMBERS[table]}{self._count:07}",
            "state": _NEW[table], "sys_mod_count": "0", "sys_created_on": now, "sys_updated_on": now, "sys_updated_by": USER,
        }  # fmt: skip
        return Answered(201, {"result": _shown(self.tables[table][sys_id], query)})

    def _of_record(self, record: dict[str, str], method: str, asked: Asked) -> Answered:
        if method == "PATCH":
            notes = "".join([record.get("work_notes", ""), asked.body.get("work_notes", "")])
            state = record["state"] if self.keeps_open else asked.body["state"]
            changed = {**asked.body, "work_notes": notes, "state": state, "sys_mod_count": str(int(record["sys_mod_count"]) + 1)}
            record |= {**changed, "sys_updated_on": self._now(), "sys_updated_by": USER}
        return Answered(200, {"result": _shown(record, asked.query)})

    def _listed(self, table: str, query: Mapping[str, str]) -> Answered:
        rows = [row for row in self.tables[table].values() if self.ignores_queries or _fits(row, query["sysparm_query"])]
        start, size = int(query["sysparm_offset"]), min(int(query["sysparm_limit"]), self.most_rows)
        where = f"http://example.com/api/now/table/{table}?sysparm_limit={size}&sysparm_offset="
        further = [f'<{where}{start + size}>;rel="next"'] if start + size < len(rows) else []
        links = ",".join([f'<{where}0>;rel="first"', *further, f'<{where}{len(rows) // size * size}>;rel="last"'])
        headers = {"Link": links, "X-Total-Count": str(len(rows))}
        return Answered(200, {"result": [_shown(row, query) for row in rows[start : start + size]]}, headers)

    def _now(self, later: timedelta = timedelta(0)) -> str:
        return (self.clock.now() + later).strftime("%Y-%m-%d %H:%M:%S")


def _shown(row: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    return {name: row.get(name, "") for name in query["sysparm_fields"].split(",")}


def _fits(row: Mapping[str, str], query: str) -> bool:
    """Whether any of the terms holds that stand beside each other as alternatives."""
    terms = [term.removeprefix("OR") for term in query.split("^") if not term.startswith("ORDERBY")]
    return any(row.get(name) == value for name, _, value in (term.partition("=") for term in terms))


def _failure(status: int, message: str, detail: str) -> Answered:
    return Answered(status, {"error": {"message": message, "detail": detail}, "status": "failure"})
