#!/usr/bin/env bash
# Builds Edict and runs its tests as a clean machine would. Exit 0 only if every stage passed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 4

usage() {
    cat <<'TEXT'
usage: tools/test.sh [--all] [--no-deps]
  Installs missing packages, builds release with g++ and runs every test, then builds with clang 19
  under the address and undefined-behaviour sanitizers (without the JIT) and runs every test there.
  --all       also clang 19 optimised, the thread sanitizer, a minute of libFuzzer for each target,
              and the layout of the sources
  --no-deps   leaves packages alone
TEXT
}

all=false
deps=true
for flag in "$@"; do
    case "$flag" in
        --all) all=true ;;
        --no-deps) deps=false ;;
        -h | --help) usage; exit 0 ;;
        *) echo "tools/test.sh: unknown flag $flag" >&2; usage >&2; exit 2 ;;
    esac
done

jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
summary=()
failed=false

# stage NAME COMMAND...: runs the command, notes its seconds and result.
stage() {
    local name=$1 start=$SECONDS result=ok note
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$log"
    if [ "${PIPESTATUS[0]}" -ne 0 ]; then
        result=FAILED
        failed=true
    fi
    note=$(grep -E '^[0-9]+% tests passed' "$log" | tail -n 1)
    summary+=("$(printf '%-18s %-7s %5d s  %s' "$name" "$result" $((SECONDS - start)) "$note")")
    [ "$result" = ok ]
}

# A build folder may remember EDICT_PARTIAL, with which a missing target would go unnoticed.
configure_and_build() {
    local preset=$1
    shift
    cmake --preset "$preset" -DEDICT_PARTIAL=OFF "$@" &&
        cmake --build --preset "$preset" --parallel "$jobs"
}

# build_and_test PRESET [CMAKE FLAGS...]
build_and_test() {
    local preset=$1
    if stage "$preset: build" configure_and_build "$@"; then
        stage "$preset: test" ctest --preset "$preset" --parallel "$jobs"
    else
        summary+=("$(printf '%-18s not run' "$preset: test")")
    fi
}

check_layout() {
    git ls-files -z -- '*.h' '*.cpp' | xargs -0 clang-format-19 --dry-run -Werror
}

finish() {
    echo
    echo "== summary ($SECONDS s in all)"
    printf '%s\n' "${summary[@]}"
    if $failed; then
        echo "FAILED"
        exit 1
    fi
    echo "all passed"
    exit 0
}

if $deps && ! stage "dependencies" tools/install-deps.sh; then finish; fi
build_and_test release
build_and_test asan
if $all; then
    build_and_test clang
    build_and_test tsan
    build_and_test fuzz -DEDICT_FUZZ_SECONDS=60
    stage "layout" check_layout
fi
finish
