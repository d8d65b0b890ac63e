# SPDX-License-Identifier: Apache-2.0
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

# Only the tracer runs as root; npm runs as the caller.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
NODE := $(shell command -v node)
JEST := NODE_OPTIONS='--experimental-vm-modules --disable-warning=ExperimentalWarning' node_modules/.bin/jest
SOURCES := $(shell find src bin -name '*.ts' -o -name '*.js')

.PHONY: help build check fmt test test-quick test-bpf servers demo clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-16s %s\n", $$1, $$2 }'

node_modules/.complete: package.json package-lock.json .npmrc
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

dist/.complete: node_modules/.complete tsconfig.json tsconfig.build.json $(SOURCES)
	rm -rf dist
	node_modules/.bin/tsc -p tsconfig.build.json
	node bin/build.js
	@touch $@

build: dist/.complete ## compile src/ to dist/

check: node_modules/.complete check-prebuilt ## types, lint, house rules, prebuilt/; no root, no clang
	node_modules/.bin/tsc --noEmit
	node_modules/.bin/biome check --error-on-warnings .
	$(JEST) --selectProjects unit --testPathPatterns test/tidy.test.ts

fmt: node_modules/.complete ## format and sort imports
	node_modules/.bin/biome check --write .

servers: ## fetch the servers that the live tests trace, into .cache/
	node test/servers/fetch.mjs

test: build servers ## every test; the live ones need root (BPF_REQUIRED=1: a skip is a failure)
	$(JEST) --runInBand

test-quick: build ## the tests that need neither root nor servers
	$(JEST) --selectProjects unit

test-bpf: build servers ## the live tests only
	$(JEST) --selectProjects bpf --runInBand

demo: build ## a live trace of an embedded workload, ~10 s
	@$(SUDO) $(NODE) bin/run.js demo

clean: ## remove what was built; .cache/ stays
	rm -rf dist oclif.manifest.json .output coverage

include bpf/build.mk
include test/targets.mk
