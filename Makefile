# Everything happens in a .venv of this checkout, from the versions in requirements.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# Compiled modules halve the start of pytest; a machine may have switched them off.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help checklist test lint lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

checklist: $(READY) ## run the whole checklist, offline, on the twins
	@$(BIN)/pytest --no-header

test: $(READY) ## the checklist and the project's own tests
	@$(BIN)/pytest --no-header features properties tests

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

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "dataflow needs Python 3.11 or newer; $$($(PYTHON) -V) was found. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@
