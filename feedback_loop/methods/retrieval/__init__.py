"""Finding governed documents: `governed` says which may be used, `passages` cuts them, `words` spells them for an index, `ranking` ranks.

What a generated text may cite, and which of its sentences are cut, is `citations`. Not here: where an index is kept (`adapters`), and who
asks (`workflows/knowledge.py`). The rule that is easy to break: what a reader may not see changes nothing that the reader sees, no score
either; so documents are left out before anything is counted.
"""
