"""Atlassian Statuspage as a connector: customers are told that there are problems, and told so when it no longer holds."""
