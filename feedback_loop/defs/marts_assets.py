"""Marts: the dbt models as assets, built in a DuckDB file of their own and published to readers by swapping one file.

Published only after every model and data test passed; until then readers keep the file that they have.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from feedback_loop.adapters.dbt_command import BUILD_ARGUMENTS, DBT_EXECUTABLE, PROJECT_FOLDER, dbt_target, dbt_variables, start_afresh
from feedback_loop.adapters.marts import publish
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import HomeResource
from feedback_loop.errors import Refused

MANIFEST = PROJECT_FOLDER / "target" / "manifest.json"


class Translator(DagsterDbtTranslator):
    """Asset keys are table names; sources are the Python tables of the same name."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The key: the model's or source table's name."""
        return dg.AssetKey(dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """All models form one group."""
        return "mart"


def mart_assets() -> dg.AssetsDefinition:
    """The dbt models as one multi-asset. The manifest is parsed once when the environment is made, not at import."""

    @dbt_assets(manifest=MANIFEST, name="marts", dagster_dbt_translator=Translator(), exclude="resource_type:unit_test")
    def marts(context: dg.AssetExecutionContext, home: HomeResource) -> Iterator[Any]:
        settings = home.settings()
        dbt = DbtCliResource(project_dir=str(PROJECT_FOLDER), profiles_dir=str(PROJECT_FOLDER), dbt_executable=str(DBT_EXECUTABLE))
        with without_values(), dbt_variables(settings):
            start_afresh(settings)
            try:
                yield from dbt.cli(list(BUILD_ARGUMENTS), context=context, target_path=dbt_target(settings)).stream()
            except DagsterDbtCliRuntimeError:
                # Its message repeats what DuckDB said, which may quote a row.
                raise Refused(f"a model or a data test failed; {dbt_target(settings) / 'dbt.log'} says which") from None
            publish(settings.build_file, settings.marts_file)

    return marts
