"""The doors are as their own description says, whatever comes in: schemathesis makes it up, unsigned and signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from starlette.testclient import TestClient

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.receiver import build_app, path_of
from feedback_loop_tests.workflows.callback_world import SECRETS, CallbackWorld, headers_for

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
"""That what the description allows is accepted is none of them: it can't say that an instant has to be of now."""

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Of a company whose rate is no bound here."""
    world = CallbackWorld(tmp_path_factory.mktemp("world"))
    world.ticket()
    return TestClient(build_app(SECRETS, world.hear, world.clock, most_per_minute=1_000_000))


def prepared(case: Any) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the made-up request, as they would go over the network."""
    request = requests.Request(**case.as_transport_kwargs(base_url="http://door")).prepare()
    body: Any = request.body or b""
    return (body.encode() if isinstance(body, str) else body), {name.lower(): str(value) for name, value in request.headers.items()}


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("vendor", CallbackVendor)
def test_it_is_answered_as_described(door: TestClient, vendor: CallbackVendor, mode: GenerationMode, is_signed: bool) -> None:
    schema = schemathesis.openapi.from_dict(door.app.openapi())  # type: ignore[attr-defined]
    operation, answered = schema[path_of(vendor)]["POST"], set[int]()

    @seed(9)
    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        body, headers = prepared(case)
        if is_signed:
            headers |= headers_for(vendor, body)
        headers.pop("content-length", None)
        answer = door.request(case.method, path_of(vendor), content=body, headers=headers)
        answered.add(answer.status_code)
        assert answer.status_code < 500
        case.validate_response(answer, checks=CHECKS)

    answers()
    assert (answered & {200, 202, 400}) if is_signed else answered <= {400, 403, 405, 415}


def test_the_description_names_every_door_and_no_secret(door: TestClient, tmp_path: Path) -> None:
    described = door.app.openapi()  # type: ignore[attr-defined]
    assert set(described["paths"]) == {path_of(vendor) for vendor in CallbackVendor}
    assert not [secret for secret in SECRETS.values() if secret in repr(described)]
