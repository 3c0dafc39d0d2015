"""Somebody's roles are looked up under how they are known, so that no way of being known stands for another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.identity import Actor, KnownBy, account_key

KINDS = st.sampled_from(KnownBy)
NAMES = st.text(min_size=1, max_size=20).filter(lambda name: not name.startswith(tuple(f"{kind}:" for kind in KnownBy)))


@given(NAMES, KINDS, NAMES, KINDS)
def test_two_people_or_two_ways_of_being_known_are_two_accounts(name: str, kind: KnownBy, other: str, other_kind: KnownBy) -> None:
    is_one = (name, kind) == (other, other_kind)
    assert (account_key(name, kind) == account_key(other, other_kind)) is is_one


def test_an_actor_is_the_only_one_whose_roles_it_knows() -> None:
    assert Actor("ada", KnownBy.TOKEN, ("analyst",)).people == {"ada": ("analyst",)}
