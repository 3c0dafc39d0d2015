"""Processes to be killed, forked from one that has imported everything and done nothing yet, so that a kill costs no start of Python."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

_IMPORTED = ["feedback_loop_tests.benchmarks.exactly_once_executor", "feedback_loop_tests.workflows.outbox_world"]


def ready_made() -> ForkServerContext:
    """Makes processes; what they run has to stand in a module, for it is found by its name."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context
