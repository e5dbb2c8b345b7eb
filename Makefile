# `make demo` and `make test` set up everything they need from a bare checkout, without root.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORE_VENV := .venv-core
# Many tests wait for a service or a browser, so that one more than the two cores keeps both busy.
WORKERS ?= 3
FAULT_SEED ?= 2562
CORE_READY := $(CORE_VENV)/.ready
QUALITY_VENV := .venv-quality
QUALITY_READY := $(QUALITY_VENV)/.ready
# Workbooks and records need the extra `procurement`.
CORE_FORMS := $(filter-out %/xlsx_files.py %/xlsx_writing.py,$(wildcard otp_policy/procurement/*.py)) otp_policy/procurement/ocds/publication.py
CORE_MODULES := $(filter-out %/__main__.py,$(wildcard otp_policy/*.py)) $(foreach p,checks cli exploration wording,otp_policy/$(p)) $(CORE_FORMS)
BENCH_VENV := .venv-bench
BENCH_READY := $(BENCH_VENV)/.ready

export PYTHONPATH := .:site
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-core test-suite test-wagtail test-postgresql test-django61 check bench lighthouse html-check axe-check screenshots faults fuzz attack mutants format lint types imports migrations messages reference lock clean

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

$(QUALITY_READY): requirements-quality.lock
	$(PYTHON) -m venv $(QUALITY_VENV)
	$(QUALITY_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-quality.lock
	@touch $@

$(BENCH_READY): requirements-bench.lock
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	@touch $@

demo: $(READY) ## the demo office on 127.0.0.1 (PORT, SANDBOX_PORT)
	@exec $(BIN)/python site/demo.py

# The core's tests run beside the others, on whatever those leave idle, and are told of at the end.
test: $(READY) $(CORE_READY) ## the whole suite
	@mkdir -p var
	@$(MAKE) --no-print-directory test-core >var/test-core.log 2>&1 & beside=$$!; \
	trap "kill $$beside" INT TERM; \
	$(MAKE) --no-print-directory test-suite; suite=$$?; \
	wait $$beside; core=$$?; cat var/test-core.log; exit $$((suite | core))

test-core: $(CORE_READY) ## the core, where only pytest is installed
	$(CORE_VENV)/bin/python -m pytest tests/policy --doctest-modules $(CORE_MODULES)

# These start Python more than a hundred times: compile our modules once, whatever the shell says.
test-suite: export PYTHONDONTWRITEBYTECODE :=
test-suite: $(READY)
	$(BIN)/python -m pytest tests --ignore=tests/policy -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=25

test-wagtail: $(READY) ## all of Wagtail's own tests, with the plugin and without it (LABELS)
	$(BIN)/python -m tests.ungoverned.wagtails_own $(LABELS)

test-postgresql: $(READY) ## all of the plugin's tests on PostgreSQL
	PLUGIN_TESTS=all $(BIN)/python -m pytest tests/site/test_databases.py

test-django61: ## the suite on Django 6.1, where a Python 3.12 or newer exists
	@sh .ci/test-django61

check: format lint types imports migrations messages test ## all that is asked of a change

bench: $(BENCH_READY) $(READY) ## one JSON line per benchmark, beside its peer
	@$(BENCH_VENV)/bin/python tests/benchmarks/decide.py
	@$(BENCH_VENV)/bin/python tests/benchmarks/library.py
	@$(BIN)/python tests/benchmarks/publish.py
	@$(BIN)/python tests/benchmarks/dispatch.py
	@$(BIN)/python tests/benchmarks/search.py
	@$(BIN)/python tests/benchmarks/serve.py
	@$(BIN)/python tests/benchmarks/freshness.py $(BENCH_VENV)/lib/python3*/site-packages

lighthouse: $(READY) ## Lighthouse on a phone, the median of five runs of five kinds of page (node, Chromium)
	$(BIN)/python tests/quality/lighthouse.py

html-check: $(READY) ## the Nu HTML Checker on every public page type in both languages (node, Java)
	$(BIN)/python tests/quality/html_check.py

axe-check: $(READY) ## axe on every screen, and public page type: languages, sizes, themes, contrast (Chromium)
	$(BIN)/python tests/quality/axe_check.py
	AXE=all $(BIN)/python -m pytest tests/browser/test_axe.py

screenshots: $(READY) ## pictures of every public page type for docs/screenshots (Chromium)
	$(BIN)/python tests/quality/screenshots.py

faults: $(READY) ## kill, cut off and restart what sends: over a thousand deliveries (FAULT_SEED)
	$(BIN)/python -m tests.faults.campaign --deliveries 400 --database postgresql --broker redis --seed $(FAULT_SEED)
	$(BIN)/python -m tests.faults.campaign --deliveries 300 --database postgresql --seed $(FAULT_SEED)
	$(BIN)/python -m tests.faults.campaign --deliveries 300 --database sqlite --seed $(FAULT_SEED)

fuzz: $(CORE_READY) ## a few hundred thousand broken policies (FUZZ_COUNT, FUZZ_SEED)
	$(CORE_VENV)/bin/python tests/fuzz/toml.py

attack: $(READY) ## a random walk against the gate (ATTACK_ACTIONS, ATTACK_SEED), then its mutants
	ATTACK_ACTIONS=$${ATTACK_ACTIONS:-20000} $(BIN)/python -m pytest tests/walk/random_walk.py -s -p no:randomly
	$(BIN)/python .ci/gate_mutants.py

mutants: $(QUALITY_READY) ## break the rules one by one and see whether a test notices
	$(QUALITY_VENV)/bin/python .ci/mutants.py

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

reference: $(READY) ## write the reference of the policy file from the model
	$(BIN)/python -m otp_policy.reference > docs/reference/policy-file.md

lock: ## lock the dependencies again, with hashes and without addresses
	sh .ci/lock

clean: ## remove what these commands made
	rm -rf $(VENV) $(CORE_VENV) $(QUALITY_VENV) $(BENCH_VENV) .venv-django61 var build dist
