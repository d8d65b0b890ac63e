# SPDX-License-Identifier: Apache-2.0
# prebuilt/ and src/kernel/intf.gen.ts from bpf/. Included by the Makefile; nothing here runs on a user's machine.
#   make prebuilt                   all of it, after a change in bpf/ (needs clang-14, llvm-14, bpftool, apt, gcc and, for the
#                                   other architecture, gcc-aarch64-linux-gnu or gcc-x86-64-linux-gnu)
#   make bpf shim ARCH=arm64        one architecture (without ARCH: this machine's)
#   make check-prebuilt             prebuilt/ belongs to bpf/ as it is; needs no compiler
#   make check-prebuilt REBUILD=1   and comes out the same, byte by byte, when it is built again
#   make check-shim                 every function of the library, against this kernel (root)

CLANG := clang-14
LLVM_STRIP := llvm-strip-14
BPF_SOURCES := .cache/src
# As Node names them.
ARCHES := x64 arm64
ARCH := $(if $(filter aarch64,$(shell uname -m)),arm64,x64)
TRIPLE_x64 := x86_64-linux-gnu
TRIPLE_arm64 := aarch64-linux-gnu
TRIPLE := $(TRIPLE_$(ARCH))
BPF_OUT := .output/bpf/$(ARCH)
SHIM_OUT := .output/shim/$(ARCH)
PREBUILT := prebuilt/linux-$(ARCH)
INTF := src/kernel/intf.gen.ts
GLIBC_FLOOR := 2.28

BPF_INTF := $(sort $(wildcard bpf/intf/*.h))
BPF_INCLUDED := $(BPF_INTF) $(wildcard bpf/lib/*.h bpf/vmlinux/*.h bpf/vmlinux/$(ARCH)/*.h)
BPF_OBJECTS := $(patsubst bpf/%.c,$(BPF_OUT)/%.o,$(wildcard bpf/*.bpf.c))
ABI_HASH = $(shell cat $(BPF_INTF) | sha256sum | cut -d' ' -f1)

# -mcpu=v2: kernel 5.8. No path of this machine gets into the line information.
BPF_CFLAGS = -target bpf -mcpu=v2 -O2 -g -Wall -Werror -DABI_HASH='"$(ABI_HASH)"' \
	-Ibpf -Ibpf/vmlinux -Ibpf/vmlinux/$(ARCH) -isystem $(BPF_SOURCES)/include \
	-fdebug-compilation-dir=. -ffile-prefix-map=$(BPF_SOURCES)/=

.PHONY: bpf shim intf prebuilt every-arch check-prebuilt check-rebuilt check-shim

every-arch: intf
	set -e; for arch in $(ARCHES); do $(MAKE) -f bpf/build.mk ARCH=$$arch bpf shim; done

prebuilt: every-arch
	{ for compiler in $(CLANG) $(foreach arch,$(ARCHES),$(TRIPLE_$(arch))-gcc); do \
	    echo "# $$compiler: $$($$compiler --version | head -n 1)"; done; \
	  sed -n 's/^[0-9a-f]* .*\//# /p' bpf/build/sources.lock; bpf/build/list.sh; } >prebuilt/SOURCES.sha256

check-prebuilt: $(if $(REBUILD),check-rebuilt)
	@mkdir -p .output
	@grep -v '^#' prebuilt/SOURCES.sha256 >.output/prebuilt.listed
	@bpf/build/list.sh | diff -u --label prebuilt/SOURCES.sha256 .output/prebuilt.listed --label now - || \
	  { echo 'prebuilt/ is not what bpf/ makes: run make prebuilt' >&2; exit 1; }

# A build of its own in another folder.
REBUILT := .output/rebuilt
check-rebuilt: $(BPF_SOURCES)/.complete
	rm -rf $(REBUILT)
	mkdir -p $(REBUILT)/src/kernel $(REBUILT)/.cache
	cp -r bpf $(REBUILT)/
	cp -r $(BPF_SOURCES) $(REBUILT)/.cache/
	$(MAKE) -C $(REBUILT) -f bpf/build.mk every-arch
	diff -r -x SOURCES.sha256 prebuilt $(REBUILT)/prebuilt
	diff $(INTF) $(REBUILT)/$(INTF)

$(BPF_SOURCES)/.complete: bpf/build/sources.lock bpf/build/fetch.sh
	bpf/build/fetch.sh $(BPF_SOURCES)

bpf: $(BPF_OBJECTS)
	@mkdir -p $(PREBUILT)
	for object in $(^F); do $(LLVM_STRIP) -g -o $(PREBUILT)/$$object $(BPF_OUT)/$$object; done
$(BPF_OUT)/%.bpf.o: bpf/%.bpf.c $(BPF_INCLUDED) bpf/build.mk $(BPF_SOURCES)/.complete
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

# One variable of each type that bpf/intf declares, for the compiler to lay out.
$(BPF_OUT)/intf.c: $(BPF_INTF) bpf/build.mk
	@mkdir -p $(@D)
	{ printf '#include "%s"\n' vmlinux.h $(BPF_INTF:bpf/%=%); \
	  sed -nE 's/^(struct|enum) (\w+) \{.*/\1 \2 of_\2;/p' $(BPF_INTF); } >$@
$(BPF_OUT)/intf.o: $(BPF_OUT)/intf.c $(BPF_SOURCES)/.complete
	$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

intf: $(BPF_OUT)/intf.o
	node bpf/build/gen-intf.mjs $(ABI_HASH) $< $(INTF)

shim: $(BPF_SOURCES)/.complete
	$(MAKE) -f bpf/build/shim.mk SRC=$(BPF_SOURCES) OUT=$(SHIM_OUT) CC=$(TRIPLE)-gcc
	@newest=$$($(TRIPLE)-objdump -T $(SHIM_OUT)/libstirling.so | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1); \
	  [ "$$(printf '%s\n' "$$newest" GLIBC_$(GLIBC_FLOOR) | sort -V | tail -n 1)" = GLIBC_$(GLIBC_FLOOR) ] || \
	  { echo "libstirling.so needs $$newest, more than $(GLIBC_FLOOR)" >&2; exit 1; }
	@mkdir -p $(PREBUILT)
	cp $(SHIM_OUT)/libstirling.so $(PREBUILT)/

check-shim: $(BPF_OUT)/shim/test/smoke.bpf.o
	@mkdir -p $(SHIM_OUT)
	gcc -O2 -g -Wall -Wextra -pthread -Ibpf -o $(SHIM_OUT)/smoke bpf/shim/test/smoke.c $(PREBUILT)/libstirling.so -Wl,-rpath,$(CURDIR)/$(PREBUILT)
	$(SHIM_OUT)/smoke $<
