"""Long proofs and measurements, each a command of its own: `python -m feedback_loop_tests.benchmarks.NAME`."""

import os

# Tables of two homes can only be compared where their tokens are made with the same key; processes that a benchmark starts inherit it.
os.environ.setdefault("FEEDBACK_LOOP_MASKING_KEY", "the key of all benchmarks, known to everybody")
