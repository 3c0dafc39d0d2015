"""Zendesk Support as a connector: actions become tickets or internal notes, and cases are tickets that are moved between groups."""
