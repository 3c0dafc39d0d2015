"""What counts as an error code, a quoted error, a version or a device, and what only looks like one."""

from __future__ import annotations

import pytest

from feedback_loop.analysis.evidence import find_spans


def _found(text: str, kind: str) -> list[str]:
    return [text[s.start : s.end] for s in find_spans(text) if s.kind == kind]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("I get E-1234 when paying", ["E-1234"]),
        ("HTTP 500 all day", ["HTTP 500"]),
        ("install stops with 0x80070005", ["0x80070005"]),
        ("page shows ERR_CONNECTION_RESET", ["ERR_CONNECTION_RESET"]),
        ("declined with code 403", ["code 403"]),
        ("Error code: 1001", ["Error code: 1001"]),
        ("Fehlercode 17 beim Start", ["Fehlercode 17"]),
        ("error PAY-20 again", ["PAY-20"]),
        ("404 not found", ["404 not found"]),
        ("java NullPointerException on open", ["NullPointerException"]),
        ("ORA-00942 in the log", ["ORA-00942"]),
        ("first HTTP 502, then HTTP 503, then http 502", ["HTTP 502", "HTTP 503"]),
    ],
)
def test_error_code_is_found_as_it_stands(text: str, codes: list[str]) -> None:
    assert _found(text, "error_code") == codes


@pytest.mark.parametrize(
    "text",
    [
        "error 15 times a day",
        "promo code 400 is over",
        "my otp code 123",
        "I waited 500 days",
        "bought in 2021",
        "the WH-1000XM4 since COVID-19",
        "errors everywhere",
        "error 3 stars",
        "100 % error",
    ],
)
def test_number_that_no_machine_gave_is_no_error_code(text: str) -> None:
    assert _found(text, "error_code") == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('it tells me "Unable to connect" always', ["Unable to connect"]),
        ("shows 'can't reach the server' on start", ["can't reach the server"]),
        ("dann kommt „Verbindung fehlgeschlagen“ wieder", ["Verbindung fehlgeschlagen"]),
        ("sale «inténtalo de nuevo más tarde, error»", ["inténtalo de nuevo más tarde, error"]),
        ("アプリに「エラーが発生しました」と出る", ["エラーが発生しました"]),
        ("Error: payment could not be completed, please help", ["payment could not be completed"]),
        ("It says something went wrong when I log in", ["something went wrong"]),
        ("upload fails with quota exceeded and then stops", ["quota exceeded"]),
        ("the screen reads “Welcome back” and freezes", ["Welcome back"]),
    ],
)
def test_quoted_error_is_found_without_its_marks(text: str, quoted: list[str]) -> None:
    assert _found(text, "quoted_error") == quoted


@pytest.mark.parametrize(
    "text", ['my so called "best" bank', "the 'premium' plan", 'I bought "Dune" here', "don't and can't and won't", 'broken "quote']
)
def test_quotation_that_merely_stresses_is_no_error(text: str) -> None:
    assert _found(text, "quoted_error") == []


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("since 1.1.4 it fails", ["1.1.4"]),
        ("v24.7.1 is bad", ["v24.7.1"]),
        ("since version 12", ["version 12"]),
        ("Versión 3.2 no abre", ["Versión 3.2"]),
        ("after update 2.3 nothing", ["2.3"]),
        ("firmware 4.10.2-beta2", ["firmware 4.10.2-beta2"]),
    ],
)
def test_version_is_found(text: str, versions: list[str]) -> None:
    assert _found(text, "version") == versions


@pytest.mark.parametrize(
    "text", ["on 12.10.2021 I paid", "3.5 stars", "costs 1.200,50", "2021.10.12", "Android 13.0.1", "it was 4.5 before", "error code 1.2"]
)
def test_other_numbers_are_no_version(text: str) -> None:
    assert _found(text, "version") == []


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ("on my iPhone 14 Pro with iOS 17.2", ["iPhone 14 Pro", "iOS 17.2"]),
        ("Android 13 on a Samsung Galaxy S21 Ultra 5G", ["Android 13", "Samsung Galaxy S21 Ultra 5G"]),
        ("Chrome 118 and firefox on Windows 11", ["Chrome 118", "firefox", "Windows 11"]),
        ("redmi note 9 pro", ["redmi note 9 pro"]),
        ("model SM-G991B", ["SM-G991B"]),
        ("macbook air m1, Safari", ["macbook air m1", "Safari"]),
    ],
)
def test_device_is_found_with_its_number(text: str, devices: list[str]) -> None:
    assert sorted(_found(text, "device")) == sorted(devices)


@pytest.mark.parametrize(
    "text", ["at the edge of town", "opera singer", "vivo en Lima", "a brave decision", "please open the windows", "echo in calls"]
)
def test_everyday_word_is_no_device(text: str) -> None:
    assert _found(text, "device") == []
