"""One name for one thing: asset = function = table, columns that carry their unit, a test file beside each module."""

from __future__ import annotations

import json
from enum import StrEnum

import dagster as dg
import pytest

from feedback_loop.contracts.fields import DAY, FIELDS, FLAG, INSTANT, INT, REAL, TEXT, TEXTS, Field
from feedback_loop.contracts.tables import TABLES, Table, marts, python_tables
from feedback_loop.defs.marts_assets import MANIFEST
from feedback_loop.defs.wiring import build_defs
from feedback_loop_tests.conventions.source_tree import MODULES, PACKAGE, TESTS, place

LAYERS = ("bronze", "context", "silver", "analysis", "gold", "remediation", "outcomes", "state", "mart")
TYPES_BY_SUFFIX = {
    "_id": (TEXT,),
    "_ids": (TEXTS,),
    "_at": (INSTANT,),
    "_date": (DAY,),
    "_count": (INT, REAL),  # what a model expects is no whole number
    "_minutes": (INT, REAL),
    "_days": (INT,),
    "_rank": (INT,),
    "_share": (REAL,),
    "_score": (REAL,),
    "_reason": (TEXT,),
    "_version": (TEXT,),
}
SUFFIX_BY_TYPE = {"DAY": (DAY, "_date"), "INSTANT": (INSTANT, "_at")}
PROVED_ELSEWHERE = {
    "feedback_loop/methods/diagnosis/look.py": "a window, proved through methods/diagnosis/test_diagnose.py and analysis/test_blame.py",
    "feedback_loop/defs/alert_assets.py": "assets, proved with the others of the stage by defs/test_analysis_assets.py",
    "feedback_loop/ports/state.py": "Protocols without code; adapters and fakes that fulfil them are tested",
    "feedback_loop/ports/sources.py": "Protocols without code; adapters and fakes that fulfil them are tested",
    "feedback_loop/ports/systems.py": "Protocols without code; adapters and fakes that fulfil them are tested",
    "feedback_loop/ports/world.py": "Protocols without code; adapters and fakes that fulfil them are tested",
    "feedback_loop/config/places.py": "names of files, proved with the settings by test_config.py",
    "feedback_loop/config/settings.py": "proved by test_config.py",
    "feedback_loop/errors/acting.py": "a part of the tree of errors, proved class by class by test_errors.py",
    "feedback_loop/errors/inputs.py": "a part of the tree of errors, proved class by class by test_errors.py",
    "feedback_loop/errors/keeping.py": "a part of the tree of errors, proved class by class by test_errors.py",
    "feedback_loop/errors/roots.py": "a part of the tree of errors, proved class by class by test_errors.py",
    "feedback_loop/contracts/actions.py": "plain records, proved by every connector that takes them",
    "feedback_loop/contracts/context_fields.py": "columns, proved with all others by contracts/test_fields.py",
    "feedback_loop/contracts/context_tables.py": "tables, proved with all others by contracts/test_tables.py",
    "feedback_loop/contracts/field_types.py": "what a column is, proved by contracts/test_fields.py",
    "feedback_loop/contracts/issue_fields.py": "columns, proved with all others by contracts/test_fields.py",
    "feedback_loop/contracts/issue_tables.py": "tables, proved with all others by contracts/test_tables.py",
    "feedback_loop/contracts/issue_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/loop_fields.py": "columns, proved with all others by contracts/test_fields.py",
    "feedback_loop/contracts/loop_tables.py": "tables, proved with all others by contracts/test_tables.py",
    "feedback_loop/contracts/callback_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/remediation/callbacks/heard.py": "values and their forms, proved by the tests of those who read them",
    "feedback_loop/remediation/callbacks/forms.py": "the doors' description, proved against the doors by test_receiver_described.py",
    "feedback_loop/adapters/state_store/migrations/versions/callbacks.py": "proved by state_store/test_schema.py",
    "feedback_loop/contracts/autonomy_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/message_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/outcome_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/audit_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/signatures.py": "Protocols without code; the adapter and the fake that fulfil them are tested",
    "feedback_loop/contracts/loop_vocab.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/mart_tables.py": "tables, proved with all others by contracts/test_tables.py",
    "feedback_loop/contracts/table_types.py": "what a table is, proved by contracts/test_tables.py",
    "feedback_loop/contracts/decisions.py": "plain values, proved by the state store that keeps them and gives them back",
    "feedback_loop/adapters/state_store/change.py": "one transaction with its audit records, proved by adapters/state_store/test_store.py",
    "feedback_loop/adapters/state_store/outbox.py": "steps of the store, proved by its test and by workflows/test_execute.py",
    "feedback_loop/adapters/state_store/proposal_rows.py": "steps of the store, proved by its test and by its snapshots",
    "feedback_loop/defs/analysis_checks.py": "each check is proved to fail by defs/test_checks.py",
    "feedback_loop/adapters/state_store/migrations/env.py": "what Alembic runs, proved by every store that is opened",
    "feedback_loop/adapters/state_store/migrations/versions/initial.py": "compared with the schema by adapters/state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/erasable_labels.py": "proved by state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/model_calls.py": "proved by state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/automatic_gates.py": "proved by state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/autonomy.py": "proved by state_store/test_schema.py",
    "feedback_loop/contracts/routes.py": "words, proved with all others by contracts/test_vocab.py",
    "feedback_loop/contracts/knowledge.py": "plain values, proved by methods/retrieval and workflows/test_knowledge.py",
    "feedback_loop/contracts/questions.py": "plain values, proved by the prompts that ask and the model that replies",
    "feedback_loop/adapters/state_store/migrations/versions/hypothesis_labels.py": "proved by state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/message_reasons.py": "proved by state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/like_sqlite.py": "proved by state_store/test_schema.py",
    "feedback_loop/adapters/state_store/migrations/versions/model_history.py": "proved by state_store/test_schema.py",
    "feedback_loop/workflows/erasable_home.py": "a Protocol without code; the adapter that fulfils it is tested",
    "feedback_loop/cli/audit_words.py": "what `audit` prints, proved command by command by cli/test_audit.py",
    "feedback_loop/cli/__main__.py": "one line that calls cli/entry.py",
    "feedback_loop/cli/highlights.py": "what run and demo print of the marts, proved by their output",
    "feedback_loop/cli/places.py": "options and the store behind them, proved by every command that takes them",
    "feedback_loop/cli/progress.py": "progress bars of a terminal, proved by ingest and run",
    "feedback_loop/workflows/try_cluster.py": "a few lines over analysis/cluster_texts.py, proved by `try cluster`",
    "feedback_loop/workflows/try_texts.py": "what every `try` reads, proved by each of them",
    "feedback_loop/methods/mail/lines.py": "the kinds of lines that methods/mail/replies.py tells apart, proved by what it keeps",
    "feedback_loop/methods/segments/clause_marks.py": "the marks that methods/segments/clauses.py looks for, proved by where it cuts",
    "feedback_loop/methods/personal_data/cued.py": "one type, proved by every detector that finds it",
    "feedback_loop/methods/stop_words.py": "word lists, proved by the terms that methods/group_terms.py chooses",
    "feedback_loop/methods/segments/word_lists.py": "word lists, proved by methods/segments/word_kinds.py, which looks words up in them",
    "feedback_loop/simulation/composition.py": "builds one message, proved by the feed that simulation/feed.py composes of them",
    "feedback_loop/simulation/message.py": "the shape of one message, proved by simulation/writing.py that fills it",
    "feedback_loop/sources/lines.py": "one physical line, proved through sources/csv_rows.py and sources/json_lines.py",
    "feedback_loop/sources/reading.py": "what a reader takes and gives, proved through every reader",
}
"""Modules that need no test file of their own name, with the reason."""


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_a_column_has_the_type_that_its_suffix_promises(field: Field) -> None:
    suffix = next((s for s in TYPES_BY_SUFFIX if field.name.endswith(s)), None)
    allowed = TYPES_BY_SUFFIX.get(suffix or "", (field.dtype,))
    assert field.dtype in allowed, f"{field.name} is {field.dtype}, but …{suffix} promises {allowed[0]}: rename it or change its type"
    for dtype, ending in SUFFIX_BY_TYPE.values():
        assert field.dtype != dtype or field.name.endswith(ending), f"{field.name} is {dtype}: its name must end with {ending}"


@pytest.mark.parametrize("field", [f for f in FIELDS.values() if f.dtype == FLAG], ids=lambda field: field.name)
def test_a_flag_is_a_question_that_is_always_answered(field: Field) -> None:
    assert field.name.startswith(("is_", "has_")), f"{field.name} is a flag: call it is_… or has_…"
    assert not field.is_nullable, f"{field.name} may be null: a flag is true or false; say the third case in another column"


@pytest.mark.parametrize("field", [f for f in FIELDS.values() if f.name.endswith("_reason")], ids=lambda field: field.name)
def test_a_reason_comes_from_a_closed_vocabulary(field: Field) -> None:
    assert field.vocabulary is not None, f"{field.name}: list its words in contracts/vocab.py"
    assert issubclass(field.vocabulary, StrEnum)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_is_named_for_its_layer_and_one_row(table: Table) -> None:
    layer, _, noun = table.name.partition("_")
    assert layer in LAYERS, f"{table.name}: begin with one of {', '.join(LAYERS)}"
    assert noun, f"{table.name}: name the grain"
    assert not noun.endswith("s") or noun.endswith(("is", "us")), f"{table.name}: a singular noun names the grain"
    assert table.grain.startswith("one ") or table.grain.startswith(("the ", "all ")), f"{table.name}: say what one row is"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_has_known_columns_with_the_partition_last(table: Table) -> None:
    unknown = [name for name in (*table.columns, *table.key) if name not in FIELDS]
    assert unknown == [], f"{table.name}: describe {', '.join(unknown)} in contracts/fields.py"
    assert len(set(table.columns)) == len(table.columns), f"{table.name} names a column twice"
    assert set(table.key) <= set(table.columns), f"{table.name}: the key is not among its columns"
    assert table.partition in (None, table.columns[-1]), f"{table.name}: {table.partition} must stand last, as Delta and Hive expect it"
    assert not any(FIELDS[name].is_nullable for name in table.key if table in python_tables()), f"{table.name}: a key is never null"


