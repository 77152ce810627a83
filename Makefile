# The project's commands. `make` or `make help` lists them; each does its own set-up on a clean clone.
# ARGS are handed on: make demo ARGS=--check, make test-fast ARGS="tests/core -x".

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast odoo-live lint types bench migrate revision lock clean

BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url

help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv and install the pinned requirements (instant when nothing changed)
	@scripts/setup.sh

demo: setup ## Start the whole program against a pretend Slack and a pretend Odoo
	@$(BIN)/signoff demo $(ARGS)

test: setup ## Check style, types and imports, then run every test on both database engines
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types
	$(BIN)/pytest -n 3 $(ARGS)

test-fast: setup ## Run the tests that need neither PostgreSQL nor a browser and are quick
	@$(BIN)/pytest -m "not postgres and not browser and not slow" $(ARGS)

odoo-live: setup ## Play every write-back against real Odoos: make odoo-live URL="http://HOST/?db=NAME"
	@test -n "$(URL)" || { echo 'usage: make odoo-live URL="http://127.0.0.1:8069/?db=test" [ARGS=--install]' >&2; exit 2; }
	@$(BIN)/python -m tests.live $(foreach url,$(URL),"$(url)") $(ARGS)

lint: setup ## Check style, format and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: setup ## Check types
	$(BIN)/mypy

bench: setup ## Measure intake, latency, memory and recovery on this machine
	@$(BIN)/python -m tests.bench $(ARGS)

migrate: setup ## Bring the database of SIGNOFF_DATABASE_URL to the newest revision
	@$(BIN)/signoff db upgrade $(ARGS)

revision: setup ## Write a new migration: make revision m="add a column"
	@test -n "$(m)" || { echo 'usage: make revision m="what it changes"' >&2; exit 2; }
	@$(BIN)/alembic revision --autogenerate -m "$(m)"

lock: setup ## Pin the requirements again after pyproject.toml changed (UPGRADE=1 takes newer releases)
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --output-file requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group build --output-file requirements-build.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra dev --group build \
		--constraint requirements.txt --constraint requirements-build.txt --output-file requirements-dev.txt

clean: ## Remove caches and build output (rm -rf .venv starts over)
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage* htmlcov build dist *.egg-info
	find bot tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +
