# Two commands from nothing: `make outlook` and `make test`. Each sets up its own environment in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Compiled modules are kept, whatever the environment says: every test process would compile them all anew.
export PYTHONDONTWRITEBYTECODE :=

# COVERAGE=1 measures what the tests reach, and fails below the share in pyproject.toml; it takes a third longer.
COVERAGE ?=

.PHONY: help outlook test check bench docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# Exactly the pinned, hash-checked versions; then this checkout itself.
$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Détente needs Python 3.11 or newer; set PYTHON=… to one.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

outlook: $(VENV)/.run ## the main job on the bundled sample: the US–Russia brief
	@$(BIN)/detente outlook USA RUS

test: $(VENV)/.dev check ## everything that must hold
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(if $(COVERAGE),--cov --cov-report=term:skip-covered)

check: $(VENV)/.dev ## style, types, layers, docstrings, spelling
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate -q src
	$(BIN)/codespell src tests docs benchmarks scripts README.md CONTRIBUTING.md CHANGELOG.md

bench: $(VENV)/.dev ## ratios to a peer or a limit, measured in one run
	$(BIN)/python benchmarks/ingest.py
	$(BIN)/python benchmarks/ingest_icews.py
	$(BIN)/python benchmarks/day_update.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/web.py 20

docs: $(VENV)/.dev ## write the generated reference pages, and the SQL that the engines run, anew
	$(BIN)/python scripts/write_queries.py
	$(BIN)/python scripts/write_reference.py

clean: ## remove the environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage build dist
