"""Which language a text is in: `scripts` (its letters) and `ngram_scores` (how well each language explains it) → `guessing`.

From outside only `guessing` is used. The rule that is easy to break: all texts take each step together, and none may show in the numbers of
another.
"""
