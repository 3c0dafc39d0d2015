"""From clean fragments to evidence: what each is about, what it says verbatim, which belong together, and what rose.

Each module is one step and imports no other stage. Models come in as arguments (`ports.Embedder`); nothing here reads a table, a clock
or a file other than the taxonomy that lies beside the code.
"""
