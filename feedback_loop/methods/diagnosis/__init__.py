"""What changed in a window of complaints, for whom, and which logged change may have caused it: one Bayesian comparison of hypotheses.

From coded rows to a `Diagnosis`: `coding` (attributes as numbers), `level` (how many complaints were to be expected), `mix` (of whom),
`conjunctions` (segments worth a look), `rise` (how much more likely the counts are if a segment complains more since some moment),
`change_log` (what the log of changes adds), `scan` (all hypotheses weighed), `diagnose` (verdict, cohorts, causes). Where the rows come
from is the caller's business. The rule that is easy to break: nothing is assumed of names, number or size of dimensions, nor of the
length of window and history.
"""
