"""The asset graph as text that a reviewer can read; `python -m feedback_loop_tests.defs.asset_graph` writes the golden anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from feedback_loop.defs.wiring import build_defs

GOLDEN = Path(__file__).with_name("asset_graph.txt")


def drawn(defs: dg.Definitions) -> str:
    """Each asset with its group, partitions, what it reads (and from how many days before), and its checks."""
    return "\n".join(line for spec in sorted(defs.resolve_all_asset_specs(), key=lambda s: s.key) for line in _asset(defs, spec)) + "\n"


def _asset(defs: dg.Definitions, spec: dg.AssetSpec) -> Iterator[str]:
    days = "by day" if spec.partitions_def else "whole"
    gate = ", gated" if spec.automation_condition else ""
    yield f"{spec.key.to_user_string()} ({spec.group_name}, {days}{gate})"
    yield from (f"    reads  {_dependency(dep)}" for dep in sorted(spec.deps, key=lambda d: d.asset_key))
    checks = [key.name for key in defs.resolve_asset_graph().asset_check_keys if key.asset_key == spec.key]
    checks = [name for name in checks if not name.startswith(spec.key.to_user_string())]  # dbt's own, generated from the contracts
    yield from (f"    check  {name}" for name in sorted(checks))


def _dependency(dep: dg.AssetDep) -> str:
    mapping = dep.partition_mapping
    before = -mapping.start_offset if isinstance(mapping, dg.TimeWindowPartitionMapping) else 0
    return dep.asset_key.to_user_string() + (f", {before} days before as well" if before else "")


if __name__ == "__main__":
    GOLDEN.write_text(drawn(build_defs()), encoding="utf-8")