def test_every_described_column_is_in_a_table() -> None:
    used = {name for table in TABLES.values() for name in table.columns}
    assert sorted(set(FIELDS) - used) == [], "remove what no table holds from contracts/fields.py"


def test_an_asset_is_named_as_its_function_and_its_table(defs: dg.Definitions) -> None:
    single = [a for a in defs.assets or () if isinstance(a, dg.AssetsDefinition) and len(a.keys) == 1]
    assert single
    for asset in single:
        assert asset.op.name == asset.key.to_python_identifier(), f"{asset.key.path}: function, asset and table bear one name"
        assert asset.key.path == [asset.op.name]
        assert asset.op.name in TABLES, f"{asset.op.name}: describe the table in contracts/tables.py"


def test_every_table_is_an_asset(defs: dg.Definitions) -> None:
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().materializable_asset_keys}
    assert sorted(set(TABLES) - keys) == [], "a described table that nothing computes: add its asset in defs/ or its model in dbt_project/"


def test_every_python_table_has_its_blocking_contract_check(defs: dg.Definitions) -> None:
    checks = defs.resolve_asset_graph().asset_check_keys
    checked = {key.asset_key.to_user_string() for key in checks if key.name == "fulfils_its_contract"}
    missing = sorted({table.name for table in python_tables()} - checked)
    assert missing == [], f"add `{{table}}_contract = contract_check(...)` below the asset of {', '.join(missing)}"
    specs = [spec for check in defs.asset_checks or () if isinstance(check, dg.AssetChecksDefinition) for spec in check.check_specs]
    assert [spec.name for spec in specs if not spec.blocking] == [], "a check that does not block protects nothing"


def test_every_mart_enforces_its_contract_in_dbt() -> None:
    nodes = json.loads(MANIFEST.read_text(encoding="utf-8"))["nodes"].values()
    enforced = {node["name"] for node in nodes if node["resource_type"] == "model" and node["config"]["contract"]["enforced"]}
    assert {table.name for table in marts()} <= enforced


@pytest.mark.parametrize("file", [m for m in MODULES if m.name != "__init__.py"], ids=place)
def test_a_module_has_a_test_file_of_its_name(file: object) -> None:
    module = next(m for m in MODULES if m == file)
    expected = TESTS / module.relative_to(PACKAGE).parent / f"test_{module.name}"
    assert expected.exists() or place(module) in PROVED_ELSEWHERE, (
        f"{place(module)}: write {place(expected)}, or say in PROVED_ELSEWHERE why not"
    )


def test_no_excuse_outlives_its_module() -> None:
    existing = {place(module) for module in MODULES if not (TESTS / module.relative_to(PACKAGE).parent / f"test_{module.name}").exists()}
    assert sorted(set(PROVED_ELSEWHERE) - existing) == [], "these have a test file now, or are gone: remove them from PROVED_ELSEWHERE"
