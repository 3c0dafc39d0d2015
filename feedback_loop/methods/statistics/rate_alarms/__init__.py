"""Alarms of a rising rate, from the instants of a stream alone.

Here: what is expected of each bin (`season`, `level`, `expectation`), how widely counts scatter (`scatter`), the sequential test
(`rising_rate`), and the watch that runs them in order (`watch`). Reading cases and writing answers is in `workflows/try_detect`.
"""
