"""A Jira of our own: what its REST API answers to what the connector asks, with an index that lags behind the writes as the real one does.

`DescribedDesk` stands before it and compares each request and each answer with the vendor's API description.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.ports import Clock

DESCRIPTION = (
    Path(os.environ.get("FEEDBACK_LOOP_SHARED_SPECS", Path(__file__).resolve().parents[4] / "shared" / "specs")) / "jira-cloud-v3.json"
)
WHY_ABSENT = f"Jira's API description is not at {DESCRIPTION}; set FEEDBACK_LOOP_SHARED_SPECS to the folder that holds it"

EMAIL, TOKEN = "loop@example.com", "t0ken-of-nobody"
BASIC = "Basic bG9vcEBleGFtcGxlLmNvbTp0MGtlbi1vZi1ub2JvZHk="
"""The header that these two make."""

_HOST = "https://your-domain.atlassian.net"
_JQL = re.compile(r'labels in \("([^"]+)", "([^"]+)"\) ORDER BY created ASC')
_PROJECTS = {"OPS": ("Task", "Incident"), "REL": ("Task",)}


class JiraDesk:
    """Issues in memory; each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock, index_lag: timedelta = timedelta(0)) -> None:
        self.clock, self.index_lag = clock, index_lag
        self.authorization = BASIC
        self.is_old_search_gone = False
        self.answers_twice = False
        self.issues: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self._lock = Lock()

    def answer(self, request: DeskRequest) -> DeskAnswer:
        with self._lock:
            self.asked.append((request.method, request.path))
            if request.authorization != self.authorization:
                return DeskAnswer(401, _errors("who are you"))
            match request.method, request.path.removeprefix("/rest/api/3/").split("/"):
                case "POST", ["issue"]:
                    return self._created(request.body)
                case "POST", ["search"]:
                    return DeskAnswer(410, _errors("moved")) if self.is_old_search_gone else self._found(request.body)
                case "POST", ["search", "jql"]:
                    return self._found(request.body)
                case method, ["issue", issue, *part]:
                    known = self.issues.get(issue) or next((i for i in self.issues.values() if i["key"] == issue), None)
                    return DeskAnswer(404, _errors("no issue")) if known is None else self._of_issue(known, method, part, request)
            return DeskAnswer(404, _errors("no such resource"))

    def clone(self, issue: dict[str, Any], number: int) -> None:
        """Somebody clones the issue: the labels go along, the properties don't."""
        key = issue["key"].split("-")[0] + f"-{number}"
        self.issues[str(number)] = {**issue, "id": str(number), "key": key, "properties": {}, "comments": []}

    def open_issue(self, number: int) -> None:
        """An issue that somebody else opened."""
        issue = {"id": str(number), "key": f"OPS-{number}", "fields": {"labels": []}, "properties": {}, "comments": [], "labelled_at": {}}
        self.issues[str(number)] = issue

    def _created(self, body: Mapping[str, Any]) -> DeskAnswer:
        fields = body["fields"]
        types = _PROJECTS.get(fields["project"]["key"], ())
        if fields["issuetype"]["name"] not in types or not is_document(fields["description"]) or not 0 < len(fields["summary"]) <= 255:
            return DeskAnswer(400, _errors("no such project or type, or no document"))
        number = 10_001 + len(self.issues)
        key = f"{fields['project']['key']}-{number - 10_000}"
        properties = {one["key"]: one["value"] for one in body["properties"]}
        self.issues[str(number)] = {
            "id": str(number),
            "key": key,
            "fields": fields,
            "properties": properties,
            "comments": [],
            "labelled_at": dict.fromkeys(fields["labels"], self.clock.now()),
        }
        return DeskAnswer(201, {"id": str(number), "key": key, "self": f"{_HOST}/rest/api/3/issue/{number}"})

    def _found(self, body: Mapping[str, Any]) -> DeskAnswer:
        wanted = _JQL.fullmatch(body["jql"])
        if wanted is None or body["fields"] != ["labels"]:
            return DeskAnswer(400, _errors("not understood"))
        rows = [row for issue in self.issues.values() if (row := self._indexed(issue))["fields"]["labels"] and self._bears(row, wanted)]
        return DeskAnswer(200, {"issues": rows * 2 if self.answers_twice else rows})

    def _indexed(self, issue: dict[str, Any]) -> dict[str, Any]:
        """The issue as the index knows it by now."""
        known_until: datetime = self.clock.now() - self.index_lag
        labels = [label for label in issue["fields"]["labels"] if issue["labelled_at"][label] <= known_until]
        return {"id": issue["id"], "key": issue["key"], "fields": {"labels": labels}}

    @staticmethod
    def _bears(row: dict[str, Any], wanted: re.Match[str]) -> bool:
        return bool(set(wanted.groups()) & set(row["fields"]["labels"]))

    def _of_issue(self, issue: dict[str, Any], method: str, part: list[str], request: DeskRequest) -> DeskAnswer:
        match method, part:
            case "PUT", []:
                for operation in request.body["update"]["labels"]:
                    if operation["add"] not in issue["fields"]["labels"]:
                        issue["fields"]["labels"].append(operation["add"])
                        issue["labelled_at"][operation["add"]] = self.clock.now()
                return DeskAnswer(204, {}, has_body=False)
            case "GET", ["properties", name] if name in issue["properties"]:
                return DeskAnswer(200, {"key": name, "value": issue["properties"][name]})
            case "GET", ["comment"]:
                return self._page(issue, request.query)
            case "POST", ["comment"] if is_document(request.body["body"]):
                comment = {"id": str(500 + len(issue["comments"])), "body": request.body["body"]}
                issue["comments"].append(comment)
                return DeskAnswer(201, comment)
        return DeskAnswer(404, _errors("nothing of that name"))

    @staticmethod
    def _page(issue: dict[str, Any], query: Mapping[str, str]) -> DeskAnswer:
        start, size = int(query["startAt"]), int(query["maxResults"])
        newest_first = issue["comments"][::-1]
        page = newest_first[start : start + size]
        return DeskAnswer(200, {"comments": page, "startAt": start, "maxResults": size, "total": len(newest_first)})


