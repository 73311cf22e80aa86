# SPDX-License-Identifier: LGPL-2.1-or-later
# fish: what blkmap itself says can stand there, and files.
function __blkmap_complete
    set -l words (commandline -opc) (commandline -ct)
    blkmap --complete $words[2..-1] 2>/dev/null
end
complete -c blkmap -n 'test (count (commandline -opc)) -le 1' -f
complete -c blkmap -a '(__blkmap_complete)'
