"""Erasure in files and databases: what of a home is rewritten, emptied and searched. `eraser` is the door, the rest are its parts.

Which rows go, and in which order the stores lose them, is `workflows/erase.py`.
"""
