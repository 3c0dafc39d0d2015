"""Tests of working time."""
