#!/bin/sh
# Every `Suite.Name` in docs/THREATS.md is a test. Run in the root of the repository.
set -u
missing=0
names=$(grep -o '`[A-Z][A-Za-z]*\.[A-Za-z_0-9]*`' docs/THREATS.md | tr -d '`' | sort -u)
[ -n "$names" ] || { echo "docs/THREATS.md names no tests"; exit 1; }
for name in $names; do
    grep -rqE "^TEST(_F|_P)?\(${name%%.*}, ${name#*.}\)" tests || { echo "there is no test $name"; missing=1; }
done
exit $missing
