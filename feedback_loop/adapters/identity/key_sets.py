"""The public keys of an issuer, by their ids: from a file, or from an address with a kept copy of bounded age.

Which key a token names and whether it signed it is judged in `tokens`. The rules that are easy to break: only keys that verify are taken,
so that no secret and nothing symmetric ever is one; an id that two keys bear is nobody's; and a key that is not known is asked for once,
and not again within a minute, because whoever makes a token up can name any key.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx2

from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.adapters.whole_files import written_whole
from feedback_loop.contracts.canonical import instant_text
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.identity import Issuer, TokenFault
from feedback_loop.errors import TokenRefused
from feedback_loop.ports import Clock

MOST_BYTES = 262_144
MOST_KEYS = 100
TIMEOUT_SECONDS = 5.0
PATIENCE_SECONDS = 10.0
"""The longest that a whole answer may take; the timeout holds for each part of it."""
FRESH, AGAIN = timedelta(hours=1), timedelta(minutes=1)
"""So long kept keys are used unasked; and so long nobody is asked again because of a key that was not among them."""

_KINDS = ("RSA", "EC", "OKP")
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

Key = Mapping[str, Any]


class KeySource(Protocol):
    """Finds the key that a token names."""

    def find(self, key_id: str) -> Key | None:
        """The public key as a JWK; None where the issuer has none of this id. Raises TokenRefused where nobody can tell."""
        ...


def key_source(issuer: Issuer, cache_folder: Path, clock: Clock) -> KeySource:
    """Where the issuer's keys are."""
    if issuer.keys_url is not None:
        return FetchedKeys(issuer.keys_url, cache_folder, issuer.keys_valid, clock)
    if issuer.keys_file is None:
        raise TokenRefused(TokenFault.KEYS_UNAVAILABLE, "Name keys_url or keys_file of the issuer in identity.yaml.")
    return FileKeys(issuer.keys_file)


@dataclass(frozen=True)
class FileKeys:
    """The keys of a file, which is read anew for each token."""

    file: Path

    def find(self, key_id: str) -> Key | None:
        """The key of this id, None where there is none."""
        try:
            with self.file.open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
        except OSError:
            raise _unavailable() from None
        return usable_keys(content).get(key_id)


class FetchedKeys:
    """The keys of an address, and the copy of them that is kept in a file."""

    def __init__(self, url: str, cache_folder: Path, valid: timedelta, clock: Clock) -> None:
        self._url = str(safe_address(url, "the issuer's keys", "https://id.example.com/keys"))
        self._file, self._valid, self._clock = cache_folder / f"{content_hash(url)[:16]}.json", valid, clock

    def find(self, key_id: str) -> Key | None:
        """The key of this id, None where the issuer has none; asks the issuer at most once."""
        kept, age = self._kept()
        if age is not None and (age < AGAIN or (age < FRESH and key_id in kept)):
            return kept.get(key_id)
        try:
            fetched = _fetched(self._url)
        except TokenRefused:
            if age is None or age >= self._valid:
                raise
            return kept.get(key_id)
        self._keep(fetched)
        return usable_keys(fetched).get(key_id)

    def _kept(self) -> tuple[Mapping[str, Key], timedelta | None]:
        """The kept keys and their age; none, without an age, where there is no copy that can be read, or one of the future."""
        try:
            copy = json.loads(self._file.read_bytes())
            age = self._clock.now() - datetime.fromisoformat(copy["fetched_at"])
            keys = usable_keys(copy["keys"].encode("utf-8")) if copy["url"] == self._url else {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, TokenRefused):
            return {}, None
        return (keys, age) if keys and age >= timedelta(0) else ({}, None)

    def _keep(self, content: bytes) -> None:
        copy = {"url": self._url, "fetched_at": instant_text(self._clock.now()), "keys": content.decode("utf-8")}
        try:
            with written_whole(self._file) as draft:
                draft.write_text(json.dumps(copy), encoding="utf-8")
        except OSError:
            # A home that can't be written to asks anew each time; what was fetched is right all the same.
            return


def usable_keys(content: bytes) -> dict[str, Key]:
    """The keys of a JWK set that verify signatures, by id; raises TokenRefused where it is no such set."""
    try:
        found = json.loads(content.decode("utf-8")) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise _unavailable()
    fitting = [key for key in keys if isinstance(key, dict) and _verifies(key)]
    ids = Counter(str(key["kid"]) for key in keys if isinstance(key, dict) and isinstance(key.get("kid"), str))
    return {key["kid"]: key for key in fitting if ids[key["kid"]] == 1}


def _verifies(key: Mapping[str, Any]) -> bool:
    uses = key.get("key_ops", ["verify"])
    is_for_signatures = key.get("use", "sig") == "sig" and isinstance(uses, list) and "verify" in uses
    is_public = key.get("kty") in _KINDS and not _SECRET & key.keys()
    return is_for_signatures and is_public and isinstance(key.get("kid"), str) and bool(key["kid"])


def _fetched(url: str) -> bytes:
    """What the address answers; neither proxies nor credentials of the environment are used, and no redirect is followed."""
    ends, content = time.monotonic() + PATIENCE_SECONDS, b""
    try:
        with (
            httpx2.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as http,
            http.stream("GET", url, headers={"Accept": "application/json", "Accept-Encoding": "identity"}) as answer,
        ):
            # What was packed may unpack to anything.
            if answer.status_code != httpx2.codes.OK or "Content-Encoding" in answer.headers:
                raise _unavailable()
            for part in answer.iter_raw():
                content += part
                if len(content) > MOST_BYTES or time.monotonic() > ends:
                    raise _unavailable()
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError):
        raise _unavailable() from None
    usable_keys(content)
    return content


def _unavailable() -> TokenRefused:
    return TokenRefused(TokenFault.KEYS_UNAVAILABLE, "The issuer's keys can't be had or read; see keys_url and keys_file in identity.yaml.")
