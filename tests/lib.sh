# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# For tests in shell: `. tests/lib.sh` first, `done_testing` last. They run in the project's root (tests/run).

: "${BUILD:=build}" "${BLKMAP:=./blkmap}" "${SCRATCH:=$(mktemp -d)}"
tests_run=0
tests_failed=0

# ok NAME
ok() {
    tests_run=$((tests_run + 1))
    echo "ok $tests_run - $1"
}

# not_ok NAME [WHY]
not_ok() {
    tests_run=$((tests_run + 1))
    tests_failed=$((tests_failed + 1))
    echo "not ok $tests_run - $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# check NAME COMMAND...: it ends with status 0
check() {
    name=$1
    shift
    if "$@" >"$SCRATCH/check" 2>&1; then
        ok "$name"
    else
        not_ok "$name" "status $? of: $*
$(head -n 20 "$SCRATCH/check")"
    fi
}

# same NAME EXPECTED GOT: two files of the same bytes
same() {
    if diff -u "$2" "$3" >"$SCRATCH/same" 2>&1; then
        ok "$1"
    else
        not_ok "$1" "$(head -n 30 "$SCRATCH/same")"
    fi
}

# fails NAME STATUS TEXT COMMAND...: it ends with that status, and standard error is one line that holds TEXT
fails() {
    name=$1 want=$2 text=$3
    shift 3
    "$@" >"$SCRATCH/out" 2>"$SCRATCH/err"
    got=$?
    if [ $got -eq "$want" ] && [ "$(wc -l <"$SCRATCH/err")" -eq 1 ] && grep -qF -e "$text" "$SCRATCH/err"; then
        ok "$name"
    else
        not_ok "$name" "status $got instead of $want, or not one line with \"$text\": $(head -n 5 "$SCRATCH/err")"
    fi
}

# need TOOL...: without them the test ends here, and has failed
need() {
    for tool; do
        command -v "$tool" >/dev/null && continue
        not_ok "$tool is installed"
        done_testing
    done
}

# image FILE.img.xz: prints the path of the image, unpacked below $BUILD
image() {
    unpacked=$BUILD/images/$(basename "$1" .xz)
    if [ ! -f "$unpacked" ] || [ -n "$(find "$1" -newer "$unpacked")" ]; then
        mkdir -p "$BUILD/images"
        size=$(xz --list --robot "$1" | awk '/^totals/ { print $5 }')
        xz -dc "$1" | dd of="$unpacked.$$" bs=64k conv=sparse iflag=fullblock status=none
        truncate -s "$size" "$unpacked.$$" && mv "$unpacked.$$" "$unpacked"
    fi
    echo "$unpacked"
}

done_testing() {
    echo "1..$tests_run"
    [ $tests_failed -eq 0 ]
    exit
}
