# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# For the tests of pictures, after tests/lib.sh.
qtrace=testdata/qtrace

disk() { # STEM: the disk image of an experiment, unpacked
    image "$qtrace/$1.img.xz"
}

# An ext4 image whose files have names that would like to be more than text, and a trace that touches all.
hostile() { # IMAGE TRACE
    tree=$SCRATCH/tree
    mkdir -p "$tree"
    long=$(awk 'BEGIN { while (n++ < 240) printf "x" }')
    for name in '<script>document.title="owned"<' '"><img src=x onerror=alert(1)>' "it's & \"quoted\"" \
        "$(printf '\033[31mred')" "$(printf '\377\376')" "$(printf 'gpj.\342\200\256exe')" "$(printf 'a\nb\tc')" \
        '{{DATA}}' '-->--' ']]>' "$long" 'שלום' '中文'; do
        echo content >"$tree/$name"
    done
    truncate -s 16M "$1"
    mke2fs -q -F -t ext4 -b 4096 -d "$tree" "$1"
    {
        echo "S 32768"
        "$BLKMAP" map --json "$1" | awk -F'[:,]' '/"file-data"|"directory"|"journal"/ { print "W", $2, 8 }'
    } >"$2"
}
