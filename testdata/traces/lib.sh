# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shared by the scripts that make the traces. A script sources this file and
# calls begin "$@"; it then works in an empty temporary directory, with names
# relative to it, and hands what is to be kept to publish.

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

need() { # TOOL PACKAGE
    command -v "$1" >/dev/null || fail "$1 is missing: install the package $2"
}

need_root() {
    [ "$(id -u)" -eq 0 ] || fail "must be run as root"
}

begin() { # [-o DIR]
    here=$(cd "$(dirname "$0")" && pwd)
    out=$here
    if [ "${1:-}" = -o ] && [ $# -eq 2 ]; then
        out=$2
    elif [ $# -ne 0 ]; then
        fail "usage: ${0##*/} [-o DIR]"
    fi
    mkdir -p "$out"
    out=$(cd "$out" && pwd)
    LC_ALL=C
    TZ=UTC
    export LC_ALL TZ
    need xz xz-utils
    work=$(mktemp -d)
    trap cleanup EXIT
    trap 'exit 1' HUP INT TERM
    cd "$work" || exit
}

# A script that has more to undo defines undo; it is called once.
undo() { :; }

cleanup() {
    status=$?
    trap - EXIT
    undo || :
    cd /
    rm -rf "$work"
    exit "$status"
}

wait_until() { # COMMAND...
    tries=300
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "gave up waiting until $*"
        sleep 0.1
    done
}

# Keeps files in $out; large ones are compressed.
publish() { # FILE...
    for file; do
        rm -f "$out/$file" "$out/$file.xz"
        if [ "$(stat -c %s "$file")" -gt 60000 ]; then
            xz -9e -T1 -c "$file" >"$out/$file.xz"
        else
            cp "$file" "$out/$file"
        fi
    done
}

publish_image() { # FILE.img...
    for file; do
        xz -9e -T1 -c "$file" >"$out/$file.xz"
    done
}

# Takes the working directory out of the names in a text trace.
strip_work() { # FILE...
    sed -i "s,$work/,,g; s,$work>,.>,g" "$@"
}

# The disk that most traces start from: 16 MiB, MBR, one partition with ext4.

part_start=1048576

copy_of_base() { # FILE
    xz -dc "$here/base.img.xz" >"$1"
}

# Where the first 4096-byte boundary in a file of that ext4 is on the disk, in
# bytes; the files used here are in one piece.
offset_of() { # IMAGE PATH
    block=$(debugfs -R "bmap $2 0" "$1?offset=$part_start" 2>/dev/null)
    echo $(((part_start + block * 1024 + 4095) / 4096 * 4096))
}

# The same small workload for all tools that qemu-io can drive: an access to
# each kind of place, each kind of access. One qemu-io command per line.
io_commands() { # IMAGE
    at=$(offset_of "$1" /dir/big)
    cat <<END
read 0 512
read $((part_start + 1024)) 1024
read $((part_start + 2048)) 4096
read $((part_start + 8192 * 1024 + 1024)) 1024
read $at 65536
write -P 0x61 $at 4096
write -P 0x62 $((at + 4096)) 512
write -f -P 0x63 $((at + 65536)) 8192
flush
write -z $((at + 131072)) 65536
write -z -u $((at + 262144)) 65536
discard $((at + 524288)) 131072
aio_write -P 0x64 $((at + 1048576)) 32768
aio_read $((at + 1196032)) 16384
aio_write -P 0x65 $((at + 1310720)) 32768
aio_flush
read -P 0x64 $((at + 1048576)) 4096
flush
END
}

# qemu-io with the commands on standard input; what it says is thrown away.
qemu_io() { # ARGUMENTS
    qemu-io "$@" >/dev/null
}
