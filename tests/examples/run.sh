#!/usr/bin/env bash
# Checks, tests and verifies every example, and shows that verification depends on each `overrides`
# line: without one it exits 1 and shows a witness that was replayed.
set -uo pipefail

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/examples/run.sh EDICT" >&2
    exit 2
fi
edict=$(readlink -f "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# ends CODE WORDS COMMAND...: the exit code, and what must be said ("": anything).
ends() {
    local expected=$1 words=$2 code=0
    shift 2
    "$@" >"$work/said" 2>&1 || code=$?
    if [ "$code" -eq "$expected" ]; then
        if [ -z "$words" ] || grep -qF -- "$words" "$work/said"; then return; fi
    fi
    echo "FAILED (exit $code, expected $expected and \"$words\"): $*"
    cat "$work/said"
    failed=$((failed + 1))
}

for example in examples/*/; do
    ends 0 "" "$edict" check "$example"
    ends 0 " 0 failed" "$edict" test --coverage "$example"
    if ! tail -n 1 "$work/said" | grep -qE '^coverage: ([0-9]+) of \1 rules, ([0-9]+) of \2 parts of conditions, ([0-9]+) of \3 exceptions$'; then
        echo "FAILED: the tests of $example do not reach everything"
        cat "$work/said"
        failed=$((failed + 1))
    fi
    # What the verifier cannot settle it says: the README of the example names it.
    settled=0
    if grep -q 'exit 3' "$example/README.md"; then settled=3; fi
    ends $settled "0 findings" "$edict" verify "$example"
done

# One layout; and a text in Chinese is the same modules, and comes back as the same text.
ends 0 "" "$edict" fmt --check examples
cp -r examples "$work/translated"
ends 0 "" "$edict" fmt --keywords zh "$work/translated"
for example in examples/*/; do
    translated=$work/translated/$(basename "$example")
    ends 0 "" "$edict" check "$translated"
    "$edict" build -o "$work/out" "$example" | sort >"$work/english"
    "$edict" build -o "$work/out" "$translated" | sort >"$work/chinese"
    if [ ! -s "$work/english" ] || ! diff "$work/english" "$work/chinese"; then
        echo "FAILED: $example and its translation are not the same modules"
        failed=$((failed + 1))
    fi
done
ends 0 "" "$edict" fmt --keywords en "$work/translated"
if ! diff -r examples "$work/translated"; then
    echo "FAILED: the examples do not come back from Chinese as they were"
    failed=$((failed + 1))
fi

rules=examples/stroke_alliance/regulation.edict
count=$(grep -c '^  overrides ' "$rules")
if [ "$count" -lt 2 ]; then echo "FAILED: $rules has lost its overrides lines"; exit 1; fi
for ((i = 1; i <= count; ++i)); do
    awk -v n="$i" '/^  overrides / { if (++seen == n) next } { print }' "$rules" >"$work/rules.edict"
    ends 1 "witness" "$edict" verify "$work/rules.edict" examples/stroke_alliance/contract.edict
    ends 1 "replayed:" "$edict" verify "$work/rules.edict" examples/stroke_alliance/contract.edict
done

# The version that the demo deploys is the current one and one rule more.
next=tools/demo/stroke_rules_1.1.0.edict
ends 1 "urgent_research" "$edict" verify "$next" examples/stroke_alliance/contract.edict
ends 0 "" "$edict" check "$next" examples/stroke_alliance/contract.edict
added=$(diff <(sed '/^\/\/ ---- tests/,$d' "$rules") "$next" | grep '^[<>] ' |
    grep -vE '^[<>] (//|regulation |$)' | tr -d '\n')
if [ "$added" != '> rule urgent_research>   cites POLICY "2.5">   on propose when purpose is research and has_role(caller, emergency_physician): permit' ]; then
    echo "FAILED: $next differs from $rules by more than its rule: $added"
    failed=$((failed + 1))
fi

if [ "$failed" -gt 0 ]; then exit 1; fi
echo "all examples are right"
