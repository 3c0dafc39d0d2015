"""A secret key: made once, readable by its owner alone, or given by the environment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feedback_loop.adapters.secret_key import masking_key, secret_key
from feedback_loop.config import Settings
from feedback_loop.errors import BadInput


def test_key_is_made_at_first_use_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "masking.key"
    key = secret_key(file)
    assert len(key) == 32
    assert secret_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in file.parent.iterdir()] == ["masking.key"]


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    assert masking_key(Settings(home=tmp_path / "a")) != masking_key(Settings(home=tmp_path / "b"))


def test_all_who_make_it_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(secret_key, [tmp_path / "secrets" / "masking.key"] * 16))) == 1


def test_given_secret_goes_before_the_file_and_makes_none(tmp_path: Path) -> None:
    one, other = (masking_key(Settings(home=tmp_path / name, chosen_masking_key="s" * 32)) for name in ("one", "other"))
    assert one == other
    assert list(tmp_path.iterdir()) == []


def test_short_secret_is_refused_without_being_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="needs 32 characters") as refusal:
        masking_key(Settings(home=tmp_path, chosen_masking_key="hunter2"))
    assert "hunter2" not in str(refusal.value)
