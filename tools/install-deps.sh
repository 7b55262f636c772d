#!/usr/bin/env bash
# Installs every Debian package that Edict needs to build, test and run its demo (Debian 12).
set -euo pipefail

packages=(
    # build
    cmake g++ git pkg-config ca-certificates ninja-build ccache
    clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev
    # libraries
    antlr4 libantlr4-runtime-dev llvm-19-dev libz3-dev librocksdb-dev libcli11-dev libgtest-dev
    libbenchmark-dev libsodium-dev libssl-dev libfmt-dev libspdlog-dev nlohmann-json3-dev
    libexpected-dev libtomlplusplus-dev libcpp-httplib-dev prometheus-cpp-dev libicu-dev
    # the demo's data and the figures it compares with
    r-base-core r-cran-survival r-cran-pec
    # SARIF logs against the schema of the standard
    python3 python3-jsonschema python3-pip
)

usage() {
    echo "usage: tools/install-deps.sh [--list]"
    echo "  installs the Debian packages that Edict needs; does nothing when all are there"
    echo "  --list   prints their names instead"
}

case "${1-}" in
    "") ;;
    --list) printf '%s\n' "${packages[@]}"; exit 0 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "install-deps: this needs Debian's apt-get. Install by hand what --list prints." >&2
    exit 4
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    if [ "$status" != installed ]; then missing+=("$package"); fi
done
if [ "${#missing[@]}" -eq 0 ]; then
    echo "install-deps: all ${#packages[@]} packages are installed"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "install-deps: run this as root (there is no sudo). Missing: ${missing[*]}" >&2
        exit 4
    fi
    as_root=(sudo)
fi

echo "install-deps: installing ${missing[*]}"
if ! "${as_root[@]}" apt-get update -q ||
    ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"; then
    echo "install-deps: apt-get failed; is this Debian 12 with a network?" >&2
    exit 4
fi
