"""Remediation: what may be done about a cause, by whom it is approved, and how it is undone. Pure: it decides, and carries out nothing.

State lives behind ports (`adapters/`), the order of steps in `workflows/`. Whatever is doubtful is refused.
"""
