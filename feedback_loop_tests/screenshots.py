"""The pictures of the README, made anew from a home in which the demo was run:

    make demo && .venv/bin/python -m feedback_loop_tests.screenshots

`asset_graph.png` is Dagster's own page in headless Chromium (Debian's package chromium); `loop.png` is drawn from the simulated company
with and without what the home's state says was done. Servers listen on this machine only and end with the command.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import altair as alt
import vl_convert

from feedback_loop.adapters.state_store.anchor_file import open_anchor
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.config import Settings, load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.simulation import Intervention, Simulation, load_scenario, simulate
from feedback_loop.workflows.demo import SCENARIO, SEED, START_DAY, DemoClock, at_hour

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = PROJECT / ".github"
FAULT = "checkout_breaks_in_safari_18"
_CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=1500,760", "--virtual-time-budget=25000",
)  # fmt: skip


def main() -> None:
    """Draw both pictures."""
    settings = load_settings()
    if not settings.state_file.exists():
        sys.exit(f"{settings.home} holds no demo. Run `make demo` first.")
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "loop.png").write_bytes(with_and_without(settings))
    with dagster_page(settings) as url:
        photograph(f"{url}/asset-groups", PICTURES / "asset_graph.png")


def with_and_without(settings: Settings) -> bytes:
    """Messages a day about the planted fault, with what was done and without."""
    clock = DemoClock(at_hour(0, 0))
    state = SqlStateStore(settings.state_url, open_anchor(settings, clock), clock)
    done = state.snapshot(TABLES["remediation_action"]).filter(action_status="done", action_kind="roll_back_release")
    actions = [Intervention(row["executed_at"], row["action_kind"], row["action_target"]) for row in done.iter_rows(named=True)]
    scenario = load_scenario(SCENARIO)
    lives = {"without the loop": (), "with the loop": tuple(actions)}
    rows = [
        row for name, acts in lives.items() for row in _by_day(name, simulate(scenario, SEED, START_DAY, interventions=acts))
    ]  # fmt: skip
    chart = alt.Chart(
        alt.InlineData(values=rows), title="Simulated: messages a day about checkout in Safari 18", width=760, height=200
    ).mark_line(interpolate="step-after", strokeWidth=2)
    drawn = chart.encode(
        x=alt.X("day:T", title=None), y=alt.Y("messages:Q", title=None), color=alt.Color("company:N", title=None, sort=list(lives))
    )
    return bytes(vl_convert.vegalite_to_png(drawn.to_dict(), scale=1.5))


def _by_day(name: str, simulation: Simulation) -> Iterator[dict[str, object]]:
    counts = Counter(message.occurred_at.date() for message in simulation.messages if message.fault == FAULT)
    for number in range(35, simulation.scenario.days):
        day = at_hour(number, 0).date()
        yield {"company": name, "day": day.isoformat(), "messages": counts[day]}


@contextmanager
def dagster_page(settings: Settings) -> Iterator[str]:
    """The address of the Dagster UI over the home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FEEDBACK_LOOP_HOME": str(settings.home), "DAGSTER_HOME": str(settings.dagster_home)}
    command = [
        str(Path(sys.executable).with_name("dagster-webserver")),
        "--workspace",
        "workspace.yaml",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield _answering(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def _answering(url: str) -> str:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}/server_info", timeout=2).close()
        except OSError:
            time.sleep(1)
        else:
            return url
    raise TimeoutError(f"{url} did not answer within two minutes")


def photograph(url: str, file: Path) -> None:
    """The page as Chromium shows it."""
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("chromium is not installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *_CHROMIUM, f"--user-data-dir={profile}", f"--screenshot={file}", url]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)


if __name__ == "__main__":
    main()
