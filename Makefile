# Every target works on a bare machine with python3: it installs what it needs into .venv.
# Variables of the demo: PORT, SITES_PORT, INSTANCE, DATABASE_URL. PYTHON names another python3.

PORT ?= 8000
SITES_PORT ?= 8100
INSTANCE ?= instance/demo
BIN := .venv/bin

.PHONY: help demo test test-all bench check format translations reference pictures clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: ## four example businesses with their own sites, until Ctrl-C
	@sh scripts/environment.sh demo
	@PORT="$(PORT)" INSTANCE="$(INSTANCE)" DATABASE_URL="$(DATABASE_URL)" exec $(BIN)/bookwidget demo --sites-port "$(SITES_PORT)"

test: ## unit, contract, PostgreSQL and browser tests
	@sh scripts/test.sh "not slow"

test-all: ## the same with the full matrices, kills and long property runs
	@sh scripts/test.sh ""

bench: ## what pages cost, as ratios to a bare Flask page; OPTIONS=--full with a million bookings, too
	@sh scripts/environment.sh dev
	@$(BIN)/python -m tests.bench $(OPTIONS)

check: ## style, types, import order
	@sh scripts/environment.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/imports.py

format: ## puts the code into its form
	@sh scripts/environment.sh dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

translations: ## brings the catalogues of words up to date, and names what is left to translate
	@sh scripts/environment.sh dev
	@$(BIN)/python -m bookwidget.ops.catalogues

reference: ## writes the rows of docs/settings.md and docs/messages.md
	@sh scripts/environment.sh dev
	@$(BIN)/python -m tests.contract.reference

pictures: ## makes docs/pictures anew, from a demo without sign-ups that runs beside
	@sh scripts/environment.sh dev
	@$(BIN)/python -m tests.browser.pictures "$(INSTANCE)"

clean: ## removes the environment, the demo and what tools left behind
	rm -rf .venv build dist *.egg-info instance/demo instance/test-results
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
