"""Context: what else was going on. Small tables, replaced whole; telemetry and logs are written by landing (`bronze_assets.py`)."""

import polars as pl

from feedback_loop.bronze import context
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


@table_asset(deps=["bronze_context_statement"])
def context_change(store: StoreResource) -> pl.DataFrame:
    """Every statement about a deployment, a flag, a configuration, a campaign, a job or content."""
    return context.context_changes(_statements(store))


context_change_contract = contract_check("context_change")


@table_asset(deps=["bronze_context_statement"])
def context_incident(store: StoreResource) -> pl.DataFrame:
    """Every statement about an incident of the company or of a provider."""
    return context.context_incidents(_statements(store))


context_incident_contract = contract_check("context_incident")


@table_asset(deps=["bronze_context_statement"])
def context_customer(store: StoreResource) -> pl.DataFrame:
    """Every statement about a customer."""
    return context.context_customers(_statements(store))


context_customer_contract = contract_check("context_customer")


@table_asset(deps=["bronze_context_statement"])
def context_business_event(store: StoreResource) -> pl.DataFrame:
    """Every order, refund, renewal, cancellation and handled case."""
    return context.context_business_events(_statements(store))


context_business_event_contract = contract_check("context_business_event")


@table_asset(deps=["bronze_context_statement"])
def context_document(store: StoreResource) -> pl.DataFrame:
    """Every version of every governed document."""
    return context.context_documents(_statements(store))


context_document_contract = contract_check("context_document")


def _statements(store: StoreResource) -> pl.DataFrame:
    return store.open().read(TABLES["bronze_context_statement"])
