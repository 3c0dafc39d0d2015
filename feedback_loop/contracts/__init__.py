"""The vocabulary that every other part of the platform speaks: closed word lists, columns, tables, records, identifiers.

Each is described once, here, as data; casts, checks, the dbt `schema.yml` and the README's table list follow from it.
Nothing in this folder imports another part of the platform but `errors`.
"""
