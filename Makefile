# SPDX-License-Identifier: Apache-2.0
# make help lists the targets. Everything is set up on the first call, into .venv/ and build/.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)

SIM    ?= verilator
CONFIG ?= default

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | expand -t 16

$(STAMP): requirements.txt
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.PHONY: test
test: $(STAMP) ## run the suite on both simulators (TEST=path::name for one)
	@$(PY) -m pytest -n $(JOBS) --dist worksteal $(TEST)

.PHONY: lint
lint: $(STAMP) ## verilator -Wall and slang on every configuration, ruff, house style
	@$(PY) -m tools.lint

.PHONY: cov
cov: $(STAMP) ## functional and code coverage of the suite, to build/coverage/index.html
	@rm -rf build/runs
	@FLAASH_COVERAGE=1 $(PY) -m pytest -n $(JOBS) --dist worksteal $(TEST)
	@$(PY) -m tb.coverage.report

.PHONY: faults
faults: $(STAMP) ## break the RTL on purpose, show which test notices (ONLY=text)
	@$(PY) -m tools.faults $(if $(ONLY),--only '$(ONLY)')
