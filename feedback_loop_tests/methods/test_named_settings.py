"""What a company says of its system is what its kind asks for, or is told with its place."""

from __future__ import annotations

from feedback_loop.methods.named_settings import Setting, setting_problems

KNOWN = {"channel": Setting(r"C[0-9]+", "the id of the channel"), "brand": Setting(r"[0-9]+", "the brand", is_required=False)}


def test_what_fits_has_no_problems() -> None:
    assert list(setting_problems("chat", "slack", {"channel": "C1"}, KNOWN)) == []
    assert list(setting_problems("chat", "slack", {"channel": "C1", "brand": "7"}, KNOWN)) == []


def test_what_is_missing_misspelt_or_malformed_is_told() -> None:
    assert list(setting_problems("chat", "slack", {"chanel": "C1", "brand": "x"}, KNOWN)) == [
        "chat.settings.chanel: slack has no such setting; it may be misspelt",
        "chat.settings.brand: this is not the brand; copy it from slack",
        "chat.settings.channel: add it, the id of the channel",
    ]
