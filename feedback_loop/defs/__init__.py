"""The Dagster skin: assets, checks, resources, jobs, schedules and sensors. The only folder that imports Dagster.

An asset's body calls one stage function; what it computes lives in the stages. Which days an asset works on is asked of `run_days.py`,
never of the clock.
"""
