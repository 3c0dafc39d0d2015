"""What holds for every test: laws are tried on the same examples each time, a busy machine is no failure, all homes share one key.

Here too: the PostgreSQL of those tests that need one, a cluster per process of the test run and a fresh database per test.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from feedback_loop_tests.postgres_server import WHY_ABSENT, Cluster, is_absent, running_cluster

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

# Tables of two homes can only be compared where their tokens are made with the same key; processes that tests start inherit it.
os.environ["FEEDBACK_LOOP_MASKING_KEY"] = "the key of all tests, known to everybody"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A server that runs until the tests are over."""
    if is_absent():
        pytest.skip(WHY_ABSENT)
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_database(postgres: Cluster) -> str:
    """A database with the schema of today, to be copied and never used."""
    from feedback_loop.adapters.state_store.engine import open_engine

    name = postgres.new_database()
    open_engine(postgres.url(name)).dispose()
    return name


@pytest.fixture
def postgres_url(postgres: Cluster, migrated_database: str) -> Iterator[str]:
    """The address of a database of PostgreSQL that is up to date and holds nothing."""
    name = postgres.new_database(migrated_database)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def empty_postgres_url(postgres: Cluster) -> Iterator[str]:
    """The address of a database of PostgreSQL without any table."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a state database: each test that asks for it runs on both."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}"
