# `make run` and `make test` are all that a newcomer needs; `make check` is what CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint check clean

run: $(VENV)/.core
	$(BIN)/monoglot run seeds --out normalized; code=$$?; [ $$code -eq 0 ] || [ $$code -eq 2 ]

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.core: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# A torch of its own accord would be one with CUDA, ten times the size; the tests need the CPU's alone.
$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet torch==2.13.0 --extra-index-url https://download.pytorch.org/whl/cpu || \
		$(BIN)/python -m pip install --quiet torch
	$(BIN)/python -m pip install --quiet --editable '.[torch,dev]'
	@touch $@ $(VENV)/.core
