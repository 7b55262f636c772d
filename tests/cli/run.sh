#!/usr/bin/env bash
# Runs the command-line tests: each folder of tests/cli is one behaviour.
#   cmd     what a user types, with `edict` as the program; run by bash in a copy of the folder;
#           EDICT_ROOT is the repository
#   stdout, stderr, exit   what is expected; a missing file means nothing, nothing, 0
# Everything else in the folder is the user's own files.
set -uo pipefail

usage() {
    echo "usage: tests/cli/run.sh EDICT [--update] [NAME…]"
    echo "  EDICT      the program to test"
    echo "  --update   write what happened as what is expected"
    echo "  NAME       only these folders"
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
update=no
program=
names=()
for argument in "$@"; do
    case "$argument" in
        --update) update=yes ;;
        -h | --help) usage; exit 0 ;;
        *) if [ -z "$program" ]; then program=$argument; else names+=("${argument%/}"); fi ;;
    esac
done
if [ ! -x "$program" ]; then
    usage >&2
    exit 2
fi
if [ "${#names[@]}" -eq 0 ]; then
    for folder in "$here"/*/; do names+=("$(basename "$folder")"); done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$(readlink -f "$program")" "$work/bin/edict"
export PATH="$work/bin:$PATH" LC_ALL=C.UTF-8 EDICT_ROOT="${here%/tests/cli}"

# Compares one file of the folder with what happened, or replaces it.
compare() {
    local expected=$1 actual=$2 empty=$3
    if [ "$update" = yes ]; then
        if [ "$(cat "$actual")" = "$empty" ]; then rm -f "$expected"; else cp "$actual" "$expected"; fi
        return 0
    fi
    if [ -e "$expected" ]; then
        diff -u --label "expected $(basename "$expected")" --label "actual" "$expected" "$actual"
    else
        diff -u --label "expected $(basename "$expected")" --label "actual" \
            <(printf '%s' "${empty:+$empty
}") "$actual"
    fi
}

failed=0
for name in "${names[@]}"; do
    folder=$here/$name
    if [ ! -f "$folder/cmd" ]; then
        echo "FAILED $name: it has no file cmd"
        failed=$((failed + 1))
        continue
    fi
    copy=$work/run/$name
    mkdir -p "$copy"
    cp -r "$folder/." "$copy"
    rm -f "$copy"/{stdout,stderr,exit}
    (cd "$copy" && timeout 60 bash ./cmd >"$work/stdout" 2>"$work/stderr" </dev/null)
    echo $? >"$work/exit"
    same=yes
    compare "$folder/exit" "$work/exit" 0 || same=no
    compare "$folder/stdout" "$work/stdout" "" || same=no
    compare "$folder/stderr" "$work/stderr" "" || same=no
    if [ "$same" = no ]; then
        echo "FAILED $name"
        failed=$((failed + 1))
    fi
done
if [ "$failed" -gt 0 ]; then
    echo "$failed of ${#names[@]} command-line tests failed"
    exit 1
fi
echo "${#names[@]} command-line tests passed"
