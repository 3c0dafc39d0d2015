"""Tests, mirroring the package: what `feedback_loop/a/b.py` does is proved in `feedback_loop_tests/a/test_b.py`."""
