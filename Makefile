# SPDX-License-Identifier: Apache-2.0
# Each target is a command of tools/commands.py, which names its variables and what it runs. tools/__main__.py sets up
# .venv once, and builds into build/. `make help TARGET=sim` explains the variables of a target.

PYTHON ?= python3

# What the user gives on the command line, as words of a shell: 'NAME=value' ..
quote = '$(subst ','\'',$(1))'
given = $(filter-out MAKEFLAGS SHELL,$(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name))))
run   = @exec $(call quote,$(PYTHON)) -B -m tools $@ $(foreach name,$(given),$(call quote,$(name)=$($(name))))
MAKEOVERRIDES :=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help sim new-sequence waves test regress cov formal faults operator-faults fuzz lint pages bench bench-record \
  silicon litex package docs generate venv clean

help: ## list the targets; TARGET=sim explains the variables of one
	$(run)

sim: ## contract two tensors, or run a sequence, on the simulated chip; check every bit
	$(run)

new-sequence: ## write a sequence file to begin with
	$(run)

waves: ## open the newest trace at its first mismatch
	$(run)

test: ## run the suite on both simulators, or TEST=path::name
	$(run)

regress: ## run a list over seeds and machines; LIST=long, the long tests
	$(run)

cov: ## measure the suite's coverage, or ADD= runs to it
	$(run)

formal: ## prove the properties of formal/, refute mutants
	$(run)

faults: ## break the RTL on purpose, show which test notices
	$(run)

operator-faults: ## break the RTL at random places, show which test notices
	$(run)

fuzz: ## give broken bytes to the readers of tensor files
	$(run)

lint: ## check the RTL of every configuration, and the Python
	$(run)

pages: ## test the pages in a browser
	$(run)

bench: ## measure cycles, write their report
	$(run)

bench-record: ## record the cycles that later runs are compared with
	$(run)

silicon: ## report area, clock and power, in cells or on an ECP5
	$(run)

litex: ## simulate the chip in a LiteX SoC, or build its bitstream
	$(run)

package: ## write file list, bundle, registers and C driver
	$(run)

docs: ## build the documentation's site
	$(run)

generate: ## renew what is generated and kept in git
	$(run)

venv: ## install a group of requirements/, GROUP=test
	$(run)

clean: ## remove everything that was built; .venv stays
	$(run)
