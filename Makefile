# SPDX-License-Identifier: Apache-2.0
# make help lists the targets. Everything is set up on the first call, into .venv/ and build/.

PYTHON ?= python3
# All that is made goes there. With BUILD= the sources can be read-only: the virtual environment goes there, too,
# unless the checkout has one that this user can write. An environment names its place, so it can't be moved.
BUILD  := build
own    := $(shell [ -w .venv/.installed-sim ] && grep -sq " $$(realpath .venv)$$" .venv/pyvenv.cfg && echo .venv)
VENV   := $(if $(filter build,$(BUILD)),.venv,$(or $(own),$(BUILD)/venv))
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed-sim
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)

# What the user gives is one word for the shell, with its apostrophes. Options take `=`: a value such as
# AXES=-1:-1 would be taken for an option. TEST alone goes as it is: it may be several tests, and -k and such.
comma  := ,
quote  = '$(subst ','\'',$(1))'
option = $(if $($(2)),--$(1)=$(call quote,$($(2))))
# `run` ends with one line where Python would show a traceback. `alone`: a command of which one runs at a time. Names in
# lower case, because RUN= and others are the user's.
run    = $(PY) -m tb.cli
alone  = $(run) $(fast) $(1)
version = $(shell $(call quote,$(1)) -c 'import platform; print(platform.python_version())' 2>/dev/null || echo none)
# Builds for long runs: they take more than twice as long, and simulate faster.
fast   = $(call flag,FAST,--fast)
flag   = $(if $(filter-out 0 1,$($(1))),$(error $(1)=$($(1)) is neither 0 nor 1),$(if $(filter 1,$($(1))),$(2),$(if $($(1)),$(3))))

.DEFAULT_GOAL := help

