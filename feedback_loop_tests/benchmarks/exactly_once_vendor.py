"""The other side of `exactly_once.py`: a case system in a process of its own that goes wrong in every way, and keeps a log of its effects.

Two kinds. The keyed one makes a repeated key once, as the better vendors do; it may even write after the client has given up. The plain
one writes whatever it is asked to, as often as it is asked, and can only be asked for what it has; there the executor alone stands
between an action and its double.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from feedback_loop.adapters.case_api.case_desk import CaseDesk, DeskAnswer, DeskRequest
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system

KEYED, PLAIN = "keyed", "plain"
_CREATED = 201
_OF_KEYED_ALONE = {Fault.WRITE_AFTER_SILENCE}
"""What nobody can make good who has no key that the vendor minds: it writes later than anybody asks."""


class LoggedDesk(CaseDesk):
    """A desk that writes each effect to a file as it happens."""

    def __init__(self, file: Path, kind: str) -> None:
        super().__init__()
        self._file, self._kind = file.open("a", encoding="utf-8"), kind

    def _write(self, request: DeskRequest) -> DeskAnswer:
        return super()._write(request) if self._kind == KEYED else self._carried_out(request, request.idempotency_key or "")

    def _perform(self, body: Mapping[str, Any], key: str) -> DeskAnswer:
        answer = super()._perform(body, key)
        if answer.status == _CREATED:
            # A client that was killed between the head and the body of its request has asked for nothing that could be done.
            self._file.write(json.dumps({"key": key, "target": body.get("target")}) + "\n")
            self._file.flush()
        return answer


class DrawnFaults(deque[Fault]):
    """Faults without end: a share of the requests goes wrong, each kind as often as any other."""

    def __init__(self, share: float, seed: int, kind: str) -> None:
        super().__init__()
        self._share, self._random, self._lock = share, random.Random(seed), Lock()
        left_out = {Fault.NONE} | (set() if kind == KEYED else _OF_KEYED_ALONE)
        self._kinds = [fault for fault in Fault if fault not in left_out]
        self.counted: Counter[str] = Counter()

    def popleft(self) -> Fault:
        """The fault of the next request."""
        with self._lock:
            fault = self._random.choice(self._kinds) if self._random.random() < self._share else Fault.NONE
            self.counted[str(fault)] += 1
            return fault


def main() -> None:
    """Serves until standard input ends; prints its address first, and last how often it went wrong in which way."""
    file, kind, share, seed = sys.argv[1:]
    faults = DrawnFaults(float(share), int(seed), kind)
    with running_case_system(LoggedDesk(Path(file), kind), faults) as address:
        print(address, flush=True)
        sys.stdin.read()
        print(json.dumps(faults.counted), flush=True)


if __name__ == "__main__":
    main()
