# Everything happens in a .venv of this checkout, from the versions in requirements.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# Compiled modules halve the start of pytest; a machine may have switched them off.
unexport PYTHONDONTWRITEBYTECODE

# What draws the report; another installation of Allure 3 can be named.
ALLURE ?= npx -y allure@3

# How often right syncs meet the checklist; by night: make acquit RUNS=200.
RUNS ?= 3

.PHONY: help checklist record test prove acquit report lint lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

checklist: $(READY) ## the whole checklist, replayed offline, and the properties
	@$(BIN)/pytest --no-header

record: $(READY) ## record the cassettes anew, on the twins
	@$(BIN)/pytest --no-header features --target twin --record

test: $(READY) ## the checklist, the properties and the project's own tests
	@$(BIN)/pytest --no-header features properties tests

prove: $(READY) ## the checklist against broken syncs: does it notice?
	@$(BIN)/dataflow prove

acquit: $(READY) ## the checklist with right syncs in bad weather: does it cry wolf?
	@$(BIN)/dataflow acquit --runs $(RUNS)

report: $(READY) ## the last run as one page of HTML, reports/html/index.html
	@test -d reports/allure-results \
		|| { echo "There are no results to draw a report from: run make checklist first."; exit 1; }
	@command -v $(firstword $(ALLURE)) >/dev/null \
		|| { echo "The report is drawn by Allure 3, and $(firstword $(ALLURE)) is not there: install Node.js 20 or newer (https://nodejs.org), or name an Allure with make report ALLURE=..."; exit 1; }
	@$(ALLURE) awesome reports/allure-results --output reports/html --single-file \
		--report-name "Checklist" --report-language en \
		--history-path reports/history.jsonl \
		$(addprefix --hide-labels ,parentSuite suite subSuite package thread language framework)
	@$(BIN)/python -m dataflow.report.html reports/html
	@echo "reports/html/index.html"

lint: $(READY) ## formatter, linter and type checker
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

lock: $(READY) ## write requirements.txt anew from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --no-annotate \
		--generate-hashes --extra dev pyproject.toml --output-file requirements.txt

clean: ## remove the environment and what runs have left
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
	@rm -rf reports/allure-results reports/html reports/junit.xml reports/prove.html

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "dataflow needs Python 3.11 or newer; $$($(PYTHON) -V) was found. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@