# Make and the compilers' makefiles split a path at its blanks.
$(foreach path,CURDIR BUILD,$(if $(filter-out 0 1,$(words $($(path)))),$(error there are blanks in the path \
  '$($(path))', which make and Verilator can't handle: move or rename it)))

# BUILD/status has the exit status of the last command, because make's own is 2 for each failure. It is 2 until a
# command begins: then make has refused the call, or the set-up has failed.
GOALS := $(or $(MAKECMDGOALS),help)
ifneq ($(if $(findstring n,$(firstword -$(MAKEFLAGS))),,$(filter-out help clean,$(GOALS))),)
refused := $(shell { mkdir -p $(call quote,$(BUILD)) && echo 2 >$(call quote,$(BUILD)/status); } 2>&1)
$(if $(refused),$(error BUILD=$(BUILD) can't be written, $(if $(findstring I/O error,$(refused)),its disk is \
  full,$(refused)): BUILD=folder puts all that is made into another folder))
$(if $(own)$(filter-out .venv,$(VENV)),,$(if $(wildcard $(STAMP)),$(error .venv was made in another folder, \
  or by another user, and can't be moved: remove it, or BUILD=folder gets one of its own)))
endif
ifneq ($(BUILD),build)
export FLAASH_BUILD := $(abspath $(BUILD))
export PYTHONPYCACHEPREFIX := $(FLAASH_BUILD)/pycache
export RUFF_CACHE_DIR := $(FLAASH_BUILD)/ruff
export HYPOTHESIS_STORAGE_DIRECTORY := $(FLAASH_BUILD)/hypothesis
CACHE = -o cache_dir=$(FLAASH_BUILD)/pytest
endif
# Without the files of compiled Python each simulation would compile what it imports, as long as its run takes.
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(abspath $(BUILD))/pycache
endif

# make would ignore a variable that the target does not take, and another run than the wanted one would start. Each
# target's help line names the variables that it takes; PYTHON and BUILD are for all targets.
KNOWN := $(sort $(shell sed -nE 's/^[a-z-]+:[^#]*\#\# //p' Makefile | grep -oE '\b[A-Z][A-Z_]*=') PYTHON= BUILD=)
TAKEN := $(sort $(shell sed -nE 's,^($(subst $(space),|,$(GOALS))):[^\#]*\#\# ,,p' Makefile | \
  grep -oE '\b[A-Z][A-Z_]*=') PYTHON= BUILD=)
GIVEN := $(filter-out MAKEFLAGS SHELL,$(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword \
  $(origin $(name)))),$(name))))
$(foreach name,$(GIVEN),$(if $(filter $(name)=,$(KNOWN)),,$(error there is no variable $(name); 'make help' \
  names the variables of each target)))
$(foreach name,$(GIVEN),$(if $(filter $(name)=,$(TAKEN)),,$(error make $(GOALS) does not take $(name); it takes \
  $(subst =,,$(TAKEN)))))
# A mistake that concerns every target is reported here, once.
$(if $(shell [ $(call quote,$(JOBS)) -ge 1 ] 2>/dev/null && echo 1),,$(error JOBS=$(JOBS) is no number of processes))
ifeq ($(firstword $(origin PYTHON)),command)
ifneq ($(wildcard $(PY)),)
$(if $(filter $(call version,$(PYTHON)),$(call version,$(PY))),,$(error PYTHON=$(PYTHON) can't be used: $(VENV) \
  exists, with Python $(call version,$(PY)); remove it first))
endif
endif
# Makefiles and commands that make calls do not get these variables.
MAKEOVERRIDES :=
unexport $(subst =,,$(KNOWN))

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | expand -t 16
	@echo 'JOBS=n: n processes at a time, by default one per processor'
	@echo 'BUILD=folder: every target writes its files there; PYTHON=python3.x: the Python of the virtual environment'

NEW_ENOUGH = $(call quote,$(PYTHON)) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
  { echo "error: PYTHON=$(PYTHON) is no Python 3.11 or newer" >&2; exit 2; }

$(STAMP): requirements.txt
	@echo "setting up $(VENV) (once)"
	@$(NEW_ENOUGH)
	@$(call quote,$(PYTHON)) tools/set_up.py $(VENV) sim

# Tools that only some targets need.
$(VENV)/.installed-%: requirements/%.txt | $(STAMP)
	@echo "installing $* (once)"
	@$(call quote,$(PYTHON)) tools/set_up.py $(VENV) $*
group = $(STAMP) $(foreach name,$(1),$(VENV)/.installed-$(name))

.PHONY: sim
sim: $(STAMP) $(if $(SEEDS)$(CHIPS)$(filter both,$(SIM))$(findstring $(comma),$(SEQ)),$(call group,regress)) ## contract tensors: A= B= AXES= EINSUM= OUT= PORTION= LONG_LINES= IF=memory RENUMBER= CHIPS= SIM= CONFIG= SEQ= SEED= WAVES=1 FAST=1; several runs: SEQ=a,b SEEDS=1-20 SIM=both JOBS= RERUN=all
	@$(run) $(fast) -m tb.cli.sim $(call option,sim,SIM) $(call option,config,CONFIG) $(call option,a,A) \
	  $(call option,b,B) $(call option,axes,AXES) $(call option,einsum,EINSUM) $(call option,out,OUT) \
	  $(call option,portion,PORTION) $(call option,if,IF) $(call option,renumber,RENUMBER) $(call option,chips,CHIPS) \
	  $(call option,long-lines,LONG_LINES) $(call option,seq,SEQ) $(call option,seed,SEED) \
	  $(call option,seeds,SEEDS) $(if $(filter command,$(firstword $(origin JOBS))),$(call option,jobs,JOBS)) \
	  $(call option,rerun,RERUN) $(call flag,WAVES,--waves)

.PHONY: new-sequence
new-sequence: $(STAMP) ## write a sequence file to begin with: NAME=
	@$(run) -m tb.cli.new_sequence -- $(call quote,$(NAME))

.PHONY: waves
waves: $(STAMP) ## open the newest trace at its first mismatch, or name it: TRACE=file for another one
	@$(run) -m tb.cli.waves $(call option,trace,TRACE)

.PHONY: package
package: $(call group,package) ## of both tops: file list, one-file bundle, instance; registers as C, SystemRDL, IP-XACT; C driver
	@$(call alone,package) -m tools.packaging

.PHONY: docs
docs: $(call group,docs) ## the documentation as a site, to build/docs/index.html
	@$(call alone,docs) -m tools.docs

.PHONY: lists
lists: $(STAMP) ## renew the lists of the chip's files: rtl/rtl.f, flaash.core, Bender.yml
	@$(call alone,lists) -m tools.packaging.lists

.PHONY: verified
verified: $(STAMP) ## print what covers each module: benches, proofs, faults, mutants
	@$(call alone,verified) -m tools.verified

.PHONY: registers
registers: $(STAMP) ## renew the parts of rtl/ that come from rtl/registers.rdl and rtl/configs.toml
	@$(call alone,registers) -m tools.registers
	@$(call alone,registers) -m tools.legal

.PHONY: ports
ports: $(STAMP) ## renew the modules' ports in docs/exchanging_a_block.md
	@$(call alone,ports) -m tools.ports

.PHONY: figures
figures: $(call group,bench) ## draw the pictures of docs/images again, from rtl/ and the records that they show
	@$(call alone,figures) -m tools.figures

PYTEST = $(run) -m pytest $(CACHE) -n $(call quote,$(JOBS)) --dist worksteal

# Before anything is set up. A call with TEST= installs no programs.
.PHONY: .programs
.programs:
	@$(NEW_ENOUGH)
	@$(call quote,$(PYTHON)) -m tools.machine $(if $(TEST),--required) $(call flag,APT,,--no-apt)

.PHONY: test
test: .programs $(call group,test) ## the suite on both simulators: TEST=path::name for one, FULL=1 with more of everything, SEED= SIM= WAVES=1 LONG=1 JOBS=; programs that the machine lacks: APT=0 installs none, with STRICT=1 a test without its program fails
	@$(PYTEST) $(call flag,STRICT,--need-programs) $(call flag,FULL,--full) $(call flag,LONG,--long -o timeout=7200) \
	  $(call option,seed,SEED) $(call option,simulator,SIM) $(call flag,WAVES,--waves) $(TEST)

# The long tests take minutes each: a line when one begins and one when it ends, with the share that is done.
LONG_RUN = $(PYTEST) --long -vv --durations=0 -o timeout=7200 $(call option,seed,SEED) $(call flag,WAVES,--waves)

.PHONY: regress
ifeq ($(LIST),long)
regress: $(call group,test) ## a list of runs over seeds and machines: LIST=nightly SEEDS=1-50 ONLY= RERUN=failed SIM= CONFIG= COV=1 FAST=1 ON=slurm JOBS=; LIST=long, the long tests of the suite: TEST= SEED= WAVES=1
	$(if $(strip $(SEEDS)$(ONLY)$(RERUN)$(SIM)$(CONFIG)$(COV)$(FAST)$(ON)),$(error LIST=long takes TEST, SEED, WAVES and JOBS))
	@$(LONG_RUN) -o python_files='long_*.py' $(or $(TEST),tests/regress tests/silicon tests/install)
ifeq ($(TEST),)
	@$(LONG_RUN) --left-out tests
	@$(LONG_RUN) tests/blocks tests/top/test_hostile.py
	@$(call alone,fuzz) -m tools.fuzz $(call option,jobs,JOBS)
endif
else
regress: $(call group,regress)
	$(if $(strip $(TEST)$(SEED)$(WAVES)),$(error TEST, SEED and WAVES are for LIST=long; for a list there is SEEDS))
	@$(run) $(fast) -m tb.cli.regress $(call option,list,LIST) $(call option,seeds,SEEDS) $(call option,only,ONLY) \
	  $(call option,rerun,RERUN) $(call option,sim,SIM) $(call option,config,CONFIG) $(call option,on,ON) \
	  $(call option,jobs,JOBS) $(call flag,COV,--cov)
endif

.PHONY: regress-cluster
regress-cluster: $(call group,test) ## show regressions on a Slurm of two nodes, started on this machine (needs root and slurm-wlm)
	@$(PYTEST) -n 0 -o python_files='long_*.py' -o timeout=3600 tests/cluster

.PHONY: pages
pages: $(call group,test pages) ## test the pages in a browser and the exports (needs chromium and lcov): TEST= SHOTS=1 renews the pictures of docs/
	@$(PYTEST) $(call flag,SHOTS,--shots) -n 0 -o python_files='long_*.py' $(or $(TEST),tests/pages)

.PHONY: fuzz
fuzz: $(STAMP) ## give broken bytes to the readers of tensor files, guided by coverage: MINUTES=30 SEED= JOBS=
	@$(call alone,fuzz) -m tools.fuzz $(call option,jobs,JOBS) $(call option,minutes,MINUTES) $(call option,seed,SEED)

.PHONY: lint
lint: $(call group,lint) ## verilator -Wall, slang and yosys on every configuration, ruff, house style, imports; QUICK=1: the checks that take seconds
	@$(call alone,lint) -m tools.lint $(call flag,QUICK,--quick)

.PHONY: cov
cov: $(call group,test) ## functional and code coverage of the suite, to build/coverage/index.html; of some tests, to build/coverage-subset: TEST= SEED= JOBS=
	@$(run) -m tb.coverage.suite $(call option,test,TEST) $(PYTEST) \
	  $(call option,seed,SEED) $(TEST)

.PHONY: cov-add
cov-add: $(STAMP) ## put runs of make sim or make regress into the last report of make cov: RUN=build/runs/sim
	@$(run) -m tb.coverage.suite --add $(call quote,$(or $(RUN),$(BUILD)/runs/sim))

.PHONY: faults
faults: $(call group,test) ## break the RTL on purpose, show which test notices: ONLY=text JOBS=
	@$(call alone,faults) -m tools.faults $(call option,only,ONLY) $(call option,jobs,JOBS)

.PHONY: operator-faults
operator-faults: $(call group,test) ## put small mistakes at random places of the RTL, show which test notices: SEED= COUNT= ONLY=text KEEP=1
	@$(call alone,operator-faults) -m tools.operator_faults $(call option,seed,SEED) \
	  $(call option,count,COUNT) $(call option,only,ONLY) $(call flag,KEEP,--keep)

.PHONY: formal
formal: $(STAMP) ## prove the properties of formal/, refute their mutants: ONLY=text JOBS=, QUICK=1 without the mutants
	@$(call alone,formal) -m tools.formal $(call option,jobs,JOBS) $(call option,only,ONLY) $(call flag,QUICK,--quick)

.PHONY: silicon
silicon: $(STAMP) ## area, clock and power (POWER=smoke) by block, on an ECP5 and in cells of LIBERTY= SLOW= MACROS=: ONLY=tiny TECH=ecp5 GATED=1 LATCHES=1 RECORD=1 CHECK=1 JOBS=; WIRES=1 LEF=tech.lef,cells.lef WIRE=: placed and globally routed, too
	@$(call alone,silicon) -m tools.silicon $(call option,jobs,JOBS) $(call option,only,ONLY) \
	  $(call option,liberty,LIBERTY) $(call option,slow,SLOW) $(call option,macros,MACROS) \
	  $(call option,tech,TECH) $(call option,power,POWER) $(call flag,GATED,--gated) $(call flag,LATCHES,--latches) \
	  $(call flag,WIRES,--wires) $(call option,lef,LEF) $(call option,wire,WIRE) $(call flag,RECORD,--record) $(call flag,CHECK,--check)

.PHONY: litex
litex: $(STAMP) ## simulate the chip in a LiteX SoC with VexRiscv and firmware; BOARD=1: its bitstream for an ECP5-85F; RECORD=1 keeps cost and clock
	@$(call alone,litex) -m tools.litex $(call flag,BOARD,--board) $(call flag,RECORD,--record)

.PHONY: bench
bench: $(call group,bench) ## measure cycles, to build/bench/index.html: ONLY=text NUM_SDPE= CONFIG= CLOCK_MHZ= FMAX_MHZ= FAST=1 JOBS=
	@$(call alone,bench) -m bench.run $(call option,jobs,JOBS) $(call option,only,ONLY) $(call option,num-sdpe,NUM_SDPE) \
	  $(call option,config,CONFIG) \
	  $(call option,clock-mhz,CLOCK_MHZ) $(call option,fmax-mhz,FMAX_MHZ)

.PHONY: bench-sim
bench-sim: $(call group,bench) ## simulated cycles per second under cocotb and in a plain C++ harness
	@$(call alone,bench) -m bench.sim_speed

.PHONY: bench-record
bench-record: $(call group,bench) ## record the cycles with which tests/bench/test_cycles.py compares later runs
	@$(call alone,bench) -m bench.guard
	@$(run) -m tools.silicon.page

.PHONY: clean
clean: ## remove everything that was built (.venv stays)
	@held=$$(find $(call quote,$(BUILD)) -name '*.lock' ! -exec flock -n {} true \; -print -quit 2>/dev/null); \
	  [ -z "$$held" ] || { echo "error: a command is running in this checkout and holds $$held" >&2; exit 2; }
	@rm -rf $(call quote,$(BUILD)) $(if $(filter build,$(BUILD)),.pytest_cache .ruff_cache .hypothesis)
