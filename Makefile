# `make demo` and `make test` set up everything they need from a bare checkout, without root.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORE_VENV := .venv-core
CORE_READY := $(CORE_VENV)/.ready

export PYTHONPATH := .:site
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-core test-suite test-django61 check bench format lint types imports migrations messages lock clean

help: ## show the commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=… make …)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(CORE_READY): requirements-core.lock
	$(PYTHON) -m venv $(CORE_VENV)
	$(CORE_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-core.lock
	@touch $@

demo: $(READY) ## the demo office on 127.0.0.1 (PORT, SANDBOX_PORT)
	@exec $(BIN)/python site/demo.py

test: test-core test-suite ## the whole suite

test-core: $(CORE_READY) ## the core, where only pytest is installed
	$(CORE_VENV)/bin/python -m pytest tests/policy

test-suite: $(READY)
	$(BIN)/python -m pytest tests

test-django61: ## the suite on Django 6.1, where a Python 3.12 or newer exists
	@sh .ci/test-django61

check: format lint types imports migrations messages test ## all that is asked of a change

bench: $(READY) ## one JSON line per benchmark, beside its peer
	@$(BIN)/python tests/benchmarks/decide.py

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

migrations: $(READY)
	SECRET_KEY=check DEBUG=1 $(BIN)/python site/manage.py makemigrations --check --dry-run

messages: $(READY)
	$(BIN)/python -m pytest -q tests/site/test_messages.py

lock: ## lock the dependencies again, with hashes and without addresses
	sh .ci/lock

clean: ## remove what these commands made
	rm -rf $(VENV) $(CORE_VENV) .venv-django61 var build dist
