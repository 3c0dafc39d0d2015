"""Tests of the silver stage."""
