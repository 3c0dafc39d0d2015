"""Complaints that rise beyond what the other records of the day and the weeks before let expect, tested while the day is open.

Here: what was usual of each stream (`usual`), the evidence of a rise as the day goes (`evidence`), and which streams stand out within a
budget that all share (`chosen`). One long stream of complaints alone is watched in `rate_alarms`.
"""
