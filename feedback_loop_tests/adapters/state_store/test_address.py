"""Addresses: one setting switches the database, and no message repeats what may be a password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.state_store.address import read_address, session_settings, shown
from feedback_loop.errors import BadInput


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a/state.sqlite", "sqlite"),
        ("postgresql://ann:pw@db/loop", "postgresql+psycopg"),
        ("postgres://ann:pw@db/loop", "postgresql+psycopg"),
        ("postgresql+psycopg://ann:pw@db/loop", "postgresql+psycopg"),
    ],
)
def test_the_address_says_which_database_it_is(url: str, driver: str) -> None:
    assert read_address(url).drivername == driver


@pytest.mark.parametrize("url", ["mysql://ann:hunter2@db/loop", "postgresql+psycopg2://ann:hunter2@db/loop", "hunter2", "://hunter2@"])
def test_an_address_of_nothing_known_is_bad_input_that_is_not_repeated(url: str) -> None:
    with pytest.raises(BadInput, match="FEEDBACK_LOOP_STATE_URL") as refused:
        read_address(url)
    assert "hunter2" not in f"{refused.value}{refused.value.__cause__}"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ann:hunter2@db.example.com:5433/loop?password=hunter2", "db.example.com/loop"),
        ("postgresql:///loop?host=/run/postgresql&user=ann&password=hunter2", "/run/postgresql/loop"),
        ("postgresql:///loop", "this machine/loop"),
        ("sqlite:////home/state.sqlite", "/home/state.sqlite"),
    ],
)
def test_a_message_names_the_place_and_nothing_else(url: str, name: str) -> None:
    assert shown(read_address(url)) == name


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=8, max_size=20).map(lambda text: f"pw{text}"))
def test_no_password_is_ever_shown(password: str) -> None:
    assert password not in shown(read_address(f"postgresql://ann:{password}@db/loop"))
    assert password not in repr(read_address(f"postgresql://ann:{password}@db/loop"))


def test_a_commit_is_on_the_disk_and_no_wait_is_without_end() -> None:
    options = session_settings(read_address("postgresql://db/loop"))["options"]
    for setting in ("synchronous_commit=on", "lock_timeout=60s", "statement_timeout=120s", "idle_in_transaction_session_timeout=50s"):
        assert f"-c {setting}" in options
    assert "read_only" not in options


def test_what_the_address_says_goes_before() -> None:
    given = session_settings(read_address("postgresql://db/loop?connect_timeout=3&options=-c%20lock_timeout%3D1s"), is_read_only=True)
    assert "connect_timeout" not in given
    assert given["options"].endswith("-c default_transaction_read_only=on -c lock_timeout=1s")
