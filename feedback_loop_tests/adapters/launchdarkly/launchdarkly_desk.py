"""A LaunchDarkly of our own: flags and their audit log in memory, as its REST API shows and changes them.

Each request and answer is held against the documented form (`launchdarkly_forms.py`); what does not fit stands in `violations`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from feedback_loop.ports import Clock
from feedback_loop_tests.adapters.launchdarkly.launchdarkly_forms import violations_of, violations_of_answer
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

TOKEN, PROJECT, FLAG = "api-t0ken-of-nobody", "shop", "new-checkout"
RULES = [{"_id": "r1", "variation": 0, "clauses": [{"_id": "c1", "attribute": "email", "op": "in", "values": ["eve@example.com"]}]}]


class LaunchDarklyDesk:
    """Each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.token = TOKEN
        self.flags: dict[str, dict[str, Any]] = {}
        self.log: list[dict[str, Any]] = []
        self.log_lag = timedelta(0)
        self.has_links = True
        self.asked: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self._lock = Lock()
        for key in (FLAG, "other"):
            places = {name: _configuration(name) for name in ("production", "staging")}
            self.flags[key] = {"key": key, "name": key.title(), "kind": "boolean", "_version": 1, "environments": places}

    def answer(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append((asked.method, asked.path))
            self.violations += violations_of(asked)
            answer = self._answered(asked)
            self.violations += violations_of_answer(asked, answer)
            return answer

    def now(self, flag: str = FLAG, environment: str = "production") -> dict[str, Any]:
        """The flag in the environment as it is."""
        found: dict[str, Any] = self.flags[flag]["environments"][environment]
        return found

    def switch(self, flag: str = FLAG, environment: str = "production", **changes: Any) -> str:
        """Somebody changes the flag; the id of the entry that tells so."""
        return self._changed(flag, environment, lambda found: found.update(changes), "for everybody")

    def rename(self, flag: str = FLAG) -> str:
        """Somebody changes what no customer notices, in no environment."""
        return self._logged(flag, [f"proj/{PROJECT}:env/*:flag/{flag}"], {"name": "a"}, {"name": "b"}, "")

    def keys(self) -> list[str]:
        """Our keys that its comments bear, the first one first."""
        return [one["comment"].rpartition(" ")[2] for one in self.log if "Sent once" in one["comment"]]

    def _answered(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != self.token:
            return _error(401, "unauthorized", "Invalid access token")
        match asked.method, asked.path.removeprefix("/api/v2/").split("/"):
            case "GET", ["auditlog"]:
                return self._listed(asked.query)
            case "GET", ["auditlog", entry_id] if found := next((one for one in self.log if one["_id"] == entry_id), None):
                return Answered(200, found)
            case "GET", ["flags", project, flag] if project == PROJECT and flag in self.flags:
                return Answered(200, self.flags[flag])
            case "PATCH", ["flags", project, flag] if project == PROJECT and flag in self.flags:
                return self._patched(flag, asked.body)
        return _error(404, "not_found", "Unknown resource")

    def _patched(self, flag: str, body: Mapping[str, Any]) -> Answered:
        after = deepcopy(self.flags[flag])
        for operation in body["patch"]:
            *way, name = operation["path"].removeprefix("/").split("/")
            inner = after
            for part in way:
                inner = inner[part]
            if operation["op"] == "test" and inner[name] != operation["value"]:
                return _error(409, "conflict", "The request conflicts with a concurrent one (who said it)")
            if operation["op"] == "remove":
                del inner[name]
            elif (operation["op"] == "replace") != (name in inner) and operation["op"] != "test":
                return _error(422, "unprocessable", "The patch can not be applied")
            elif operation["op"] != "test":
                inner[name] = operation["value"]
        (environment,) = {operation["path"].split("/")[2] for operation in body["patch"]}
        changed = after["environments"][environment]
        self._changed(flag, environment, lambda found: (found.clear(), found.update(changed)), body["comment"])
        return Answered(200, self.flags[flag])

    def _changed(self, flag: str, environment: str, change: Any, comment: str) -> str:
        found = self.now(flag, environment)
        before = deepcopy(found)
        change(found)
        found["version"] = before["version"] + 1
        self.flags[flag]["_version"] += 1
        was, is_now = ({"environments": {environment: one}} for one in (before, deepcopy(found)))
        return self._logged(flag, [f"proj/{PROJECT}:env/{environment}:flag/{flag};web"], was, is_now, comment)

    def _logged(self, flag: str, resources: list[str], before: Any, after: Any, comment: str) -> str:
        entry_id = f"{len(self.log) + 1:024x}"
        entry = {
            "_id": entry_id, "_accountId": "acc", "date": _millis(self.clock.now()), "kind": "flag", "name": flag, "description": "",
            "accesses": [{"action": "updateOn", "resource": resources[0]}], "comment": comment, "target": {"resources": resources},
            "member": {"email": "ada@example.com"}, "previousVersion": before, "currentVersion": after,
        }  # fmt: skip
        self.log.append(entry)
        return entry_id

    def _listed(self, query: Mapping[str, str]) -> Answered:
        spec = re.compile(query["spec"].replace("*", "[^:;]+") + "(;.*)?")
        until = min(int(query.get("before", 10**15)), _millis(self.clock.now() - self.log_lag) + 1)
        rows = [one for one in reversed(self.log) if int(query.get("after", 0)) < one["date"] < until]
        rows = sorted((one for one in rows if spec.fullmatch(one["target"]["resources"][0])), key=lambda one: one["date"], reverse=True)
        size = int(query["limit"])
        short = [{name: value for name, value in one.items() if not name.endswith("Version")} for one in rows[:size]]
        further = {"next": {"href": "/api/v2/auditlog?before=1", "type": "application/json"}} if len(rows) > size and self.has_links else {}
        return Answered(200, {"items": short, "_links": {"self": {"href": "/api/v2/auditlog"}, **further}})


def _configuration(name: str) -> dict[str, Any]:
    return {
        "on": False, "archived": False, "salt": "s", "lastModified": 1, "version": 7, "targets": [], "rules": deepcopy(RULES),
        "fallthrough": {"variation": 1}, "offVariation": 1, "prerequisites": [], "trackEvents": False, "_environmentName": name,
    }  # fmt: skip


def _error(status: int, code: str, message: str) -> Answered:
    return Answered(status, {"code": code, "message": message})


def _millis(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
