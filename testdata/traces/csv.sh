#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: csv.sh [-o DIR]
#
# Samples in the layouts of public block trace collections. The collections may
# not be handed on, so these are converted from loop-ftrace.txt, which loop.sh
# makes: reads and writes with their latency; the layouts have no discard.

set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Pairs issue and complete: lines "microseconds R|W sector count latency".
accesses() {
    awk '
        # TASK-PID [CPU] FLAGS TIME: EVENT: DEV RWBS ... SECTOR + COUNT ...
        match($0, /[0-9]+\.[0-9]+: block_rq_(issue|complete): /) {
            split(substr($0, RSTART, RLENGTH), head, ": ")
            time = head[1] * 1000000
            split(substr($0, RSTART + RLENGTH), field, " ")
            for (n = 2; field[n] != "+"; n++)
                ;
            key = field[n - 1] " " field[n + 1]
            if (field[2] ~ /[DNF]/ && field[2] !~ /^R/ || field[n + 1] == 0)
                next
            if (head[2] == "block_rq_issue") {
                issued[key] = time
                next
            }
            op = field[2] ~ /^R/ ? "R" : "W"
            if (key in issued)
                printf "%.0f %s %s %.0f\n", issued[key], op, key,
                    time - issued[key]
            delete issued[key]
        }' "$1" | sort -n
}

# One layout: an awk statement that prints time t (us since 1970), op, byte
# offset, byte length and latency (us).
layout() { # FILE AWK-STATEMENT [HEADER]
    {
        [ -z "${3:-}" ] || echo "$3"
        awk "NR == 1 { first = \$1 }
            { t = 1700000000000000 + \$1 - first; op = \$2
              offset = \$3 * 512; bytes = \$4 * 512; latency = \$5
              $2 }" pairs
    } >"$1"
    publish "$1"
}

begin "$@"
accesses "$here/loop-ftrace.txt" >pairs
# FILETIME: 100 ns since 1601, which is 11644473600 s before 1970; in two parts,
# as it has more digits than a double
layout csv-msr.csv 'printf "%.0f%06d0,blkmap,0,%s,%.0f,%.0f,%.0f\n",
    11644473600 + int(t / 1000000), t % 1000000,
    op == "R" ? "Read" : "Write", offset, bytes, latency * 10'
layout csv-alibaba.csv 'printf "0,%s,%.0f,%.0f,%.0f\n", op, offset, bytes, t'
layout csv-tencent.csv 'printf "%d,%.0f,%.0f,%d,0\n", t / 1000000,
    offset / 512, bytes / 512, op == "W"'
layout csv-systor.csv 'printf "%d.%06d000,%.9f,%s,0,%.0f,%.0f\n",
    t / 1000000, t % 1000000, latency / 1000000, op, offset, bytes' \
    Timestamp,Response,IOType,LUN,Offset,Size
layout csv-generic.csv 'printf "%.6f,%s,%.0f,%.0f\n", (t - 1700000000000000) / 1000000,
    op == "R" ? "read" : "write", offset / 512, bytes / 512' \
    time_s,op,sector,sectors
