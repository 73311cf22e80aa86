# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# For the tests of bad input: `. tests/lib.sh; . tests/cli/lib.sh`.

# refused NAME FILE TEXT COMMAND...: status 2, nothing on standard output, and on standard error one line that
# begins with "blkmap: FILE: " (without FILE where it is empty) and holds TEXT
refused() {
    name=$1 start="blkmap: ${2:+$2: }" text=$3
    shift 3
    "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null
    got=$?
    line=$(head -n 1 "$SCRATCH/err")
    why=
    [ $got -eq 2 ] || why="status $got instead of 2"
    [ ! -s "$SCRATCH/out" ] || why="$why; something on standard output"
    [ "$(wc -l <"$SCRATCH/err")" -eq 1 ] || why="$why; $(wc -l <"$SCRATCH/err") lines on standard error"
    case $line in "$start"*) ;; *) why="$why; the line does not begin with \"$start\"" ;; esac
    case $line in *"$text"*) ;; *) why="$why; the line does not say \"$text\"" ;; esac
    if [ -z "$why" ]; then ok "$name"; else not_ok "$name" "$*
${why#; }
$(head -n 5 "$SCRATCH/err")"; fi
}

# noted NAME TEXT COMMAND...: status 0, and a note (on standard error, or in the report) that holds TEXT
noted() {
    name=$1 text=$2
    shift 2
    "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null
    got=$?
    if [ $got -eq 0 ] && cat "$SCRATCH/out" "$SCRATCH/err" | grep -qF -e "$text"; then
        ok "$name"
    else
        not_ok "$name" "$*
status $got, or no note that says \"$text\"
$(head -n 20 "$SCRATCH/out" "$SCRATCH/err")"
    fi
}

# unprivileged COMMAND...: root without the right to read what its mode forbids
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set=-dac_override,-dac_read_search "$@"
    else
        "$@"
    fi
}
