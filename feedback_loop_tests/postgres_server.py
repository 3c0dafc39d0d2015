"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on 127.0.0.1 at a free port, ended with whoever started it.

The rule that is easy to break: PostgreSQL refuses to run as root, so that root starts it as an unprivileged user, who has to be able to
enter the folder. Where the server's programs are absent, `WHY_ABSENT` says how to get them, and nothing is started.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

WHY_ABSENT = "PostgreSQL's server is not on this machine, so nothing was tried on it. Install Debian's package `postgresql`."
PASSWORD = "the password of all tests"
_USER = "feedback_loop"
_UNPRIVILEGED = ("postgres", "nobody")
_START_SECONDS = 60
_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB", "unix_socket_directories=")
"""As fast as a test may be: what a crash of the machine would do to this cluster matters to nobody."""


def program(name: str) -> str | None:
    """The path of one of the server's programs: that of the path, otherwise of the newest version that Debian installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: int(file.parts[4].split(".")[0]))
    return str(installed[-1]) if installed else shutil.which(name)


def is_absent() -> bool:
    """Whether there is nothing to start."""
    return program("initdb") is None or program("postgres") is None


@dataclass(frozen=True)
class Cluster:
    """A server that runs."""

    port: int
    data: Path

    def url(self, database: str, password: str = PASSWORD, user: str = _USER) -> str:
        return f"postgresql://{user}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0", encoding: str = "UTF8") -> str:
        """The name of a database that nobody has used."""
        name = f"test_{secrets.token_hex(8)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'")
        return name

    def drop(self, database: str) -> None:
        """Afterwards the database is gone, whoever was connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Runs a statement outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_cluster(*settings: str) -> Iterator[Cluster]:
    """A server until the block is left; settings such as `fsync=on` go before those of tests."""
    folder = Path(tempfile.mkdtemp(prefix="feedback_loop_postgres_"))
    as_user = _drop_rights(folder)
    try:
        data, port = folder / "data", _free_port()
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        (folder / "password").chmod(0o644)
        made = [str(program("initdb")), "-D", str(data), "-U", _USER, "--pwfile", str(folder / "password"), "-A", "scram-sha-256"]
        subprocess.run([*as_user, *made, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, cwd=folder)
        options = [part for setting in (*_SETTINGS, *settings) for part in ("-c", setting)]
        command = [*as_user, str(program("postgres")), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *options]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as server:
            try:
                cluster = Cluster(port, data)
                _wait_for(cluster, server, folder / "log")
                yield cluster
            finally:
                server.send_signal(signal.SIGINT)
                server.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _drop_rights(folder: Path) -> list[str]:
    """What goes before a command so that it runs as somebody who owns the folder."""
    if os.geteuid() != 0:
        return []
    user = next(found for name in _UNPRIVILEGED if (found := _user(name)) is not None)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(cluster.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-400:]}")
