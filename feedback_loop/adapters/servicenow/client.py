"""ServiceNow by its Table API: fulfils `ports.ActionSystem` with records. What they say stands in `record_bodies.py`.

The form follows https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html. *Not verified against the vendor*: its
description was not at hand, the tests state the documented form themselves.

The Table API takes no idempotency keys and changes nothing on condition. Our key is the correlation id of the record that was made under
it, and stands beside the first one in a record that was taken back under it. Two records may bear one correlation id: the oldest is ours.

The rule that is easy to break: a record is taken back only as long as nobody changed it, by its count of changes. What remains: who changes
it between that look and our note is overruled, and the note says by what; and a write that comes in later than after `settling_time`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import httpx2

from feedback_loop.adapters.authorization import basic, bearer
from feedback_loop.adapters.servicenow.answers import FIELDS, Record, next_offset, record_in, records_in
from feedback_loop.adapters.servicenow.record_bodies import (
    CANCELED,
    canceling,
    place_of,
    record_of,
    short_key,
    table_of,
    tables_of,
    taken_back_under,
)
from feedback_loop.adapters.vendor_client import CREATED, NOT_FOUND, OK, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector

_API = "/api/now/table"
_SHOWN = {"sysparm_fields": ",".join(FIELDS), "sysparm_display_value": "false", "sysparm_exclude_reference_link": "true"}
_PER_PAGE, _MOST_PAGES = 100, 50


class ServiceNowClient(LateVendorClient):
    """A client of one ServiceNow instance; close it, or use it as a context manager."""

    takes = WORK_ITEMS
    done = (OK, CREATED)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "servicenow", timeout_seconds: float = 10.0
    ) -> None:
        headers = {"Authorization": _authorization(credentials), "Accept": "application/json"}
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._settings = rule.settings

    def _write(self, request: ActionRequest, order: Order) -> str:
        if request.action_kind in TAKES_BACK:
            return self._taken_back(request, order)
        table = table_of(request.action_kind, self._settings)
        body = record_of(request, table, self._settings)
        answer = self.sent("POST", f"{_API}/{table}", body, order, query=_SHOWN)
        return self.written(partial(record_in, table=table, key=order.key), answer, order.key).place().receipt_id

    def _taken_back(self, request: ActionRequest, order: Order) -> str:
        """A record that nobody touched is canceled with a note; anything else stays as it is."""
        undone = place_of(request.arguments.get("undone_receipt_id"))
        if undone.table not in CANCELED:
            raise ConnectorRefused(self.connector, order.what, f"which state of {undone.table} means canceled is not known")
        body = canceling(request, undone.table)
        record = self._record(undone.table, undone.sys_id)
        if _is_taken_back(record, order.key):
            return record.place(0).receipt_id
        is_ours = record.key == request.arguments.get("undone_key")
        if not is_ours or record.mod_count != undone.mod_count:
            raise ConnectorRefused(self.connector, order.what, "it is no longer as it was sent, so it was left as it is")
        answer = self.sent("PATCH", f"{_API}/{undone.table}/{undone.sys_id}", body, order, query=_SHOWN)
        after = self.written(partial(record_in, table=undone.table, sys_id=undone.sys_id), answer, order.key)
        if not _is_taken_back(after, order.key):
            raise WriteInDoubt(self.connector, order.key, "a rule of the instance kept the record open")
        return after.place(0).receipt_id

    def _looked_up(self, key: str) -> str | None:
        found = [record for table in dict.fromkeys(tables_of(self._settings)) for record in self._records(table, short_key(key))]
        made = sorted((one for one in found if one.key == key), key=lambda one: (one.created_at, one.sys_id))
        # How often others have changed it since is not known, so it counts as untouched only if nobody ever changed it.
        if made:
            return made[0].place(0).receipt_id
        return next((one.place(0).receipt_id for one in found if _is_taken_back(one, key)), None)

    def _records(self, table: str, key: str) -> Iterator[Record]:
        """The records of the table that were made or taken back under the key."""
        display, what = taken_back_under(key), f"a search in {table}"
        query = {**_SHOWN, "sysparm_query": f"correlation_id={key}^ORcorrelation_display={display}^ORDERBYsys_created_on"}
        for answer in self._pages(f"{_API}/{table}", query, what):
            yield from self.understood(partial(records_in, table=table, key=key, display=display), answer, what)

    def _record(self, table: str, sys_id: str) -> Record:
        what = f"a read of a record of {table}"
        answer = self._transport.fetch(f"{_API}/{table}/{sys_id}", _SHOWN)
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, what, "status 404")
        return self.understood(partial(record_in, table=table, sys_id=sys_id), answer, what)

    def _pages(self, path: str, query: Mapping[str, str], what: str) -> Iterator[httpx2.Response]:
        """The answers page by page, as long as their Link header names a next one, of which only the place is taken."""
        start = 0
        for _ in range(_MOST_PAGES):
            place = {"sysparm_limit": str(_PER_PAGE), "sysparm_offset": str(start)}
            answer = self._transport.fetch(path, {**query, **place})
            yield answer
            following = next_offset(answer.headers.get("Link", ""))
            if following is None:
                return
            if following <= start:
                break
            start = following
        raise ConnectorUnreachable(self.connector, what, "it has no end")


def _is_taken_back(record: Record, key: str) -> bool:
    return record.display == taken_back_under(key) and record.state == CANCELED.get(record.table)


def _authorization(credentials: Credentials) -> str:
    token = credentials.get("BEARER_TOKEN")
    return basic(credentials["USER"], credentials["PASSWORD"]) if token is None else bearer(token)
