"""Jira Cloud as a connector: actions become issues or comments, each known by our key."""
