"""The browser that looks at reports sees what is wrong with a page, and finds nothing wrong with one that is fine."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop_tests.browser import WHY_ABSENT, chromium, open_page

pytestmark = pytest.mark.skipif(chromium() is None, reason=WHY_ABSENT)

SQUARE = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiLz4="
UNDRAWN = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"


def failures_of(folder: Path, body: str) -> tuple[list[str], int]:
    file = folder / "page.html"
    file.write_text(f'<!doctype html><html lang="en"><title>t</title><body>{body}</body></html>', encoding="utf-8")
    with open_page() as page:
        page.opened(file)
        undrawn = int(page.value(UNDRAWN))
        return page.failures, undrawn


def test_a_page_that_needs_nothing_has_no_failures(tmp_path: Path) -> None:
    assert failures_of(tmp_path, f'<img alt="a" src="{SQUARE}">') == ([], 0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<img alt="a" src="http://127.0.0.1:9/x.png">', "request failed"),
        ('<img alt="a" src="missing.png">', "request failed"),
        ("<script>throw new Error('x')</script>", "thrown"),
        ("<script>console.error('x')</script>", "console error"),
    ],
)
def test_what_fails_is_seen(tmp_path: Path, body: str, said: str) -> None:
    failures, _ = failures_of(tmp_path, body)
    assert any(said in failure for failure in failures), failures


def test_a_picture_that_is_none_is_not_drawn(tmp_path: Path) -> None:
    assert failures_of(tmp_path, '<img alt="a" src="data:image/svg+xml;base64,AAAA">')[1] == 1
