"""The headers as the standards' own examples have them."""

from __future__ import annotations

from feedback_loop.adapters.authorization import basic, bearer


def test_headers_are_those_of_the_standards() -> None:
    assert basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert bearer("mF_9.B5f-4.1JqM") == "Bearer mF_9.B5f-4.1JqM"
