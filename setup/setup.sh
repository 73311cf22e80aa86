# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What ./demo and ./check share: options, missing packages, the build. Sourced in the project's root by a
# script that has set -eu and whose name is $0; a line "# usage: ..." in it says which options it takes.

me=${0##*/}
yes=
long=

# sfdisk, debugfs and the like are where the PATH of users does not lead.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

die() {
    echo "$me: $*" >&2
    exit 2
}

takes() { # OPTION
    grep -q "^# usage: .*\[$1\]" "$0"
}

# setup_options ARG...: --yes, --help, and --long where the usage has it
setup_options() {
    usage=$(sed -n 's/^# usage: //p' "$0")
    for arg; do
        case $arg in
        -y | --yes) yes=1 ;;
        --long)
            takes --long || die "unknown argument: $arg; usage: $usage"
            # shellcheck disable=SC2034 # for the script
            long=1
            ;;
        -h | --help)
            sed -n '/^# usage: /,/^[^#]/ s/^# \{0,1\}//p' "$0"
            exit
            ;;
        *) die "unknown argument: $arg; usage: $usage" ;;
        esac
    done
}

# Prints the packages in lists. Where there is a kernel, none is added: it might be the one that the
# machine boots next time. Programs that may come from other packages are looked for by their names.
listed() { # FILE...
    sed 's/#.*//' "$@" | while read -r package; do
        case $package in
        '') ;;
        linux-image-*) has_kernel || echo "$package" ;;
        # Node.js packages from elsewhere bring npm along, and conflict with Debian's.
        nodejs) command -v node >/dev/null || echo "$package" ;;
        npm) command -v npm >/dev/null || echo "$package" ;;
        *) echo "$package" ;;
        esac
    done
}

has_kernel() {
    for kernel in /boot/vmlinuz-*; do
        [ ! -e "$kernel" ] || return 0
    done
    return 1
}

# Prints those of some packages that are not installed.
missing() { # PACKAGE...
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        sed -n 's/ installed$//p')
    for package; do
        printf '%s\n' "$installed" | grep -qxF -e "$package" || echo "$package"
    done
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

can_be_root() {
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

# Asks on a terminal; elsewhere there is nobody to ask.
agreed() {
    [ -z "$yes" ] && [ -t 0 ] && [ -t 1 ] || return 0
    printf '%s: install them with apt-get? [Y/n] ' "$me"
    read -r answer || return 1
    case $answer in
    '' | [Yy]*) return 0 ;;
    *) return 1 ;;
    esac
}

# setup_packages LIST...: installs what is missing of the lists
setup_packages() {
    # shellcheck disable=SC2046 # package names are single words
    set -- $(listed "$@")
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "$me: not a Debian system, so nothing is installed; needed are, by Debian's names: $*"
        return
    fi
    # shellcheck disable=SC2046
    set -- $(missing "$@")
    [ $# -gt 0 ] || return 0
    can_be_root || die "neither root nor sudo here; packages to install first: $*"
    echo "$me: missing packages: $*"
    agreed || die "not installed"
    as_root apt-get -q update || echo "$me: apt-get update failed; going on with the package lists that are here"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@" ||
        die "apt-get could not install them"
}

# setup_build ARG...: make, on all processors
setup_build() {
    echo "$me: building"
    make -s -j "$(nproc)" "$@" || die "the build failed"
}
