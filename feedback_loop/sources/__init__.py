"""Readers: one module per source, bytes in, records out, each row of the input exactly once and in its order.

A reader yields `FeedbackRecord`, `ReleaseRecord` or `RejectedRow` and opens no file; files, clocks and tables are the business of
`workflows/ingest.py`. To add a source: write one function with the signature `registry.Reader` and enter it in `registry.SOURCES`.
"""
