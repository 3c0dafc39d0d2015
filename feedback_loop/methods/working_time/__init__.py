"""Working time: which instants count by a business calendar, how much of it lies between two, and when so much will have passed.

What is measured with it, and what follows when it runs out, is decided by whoever asks. The rule that is easy to break: an instant is a
moment in UTC, and only `zones` knows what a clock on a wall shows then; two times of one zone must never be subtracted from each other.
"""
