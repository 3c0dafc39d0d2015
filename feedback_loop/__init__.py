"""feedback_loop: what customers say becomes issues with a stable identity, and later causes, approved fixes and measured effects.

The layers and who may import whom are in pyproject.toml (import-linter); `contracts/` is the place to start reading.
"""
