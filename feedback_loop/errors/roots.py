"""The roots of the tree of errors: what the command line and its exit codes tell apart."""

from __future__ import annotations


class FeedbackLoopError(Exception):
    """The root of the tree; the command line prints its message as one line."""


class BadInput(FeedbackLoopError):
    """A user's argument or file can't be used; exit code 2."""


class Refused(FeedbackLoopError):
    """The platform declines to go on; exit code 1."""
