# SPDX-License-Identifier: Apache-2.0
# make help lists the targets. Everything is set up on the first call, into .venv/ and build/.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
FUZZER := $(VENV)/.installed-fuzz
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)

SIM    ?= verilator
CONFIG ?= default

# What the user gives is one word for the shell, with its apostrophes. Options take `=`: a value such as
# AXES=-1:-1 would be taken for an option. TEST alone goes as it is: it may be several tests, and -k and such.
quote  = '$(subst ','\'',$(1))'
option = $(if $($(2)),--$(1)=$(call quote,$($(2))))

# From when on make test counts its time, setting up included.
export FLAASH_BEGAN := $(shell date +%s)

.DEFAULT_GOAL := help

# A misspelt variable would be ignored, and something else would run.
VARIABLES := A B AXES OUT PORTION LONG_LINES SIM CONFIG SEQ SEED WAVES NAME TEST MINUTES ONLY RECORD NUM_SDPE CLOCK_MHZ \
  FMAX_MHZ JOBS PYTHON MAKEFLAGS SHELL
UNKNOWN := $(filter-out $(VARIABLES),$(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword \
  $(origin $(name)))),$(name))))
$(if $(UNKNOWN),$(error there is no variable $(UNKNOWN); 'make help' names those that there are))

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | expand -t 16
	@echo 'JOBS=n: so many processes at a time, otherwise one per processor'

$(STAMP): requirements.txt
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# Tools that only make formal, make cost and make fuzz need.
$(VENV)/.installed-%: requirements-%.txt $(STAMP)
	@echo "installing $< (once)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.PHONY: sim
sim: $(STAMP) ## contract tensors: A= B= AXES= OUT= PORTION= LONG_LINES= SIM= CONFIG= SEQ= SEED= WAVES=1
	@$(PY) -m tb.cli.sim $(call option,sim,SIM) $(call option,config,CONFIG) $(call option,a,A) \
	  $(call option,b,B) $(call option,axes,AXES) $(call option,out,OUT) $(call option,portion,PORTION) \
	  $(call option,long-lines,LONG_LINES) $(call option,seq,SEQ) $(call option,seed,SEED) \
	  $(if $(filter-out 0,$(WAVES)),--waves)

.PHONY: new-sequence
new-sequence: $(STAMP) ## write a sequence file to begin with: NAME=
	@$(PY) -m tb.cli.new_sequence -- $(call quote,$(NAME))

.PHONY: waves
waves: $(STAMP) ## open the trace of the last make sim WAVES=1, or name it
	@$(PY) -m tb.cli.waves

.PHONY: test
test: $(STAMP) ## run the suite on both simulators (TEST=path::name for one)
	@$(PY) -m pytest -n $(call quote,$(JOBS)) --dist worksteal $(TEST)

# Each test takes minutes: a line when it begins and one when it ends, with the share that is done.
LONG = -n $(call quote,$(JOBS)) -vv --durations=0 -o timeout=7200

.PHONY: test-times
test-times: $(STAMP) ## write where the time of the last make test went into docs/testing.md
	@$(PY) -m tools.test_times

.PHONY: regress
regress: $(STAMP) $(FUZZER) ## the long runs: tensors in full, portions, resets, random sums, frames, files (TEST= for one)
	@FLAASH_LONG=1 $(PY) -m pytest $(LONG) --dist worksteal -o python_files='long_*.py' $(or $(TEST),tests/regress)
ifeq ($(TEST),)
	@FLAASH_LONG=1 $(PY) -m pytest $(LONG) --dist worksteal --left-out tests
	@FLAASH_LONG=1 $(PY) -m pytest $(LONG) --dist worksteal tests/blocks/test_mac.py \
	  tests/blocks/test_portions.py
	@$(PY) -m tools.fuzz $(call option,jobs,JOBS)
endif

.PHONY: fuzz
fuzz: $(STAMP) $(FUZZER) ## throw bytes at the readers of tensor files, guided by coverage (MINUTES=30 SEED=1)
	@$(PY) -m tools.fuzz $(call option,jobs,JOBS) $(call option,minutes,MINUTES) $(call option,seed,SEED)

.PHONY: lint
lint: $(STAMP) ## verilator -Wall and slang on every configuration, ruff, house style
	@$(PY) -m tools.lint

.PHONY: cov
cov: $(STAMP) ## functional and code coverage of the suite, to build/coverage/index.html
	@rm -rf build/runs build/coverage
	@status=0; FLAASH_COVERAGE=1 $(PY) -m pytest -n $(call quote,$(JOBS)) --dist worksteal $(TEST) || status=$$?; \
	  $(PY) -m tb.coverage.report && exit $$status

.PHONY: faults
faults: $(STAMP) ## break the RTL on purpose, show which test notices (ONLY=text)
	@$(PY) -m tools.faults $(call option,only,ONLY)

.PHONY: formal
formal: $(STAMP) $(VENV)/.installed-formal ## prove the properties of formal/, refute their mutants (ONLY=text)
	@$(PY) -m tools.formal $(call option,jobs,JOBS) $(call option,only,ONLY)

.PHONY: cost
cost: $(STAMP) $(VENV)/.installed-cost ## LUTs, flip-flops, multipliers and clock of the MACs on an ECP5 (ONLY=text, or RECORD=1)
	@$(PY) -m tools.cost $(call option,jobs,JOBS) $(call option,only,ONLY) \
	  $(if $(filter-out 0,$(RECORD)),--record)

.PHONY: bench
bench: $(STAMP) ## measure cycles, to build/bench/index.html: ONLY=text NUM_SDPE= CONFIG= CLOCK_MHZ= FMAX_MHZ=
	@$(PY) -m bench.run $(call option,jobs,JOBS) $(call option,only,ONLY) $(call option,num-sdpe,NUM_SDPE) \
	  $(if $(filter command environment,$(firstword $(origin CONFIG))),$(call option,config,CONFIG)) \
	  $(call option,clock-mhz,CLOCK_MHZ) $(call option,fmax-mhz,FMAX_MHZ)

.PHONY: bench-sim
bench-sim: $(STAMP) ## simulated cycles per second under cocotb and in a plain C++ harness
	@$(PY) -m bench.sim_speed

.PHONY: bench-record
bench-record: $(STAMP) ## record the cycles that tests/bench/test_cycles.py holds later ones against
	@$(PY) -m bench.guard

.PHONY: clean
clean: ## remove everything that was built (.venv stays)
	@rm -rf build .pytest_cache .ruff_cache .hypothesis
