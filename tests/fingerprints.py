#!/usr/bin/env python3
"""The fingerprints of the official wording: check them, or write them into checklists/*.yaml.

    tests/fingerprints.py SOURCES [--check]       hold the fingerprints against the sources
    tests/fingerprints.py SOURCES --write         write them
    tests/fingerprints.py SOURCES --show LIST     print the wording of a checklist, to read it over

SOURCES is the folder with the source documents as text; they are not part of this repository. Run it in the
root of the repository. tests/fingerprints/sources.tsv names each source file with its SHA-256, and
tests/fingerprints/LIST.tsv says for each item of a checklist which characters of which file are its wording.

Exit code: 0 all as it should be, 1 something differs, 2 nothing could be held against the sources.
"""
import argparse
import hashlib
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unicodedata

CHECKLISTS = pathlib.Path("checklists")
RANGES = pathlib.Path("tests/fingerprints")

ITEM = re.compile(r"""  - id: (?:"([^"]*)"|'([^']*)'|([^\s#"'][^\s#]*))\s*(?:#.*)?$""")
PLACE = re.compile(r"    place:")
FINGERPRINT = re.compile(r"    fingerprint:")


class Unusable(Exception):
    """The sources or the ranges are not what they have to be: nothing can be said about the fingerprints."""


def normalise(text):
    """NFKC, then without white space. Whoever looks for a wording has to do exactly the same to their text."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if not char.isspace())


def rows(path, columns):
    """The rows of a file of tab-separated values, with their line numbers; `#` opens a comment."""
    if not path.is_file():
        raise Unusable(f"{path} is missing")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            raise Unusable(f"{path}:{number}: {columns} columns are expected, not {len(cells)}")
        yield number, cells


def sources(folder):
    """The normalised text of each source file. A file other than the one that was measured is refused."""
    texts = {}
    for _, (name, expected) in rows(RANGES / "sources.tsv", 2):
        path = folder / name
        if not path.is_file():
            raise Unusable(f"{path} is missing")
        data = path.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != expected:
            raise Unusable(
                f"{path} is another file than the one the ranges were made for: its SHA-256 is\n"
                f"  {found}, not\n  {expected}.\n"
                f"Measure the items anew, then correct {RANGES}/sources.tsv and the ranges together."
            )
        texts[name] = normalise(data.decode("utf-8"))
    return texts


def wordings(path, texts):
    """The wording of each item that a file of ranges names, as the pieces it consists of."""
    pieces = {}
    for number, (item, source, ranges) in rows(path, 3):
        where = f"{path}:{number}"
        if item in pieces:
            raise Unusable(f"{where}: {item} stands twice")
        if source not in texts:
            raise Unusable(f"{where}: {source} is not in {RANGES}/sources.tsv")
        pieces[item] = cut(texts[source], ranges, where)
    return pieces


def cut(text, ranges, where):
    """The stretches of a text, in its order."""
    pieces, last = [], 0
    for stretch in ranges.split(" "):
        match = re.fullmatch(r"(\d+)-(\d+)", stretch, re.ASCII)
        start, end = map(int, match.groups()) if match else (0, 0)
        if not last <= start < end <= len(text):
            raise Unusable(f"{where}: `{stretch}` is no range, or not after the one before and within {len(text)}")
        pieces.append(text[start:end])
        last = end
    return pieces


def fingerprint(pieces):
    """The line of a checklist that recognises this wording."""
    wording = "".join(pieces)
    digest = hashlib.sha256(wording.encode("utf-8")).hexdigest()
    return f"    fingerprint: {{characters: {len(wording)}, sha256: {digest}}}"


def items(lines):
    """Each item of a checklist: its id, the line of its place, the lines that hold a fingerprint."""
    item = None
    begun = False
    for number, line in enumerate(lines):
        begun = begun or line.startswith("items:")
        match = ITEM.match(line) if begun else None
        if match:
            if item:
                yield item
            item = (next(group for group in match.groups() if group is not None), [], [])
        elif item and PLACE.match(line):
            item[1].append(number)
        elif item and FINGERPRINT.match(line):
            item[2].append(number)
    if item:
        yield item


def check(path, pieces):
    """What differs between a checklist and its sources."""
    lines = path.read_text(encoding="utf-8").splitlines()
    known = set()
    for item, places, fingerprints in items(lines):
        known.add(item)
        name = f"{path.stem}/{item}"
        if item not in pieces:
            yield f"{name}: {RANGES}/{path.stem}.tsv does not say which characters are its wording"
        elif len(places) != 1:
            yield f"{name}: one place is expected, not {len(places)}"
        elif not fingerprints:
            yield f"{name}: has no fingerprint"
        elif fingerprints != [places[0] + 1]:
            yield f"{name}: one fingerprint is expected, on the line after the place"
        elif lines[fingerprints[0]].rstrip() != fingerprint(pieces[item]):
            yield f"{name}: the wording has another fingerprint, {fingerprint(pieces[item]).split(': ', 1)[1]}"
    for item in pieces:
        if item not in known:
            yield f"{path.stem}/{item}: has a range but is no item of {path}"


def write(path, pieces):
    """Put the fingerprints after the places, and leave every other byte alone. Others may be editing the file too, so
    it is read at the last moment and replaced in one step."""
    text = path.read_bytes().decode("utf-8")
    lines = text.splitlines(keepends=True)
    after, gone = {}, set()
    for item, places, fingerprints in items([line.rstrip("\r\n") for line in lines]):
        if item in pieces and len(places) == 1:
            after[places[0]] = fingerprint(pieces[item])
            gone.update(fingerprints)
    out = []
    for number, line in enumerate(lines):
        if number not in gone:
            out.append(line)
        if number in after:
            out.append(after[number] + ("\r\n" if line.endswith("\r\n") else "\n"))
    if "".join(out) != text:
        replace(path, "".join(out))


def replace(path, text):
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def show(name, pieces):
    """The wording of each item. What is cut out of the middle of it shows as a line break."""
    if name not in pieces:
        raise Unusable(f"there is no checklist {name}; there are {', '.join(sorted(pieces))}")
    for item, parts in pieces[name].items():
        print(f"{name}/{item}", *parts, "", sep="\n")


def run(arguments):
    lists = sorted(CHECKLISTS.glob("*.yaml"))
    if not lists:
        raise Unusable(f"there is no checklist in {CHECKLISTS}; run this in the root of the repository")
    texts = sources(arguments.sources)
    pieces = {path.stem: wordings(RANGES / f"{path.stem}.tsv", texts) for path in lists}
    if arguments.show:
        show(arguments.show, pieces)
        return 0
    if arguments.write:
        for path in lists:
            write(path, pieces[path.stem])
    wrong = [line for path in lists for line in check(path, pieces[path.stem])]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{sum(map(len, pieces.values()))} wordings, {len(wrong)} remarks")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=pathlib.Path, metavar="SOURCES", help="the folder with the source documents")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="say what differs (without an option, too)")
    mode.add_argument("--write", action="store_true", help="write the fingerprints into checklists/*.yaml")
    mode.add_argument("--show", metavar="LIST", help="print the wording of each item of a checklist")
    try:
        return run(parser.parse_args())
    except (Unusable, OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
