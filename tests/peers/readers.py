"""What tools of others make of our reports: Python's csv, and a reader of JUnit files.
    tests/peers/readers.py RESULT.json REPORTS_FOLDER"""

import csv
import json
import pathlib
import sys

from junitparser import Error, Failure, JUnitXml, Skipped

csv.field_size_limit(10_000_000)

result = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
folder = pathlib.Path(sys.argv[2])
items = result["items"]

path = next(folder.glob("*.csv"))
with path.open(encoding="utf-8-sig", newline="") as file:
    rows = list(csv.reader(file, strict=True))
assert len(rows) == len(items) + 1, f"{len(rows)} rows"
assert {len(row) for row in rows} == {23}, "the rows differ in length"
assert [row[0] for row in rows[1:]] == [item["item"] for item in items], "the order of the items"
for row in rows:
    for cell in row:
        assert not cell.lstrip().startswith(("=", "+", "-", "@")), f"a spreadsheet would calculate {cell[:60]!r}"

suites = JUnitXml.fromfile(str(next(folder.glob("*.junit.xml"))))
cases = [case for suite in suites for case in suite]
assert len(cases) == len(items) == suites.tests, "the number of cases"
kinds = [type(case.result[0]) if case.result else None for case in cases]
assert (kinds.count(Failure), kinds.count(Error), kinds.count(Skipped)) == (suites.failures, suites.errors, suites.skipped)
for case, item in zip(cases, items):
    is_bad = item["level"] == "mandatory" and item["verdict"] in ("fail", "partial", "open")
    assert not is_bad or isinstance(case.result[0], (Failure, Error)), f"{item['item']} passes in the pipeline"
print(f"readers: {len(rows) - 1} rows of CSV, {len(cases)} cases of JUnit")
