"""Outcomes: how long each step took, whether a fix helped, and what it was worth. A figure whose input is missing is not given."""
