"""The workbook, as openpyxl and LibreOffice read it: the charts are there, nothing that anybody typed
is a formula, and what LibreOffice recalculates equals the cached values and the assessment.
    tests/peers/workbook.py WORKBOOK.xlsx RESULT.json SOFFICE"""

import json
import pathlib
import subprocess
import sys
import tempfile

import openpyxl

path, result, soffice = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text()), sys.argv[3]
formulas = openpyxl.load_workbook(path)
cached = openpyxl.load_workbook(path, data_only=True)

names = formulas.sheetnames
assert len(names) >= 8, names
summary = names[1]
assert len(formulas[summary]._charts) == 4, "the charts of the summary"

seen = 0
for sheet in formulas:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                assert sheet.title == summary, f"{sheet.title}!{cell.coordinate} is a formula: {cell.value}"
                seen += 1
assert seen > 40, f"only {seen} formulas"

# LibreOffice opens it, calculates everything anew, and writes what it found.
with tempfile.TemporaryDirectory() as folder:
    profile = pathlib.Path(folder, "profile").as_uri()
    subprocess.run(
        [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", folder, str(path)], check=True, capture_output=True, timeout=240)
    again = openpyxl.load_workbook(pathlib.Path(folder, path.name), data_only=True)

held = 0
for row in formulas[summary].iter_rows():
    for cell in row:
        if cell.data_type != "f":
            continue
        ours, theirs = cached[summary][cell.coordinate].value, again[summary][cell.coordinate].value
        same = ours == theirs or (isinstance(ours, (int, float)) and abs(ours - theirs) < 1e-9)
        assert same, f"{cell.coordinate}: we say {ours}, LibreOffice says {theirs} ({cell.value})"
        held += 1

scores = result["scores"]
for row, level in ((6, "mandatory"), (7, "recommended")):
    values = [again[summary].cell(row, column).value for column in range(2, 11)]
    tally = scores[level]
    counts = [tally[key] for key in ("pass", "partial", "fail", "open", "not_applicable")]
    assert values[:5] == counts, f"{level}: {values[:5]} and {counts}"
    ratio = tally["conformity"]["ratio"]
    assert ratio is None or abs(values[7] - ratio) < 0.0001, f"{level}: {values[7]} and {ratio}"
    assert values[8] == tally["conflict"], f"{level}: contradictions"
print(f"the workbook: {len(names)} sheets, 4 charts, {held} recalculated figures equal the cached ones")
