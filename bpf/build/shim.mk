# SPDX-License-Identifier: Apache-2.0
# libstirling.so: the shim with libbpf, libelf and zlib inside. From the top of the repository:
#   make -f bpf/build/shim.mk SRC=.cache/src OUT=.output/shim CC=gcc
# The result depends on the sources, the compiler and nothing else: not on folders, time or locale.

SRC ?= .cache/src
OUT ?= .output/shim
CC := gcc
export LC_ALL := C
export SOURCE_DATE_EPOCH := 0

LIBBPF := $(SRC)/libbpf-1.5.0
LIBELF := $(SRC)/elfutils-0.188
ZLIB := $(SRC)/zlib-1.2.13.dfsg

CFLAGS := -O2 -g0 -std=gnu11 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections \
	-ffile-prefix-map=$(SRC)/= -ffile-prefix-map=$(CURDIR)/= -D_GNU_SOURCE
LDFLAGS := -shared -s -Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,--no-undefined -Wl,-z,relro,-z,now \
	-Wl,--hash-style=gnu -Wl,--build-id=none -Wl,-soname,libstirling.so

ABI_HASH := $(shell cat $(sort $(wildcard bpf/intf/*.h)) | sha256sum | cut -d' ' -f1)

ELF_FLAGS := -DHAVE_CONFIG_H -Ibpf/build/libelf -I$(LIBELF)/libelf -I$(LIBELF)/lib -I$(ZLIB)
BPF_FLAGS := -I$(LIBBPF)/src -I$(LIBBPF)/include -I$(LIBBPF)/include/uapi -I$(LIBELF)/libelf -I$(ZLIB)
SHIM_FLAGS := -Wall -Wextra -Werror -isystem $(SRC)/include -isystem $(LIBBPF)/include/uapi -Ibpf -DABI_HASH='"$(ABI_HASH)"'

sources = $(patsubst %.c,$(OUT)/$1/%.o,$(notdir $(wildcard $2)))
ZLIB_OBJECTS := $(call sources,zlib,$(ZLIB)/*.c)
ELF_OBJECTS := $(call sources,libelf,$(LIBELF)/libelf/*.c)
BPF_OBJECTS := $(call sources,libbpf,$(LIBBPF)/src/*.c)
SHIM_OBJECTS := $(call sources,shim,bpf/shim/*.c)

$(OUT)/libstirling.so: $(SHIM_OBJECTS) $(OUT)/libbpf.a $(OUT)/libelf.a $(OUT)/libz.a
	$(CC) $(LDFLAGS) -o $@ $^

$(OUT)/libz.a: $(ZLIB_OBJECTS)
$(OUT)/libelf.a: $(ELF_OBJECTS)
$(OUT)/libbpf.a: $(BPF_OBJECTS)
%.a:
	rm -f $@
	ar rcsD $@ $^

$(OUT)/zlib/%.o: $(ZLIB)/%.c bpf/build/shim.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -DHAVE_UNISTD_H -DHAVE_STDARG_H -c -o $@ $<
$(OUT)/libelf/%.o: $(LIBELF)/libelf/%.c bpf/build/shim.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(ELF_FLAGS) -c -o $@ $<
$(OUT)/libbpf/%.o: $(LIBBPF)/src/%.c bpf/build/shim.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BPF_FLAGS) -c -o $@ $<
$(OUT)/shim/%.o: bpf/shim/%.c $(wildcard bpf/shim/*.h bpf/intf/*.h) bpf/build/shim.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SHIM_FLAGS) -c -o $@ $<
