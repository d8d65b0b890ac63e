#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lists what prebuilt/ is made from and what came out, in the form of sha256sum: the content of prebuilt/SOURCES.sha256.
set -eu
export LC_ALL=C
find bpf -type f \( -name '*.[ch]' -o -name '*.mk' -o -name '*.sh' -o -name '*.mjs' -o -name '*.lock' \) | sort | xargs sha256sum
find prebuilt -type f ! -name SOURCES.sha256 | sort | xargs sha256sum
sha256sum src/kernel/intf.gen.ts
