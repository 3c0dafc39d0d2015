"""PagerDuty as a connector: an incident per action, which bears our key as its deduplication key."""
