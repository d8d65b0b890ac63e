#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# First process of the guest: the folder /root of the host, read-only, below a layer in memory; runs /job there.
bb=/bin/busybox
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
$bb mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do $bb insmod "$module"; done

port() {
	for each in /sys/class/virtio-ports/*; do
		[ "$($bb cat "$each/name")" = "$1" ] && echo "/dev/${each##*/}"
	done
}
exec 3>"$(port state)"

$bb mount -t virtiofs -o ro hostroot /lower
$bb mount -t tmpfs tmpfs /layer
$bb mkdir /layer/upper /layer/work
$bb mount -t overlay -o lowerdir="/lower$($bb cat /root)",upperdir=/layer/upper,workdir=/layer/work overlay /guest
for each in proc sys dev tmp; do $bb mkdir -p /guest/$each; done
for each in proc sys dev; do $bb mount -o bind /$each /guest/$each; done
$bb mount -t tracefs tracefs /guest/sys/kernel/tracing
$bb mount -t bpf bpf /guest/sys/fs/bpf
$bb mount -t cgroup2 cgroup2 /guest/sys/fs/cgroup
$bb mkdir -p /guest/dev/shm
# Where /root is not that of the host, what is to be run is not in it yet.
folder=$($bb cat /folder)
[ -d "/guest$folder" ] || { $bb mkdir -p "/guest$folder" && $bb mount -o bind "/lower$folder" "/guest$folder"; }
$bb ip link set lo up
$bb hostname guest
$bb cp /job /guest/job

echo started >&3
$bb chroot /guest /bin/sh /job </dev/null >"$(port out)" 2>"$(port err)"
echo "ended $?" >&3
exec 3>&-
$bb sync
$bb poweroff -f
