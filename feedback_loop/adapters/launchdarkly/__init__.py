"""LaunchDarkly as a connector: a flag is set back to what it was before a change, unless somebody changed it since."""
