# make up     try it: the stacks, on a real Pulumi engine with stand-in clouds on this machine
# make down   destroy the stacks, end the stand-in clouds, remove the state; .venv, .tools, logs stay
# make test   all tests
# make check  formatting, lint, types, layering
# make bench  how long things take
# make docs   the generated reference, and the site in docs/_build/html
# make scan   checkov and cfn-lint over what the stacks export
#
# Everything is made below this folder: .venv (Python), .tools (the engine, built once if there is
# no Pulumi on PATH; name another folder in SEG_SANDBOX_TOOLS to share it), .sandbox (state).

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
BEGAN := $(shell date +%s)

# The environment is made anew when what it is made of changes.
REQUIREMENTS := requirements.txt requirements-dev.txt pyproject.toml
STAMP := $(VENV)/.made-of-$(shell cat $(REQUIREMENTS) 2>/dev/null | cksum | tr ' ' '-')
BENCH_VENV := .tools/bench-venv
BENCH_STAMP := $(BENCH_VENV)/.made-of-$(shell cat requirements-bench.txt 2>/dev/null | cksum | tr ' ' '-')
SCAN_VENV := .tools/scan-venv
SCAN_STAMP := $(SCAN_VENV)/.made-of-$(shell cat requirements-scan.txt 2>/dev/null | cksum | tr ' ' '-')
DOCS_VENV := .tools/docs-venv
DOCS_STAMP := $(DOCS_VENV)/.made-of-$(shell cat requirements-docs.txt 2>/dev/null | cksum | tr ' ' '-')
SPHINX := $(DOCS_VENV)/bin/python -m sphinx --fail-on-warning --keep-going --quiet --doctree-dir docs/_build/doctrees

# Pins every package anew; `make lock` after a change to pyproject.toml or requirements.in.
lock: venv
	$(VENV)/bin/uv pip compile --quiet --python-version 3.11 --custom-compile-command 'make lock' requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile --quiet --python-version 3.11 --custom-compile-command 'make lock' requirements.txt --group dev -o requirements-dev.txt
	$(VENV)/bin/uv pip compile --quiet --python-version 3.11 --custom-compile-command 'make lock' --group bench -o requirements-bench.txt
	$(VENV)/bin/uv pip compile --quiet --python-version 3.11 --custom-compile-command 'make lock' --group scan -o requirements-scan.txt
	$(VENV)/bin/uv pip compile --quiet --python-version 3.11 --custom-compile-command 'make lock' --group docs -o requirements-docs.txt

.PHONY: help venv engine lock up down test check bench docs docs-check links scan

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed -n '1,10p'

venv: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "error: Python 3.11 or later is needed; \"$(PYTHON)\" is $$($(PYTHON) --version 2>/dev/null || echo not there)." >&2; \
	  echo "Install one, or name it: make $(or $(MAKECMDGOALS),venv) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "environment: installing into $(VENV); this takes a minute or two, and is done once."
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "error: \"$(PYTHON) -m venv\" does not work here; on Debian or Ubuntu, install python3-venv." >&2; exit 1; }
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@rm -f $(VENV)/.made-of-*
	@touch $@

engine: venv
	@$(RUN) -m sandbox engine

up: venv
	@$(RUN) -m sandbox up --began $(BEGAN)

down: venv
	@$(RUN) -m sandbox down

test: engine
	$(RUN) -m pytest -n auto

check: venv
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/pyright
	$(VENV)/bin/lint-imports

# What the benchmark compares with has an environment of its own; see docs/performance.md.
bench: engine $(BENCH_STAMP)
	$(RUN) -m bench $(BENCH_FLAGS)

$(BENCH_STAMP): | venv
	@echo "benchmark: installing what it compares with into $(BENCH_VENV)."
	@$(RUN) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@rm -f $(BENCH_VENV)/.made-of-*
	@touch $@

# The site in docs/_build/html, with a tool that has an environment of its own; see CONTRIBUTING.md.
docs: venv $(DOCS_STAMP)
	@$(RUN) -m segfw.cli.reference --write docs/reference
	@rm -rf docs/_build
	@$(SPHINX) -b html docs docs/_build/html
	@$(DOCS_VENV)/bin/python docs/built.py docs/_build/html
	@echo "documentation: open docs/_build/html/index.html"

# What CI runs: the same, but a reference that drifted is an error, and nothing in docs/ is written.
docs-check: venv $(DOCS_STAMP)
	@$(RUN) -m segfw.cli.reference --check docs/reference
	@rm -rf docs/_build
	@$(SPHINX) -b html docs docs/_build/html
	@$(DOCS_VENV)/bin/python docs/built.py docs/_build/html

# Asks every address outside whether it is still there; by hand, since it needs the network.
links: venv $(DOCS_STAMP)
	@$(SPHINX) -b linkcheck docs docs/_build/linkcheck

$(DOCS_STAMP): | venv
	@echo "documentation: installing Sphinx into $(DOCS_VENV); this takes a moment, and is done once."
	@$(RUN) -m venv $(DOCS_VENV)
	@$(DOCS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@rm -f $(DOCS_VENV)/.made-of-*
	@touch $@

# Scanners of others, in an environment of their own; see docs/waivers.md.
scan: $(SCAN_STAMP)
	@$(RUN) -m scan --tools $(SCAN_VENV)/bin $(SCAN_FLAGS)

$(SCAN_STAMP): | venv
	@echo "scan: installing checkov and cfn-lint into $(SCAN_VENV); this takes a minute, and is done once."
	@$(RUN) -m venv $(SCAN_VENV)
	@$(SCAN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-scan.txt
	@rm -f $(SCAN_VENV)/.made-of-*
	@touch $@
