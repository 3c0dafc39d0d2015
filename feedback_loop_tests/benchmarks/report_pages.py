"""Every report of a home opened in headless Chromium with the network off, looked at by axe, and photographed for the README:

    make demo && .venv/bin/python -m feedback_loop_tests.benchmarks.report_pages

Nothing may fail to load, nobody may complain, every picture is drawn, and axe (axe-core of npm, MPL-2.0, fetched for this command alone)
may find nothing serious. Ends with 1 where one of these does not hold, or where Chromium or npm is not here.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from feedback_loop.adapters import marts
from feedback_loop.cli.report import make_report, write_report
from feedback_loop.config import Settings, load_settings
from feedback_loop.workflows.report_plan import REPORTS
from feedback_loop_tests.browser import WHY_ABSENT, Page, chromium, open_page

AXE, AXE_SHA256 = "axe-core@4.14.1", "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
PICTURES = Path(__file__).resolve().parents[2] / ".github"
PHOTOGRAPHED = {"pilot": "report_pilot.png"}
SERIOUS = ("serious", "critical")
_UNDRAWN = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.alt)"
_FOUND = "axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes.length]))"


def main() -> None:
    """Write, open, judge and photograph each report."""
    settings = load_settings()
    if chromium() is None or shutil.which("npm") is None:
        sys.exit(f"{WHY_ABSENT}, and npm." if chromium() is None else "npm is not here; it fetches axe-core.")
    with tempfile.TemporaryDirectory() as folder:
        axe = fetched_axe(Path(folder))
        if axe is None:
            print("WARNING: npm could not fetch axe-core: NOBODY LOOKS AT ACCESSIBILITY.", file=sys.stderr)
        problems = [line for name in REPORTS for line in judged(settings, name, Path(folder), axe)]
    sys.exit("\n".join(problems) if problems else 0)


def judged(settings: Settings, report_id: str, folder: Path, axe: str | None) -> list[str]:
    """What is wrong with the report; it is photographed where the README shows it."""
    file = written(settings, report_id, folder)
    with open_page() as page:
        page.opened(file)
        if report_id in PHOTOGRAPHED:
            page.photographed(PICTURES / PHOTOGRAPHED[report_id])
        pictures, found = int(page.value("document.images.length")), [] if axe is None else violations(page, axe)
        wrong = [*page.failures, *(f"not drawn: {alt}" for alt in page.value(_UNDRAWN)), *found]
    print(f"{report_id}: {pictures} pictures drawn, {len(wrong)} faults, {file.stat().st_size:,} bytes")
    return [f"{report_id}: {line}" for line in wrong]


def written(settings: Settings, report_id: str, folder: Path) -> Path:
    """The file of the report; of an issue that of the one with the most complaints."""
    query = "select issue_id from mart_issue where not is_catch_all order by alert_count desc, total_fragment_count desc, issue_id limit 1"
    issue_id = str(marts.query(query, settings.marts_file).rows[0][0]) if report_id == "issue" else None
    return write_report(make_report(settings, report_id, None, None, issue_id), folder / f"{report_id}.html")


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds that is serious."""
    page.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.value(axe)
    found: list[list[Any]] = page.value(_FOUND)
    return [f"axe {impact}: {rule}, {count} places" for impact, rule, count in found if impact in SERIOUS]


def fetched_axe(folder: Path) -> str | None:
    """The script of axe, by npm from wherever it is configured to ask, known by its digest; None where npm can't fetch it."""
    npm = str(shutil.which("npm"))
    done = subprocess.run([npm, "pack", AXE, "--silent"], cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        return None
    name = done.stdout.split()[-1]
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != AXE_SHA256:
        sys.exit(f"{AXE} is not what it was; nothing of it is run.")
    with tarfile.open(folder / name) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


if __name__ == "__main__":
    main()
