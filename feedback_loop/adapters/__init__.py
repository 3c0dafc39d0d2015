"""The world outside: Delta tables, DuckDB marts, dbt, models. Each module fulfils a port or reads and writes one kind of store.

No decision about the data is taken here; stages decide (`silver/`, `analysis/`, `gold/`), `defs/` and `cli` wire.
"""
