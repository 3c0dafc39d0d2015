"""Tests of `methods/diagnosis`."""
