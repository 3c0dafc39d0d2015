"""The state store in SQL: proposals, approvals, the outbox, messages, labels, thresholds and the audit chain, in one database.

SQLite (WAL) by default, any other database by its URL. From outside only `store` and `anchor_file` are used; the rest are their parts.
"""
