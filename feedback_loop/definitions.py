"""The Dagster code location that workspace.yaml names; everything is wired in `defs/wiring.py`."""

from feedback_loop.defs.wiring import build_defs

defs = build_defs()
