# `make run` and `make test` are all that a newcomer needs; `make check` is what CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test browser lint check clean

run: $(VENV)/.core
	$(BIN)/monoglot run seeds --out normalized; code=$$?; [ $$code -eq 0 ] || [ $$code -eq 2 ]

test: $(VENV)/.dev browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The review page is tested in a real browser. Where there is none and Debian's can be had, it is installed.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name > /dev/null && exit; done; { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update --quiet && \
	  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends chromium; } || \
	  echo "No browser: the tests of the review page are left out. To have them run: apt-get install chromium"

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

# The version is named because a newer torch, taken by itself, may be a build with CUDA: ten times the size, for nothing.
$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[torch,review,cluster,train,dev]'
	@touch $@ $(VENV)/.core
