"""Tests of the methods that stages share."""
