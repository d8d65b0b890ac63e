#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches and unpacks the sources of bpf/build/sources.lock into the folder $1.
# They come from the Debian archive that apt is configured with; the lock decides what is accepted.
set -eu
lock=$(dirname "$0")/sources.lock
into=$1

archive() {
	apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 2>/dev/null
	# Before the first apt-get update apt knows no origins.
	grep -rhoE '(https?|file|mirror)[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null
}

fetch() { # sha256 path
	[ -e "$into/${2##*/}" ] && echo "$1  $into/${2##*/}" | sha256sum --check --quiet && return
	uri=$(archive | sed 's|[ /]*$||; /\/debian$/!d' | head -n 1)
	[ -n "$uri" ] || { echo 'fetch.sh: no Debian archive in the configuration of apt' >&2; exit 1; }
	/usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$uri/$2" "$into/${2##*/}" "SHA256:$1"
}

unpack() { # directory file
	case $2 in
	*.orig.tar.*)
		rm -rf "${into:?}/$1"
		tar --no-same-owner -xf "$into/$2" -C "$into" ;;
	*.debian.tar.*)
		tar --no-same-owner -xf "$into/$2" -C "$into/$1"
		while read -r name; do patch -s -p1 -d "$into/$1" <"$into/$1/debian/patches/$name"; done <"$into/$1/debian/patches/series" ;;
	esac
}

mkdir -p "$into"
grep -v '^#' "$lock" | while read -r hash directory path; do
	fetch "$hash" "$path"
	unpack "$directory" "${path##*/}"
done

# For #include <bpf/…>
mkdir -p "$into/include"
ln -sfn ../libbpf-1.5.0/src "$into/include/bpf"
touch "$into/.complete"
