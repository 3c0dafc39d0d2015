"""Counts and probabilities: what was to be expected, what is odd, since when, whether a fix helped, how sure a score is.

What is counted, and what follows from an answer, is decided by whoever asks. The rule that is easy to break: each module states what its
numbers promise (a tail, an error rate, a precision), and its test holds it to that on made-up data.
"""
