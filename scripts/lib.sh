# What the scripts here share: messages, the repository root, packages, build folders.
# Sourced, never run.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(basename "$0")

say() { printf '%s: %s\n' "$program" "$*" >&2; }

die() { # die STATUS MESSAGE...
    local status=$1
    shift
    say "$@"
    exit "$status"
}

# The comment block at the head of a script is its help.
usage() { sed -n '2,/^$/{s/^# \{0,1\}//;p}' "$0"; }

# Packages of Debian 12, per purpose. NAME:COMMAND stands for a package that is not needed
# when COMMAND is there already.
packages_build='g++ meson ninja-build pkgconf:pkg-config libglib2.0-dev libgnutls28-dev
    libgmp-dev libisal-dev libjson-glib-dev libopenh264-dev libpam0g-dev libsasl2-dev nettle-dev
    libpixman-1-dev libsamplerate0-dev libseccomp-dev libturbojpeg0-dev libvterm-dev libxkbcommon-dev
    xkb-data zlib1g-dev libsoup-3.0-dev'
packages_demo='ca-certificates nodejs:node npm:npm'
packages_qemu="$packages_demo dbus-daemon:dbus-daemon nasm:nasm qemu-system-x86:qemu-system-x86_64"
packages_docs='doxygen python3-docutils:rst2html'
packages_bench="$packages_qemu chromium glib-networking haproxy libaml-dev libboost-dev libdrm-dev
    libneatvnc-dev libvncserver-dev libwebsockets-dev libx11-dev libxext-dev
    tigervnc-standalone-server websockify"
# Sanitizers name functions by llvm-19's symbolizer, which suppressions need.
packages_fuzz='clang-19 libclang-rt-19-dev llvm-19'
packages_test="$packages_fuzz $packages_demo $packages_docs $packages_bench ccache cc65
    chromium clang-format-19 curl dbus-bin dbus-daemon gnutls-bin imagemagick:import libavcodec-dev
    libcmocka-dev libgvnc-1.0-dev libretro-nestopia libsasl2-modules libsystemd-dev nasm openssl
    python3 python3-websocket python3-websockets qemu-system-x86 retroarch-dev sasl2-bin ssvnc
    tigervnc-tools tigervnc-viewer vncsnapshot xclip xdotool xtightvncviewer xvfb"

packages_for() { # packages_for PURPOSE
    local extra="packages_$1"
    [ "$1" = build ] && extra=packages_none
    printf '%s ' $packages_build ${!extra:-}
}

missing_packages() { # missing_packages NAME[:COMMAND]...
    local entry name status installed
    installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "${@%%:*}" \
        2>/dev/null || true)"
    for entry in "$@"; do
        name=${entry%%:*}
        status="installed=$name"
        [[ $installed == *" $status "* ]] && continue
        [[ $entry == *:* ]] && command -v "${entry##*:}" >/dev/null && continue
        printf '%s ' "$name"
    done
}

install_packages() { # install_packages NAME...
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die 2 "missing packages, and neither root nor sudo here; as root: apt-get install $*"
        as_root=(sudo)
    fi
    say "installing: $*"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive bash -c '
        apt-get update -q >&2 &&
        apt-get install -q -y --no-install-recommends "$@" >&2' install "$@" ||
        die 2 "could not install the missing packages; as root: apt-get install $*"
}

# Installs what PURPOSE (build, test, bench, docs, fuzz, demo) needs and is not there.
require() { # require PURPOSE
    local missing
    if ! command -v dpkg-query >/dev/null; then
        say "not a Debian system: nothing installed; Meson tells what is missing"
        return
    fi
    # shellcheck disable=SC2046
    missing=$(missing_packages $(packages_for "$1"))
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
}

# COMPILER behind ccache, if that is installed.
cached() { # cached COMPILER
    if command -v ccache >/dev/null; then printf 'ccache %s' "$1"; else printf '%s' "$1"; fi
}

# Configures build folder DIR with the given options, anew only when they changed.
configure() { # configure DIR [MESON OPTION]...
    local dir=$root/$1 wanted
    shift
    wanted="CXX=${CXX:-} $*"
    if [ -f "$dir/build.ninja" ]; then
        [ -z "${QIO_KEEP_BUILDS:-}" ] || return 0
        [ "$(cat "$dir/.configured" 2>/dev/null)" != "$wanted" ] || return 0
    fi
    rm -rf "$dir"
    meson setup "$dir" "$root" "$@"
    printf '%s\n' "$wanted" >"$dir/.configured"
}

# npm ci in DIR unless node_modules is already what the lock file says.
install_node_modules() { # install_node_modules DIR
    local dir=$root/$1
    cmp -s "$dir/package-lock.json" "$dir/node_modules/.locked" && return
    say "fetching the node packages of $1"
    (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp "$dir/package-lock.json" "$dir/node_modules/.locked"
}
