# make demo: the pretend council in a browser.  make test: everything the tests need, then all tests.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
            $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN    := .venv/bin
UV     := $(BIN)/uv pip --quiet
LOCKED := --python $(BIN)/python --require-hashes --only-binary :all:
EDIT   := $(UV) install --python $(BIN)/python --no-deps --no-build-isolation -e .
export UV_SYSTEM_CERTS = 1
export NODE_USE_SYSTEM_CA = 1

.venv/test.done: requirements/test.txt pyproject.toml | $(BIN)/uv
	$(UV) sync $(LOCKED) requirements/test.txt
	$(EDIT)
	@touch $@
$(BIN)/uv: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt-get install python3-venv)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.txt
	@touch $@
