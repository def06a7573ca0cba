#!/bin/sh
# A folder with the libraries of another kind of machine, and the file that tells meson to build for
# it: tests/cross/sysroot.sh MACHINE FOLDER
#
# Writes FOLDER/root (what the distribution's packages of that machine hold), FOLDER/cross.ini and
# FOLDER/done. The packages are fetched by apt with a state of its own, below FOLDER: no right of an
# administrator is needed, and nothing of this machine's own packages changes. The compiler and the
# emulator are this machine's; `./lab test MACHINE` sees to them.
set -eu
cd "$(dirname "$0")/../.."

# machine, Debian's name of it, its triplet, its emulator, meson's family and cpu, byte order
machines() {
    cat <<'END'
aarch64 arm64 aarch64-linux-gnu   qemu-aarch64-static aarch64 aarch64 little
armhf   armhf arm-linux-gnueabihf qemu-arm-static     arm     armv7   little
s390x   s390x s390x-linux-gnu     qemu-s390x-static   s390x   s390x   big
END
}

machine=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
root=$folder/root
row=$(machines | awk -v m="$machine" '$1 == m')
[ -n "$row" ] || { echo "no machine is called '$machine'" >&2; exit 2; }
# shellcheck disable=SC2086  # a row of words
set -- $row
debian=$2 triplet=$3 emulator=$4 family=$5 cpu=$6 endian=$7

# Every library the build asks for, by the name apt has for it.
libraries() {
    ./lab packages | awk '($1 == "build" || $1 == "test") && $2 ~ /^lib:/ { print $3 }'
}

apt_settings() {
    cat <<END
Dir::State "$folder/apt/state";
Dir::State::status "$folder/apt/state/status";
Dir::Cache "$folder/apt/cache";
APT::Architecture "$debian";
APT::Architectures { "$debian"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
END
}

fetch() {
    mkdir -p "$folder/apt/state/lists/partial" "$folder/apt/cache/archives/partial"
    : >"$folder/apt/state/status"
    apt_settings >"$folder/apt/apt.conf"
    APT_CONFIG=$folder/apt/apt.conf
    export APT_CONFIG
    # A mirror in the middle of its own update leaves one list out; the others mostly do.
    apt-get update || echo 'not every list of packages could be fetched' >&2
    # shellcheck disable=SC2046  # a list of words
    apt-get install --yes --download-only $(libraries)
    unset APT_CONFIG
}

# Packages still put some files in /lib, which is /usr/lib on every machine of today.
unpack() {
    rm -rf "$root"
    mkdir -p "$root/usr/lib"
    ln -s usr/lib "$root/lib"
    for package in "$folder"/apt/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
    done
}

# One BLAS of several is chosen when it is installed; here it is named.
blas() {
    find "$root/usr/lib/$triplet" -name openblas.pc -path '*pthread*' -exec dirname {} + | head -n 1
}

cross_file() {
    cat <<END
[binaries]
c = '$triplet-gcc'
ar = '$triplet-ar'
strip = '$triplet-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['$emulator', '-L', '$root', '-E', 'LD_LIBRARY_PATH=$(dirname "$(blas)")']

[built-in options]
c_args = ['--sysroot=$root', '-ffile-prefix-map=$PWD=.']
c_link_args = ['--sysroot=$root', '-L$(dirname "$(blas)")', '-Wl,-rpath-link=$(dirname "$(blas)")']

[properties]
sys_root = '$root'
pkg_config_libdir = '$root/usr/lib/$triplet/pkgconfig:$root/usr/share/pkgconfig:$(blas)'

[host_machine]
system = 'linux'
cpu_family = '$family'
cpu = '$cpu'
endian = '$endian'
END
}

fetch
unpack
cross_file >"$folder/cross.ini"
touch "$folder/done"
