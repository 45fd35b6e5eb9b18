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

# Where `make newest` tries the vendors' SDKs of today, and leaves .venv as it is.
NEWEST := .venv-newest

# What a run on sandboxes writes, and the branch on which it waits for a reader.
SEEN := cassettes tests/contract
BRANCH ?= sandbox-recordings

.PHONY: help setup checklist record same test prove acquit newest report propose lint lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## set .venv up, which all the others do by themselves

checklist: $(READY) ## the whole checklist, replayed offline, and the properties
	@$(BIN)/pytest --no-header

record: $(READY) ## record the cassettes anew, on the twins
	@$(BIN)/pytest --no-header features --target twin --record

same: $(READY) ## record anew; the cassettes must stay the same to the byte
	@before=$$(mktemp -d) && trap 'rm -rf "$$before"' EXIT && cp -R cassettes "$$before" \
		&& $(MAKE) --no-print-directory record && diff -ru "$$before/cassettes" cassettes

test: $(READY) ## the checklist, the properties and the project's own tests
	@$(BIN)/pytest --no-header features properties tests

prove: $(READY) ## the checklist against broken syncs: does it notice?
	@$(BIN)/dataflow prove

acquit: $(READY) ## the checklist with right syncs in bad weather: does it cry wolf?
	@$(BIN)/dataflow acquit --runs $(RUNS)

newest: ## the checklist on the twins, with the newest SDKs of both vendors
	@$(PYTHON) -m venv --clear $(NEWEST)
	@$(NEWEST)/bin/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(NEWEST)/bin/pip install -qq --disable-pip-version-check --no-deps --editable .
	@$(NEWEST)/bin/pip install -qq --disable-pip-version-check --upgrade chargebee invoiced
	@$(NEWEST)/bin/pytest --no-header features --target twin

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

# A branch for people to read: what an earlier night has put there is replaced.
propose: ## what a run on sandboxes has shown anew, as a pull request (needs gh)
	@if test -z "$$(git status --porcelain -- $(SEEN))"; then \
		echo "The sandboxes have shown nothing new: there is nothing to propose."; \
	else \
		git switch --quiet --force-create $(BRANCH) && git add -- $(SEEN) \
		&& git commit --quiet --message "Record what the sandboxes have shown" -- $(SEEN) \
		&& git -c credential.helper='!gh auth git-credential' push --quiet --force origin $(BRANCH) \
		&& if test "$$(gh pr list --head $(BRANCH) --json number --jq length)" = 0; then \
			gh pr create --head $(BRANCH) --title "What the sandboxes have shown" \
				--body "Recorded by a run on the sandbox accounts. Read the difference before you merge it."; \
		fi; \
	fi

lint: $(READY) ## formatter, linter, type checker, layers, unused code, and the workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/vulture
	@$(BIN)/zizmor --offline --no-progress --quiet .github
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml

lock: $(READY) ## write requirements.txt anew from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --no-annotate \
		--generate-hashes --extra dev pyproject.toml --output-file requirements.txt

clean: ## remove the environment and what runs have left
	@rm -rf .venv $(NEWEST) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@rm -rf reports/allure-results reports/html reports/junit.xml reports/*.json reports/prove.html

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "dataflow needs Python 3.11 or newer; $$($(PYTHON) -V) was found. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@
