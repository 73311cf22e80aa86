#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make.sh [-o DIR] [-l] [NAME...]: make the test images again, all or by name.
# Needs root (loop mounts). -o: where to put NAME.img.xz; -l: list the names.
set -u

here=$(cd "$(dirname "$0")" && pwd)
OUT=$here
list=
while getopts o:l opt; do
    case $opt in
    o) OUT=$OPTARG ;;
    l) list=1 ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
mkdir -p "$OUT" && OUT=$(cd "$OUT" && pwd) || exit 2

families=
for family in ext-basic ext-layout ext-features ext-journal ptable opaque damage; do
    if [ -f "$here/$family.sh" ]; then
        families="$families $here/$family.sh"
    fi
done
# shellcheck disable=SC2086 # a list of files
names=$(sed -n 's/^image_\([a-z0-9_]*\)() {.*/\1/p' $families | tr _ -)
if [ -n "$list" ]; then
    echo "$names"
    exit
fi

# Mounts and the host name end up in the images: the same for everyone, and
# out of sight of the rest of the system.
if [ -z "${IN_NAMESPACE:-}" ]; then
    IN_NAMESPACE=1 exec unshare -m -u --propagation private "$here/make.sh" -o "$OUT" "$@"
fi
hostname blkmap

TMP=$(mktemp -d "${TMPDIR:-/tmp}/images.XXXXXX") || exit 2
trap 'rm -rf "$TMP"' EXIT
trap 'exit 2' INT TERM

. "$here/lib.sh"
for family in $families; do
    # shellcheck source=/dev/null
    . "$family"
done

# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $names
for NAME; do
    echo "$NAME"
    (
        "image_$(echo "$NAME" | tr - _)" || die "failed"
        pack
    ) || exit 2
done
