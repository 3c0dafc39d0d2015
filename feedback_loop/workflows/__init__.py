"""What spans stages and needs the world through ports, but no Dagster: landing files, looking after quarantine.

`cli.py` and `defs/` are thin skins over these functions; what a stage computes is in its own folder.
"""