@cache
def description() -> OpenAPI:
    """The vendor's description, read once; it has the parts that a connector may need, not all to which they refer."""
    return OpenAPI.from_dict(json.loads(DESCRIPTION.read_text("utf-8")), config=Config(spec_validator_cls=None))


class DescribedDesk:
    """Compares what is asked of a desk and what it answers with the API description; `violations` has what does not fit."""

    def __init__(self, desk: JiraDesk) -> None:
        self.desk = desk
        self.violations: list[str] = []
        self.checked_count = 0
        self._described = description()

    def answer(self, request: DeskRequest) -> DeskAnswer:
        answer = self.desk.answer(request)
        if request.path.endswith("/search/jql") or answer.status == 410:
            return answer  # the successor of the search is younger than the description
        sent = MockRequest(
            _HOST,
            request.method.lower(),
            request.path,
            args=dict(request.query),
            headers={"Authorization": request.authorization or ""},
            data=json.dumps(request.body).encode() if request.method in ("POST", "PUT") else b"",
            content_type="application/json",
        )
        # Of an answer without a body the description says that it is JSON of any kind; an empty object stands for it.
        given = MockResponse(json.dumps(answer.body).encode(), status_code=answer.status, content_type="application/json")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._described.validate_request(sent)
                self._described.validate_response(sent, given)
        except OpenAPIError as error:
            self.violations.append(f"{request.method} {request.path} {answer.status}: {error!r} {error.__cause__!r}")
        self.checked_count += 1
        return answer


def is_document(body: object) -> bool:
    """Whether Jira would take it as an Atlassian document: version 1, and no text in it is empty."""
    return isinstance(body, dict) and (body["type"], body["version"]) == ("doc", 1) and all(map(_is_node, body["content"]))


def texts_of(node: Any) -> list[str]:
    """The texts of a document, in their order."""
    own = [node["text"]] if node.get("type") == "text" else []
    return own + [text for inner in node.get("content", ()) for text in texts_of(inner)]


def _is_node(node: Any) -> bool:
    if node["type"] == "text":
        return bool(node["text"])
    return node["type"] in ("paragraph", "bulletList", "listItem") and all(map(_is_node, node["content"]))


def _errors(message: str) -> dict[str, Any]:
    return {"errorMessages": [message], "errors": {}}
