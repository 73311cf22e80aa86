# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# RAID volumes. Sourced by guest.sh.
# shellcheck disable=SC2154 # D0, D1 ... are set by guest.sh

# raid VG LV TYPE ARG...: a RAID volume, in sync, then filled with stamps
raid() {
    vg=$1 name=$2 type=$3
    shift 3
    lv --type "$type" -n "$name" "$@"
    case $type in
    raid0*) ;;
    *) wait_sync "$vg/$name" ;;
    esac
    stamp "$vg/$name"
}

image_raid0() {
    table "$D0" 5120 5120 5120
    group Vr0 "$D0"1 "$D0"2 "$D0"3
    raid Vr0 r2_4k raid0 -l 8 -i 2 -I 4k Vr0
    raid Vr0 r3_64k raid0 -l 12 -i 3 -I 64k Vr0
    raid Vr0 m2_16k raid0_meta -l 8 -i 2 -I 16k Vr0
    raid Vr0 m3_4k raid0_meta -l 9 -i 3 -I 4k Vr0
    report Vr0
}

image_raid1() {
    table "$D0" 4096 4096 4096
    group Vr1 "$D0"1 "$D0"2 "$D0"3
    raid Vr1 legs2 raid1 -m 1 -R 4k -l 8 Vr1
    raid Vr1 legs3 raid1 -m 2 -R 16k -l 8 Vr1
    report Vr1
}

image_raid4() {
    table "$D0" 4096 4096 4096 4096
    group Vr4 "$D0"1 "$D0"2 "$D0"3 "$D0"4
    raid Vr4 r2_4k raid4 -i 2 -I 4k -R 16k -l 8 Vr4
    raid Vr4 r3_16k raid4 -i 3 -I 16k -R 16k -l 12 Vr4
    report Vr4
}

image_raid5() {
    table "$D0" 8192 8192 8192 8192
    MDA=252k group Vr5 "$D0"1 "$D0"2 "$D0"3 "$D0"4
    raid Vr5 la raid5_la -i 3 -I 4k -R 16k -l 12 Vr5
    raid Vr5 ra raid5_ra -i 3 -I 16k -R 16k -l 12 Vr5
    raid Vr5 ls raid5_ls -i 3 -I 64k -R 64k -l 24 Vr5
    raid Vr5 rs raid5_rs -i 3 -I 4k -R 16k -l 12 Vr5
    raid Vr5 n raid5_n -i 3 -I 16k -R 16k -l 12 Vr5
    raid Vr5 ls3 raid5_ls -i 2 -I 16k -R 16k -l 8 Vr5
    report Vr5
}

image_raid6() {
    table "$D0" 8192 8192 8192 8192 8192 8192
    MDA=380k group Vr6 "$D0"1 "$D0"2 "$D0"3 "$D0"4 "$D0"5 "$D0"6
    for kind in zr nr nc n_6 la_6 ra_6 ls_6 rs_6; do
        raid Vr6 $kind raid6_$kind -i 3 -I 16k -R 16k -l 12 Vr6
    done
    raid Vr6 zr6 raid6_zr -i 4 -I 4k -R 16k -l 8 Vr6
    report Vr6
}

image_raid10() {
    table "$D0" 5120 5120 5120 5120 5120 5120
    group Vr10 "$D0"1 "$D0"2 "$D0"3 "$D0"4 "$D0"5 "$D0"6
    raid Vr10 r4_64k raid10 -m 1 -i 2 -I 64k -R 64k -l 8 Vr10
    raid Vr10 r4_4k raid10 -m 1 -i 2 -I 4k -R 4k -l 8 Vr10
    raid Vr10 r6_16k raid10 -m 1 -i 3 -I 16k -R 16k -l 12 Vr10
    report Vr10
}

# an ext4 in each of the common types, over five partitions
image_raid_ext4() {
    table "$D0" 12288 12288 12288 12288 12288
    MDA=252k group Vrfs "$D0"1 "$D0"2 "$D0"3 "$D0"4 "$D0"5
    lv --type raid0 -i 3 -I 16k -l 24 -n fs0 Vrfs
    lv --type raid1 -m 1 -R 16k -l 20 -n fs1 Vrfs
    lv --type raid6 -i 3 -I 64k -R 64k -l 36 -n fs6 Vrfs
    lv --type raid10 -m 1 -i 2 -I 64k -R 64k -l 24 -n fs10 Vrfs
    wait_sync Vrfs/fs1 Vrfs/fs6 Vrfs/fs10
    ext4 Vrfs/fs0 1024 400000 -O ^has_journal
    ext4 Vrfs/fs1 1024 300000 -O ^has_journal
    ext4 Vrfs/fs6 4096 600000 -O ^has_journal
    ext4 Vrfs/fs10 1024 400000 -O ^has_journal
    report Vrfs
}

# each leg on a disk of its own
image_raid5_disks() {
    group Vr5d "$D0" "$D1" "$D2"
    lv --type raid5 -i 2 -I 64k -R 64k -l 64 -n fs Vr5d
    lv --type raid5 -i 2 -I 4k -R 16k -l 8 -n small Vr5d
    wait_sync Vr5d/fs Vr5d/small
    ext4 Vr5d/fs 4096 1500000 -O ^has_journal
    stamp Vr5d/small
    report Vr5d
}

image_raid1_integrity() {
    table "$D0" 20480 20480
    group Vint "$D0"1 "$D0"2
    lv --type raid1 -m 1 -R 16k --raidintegrity y --raidintegritymode bitmap \
        -l 16 -n legs Vint
    wait_sync Vint/legs
    stamp Vint/legs
    report Vint
}

# filled before it got chunks of another size, so that all of it was moved
image_raid5_reshaped() {
    table "$D0" 6144 6144 6144
    group Vresh "$D0"1 "$D0"2 "$D0"3
    raid Vresh chunk raid5_ls -i 2 -I 16k -R 64k -l 16 Vresh
    lvconvert -q -y --stripesize 32k Vresh/chunk
    sleep 3
    wait_sync Vresh/chunk
    report Vresh
}

# grown after others took what came next: images in two segments
image_raid_extended() {
    table "$D0" 6144 6144 6144 6144
    group Vrx "$D0"1 "$D0"2 "$D0"3 "$D0"4
    lv --type raid5 -i 2 -I 16k -R 16k -l 8 -n parity Vrx
    lv --type raid1 -m 1 -R 16k -l 4 -n legs Vrx "$D0"1 "$D0"2
    lv --type raid10 -m 1 -i 2 -I 16k -R 16k -l 8 -n both Vrx
    lvextend -q -l +6 Vrx/parity
    lvextend -q -l +4 Vrx/legs "$D0"1 "$D0"2
    lvextend -q -l +4 Vrx/both
    wait_sync Vrx/parity Vrx/legs Vrx/both
    for vol in parity legs both; do
        stamp Vrx/$vol
    done
    report Vrx
}
