"""The semantic layer, asked by name: metrics of `dbt_project/models/semantic` by their dimensions, over the published marts of a home.

python -m feedback_loop_tests.benchmarks.metric_query                          which metrics there are, and by what
python -m feedback_loop_tests.benchmarks.metric_query complaint_count,alert_count --by issue__issue_class
python -m feedback_loop_tests.benchmarks.metric_query sla_kept_share --by metric_time__week --where "…" --order=-sla_kept_share [--sql]

MetricFlow only writes the SQL; it runs like that of `feedback-loop query`, read-only over the file that readers see. `mf`, MetricFlow's own
command line, is not used: before each command it asks a package index for a newer version of itself. The home is FEEDBACK_LOOP_HOME.
The rule that is easy to break: what the metrics are stands in the home's semantic_manifest.json, which the last build wrote, so that a
metric that was added since appears with the next build.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.errors.error_classes import InvalidQueryException, UnknownMetricError
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from rich.console import Console
from rich.table import Table as Printed

from feedback_loop.adapters.dbt_command import dbt_target
from feedback_loop.adapters.marts import QueryResult, query
from feedback_loop.config import Settings, load_settings
from feedback_loop.errors import FeedbackLoopError, NothingLanded, QueryRefused


@dataclass(frozen=True)
class MetricQuestion:
    """Metrics, what they are told by, and which rows count.

    What they are told by is `entity__dimension`, or time with its grain, such as `metric_time__week`. `where` is MetricFlow's, such as
    `{{ Dimension('promise__tier_applied') }} = 'vip'`; a `-` before a name of `order` turns it round.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None


class _WritesOnly:
    """What MetricFlow needs to know of the database to write SQL for it; it never gets a connection."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


def manifest_of(settings: Settings) -> Path:
    """The file in which the last build of the home left its metrics; raises NothingLanded where there is none."""
    file = dbt_target(settings) / "semantic_manifest.json"
    if not file.is_file():
        raise NothingLanded("no metrics yet", "Run `feedback-loop run --from DAY --to DAY` first.")
    return file


@lru_cache(maxsize=2)
def engine_of(manifest: Path) -> MetricFlowEngine:
    """MetricFlow over the metrics of the file."""
    parsed = parse_manifest_from_dbt_generated_manifest(manifest.read_text(encoding="utf-8"))
    return MetricFlowEngine(semantic_manifest_lookup=SemanticManifestLookup(parsed), sql_client=_WritesOnly())


def sql_of(question: MetricQuestion, manifest: Path) -> str:
    """The SELECT that answers the question; raises QueryRefused for a name that the metrics lack, with those that it may have meant."""
    request = MetricFlowQueryRequest.create(
        metric_names=question.metrics,
        group_by_names=question.by or None,
        where_constraints=question.where or None,
        order_by_names=question.order or None,
        limit=question.limit,
    )
    try:
        return str(engine_of(manifest).explain(request).sql_statement.without_descriptions.sql)
    except (InvalidQueryException, UnknownMetricError) as error:
        raise QueryRefused(_in_one_line(str(error))) from None


def answer(question: MetricQuestion, settings: Settings) -> QueryResult:
    """The rows: one per combination of what is asked by, then one column per metric."""
    return query(sql_of(question, manifest_of(settings)), settings.marts_file)


def _in_one_line(message: str) -> str:
    """What MetricFlow said was wrong, without its drawing of the query."""
    return " ".join(message.split("Query Input:")[0].split())[:400]


def known_metrics(manifest: Path) -> list[tuple[str, str, str]]:
    """Each metric with what it counts and the dimensions of its own mart, ascending."""
    metrics = sorted(engine_of(manifest).list_metrics(), key=lambda metric: str(metric.name))
    return [(metric.name, metric.description or "", ", ".join(_dimensions(metric.dimensions))) for metric in metrics]


def _dimensions(dimensions: Sequence[object]) -> list[str]:
    names = {str(getattr(one, "granularity_free_dunder_name", "")) for one in dimensions}
    return sorted(name for name in names if name.count("__") == 1)


def _shown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Printed:
    shown = Printed(*columns)
    for row in rows:
        shown.add_row(*("–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the answer, its SQL, or what can be asked; 1 with one line where it can't be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metrics", nargs="?", default="", help="names, with commas between")
    parser.add_argument("--by", default="", help="dimensions, with commas between")
    parser.add_argument("--where", action="append", default=[])
    parser.add_argument("--order", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--sql", action="store_true", help="the SQL instead of its rows; `feedback-loop query` takes it too")
    given = parser.parse_args(arguments)
    console = Console()
    try:
        return _told(console, given, load_settings())
    except FeedbackLoopError as error:
        Console(stderr=True).print(f"Error: {error}", style="red", markup=False, soft_wrap=True)
        return 1


def _told(console: Console, given: argparse.Namespace, settings: Settings) -> int:
    manifest = manifest_of(settings)
    if not given.metrics:
        console.print(_shown(("metric", "what it counts", "by"), known_metrics(manifest)))
        return 0
    names = (tuple(filter(None, text.split(","))) for text in (given.metrics, given.by, given.order))
    metrics, by, order = names
    question = MetricQuestion(metrics, by, tuple(given.where), order, given.limit)
    if given.sql:
        console.print(sql_of(question, manifest), markup=False, highlight=False, soft_wrap=True)
        return 0
    found = answer(question, settings)
    console.print(_shown(found.columns, found.rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
