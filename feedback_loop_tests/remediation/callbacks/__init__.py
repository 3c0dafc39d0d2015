"""Tests of what vendors call back with."""
