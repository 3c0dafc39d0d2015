"""Who reads the marts: reports, commands and analysts, with the marts that the SQL of each names, for the exposures of the dbt project.

`dbt_schema` writes them to `models/marts/exposures.yml`; the queries themselves stand in the files that are named here. The rule that is
easy to break: nobody lists the marts of a reader by hand. They are read out of its files, so that a new query is a new dependency; a test
finds the file with a query that belongs to no reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from feedback_loop.contracts.tables import marts
from feedback_loop.workflows.report_plan import REPORTS, report_plan

_READ = re.compile(r"\b(?:from|join)\s+(mart_[a-z_]+)")
_FINDINGS, _RANKING = "cli/findings.py", "adapters/issue_reader.py"


@dataclass(frozen=True)
class Exposure:
    """One reader: its kind in dbt's words, who looks at it, what they see, and the files of the package that hold its queries."""

    name: str
    kind: str
    audience: str
    says: str
    sources: tuple[str, ...]

    @property
    def reads(self) -> list[str]:
        """The marts that its queries name, in the order of the contracts."""
        found = {name for source in self.sources for name in marts_read(text_of(source))}
        return [table.name for table in marts() if table.name in found]


def exposures() -> tuple[Exposure, ...]:
    """Every reader of the marts, reports first."""
    return tuple(map(_of_report, REPORTS)) + _OTHERS


def marts_read(text: str) -> set[str]:
    """The marts from which the SQL in the text reads."""
    return set(_READ.findall(text))


def text_of(source: str) -> str:
    """The file of the package."""
    return files("feedback_loop").joinpath(source).read_text("utf-8")


def _of_report(report_id: str) -> Exposure:
    plan = report_plan(report_id)
    shown = ", ".join(figure.title for figure in plan.figures)
    sources = (f"workflows/report_texts/{report_id}.yaml", "workflows/report.py")
    says = f"`feedback-loop report {report_id}`: {shown}."
    return Exposure(f"report_{report_id.replace('-', '_')}", "dashboard", _AUDIENCES[report_id], says, sources)


_AUDIENCES = {
    "control-room": "support lead", "weekly": "product manager", "pilot": "executive sponsor", "issue": "whoever owns the issue",
}  # fmt: skip

_OTHERS = (
    Exposure(
        "ranked_issues",
        "application",
        "support lead",
        "`feedback-loop issues` and `issues show`: issues by rank with quotes, versions, alerts and what stands beside them.",
        (_RANKING, _FINDINGS),
    ),
    Exposure(
        "alerts_of_a_run",
        "application",
        "engineer on duty",
        "What `feedback-loop run` and `demo` print at their end: what rose most, in whose words, and the first issues.",
        (_FINDINGS, _RANKING, "cli/demo_scenes.py"),
    ),
    Exposure(
        "questions_of_analysts",
        "analysis",
        "analysts",
        "`feedback-loop query`: any SELECT over any mart; the questions are those that `query --examples` shows.",
        ("workflows/mart_questions.yaml",),
    ),
)
