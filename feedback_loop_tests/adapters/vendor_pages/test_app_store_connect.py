"""Reviews of the App Store: newest first with a signed token of some minutes, by the cursor of the next page and no address of theirs."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from feedback_loop.adapters.vendor_pages.app_store_connect import AppStorePages
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import BadInput, ConnectorUnreachable
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START, FakeClock

KEY = ECKey.generate_key("P-256")


def who(folder: Path) -> Credentials:
    (folder / "key.p8").write_bytes(KEY.as_pem(private=True))
    return Credentials("app_store_connect", {"ISSUER_ID": "team", "KEY_ID": "K1", "PRIVATE_KEY_FILE": str(folder / "key.p8")})


def review(minutes: int) -> dict[str, object]:
    at = (START + timedelta(minutes=minutes)).isoformat()
    return {
        "type": "customerReviews",
        "id": f"r{minutes}",
        "attributes": {"rating": 1, "body": "no", "createdDate": at, "territory": "USA"},
    }


def answer(asked: Asked) -> Said:
    token = jwt.decode(asked.headers["authorization"].removeprefix("Bearer "), KEY, algorithms=["ES256"])
    assert (token.header["kid"], token.header["typ"]) == ("K1", "JWT")
    assert (token.claims["aud"], token.claims["iss"]) == ("appstoreconnect-v1", "team")
    assert 0 < token.claims["exp"] - token.claims["iat"] <= 20 * 60
    assert (asked.method, asked.path) == ("GET", "/v1/apps/682658836/customerReviews")
    assert {"sort": "-createdDate", "limit": "200", "include": "response"}.items() <= asked.query.items()
    if asked.query.get("cursor") == "c2":
        return Said(body=json.dumps({"data": [review(5)], "links": {"next": "https://elsewhere.example.com/x?cursor=c3"}}).encode())
    if asked.query.get("cursor") == "c3":
        return Said(body=json.dumps({"data": [review(-60)], "links": {"next": "https://elsewhere.example.com/x?cursor=c4"}}).encode())
    return Said(
        body=json.dumps({"data": [review(20), review(10)], "links": {"next": "https://elsewhere.example.com/x?cursor=c2"}}).encode()
    )


def test_a_run_ends_where_the_last_one_began(tmp_path: Path) -> None:
    with serving(answer) as running, AppStorePages(running.url, "682658836", who(tmp_path), FakeClock(), source="ios") as client:
        pages, cursor = [], None
        for _ in range(3):
            pages.append(client.page(cursor, START))
            cursor = pages[-1].next_cursor
        assert [page.is_last for page in pages] == [False, False, True]
        again = client.page(cursor, START)
        assert [one.query.get("cursor") for one in running.asked] == [None, "c2", "c3", None]
        assert again.is_last


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"data": [{}]}', b'{"data": [{"attributes": {"createdDate": "x"}}]}', b'{"data": [], "links": 3}']
)
def test_an_answer_of_another_form_is_no_page(tmp_path: Path, body: bytes) -> None:
    with (
        serving(lambda _: Said(body=body)) as running,
        AppStorePages(running.url, "1", who(tmp_path), FakeClock(), source="ios") as client,
        pytest.raises(ConnectorUnreachable),
    ):
        client.page(None, START)


@pytest.mark.parametrize("content", [b"", b"s3cret", KEY.as_pem(private=False)])
def test_a_key_that_is_none_is_told_without_its_content(tmp_path: Path, content: bytes) -> None:
    credentials = who(tmp_path)
    (tmp_path / "key.p8").write_bytes(content)
    with AppStorePages("http://127.0.0.1:9", "1", credentials, FakeClock(), source="ios") as client, pytest.raises(BadInput) as caught:
        client.page(None, START)
    assert "s3cret" not in str(caught.value)
