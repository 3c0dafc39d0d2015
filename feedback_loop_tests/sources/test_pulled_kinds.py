"""The kinds of sources that can be asked: each has a reader, and credentials that can be given."""

from __future__ import annotations

import re

import pytest

from feedback_loop.contracts.credentials import FORMS
from feedback_loop.sources.pulled_kinds import PULLED, PulledKind
from feedback_loop.sources.registry import SOURCES


def test_every_kind_has_traits() -> None:
    assert set(PULLED) == set(PulledKind)


@pytest.mark.parametrize("kind", PulledKind)
def test_a_kind_has_a_reader_known_credentials_and_settings_of_one_word(kind: PulledKind) -> None:
    traits = PULLED[kind]
    assert traits.reader in SOURCES
    assert traits.vendor is None or traits.vendor in FORMS
    assert not any(re.fullmatch(setting.pattern, "") for setting in traits.settings.values())
