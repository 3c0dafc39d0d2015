"""Every source at once, every fault, SIGKILL at random moments: is each row read = landed + duplicates + quarantined, and nothing twice?

python -m feedback_loop_tests.benchmarks.pull_kills [--kills 200] [--records 120] [--share 0.3] [--seed 1]

One process after the other pulls all kinds of sources over loopback from vendors whose answers go wrong (`pull_kills_vendors`), into real
Delta tables, and is killed after some milliseconds. After each kill what is kept of each source must balance. At the end pulling goes on
without faults until nothing is new: then every record that a vendor ever had is in the tables once, or was spoilt and is in quarantine.
Not here: two pulls of one source, which the lock forbids (tests). Exit code 1 where a law is broken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import time
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

import polars as pl
from joserfc.jwk import ECKey
from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.page_spool import FilePageSpool
from feedback_loop.config import load_settings
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import TABLES
from feedback_loop.sources.pulled_kinds import PULLED
from feedback_loop.sources.pulled_rules import PulledRule
from feedback_loop.workflows.pulled_sources import read_sources
from feedback_loop_tests.adapters.vendor_pages.mail_server import MailBox, mail_server
from feedback_loop_tests.adapters.vendor_pages.serving import serving
from feedback_loop_tests.benchmarks.pull_kills_puller import Job, work
from feedback_loop_tests.benchmarks.pull_kills_vendors import FAULTS, MADE, Vendors

console = Console(width=130)
_LONGEST_SECONDS, _SETTLING_ROUNDS = 0.9, 2
_KEYS = {
    "bronze_feedback_record": "record_version_id", "bronze_context_statement": "statement_id", "bronze_release": "release_id",
}  # fmt: skip
_SETTINGS = {
    "app_store_connect": "app_id: '1'", "github_releases": "repository: acme/shop", "google_play_reviews": "package: com.example.shop",
    "launchdarkly": "project: shop", "imap": "folder: INBOX",
}  # fmt: skip


@dataclass
class Found:
    """What is known at the end."""

    kills: int = 0
    broken: list[str] = field(default_factory=list)
    rows: list[tuple[str, LandingReport]] = field(default_factory=list)


def write_sources(home: Path, url: str, mail_url: str) -> None:
    """sources.yaml with every kind."""
    lines = ["sources:"]
    for kind in PULLED:
        address = mail_url if kind == "imap" else url
        said = f"kind: {kind}, address: '{address}', since: 2026-01-01, switched_on: true, product: Shop"
        settings = f", settings: {{{_SETTINGS[kind]}}}" if kind in _SETTINGS else ""
        lines.append(f"  {kind.replace('_', '-')}: {{{said}{settings}}}")
    home.mkdir(parents=True, exist_ok=True)
    (home / "sources.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def environment(folder: Path) -> dict[str, str]:
    """Credentials of everybody."""
    key = folder / "key.p8"
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    told = {
        "APP_STORE_CONNECT_ISSUER_ID": "team", "APP_STORE_CONNECT_KEY_ID": "k1", "APP_STORE_CONNECT_PRIVATE_KEY_FILE": str(key),
        "GITHUB_TOKEN": "t", "GOOGLE_PLAY_ACCESS_TOKEN": "t", "IMAP_USER": "loop", "IMAP_PASSWORD": "t0ken", "INTERCOM_ACCESS_TOKEN": "t",
        "LAUNCHDARKLY_ACCESS_TOKEN": "t", "ZENDESK_OAUTH_TOKEN": "t",
    }  # fmt: skip
    return {f"FEEDBACK_LOOP_{name}": value for name, value in told.items()}


def mails(count: int) -> dict[int, bytes]:
    """So many mails by their ids."""
    return {
        uid: f"Message-ID: <m{uid}@x.example>\nFrom: a{uid}@x.example\nDate: Mon, 05 Jan 2026 09:00:00 +0000\n\nno {uid}\n".encode()
        for uid in range(1, count + 1)
    }


def run(folder: Path, kills: int, records: int, share: float, seed: int) -> Found:
    """The whole run, and what it found."""
    drawn, found, home = random.Random(seed), Found(), folder / "home"
    vendors, box = Vendors(records, share, seed), MailBox(mails(records))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["feedback_loop_tests.benchmarks.pull_kills_puller"])
    with serving(vendors.answer) as running, mail_server(box) as mail_url:
        write_sources(home, running.url, mail_url)
        job = Job(home, environment(folder), rounds=0)
        while found.kills < kills:
            box.drops_at = drawn.choice((None, None, None, "LOGIN", "UID FETCH"))
            _killed(context, replace(job, seed=drawn.randrange(10**6)), drawn.uniform(0.0, _LONGEST_SECONDS))
            found.kills += 1
            found.broken += _unbalanced(home)
        vendors.share, box.drops_at = 0.0, None
        vendors.known = dict.fromkeys(MADE, records)
        _settled(context, job)
    _judge(home, vendors, box, found)
    _print(found, vendors)
    return found


def _killed(context: ForkServerContext, job: Job, seconds: float) -> None:
    mine, theirs = context.Pipe()
    process = context.Process(target=work, args=(job, theirs), daemon=True)
    process.start()
    assert mine.recv() == "begun"
    time.sleep(seconds)
    process.kill()
    process.join()


def _settled(context: ForkServerContext, job: Job) -> None:
    mine, theirs = context.Pipe()
    process = context.Process(target=work, args=(replace(job, rounds=_SETTLING_ROUNDS), theirs), daemon=True)
    process.start()
    assert mine.recv() == "begun"
    refused = mine.recv()
    process.join()
    if refused:
        raise SystemExit(f"sources gave nothing without a fault: {refused}")


def _rules(home: Path) -> dict[str, PulledRule]:
    return read_sources(home / "sources.yaml")


def _unbalanced(home: Path) -> list[str]:
    kept = {name: FilePageSpool(home / "pulled", name).latest() for name in _rules(home)}
    return [f"{name}: {page.total}" for name, page in kept.items() if page is not None and not page.total.is_balanced]


def _judge(home: Path, vendors: Vendors, box: MailBox, found: Found) -> None:
    settings = load_settings(home, {})
    store = DeltaTableStore(settings.tables_folder, settings.locks_folder)
    landed = pl.concat(store.read(TABLES[name], columns=["source_file", key]).rename({key: "id"}) for name, key in _KEYS.items())
    refused = store.read(TABLES["bronze_quarantine"], columns=["source_file", "quarantine_id"])
    if landed["id"].n_unique() < landed.height or refused["quarantine_id"].n_unique() < refused.height:
        found.broken.append("a row stands in a table twice")
    for name in _rules(home):
        page = FilePageSpool(home / "pulled", name).latest()
        assert page is not None
        own = landed.filter(pl.col("source_file").str.starts_with(f"{name}-0"))
        held = refused.filter(pl.col("source_file").str.starts_with(f"{name}-0"))
        found.rows.append((name, page.total))
        kind = name.replace("-", "_")
        spoilt = vendors.spoilt.get(kind, set())
        wanted = vendors.records if kind in MADE else len(box.mails)
        if not page.total.is_balanced or page.total.landed != own.height or page.total.quarantined != held.height:
            found.broken.append(f"{name}: told {page.total}, in the tables {own.height}, in quarantine {held.height}")
        if not wanted - len(spoilt) <= own.height <= wanted:
            found.broken.append(f"{name}: {own.height} of {wanted} records landed, of which {len(spoilt)} were spoilt once")


def _print(found: Found, vendors: Vendors) -> None:
    table = Table("source", "read", "landed", "duplicates", "quarantined")
    for name, total in found.rows:
        table.add_row(name, *(f"{n:,}" for n in (total.read, total.landed, total.duplicates, total.quarantined)))
    console.print(table)
    faults = ", ".join(f"{name} {vendors.faults[name]}" for name in FAULTS)
    console.print(f"{found.kills} kills, {vendors.answers:,} answers, faults: {faults}")
    for problem in found.broken:
        console.print(f"broken: {problem}")


def main() -> None:
    """Runs, prints, and ends with 1 where a law was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--records", type=int, default=120)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), told.kills, told.records, told.share, told.seed)
    raise SystemExit(1 if found.broken else 0)


if __name__ == "__main__":
    main()
