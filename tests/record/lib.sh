# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# shellcheck disable=SC2016 # scripts for other shells and for jq are quoted
# For the tests of recording: `. tests/record/lib.sh` first, `finish` last.
# shellcheck source=tests/lib.sh
. tests/lib.sh

# finish: as done_testing, and counts the tests on the last line
finish() {
    echo "1..$tests_run"
    echo "$((tests_run - tests_failed)) passed, $tests_failed failed"
    [ "$tests_failed" -eq 0 ]
    exit
}

# touches NAME TRACE DISK KIND...: the report has accesses of every kind
touches() {
    name=$1 trace=$2 disk=$3
    shift 3
    if ! "$BLKMAP" analyze --json "$trace" "$disk" >"$SCRATCH/report" 2>"$SCRATCH/err"; then
        not_ok "$name" "$(cat "$SCRATCH/err")"
        return
    fi
    missing=
    for kind; do
        jq -e --arg kind "$kind" 'any(.regions[]; .kind == $kind and .write.requests + (.zero.requests // 0) > 0)' \
            "$SCRATCH/report" >"$SCRATCH/found" || missing="$missing $kind"
    done
    if [ -z "$missing" ]; then ok "$name"; else not_ok "$name" "not written:$missing"; fi
}

# leaves_nothing NAME: no directory of a recording, no server, no tracefs instance is left
leaves_nothing() {
    left=$(find "$TMPDIR" -mindepth 1 2>/dev/null)
    left=$left$(find /sys/kernel/tracing/instances -maxdepth 1 -name 'blkmap-*' 2>/dev/null)
    left=$left$(grep " $TMPDIR" /proc/mounts)
    left=$left$(pgrep -af "^nbdkit .*$TMPDIR")
    if [ -z "$left" ]; then ok "$1"; else not_ok "$1" "$left"; fi
}

# What a recording leaves behind would be seen here.
TMPDIR=$(cd "$SCRATCH" && pwd)/tmp
mkdir -p "$TMPDIR"
export TMPDIR
