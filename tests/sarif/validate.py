"""Holds SARIF logs against the schema of the standard: validate.py FOLDER LOG... (FOLDER: of the wheel)."""

import copy
import hashlib
import json
import pathlib
import sys
import zipfile

import jsonschema

SCHEMA_ID = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def schema(folder):
    [wheel] = folder.glob("*.whl")
    lock = pathlib.Path(__file__).with_name("schema.lock").read_text()
    if hashlib.sha256(wheel.read_bytes()).hexdigest() not in lock:
        sys.exit(f"FAILED: {wheel} is not the package of schema.lock")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if "/jsondata/" in name and b"sarif-schema-2.1.0.json" in archive.read(name):
                found = json.loads(archive.read(name))
                if found.get("$id", found.get("id")) == SCHEMA_ID:
                    return found
    sys.exit(f"FAILED: {wheel} holds no schema of SARIF 2.1.0")


def spoiled(log):
    """Logs that the schema must refuse, so that this test can fail."""

    def result(one):
        return one["runs"][0]["results"][0]

    for change in (
        lambda one: result(one).pop("message"),
        lambda one: result(one).update(severity="error"),
        lambda one: result(one).update(level="fatal"),
        lambda one: result(one)["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda one: one.update(version="2.0.0"),
    ):
        one = copy.deepcopy(log)
        change(one)
        yield one


def main():
    folder, paths = pathlib.Path(sys.argv[1]), sys.argv[2:]
    validator = jsonschema.Draft7Validator(schema(folder))
    failed = results = 0
    for path in paths:
        log = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        for error in validator.iter_errors(log):
            failed += 1
            print(f"FAILED {path}: {list(error.absolute_path)}: {error.message[:200]}")
        results += len(log["runs"][0]["results"])
    sample = next(log for log in map(lambda p: json.loads(pathlib.Path(p).read_text()), paths)
                  if log["runs"][0]["results"])
    for one in spoiled(sample):
        if validator.is_valid(one):
            failed += 1
            print("FAILED: the schema accepts a log that was spoiled")
    if failed or len(paths) < 100 or results < 150:
        sys.exit(f"FAILED: {failed} mistakes in {len(paths)} logs of {results} results")
    print(f"{len(paths)} logs of {results} results are valid SARIF 2.1.0")


main()
