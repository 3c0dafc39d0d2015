"""Context: what else was going on. Small tables, replaced whole."""

import polars as pl

from feedback_loop.bronze.releases import releases
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.checks import contract_check
from feedback_loop.defs.resources import StoreResource
from feedback_loop.defs.table_asset import table_asset


@table_asset(deps=["bronze_feedback_record", "bronze_release"])
def context_release(store: StoreResource) -> pl.DataFrame:
    """Releases as fed, and for versions without a statement the first instant at which a customer named them."""
    tables = store.open()
    named = tables.read(TABLES["bronze_feedback_record"], columns=["product", "product_version", "occurred_at", "landed_at"])
    return releases(tables.read(TABLES["bronze_release"]), named)


context_release_contract = contract_check("context_release")
