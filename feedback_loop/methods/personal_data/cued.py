"""What a detector finds: a value's place, and where the words begin that gave it away.

Here: the shape alone, below every module that finds or takes one. The table of detectors is in `detectors`. The rule that is easy to
break: a cue belongs to its value, so whoever cuts a text cuts between neither.
"""

from __future__ import annotations

Cued = tuple[int, int, int]
"""Start of the cue that the value needs before it (its own start where it needs none), start and end of the value."""
