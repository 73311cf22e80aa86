# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Linear, striped and old mirror volumes. Sourced by guest.sh.
# shellcheck disable=SC2154 # D0, D1 ... are set by guest.sh

# the neighbours of each first segment are taken before the volume grows
image_linear() {
    table "$D0" 2048 2048 3072
    group Vlin "$D0"1 "$D0"2 "$D0"3
    lv -l 4 -n a Vlin "$D0"1
    lv -l 3 -n b Vlin "$D0"1
    lvextend -q -l +2 Vlin/a "$D0"1
    lv -l 2 -n gone Vlin "$D0"1
    lvextend -q -l +3 Vlin/a "$D0"2
    lv -l 2 -n c Vlin "$D0"3
    lvextend -q -l +2 Vlin/a "$D0"3
    lvextend -q -l +5 Vlin/c "$D0"2
    lvremove -q -y Vlin/gone
    for vol in a b c; do
        stamp Vlin/$vol
    done
    report Vlin
}

image_linear_disks() {
    group Vdisks "$D0" "$D1"
    lv -l 6 -n first Vdisks "$D0"
    lv -l 9 -n both Vdisks "$D1"
    lvextend -q -l +5 Vdisks/both "$D0"
    lv -l 60 -n fs Vdisks "$D0:12-41" "$D1:20-49"
    stamp Vdisks/first
    stamp Vdisks/both
    ext4 Vdisks/fs 1024 900000 -J size=1
    report Vdisks
}

# names that device-mapper has to escape
image_linear_ext4() {
    table "$D0" 14336 14336
    group Vmy-vg "$D0"1 "$D0"2
    lv -l 24 -n fs-1k Vmy-vg "$D0"1
    lv -l 24 -n fs_4-k Vmy-vg "$D0"2
    lvextend -q -l +24 Vmy-vg/fs-1k "$D0"2
    lvextend -q -l +24 Vmy-vg/fs_4-k "$D0"1
    lvextend -q -l +24 Vmy-vg/fs-1k "$D0"1
    lvextend -q -l +20 Vmy-vg/fs_4-k "$D0"2
    ext4 Vmy-vg/fs-1k 1024 1500000 -J size=1
    ext4 Vmy-vg/fs_4-k 4096 1000000 -O ^has_journal
    report Vmy-vg
}

# s3_mixed is one stripe set after another, then linear
image_striped() {
    table "$D0" 5120 5120 5120
    group Vstr "$D0"1 "$D0"2 "$D0"3
    lv -l 8 -i 2 -I 4k -n s2_4k Vstr "$D0"2 "$D0"1
    lv -l 8 -i 2 -I 64k -n s2_64k Vstr "$D0"2 "$D0"3
    lv -l 9 -i 3 -I 4k -n s3_4k Vstr
    lv -l 9 -i 3 -I 64k -n s3_64k Vstr
    lv -l 6 -i 3 -I 16k -n s3_mixed Vstr
    lvextend -q -l +4 -i 2 -I 8k Vstr/s3_mixed "$D0"3 "$D0"1
    lvextend -q -l +3 -i 1 Vstr/s3_mixed "$D0"2
    for vol in s2_4k s2_64k s3_4k s3_64k s3_mixed; do
        stamp Vstr/$vol
    done
    report Vstr
}

image_striped_disks() {
    group Vsd "$D0" "$D1"
    lv -l 64 -i 2 -I 64k -n fs Vsd
    lv -l 16 -i 2 -I 4k -n small Vsd
    ext4 Vsd/fs 1024 1200000 -J size=1
    stamp Vsd/small
    report Vsd
}

image_mirror() {
    table "$D0" 6144 6144 4096
    group Vmir "$D0"1 "$D0"2 "$D0"3
    lv --type mirror -m 1 --mirrorlog core -R 16k -l 8 -n core Vmir "$D0"1 "$D0"2
    lv --type mirror -m 1 --mirrorlog disk -R 32k -l 8 -n disk Vmir
    lv --type mirror -m 2 --mirrorlog core -R 16k -l 4 -n three Vmir
    lv --type mirror -m 1 --mirrorlog core -R 64k -l 20 -n fs Vmir "$D0"1 "$D0"2
    for vol in core disk three; do
        stamp Vmir/$vol
    done
    ext4 Vmir/fs 1024 300000 -O ^has_journal
    wait_sync Vmir/core Vmir/disk Vmir/three Vmir/fs
    report Vmir
}

image_mirror_log() {
    table "$D0" 2048 2048 2048 2048
    group Vmlog "$D0"1 "$D0"2 "$D0"3 "$D0"4
    lv --type mirror -m 1 --mirrorlog mirrored -R 64k -l 4 -n logs Vmlog
    stamp Vmlog/logs
    wait_sync Vmlog/logs
    report Vmlog
}
