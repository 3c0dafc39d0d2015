"""The Dagster skin: assets, checks, resources, jobs, schedules and sensors. The only folder that imports Dagster.

An asset's body calls one stage function; what it computes lives in the stages. Which days an asset works on is asked of `run_days.py`,
never of the clock.
"""

import warnings

import dagster as dg

# Partitioned checks and single-run backfills are marked as previews by this version of Dagster; what they do here is tested, so users
# need not read a warning per asset at each start.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
