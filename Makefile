# Every task of this repository. `make help` lists them.
#
# A target sets up what it needs: the Python environment and the front-end files are made again only when
# their lock files change, so a second run needs no network.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
unexport PYTHONDONTWRITEBYTECODE  # tests and checks start Python often: compiling once saves seconds each time

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
VENV := .venv/.installed
ASSETS := node_modules/.installed
IN_DEMO := $(PYTHON) -m alliance.demo run --
IN_TEST := $(PYTHON) -m alliance.embedded run --dir .local/test --throwaway --
REAL_RUN_STATE := .local/real-run
SEED ?= 0
SEEDS ?= 1000
STEPS ?= 6
ROUNDS ?= 200
T ?=
WORKERS ?= 2
KILLS ?= 5000
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
NODE := $(shell command -v npm >/dev/null 2>&1 && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' >/dev/null 2>&1 && echo system)
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: help setup demo demo-reset test check fix bench real-run simulate races lock migrate messages doctor clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV) $(ASSETS) ## Install everything the other tasks need

demo: setup ## Start the demo, print its URL and logins; Ctrl-C stops it
	@exec $(PYTHON) -m alliance.demo

demo-reset: $(VENV) ## Delete the demo's own data
	@exec $(PYTHON) -m alliance.demo reset

test: setup ## Run all tests, or a part: make test T=tests/embedded
	@exec $(IN_TEST) $(PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(T)

soak: setup ## Kill workers and servers thousands of times while payouts leave: make soak KILLS=5000
	@exec $(PYTHON) -m tests.soak --kills $(KILLS)

check: setup ## Run every static check and show all failures at the end
	@exec $(IN_TEST) .ci/check

fix: $(VENV) ## Format and repair what a machine can repair
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench: setup ## Measure what the performance promises name
	@exec $(PYTHON) -m alliance.embedded run --dir .local/bench --database alliance_bench --fresh -- $(PYTHON) -m benchmarks

real-run: $(VENV) ## Settle a real order file on a database of its own: make real-run FILE=orders.csv.gz OUT=directory
	@test -n "$(OUT)" || { echo "Say where to write: make real-run FILE=orders.csv.gz OUT=directory. Without FILE, the demo's own orders." >&2; exit 2; }
	@.ci/real-run $(REAL_RUN_STATE) "$(OUT)" $(if $(FILE),"$(FILE)")

simulate: $(VENV) ## Let random agreements live and check the books after each step: make simulate SEED=0 SEEDS=1000
	@.ci/simulate .local/simulation $(SEED) $(SEEDS) $(STEPS)

races: setup ## Race fifty writers against a close, many rounds: make races ROUNDS=200
	@RACE_ROUNDS=$(ROUNDS) exec $(IN_TEST) $(PYTHON) -m pytest -n 0 -q tests/races/settlements/test_accrual_races.py -k races_a_close

lock: ## Choose the newest allowed versions and record their hashes (needs uv)
	$(LOCK) --upgrade --extra embedded --extra dev --output-file requirements.lock pyproject.toml
	$(LOCK) --upgrade --constraint requirements.lock --extra image --extra sentry --extra otel --output-file requirements-image.lock pyproject.toml
	sed -n 's/^assets = \["\(.*\)"\].*/\1/p' pyproject.toml | $(LOCK) --upgrade --output-file requirements-assets.lock -
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

migrate: $(VENV) ## Apply migrations to the demo's database
	@exec $(IN_DEMO) $(MANAGE) migrate

messages: $(VENV) ## Collect translatable sentences into locale/; translations are kept
	@exec $(IN_DEMO) $(MANAGE) collect_messages

doctor: $(VENV) ## Say what is wrong with this installation and how to mend it
	@exec $(IN_DEMO) $(MANAGE) doctor

clean: ## Stop this checkout's servers and delete everything the tasks made
	@for state in .local/*/; do test ! -x $(PYTHON) || test ! -d "$$state" || $(PYTHON) -m alliance.embedded reset --dir "$$state" || exit 1; done
	rm -rf .local .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV): requirements.lock
	@.ci/install-python $(UV)
	@touch $@

$(ASSETS): package-lock.json requirements-assets.lock | $(VENV)
	@.ci/install-assets $(or $(NODE),wheel) $(UV)
	@touch $@
