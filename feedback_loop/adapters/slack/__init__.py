"""Slack as a connector: actions become messages of a channel, each known by our key; and approvals are asked for there."""
