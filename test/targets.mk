# SPDX-License-Identifier: Apache-2.0
# Tests of the tests, and measurements. Included by the Makefile.
#   make test-mutants         every fault of test/mutants/list.mjs must turn a suite red (~4 min)
#   make test-fuzz            damaged conversations of every protocol: 10 000 each, FUZZ_INPUTS=1000000 for a long run
#   make test-infer           noise of all kinds, which no protocol may take for itself: 1 000 000 windows (INFER_WINDOWS, INFER_SEED)
#   make test-differential    our records against another reader, where captures are
#   make bench                docs/performance.md says what it measures (~25 min, as root, on a machine with nothing else to do)
#   make bench BENCH='--quick decode --write'
#   make bench-capture        what the capture costs, by hook layer and beside other tools (~30 min)
#   make bench-decode         speed of decoding each protocol, beside tshark (~10 min; CAPTURES=DIR as for test-differential)
#   make bench-decode BENCH_DECODE='--rounds 1 redis'
#   make test-vm              the hook layers on another kernel under QEMU (~1 min; VM_REQUIRED=1: a skip is a failure); part of make test
#   make test-vm-all          … on every kernel of the matrix: docs/kernels.md

BENCH :=
BENCH_DECODE :=

.PHONY: bench test-mutants test-vm test-vm-all

test-mutants: build servers ## faults in a copy of the tree: each must turn a suite red
	node test/mutants/run.mjs

.PHONY: test-fuzz
test-fuzz: build ## seeded fuzz of every protocol (FUZZ_INPUTS, FUZZ_SEED, FUZZ_FROM, FUZZ_PROTOCOL)
	FUZZ_INPUTS=$(or $(FUZZ_INPUTS),10000) $(JEST) --selectProjects unit --runInBand --testPathPatterns test/fuzz/

bench: build servers ## speed and cost beside others; see docs/performance.md
	@$(SUDO) $(NODE) test/bench/run.mjs $(BENCH)

.PHONY: test-infer
test-infer: build ## noise that no protocol may take for itself; prints a table (INFER_WINDOWS, INFER_SEED)
	INFER_WINDOWS=$(or $(INFER_WINDOWS),1000000) $(JEST) --selectProjects unit --runInBand --testPathPatterns test/conformance/guesses

.PHONY: bench-capture
bench-capture: build servers ## cost of a call untraced, filtered out and traced, by layer; beside strace, perf, bpftrace, tcpdump
	@$(SUDO) $(NODE) test/bench/run.mjs --pairs 15 $(BENCH) capture

.PHONY: bench-decode
bench-decode: build ## how fast each protocol is decoded, beside tshark on the same capture; see docs/performance.md
	@$(NODE) test/bench/decode-all.mjs $(BENCH_DECODE)

.PHONY: test-differential
test-differential: build ## our records against another reader's of the same captures (CAPTURES=DIR: <protocol>/<name>.pcap with <name>.pcap.tshark.json), and tshark's of our recordings
	node test/differential/run.mjs

test-vm: build ## the hook layers on another kernel, under QEMU (root)
	@$(SUDO) env VM_REQUIRED=$(VM_REQUIRED) UPDATE_GOLDEN=$(UPDATE_GOLDEN) $(NODE) test/vm/matrix.mjs 6.12-x64

test-vm-all: build ## … and on every kernel of docs/kernels.md
	@$(SUDO) env VM_REQUIRED=$(VM_REQUIRED) UPDATE_GOLDEN=$(UPDATE_GOLDEN) $(NODE) test/vm/matrix.mjs
