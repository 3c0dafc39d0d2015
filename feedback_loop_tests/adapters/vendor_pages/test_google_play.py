"""Reviews of Google Play: a service account's token, every page of the week, and answers that the vendor's description allows."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from feedback_loop.adapters.vendor_pages.google_play import GooglePlayPages
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import BadInput, ConnectorUnreachable, CursorExpired
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START, FakeClock

KEY = RSAKey.generate_key(2048)
REVIEWS = "/androidpublisher/v3/applications/com.example.shop/reviews"


def review(number: int) -> dict[str, object]:
    said = {"text": f"no {number}", "starRating": 1, "lastModified": {"seconds": str(int(START.timestamp()) + number), "nanos": 0}}
    return {"reviewId": f"r{number}", "authorName": "", "comments": [{"userComment": said}]}


class Vendor:
    """Two pages of reviews for whoever shows the token of the moment."""

    def __init__(self) -> None:
        self.tokens = 0
        self.claims: list[dict[str, object]] = []

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/token":
            form = dict(pair.split("=", 1) for pair in asked.body.decode().split("&"))
            assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
            assert form["grant_type"] == "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
            self.claims.append(dict(jwt.decode(form["assertion"], KEY, algorithms=["RS256"]).claims))
            self.tokens += 1
            return Said(body=json.dumps({"access_token": f"t{self.tokens}", "expires_in": 3600, "token_type": "Bearer"}).encode())
        assert (asked.method, asked.path, asked.headers["authorization"]) == ("GET", REVIEWS, f"Bearer t{self.tokens}")
        assert asked.query["maxResults"] == "100"
        if asked.query.get("token") == "p2":
            return Said(body=json.dumps({"reviews": [review(3)]}).encode())
        page = {"reviews": [review(1), review(2)], "tokenPagination": {"nextPageToken": "p2"}, "pageInfo": {"resultPerPage": 2}}
        return Said(body=json.dumps(page).encode())


def account(folder: Path, url: str, **more: str) -> Credentials:
    file = folder / "account.json"
    told = {
        "client_email": "loop@example.iam.gserviceaccount.com", "private_key_id": "k1", "token_uri": f"{url}/token",
        "private_key": KEY.as_pem(private=True).decode(),
    }  # fmt: skip
    file.write_text(json.dumps(told | more))
    return Credentials("google_play", {"SERVICE_ACCOUNT_FILE": str(file)})


def test_a_run_reads_every_page_with_a_token_that_is_asked_for_anew_before_it_ends(tmp_path: Path) -> None:
    vendor, clock = Vendor(), FakeClock()
    with (
        serving(vendor.answer) as running,
        GooglePlayPages(running.url, "com.example.shop", account(tmp_path, running.url), clock, source="shop") as client,
    ):
        first = client.page(None, START)
        second = client.page(first.next_cursor, START)
        assert [len(json.loads(page.content)["reviews"]) for page in (first, second)] == [2, 1]
        assert (first.is_last, second.is_last) == (False, True)
        assert vendor.tokens == 1
        clock.advance(timedelta(minutes=56))
        client.page(second.next_cursor, START)
        assert vendor.tokens == 2
    claims = vendor.claims[0]
    assert (claims["iss"], claims["scope"]) == ("loop@example.iam.gserviceaccount.com", "https://www.googleapis.com/auth/androidpublisher")
    assert (claims["iat"], claims["exp"]) == (int(START.timestamp()), int(START.timestamp()) + 3600)


def test_an_app_without_reviews_answers_with_an_empty_object_which_is_a_page_without_rows() -> None:
    with (
        serving(lambda _: Said(body=b"{}")) as running,
        GooglePlayPages(running.url, "a.b", Credentials("google_play", {"ACCESS_TOKEN": "t"}), FakeClock(), source="shop") as client,
    ):
        page = client.page(None, START)
    assert (json.loads(page.content), page.is_last) == ({"reviews": []}, True)


def test_a_token_of_a_page_that_is_forgotten_begins_the_run_anew() -> None:
    with (
        serving(lambda _: Said(410)) as running,
        GooglePlayPages(running.url, "a.b", Credentials("google_play", {"ACCESS_TOKEN": "t"}), FakeClock(), source="shop") as client,
        pytest.raises(CursorExpired),
    ):
        client.page('{"since": "2026-01-01T00:00:00+00:00", "newest": "2026-01-01T00:00:00+00:00", "token": "old"}', START)


@pytest.mark.parametrize("body", [b"[]", b'{"reviews": 3}', b'{"reviews": [{}]}', b'{"reviews": [{"comments": [3]}]}'])
def test_an_answer_of_another_form_is_no_page(body: bytes) -> None:
    with (
        serving(lambda _: Said(body=body)) as running,
        GooglePlayPages(running.url, "a.b", Credentials("google_play", {"ACCESS_TOKEN": "t"}), FakeClock(), source="shop") as client,
        pytest.raises(ConnectorUnreachable),
    ):
        client.page(None, START)


@pytest.mark.parametrize("more", [{"private_key": "s3cret"}, {"token_uri": "http://elsewhere.example.com/token"}])
def test_an_account_that_can_not_ask_is_told_without_its_key(tmp_path: Path, more: dict[str, str]) -> None:
    who = account(tmp_path, "http://127.0.0.1:9", **more)
    with GooglePlayPages("http://127.0.0.1:9", "a.b", who, FakeClock(), source="shop") as client, pytest.raises(BadInput) as caught:
        client.page(None, START)
    assert "s3cret" not in str(caught.value)


def test_a_file_that_is_no_account_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    who = Credentials("google_play", {"SERVICE_ACCOUNT_FILE": str(tmp_path / "x.json")})
    with GooglePlayPages("http://127.0.0.1:9", "a.b", who, FakeClock(), source="shop") as client, pytest.raises(BadInput, match="Download"):
        client.page(None, START)
