"""What runs inside of the environment of Spark: Sail is started, shown the Delta tables of a home, and dbt builds the marts on it.

`spark_marts` starts this file with the interpreter of `.venv/spark`, with a plan as JSON on standard input, and compares what it leaves.
The rule that is easy to break: this environment holds dbt-spark, pyspark and Sail and nothing of the project, so nothing of it is imported.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

SOURCE_SCHEMA, MART_SCHEMA = "lake", "marts"
_HOST = "127.0.0.1"


def main() -> int:
    """Leaves one Parquet file per mart in the folder of the plan, and what dbt said of each node in `nodes.json`; 1 where dbt failed."""
    plan = json.load(sys.stdin)
    # pyspark and Sail are imported here, because the project's own environment, which checks this file's types, has neither.
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(_HOST, 0)
    server.start(background=True)
    # dbt-spark asks pyspark for "the" session; with this variable that is one of Sail.
    os.environ["SPARK_REMOTE"] = f"sc://{_HOST}:{server.listening_address[1]}"
    return _built(plan)


def _built(plan: dict[str, Any]) -> int:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    session.conf.set("spark.sql.session.timeZone", plan["time_zone"])
    if session.sql("select current_timezone()").collect()[0][0] != plan["time_zone"]:
        raise SystemExit(f"the session does not stand in {plan['time_zone']}, so nothing would be proved about zones.")
    session.sql(f"create schema {SOURCE_SCHEMA}")
    for name, folder in plan["sources"].items():
        session.sql(f"create table {SOURCE_SCHEMA}.{name} using delta location '{folder}'")
    out = Path(plan["out"])
    is_good = _dbt(plan, out)
    if is_good:
        _export(session, plan["marts"], out)
    return int(not is_good)


def _dbt(plan: dict[str, Any], out: Path) -> bool:
    from dbt.cli.main import dbtRunner

    folders = [
        "--project-dir",
        plan["project"],
        "--profiles-dir",
        plan["project"],
        "--target-path",
        f"{out}/target",
        "--log-path",
        f"{out}/log",
    ]
    # dbt-spark can't write a list into the rows that a unit test is given; they run on DuckDB.
    result: Any = dbtRunner().invoke(["--quiet", "build", "--target", "spark", "--exclude-resource-type", "unit_test", *folders])
    nodes = [{"name": run.node.name, "kind": str(run.node.resource_type), "status": str(run.status)} for run in result.result or ()]
    (out / "nodes.json").write_text(json.dumps(nodes), encoding="utf-8")
    return bool(result.success)


def _export(session: Any, marts: list[str], out: Path) -> None:
    import pyarrow.parquet as pq

    for name in marts:
        pq.write_table(session.table(f"{MART_SCHEMA}.{name}").toArrow(), out / f"{name}.parquet")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Client and server share this process and wait for each other when it ends; everything is written by now.
    os._exit(code)
