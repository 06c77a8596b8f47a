# make demo: the daily batch on a made-up shop.  make test: everything CI checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1

.PHONY: demo test test-slow check lock clean

demo: $(VENV)/run.stamp
	$(BIN)/bidopt demo

test: check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

test-slow: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -q -m slow -n 2 --dist loadfile

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	for folder in experiments/*/; do $(BIN)/mypy $$folder || exit 1; done
	$(BIN)/lint-imports --no-cache

lock:
	uv pip compile pyproject.toml --group build --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --all-extras --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-dev.lock

clean:
	rm -rf $(VENV) bidopt-demo

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("bidopt needs Python 3.11 or newer: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@
