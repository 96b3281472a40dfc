"""OSCAL files, held against NIST's own metaschemas: structure, types, allowed values, how many of
each. The package `oscal` carries those of every version.    tests/peers/metaschema.py FOLDER"""

import json
import pathlib
import sys
import tempfile

from oscal import OSCAL


def problems(path):
    document = OSCAL.load(str(path))
    return [] if document.is_valid else [str(one) for one in document.validation_errors] or ["not valid"]


def main():
    found = sorted(pathlib.Path(sys.argv[1]).glob("*oscal-*.json"))
    assert len(found) == 3, f"three files were expected, found {found}"
    for path in found:
        wrong = problems(path)
        assert not wrong, f"{path.name}: {wrong[:5]}"
        # A reader that refuses nothing proves nothing.
        spoiled = json.loads(path.read_text(encoding="utf-8"))
        (content,) = [value for key, value in spoiled.items() if key != "$schema"]
        del content["metadata"]["title"]
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / path.name
            copy.write_text(json.dumps(spoiled), encoding="utf-8")
            assert problems(copy), f"{path.name}: a file without a title was accepted"
    print(f"OSCAL: NIST's metaschemas accept {len(found)} files, and not those that were spoiled")


main()
