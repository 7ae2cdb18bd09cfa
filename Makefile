# Switchboard's commands; `make` alone lists them. Only Python 3.11+, git and make are needed beforehand.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
            $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN    := .venv/bin
UV     := $(BIN)/uv pip --quiet
LOCKED := --python $(BIN)/python --require-hashes --only-binary :all:
EDIT   := $(UV) install --python $(BIN)/python --no-deps --no-build-isolation -e .
LOCK   := $(UV) compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --only-binary :all:
LEFT   := --override requirements/left-out.txt
# Behind a proxy that inspects TLS only the machine's own certificates are right.
export UV_SYSTEM_CERTS = 1
export NODE_USE_SYSTEM_CA = 1

.PHONY: help demo test check lint soak bench who format lock
help:
	@echo 'make demo    the pretend council in your browser; about 15 seconds the first time, then 3'
	@echo 'make test    set up the real parts, then all checks and all tests; about half an hour'
	@echo 'make check   lint, types, import rules, house numbers, unit tests on SQLite; about a minute'
	@echo 'make soak    the long tests: kills, faults, many seeds, mutation; an hour or more'
	@echo 'make bench   the speed figures against their goals; about 5 minutes'
	@echo 'make who     how well questions for people are answered, beside the peers; about 3 minutes'
	@echo 'make format  tidy the code; about a second'
	@echo 'make lock    pin the requirements again, changing no version that still fits; about 10 seconds'

demo: .venv/run.done
	@echo 'The pretend council opens in your browser in about 3 seconds. Nothing leaves this machine. Ctrl-C ends it.'
	$(BIN)/switchboard demo

test: .venv/test.done
	@echo 'Real parts, then every check and every test: about half an hour on two cores.'
	$(BIN)/python tests/real/parts.py
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/test.done
	@echo 'Lint, types, import rules, house numbers, unit tests on SQLite: about a minute.'
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 2 -q tests/unit tests/house -m "not real and not soak and not faults"

lint: .venv/test.done
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy --strict bot adapters directory config tests
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.numbers

soak: .venv/soak.done
	@echo 'The long tests: an hour or more.'
	$(BIN)/python tests/real/parts.py
	$(BIN)/python -m pytest -m soak --timeout 3600
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut export-cicd-stats
	$(BIN)/python -m tests.house.mutation

bench: .venv/test.done
	@echo 'Speed in CPU time or as ratios, against the goals: about 5 minutes.'
	$(BIN)/python -m tests.bench

who: .venv/test.done
	@echo 'Questions of several organisations, and ESCO where it is there: about 3 minutes.'
	$(BIN)/python -m tests.who

format: .venv/test.done
	@echo 'Tidying the code: about a second.'
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

lock: | $(BIN)/uv
	@echo 'Pinning the requirements again: about 10 seconds. To move to newer versions: make lock UPGRADE=--upgrade'
	$(LOCK) $(UPGRADE) requirements/uv.in -o requirements/uv.txt
	$(LOCK) $(UPGRADE) $(LEFT) requirements/run.in -o requirements/run.txt
	$(LOCK) $(UPGRADE) $(LEFT) -c requirements/run.txt requirements/test.in -o requirements/test.txt
	$(LOCK) $(UPGRADE) $(LEFT) -c requirements/test.txt requirements/nightly.in -o requirements/nightly.txt
	$(LOCK) $(UPGRADE) requirements/synapse.in -o requirements/synapse.txt

.venv/run.done: requirements/run.txt pyproject.toml | $(BIN)/uv
	$(UV) install $(LOCKED) --no-deps -r requirements/run.txt
	$(EDIT)
	@touch $@
# `sync` takes our own editable package out again, so it is put back afterwards.
.venv/test.done: requirements/test.txt pyproject.toml | $(BIN)/uv
	$(UV) sync $(LOCKED) requirements/test.txt
	$(EDIT)
	@touch $@ .venv/run.done
.venv/soak.done: requirements/nightly.txt .venv/test.done
	$(UV) install $(LOCKED) --no-deps -r requirements/nightly.txt
	@touch $@
$(BIN)/uv: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt-get install python3-venv)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.txt
	@touch $@
