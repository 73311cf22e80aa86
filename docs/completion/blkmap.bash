# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bash: what blkmap itself says can stand there, or else files.
_blkmap() {
    local cur=$2 words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    mapfile -t COMPREPLY < <(compgen -W "$(blkmap --complete "${words[@]}" 2>/dev/null | cut -f 1)" -- "$cur")
    case ${COMPREPLY[0]-} in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -o bashdefault -o default -F _blkmap blkmap
