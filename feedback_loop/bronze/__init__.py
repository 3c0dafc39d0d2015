"""Bronze: what the sources said, as it landed; append-only, lossless, idempotent.

Here are the frames that are appended and what follows from them alone; the appending is done by `workflows/ingest.py`, the reading of
bytes by `sources/`. Nothing in bronze is ever mended: a correction is another version, a recovered row another record.
"""
