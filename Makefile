# Every target prepares its own environment in .venv: `make demo` on a fresh clone needs Python 3.11, 3.12 or 3.13 and make, nothing else.
#   PYTHON=python3.12 make test      another interpreter
#   FEEDBACK_LOOP_HOME=~/x make dev  another home; the default is .feedback_loop

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
SPARK := $(VENV)/spark
SPARK_READY := $(SPARK)/.ready
READY := $(VENV)/.ready
MANIFEST := dbt_project/target/manifest.json
HOME_FOLDER := $(or $(FEEDBACK_LOOP_HOME),.feedback_loop)
PORT ?= 3000
TEST_FLAGS ?= -n 2 --dist worksteal

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do $$name -c '$(SUPPORTED)' 2>/dev/null && echo $$name && exit; done; echo python3)
OPEN_HOME := from feedback_loop.config import load_settings; from feedback_loop.defs.run_record import open_instance; \
	home = load_settings(); open_instance(home.dagster_home); print(home.home)
DBT_SOURCES := $(shell find dbt_project -path dbt_project/target -prune -o -type f \( -name '*.sql' -o -name '*.yml' \) -print)

.PHONY: help demo test check dev clean clean-home lock spark

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-11s %s\n' "$$name" "$$what"; done

demo: $(MANIFEST) ## Watch a made-up company close its feedback loop: a bad release, its cause, a rollback, did it help?
	@$(BIN)/feedback-loop demo

test: $(MANIFEST) ## Run every test
	@$(BIN)/python -m pytest $(TEST_FLAGS)

check: $(MANIFEST) ## Lint, format, types, import rules, conventions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest feedback_loop_tests/conventions

dev: $(MANIFEST) ## Open the Dagster UI over the home's data, on this machine only
	@home=$$($(BIN)/python -c '$(OPEN_HOME)'); \
	echo "Open http://127.0.0.1:$(PORT) as soon as \"Serving\" appears below, in about half a minute; Ctrl-C ends it."; \
	FEEDBACK_LOOP_HOME="$$home" DAGSTER_HOME="$$home/dagster" DBT_SEND_ANONYMOUS_USAGE_STATS=false \
		exec $(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port $(PORT)

clean: ## Remove the environment, caches and what dbt compiled; your data stay
	@rm -rf $(VENV) dbt_project/target dbt_project/logs dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find feedback_loop feedback_loop_tests -type d -name __pycache__ -prune -exec rm -rf {} +
	@if [ -d "$(HOME_FOLDER)" ]; then echo "The data in $(HOME_FOLDER) were kept; \`make clean-home\` removes them."; fi

clean-home: ## Remove the home folder: everything that was landed and computed
	@if [ -e "$(HOME_FOLDER)" ] && [ ! -d "$(HOME_FOLDER)/tables" ]; then echo "$(HOME_FOLDER) holds no tables, so it is no home of this platform. Nothing was removed."; exit 1; fi
	@rm -rf "$(HOME_FOLDER)"

# The weights' own metadata asks for sentence-transformers, and so for torch, which nobody needs: they are locked without their dependencies.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --generate-hashes --no-strip-extras
lock: $(READY) ## Pin all dependencies anew in requirements.lock (LOCK_FLAGS=--upgrade for newer ones)
	@cp requirements.lock $(VENV)/new.lock
	@$(LOCK) pyproject.toml --group dev --custom-compile-command "make lock" $(LOCK_FLAGS) --output-file $(VENV)/new.lock > /dev/null
	@$(LOCK) --group weights --no-deps --no-header >> $(VENV)/new.lock
	@mv $(VENV)/new.lock requirements.lock
	@$(LOCK) --group spark --constraint requirements.lock --custom-compile-command "make lock" $(LOCK_FLAGS) --output-file requirements-spark.lock > /dev/null
	@echo "requirements.lock: $$(grep -c '==' requirements.lock) pins; the next make prepares $(VENV) with them."

spark: $(MANIFEST) $(SPARK_READY) ## Build the marts on DuckDB and on Sail, which speaks Spark, and compare them row for row
	@$(BIN)/python -m feedback_loop_tests.benchmarks.spark_marts

$(SPARK_READY): $(LOCKED) requirements-spark.lock
	@echo "Preparing $(SPARK) …"
	@$(PYTHON) -m venv --clear $(SPARK)
	@VIRTUAL_ENV=$(SPARK) $(BIN)/uv pip install --quiet --no-deps --require-hashes --requirement requirements-spark.lock \
		|| { echo "uv could not install; trying pip, which takes some minutes …"; \
		$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-spark.lock; }
	@touch $@

# uv installs in seconds what takes pip minutes; it comes from the lock too. Where it can't reach an index that pip knows, pip does it.
$(LOCKED): requirements.lock
	@$(PYTHON) -c '$(SUPPORTED)' 2>/dev/null || { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13. Install one of them, or name it: PYTHON=python3.12 make" >&2; exit 1; }
	@echo "Preparing $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $(VENV)/uv.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --require-hashes --requirement requirements.lock \
		|| { echo "uv could not install; trying pip, which takes some minutes …"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock; }
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

# Parsed here once, because parsing takes eight seconds and Dagster needs the result when it imports the definitions.
$(MANIFEST): $(READY) $(DBT_SOURCES)
	@FEEDBACK_LOOP_HOME="$(CURDIR)/.feedback_loop" DBT_TARGET_PATH="$(CURDIR)/dbt_project/target" DBT_LOG_PATH="$(CURDIR)/dbt_project/target" DBT_SEND_ANONYMOUS_USAGE_STATS=false \
		$(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project
	@touch $@
