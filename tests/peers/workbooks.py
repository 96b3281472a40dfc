"""What other programs make of the questionnaires: openpyxl opens them without a complaint, LibreOffice
saves them in its own dialects, and what was typed there is read back with nothing lost.

    tests/peers/workbooks.py TENKEN
"""

import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

TENKEN = Path(sys.argv[1]).resolve()
warnings.simplefilter("error")


def tenken(*args, code=0):
    run = subprocess.run([TENKEN, *map(str, args)], capture_output=True, text=True, env={"TENKEN_LANG": "ja"})
    assert run.returncode in (code if isinstance(code, tuple) else (code,)), f"{args}: {run.returncode}\n{run.stdout}{run.stderr}"
    return run


def office(folder, kind, source, outdir):
    profile = (folder / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", outdir, source],
        check=True, capture_output=True, timeout=300,
    )
    made = list(Path(outdir).glob(f"{Path(source).stem}.{kind.split(':')[0]}"))
    assert made, f"LibreOffice wrote no {kind}"
    return made[0]


def audited(workspace):
    """The result, without what names the run."""
    run = tenken("audit", workspace, "--no-probe", "--no-history", "--format", "json", "--at", "2026-11-20", code=(0, 1, 3))
    result = json.loads(run.stdout)
    return [(item["item"], item["verdict"], item["declared"], item["evidence"], item["due"], item["review"]) for item in result["items"]]


def questions(book):
    return [sheet for sheet in book if sheet.cell(3, 1).value == "tenken-item"]


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[3]}


def opened_by_openpyxl(path):
    book = openpyxl.load_workbook(path)
    [sheet] = questions(book)
    at = columns(sheet)
    letter = {name: get_column_letter(column) for name, column in at.items()}
    assert sheet.freeze_panes == f"{letter['問い']}4", sheet.freeze_panes
    assert sheet.auto_filter.ref.startswith("A3:"), sheet.auto_filter.ref
    assert sheet.print_title_rows == "$3:$3", sheet.print_title_rows
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
    assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "&P" in sheet.oddFooter.right.text, sheet.oddFooter.right.text
    assert sheet.column_dimensions["A"].hidden
    assert sheet.protection.sheet and sheet.protection.password is None
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    by_column = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1 for rule in lists}
    assert by_column[letter["回答"]] == '"はい,一部,いいえ,予定,対象外"', by_column
    assert letter["判定"] in by_column
    dates = [rule for rule in sheet.data_validations.dataValidation if rule.type == "date"]
    assert len(dates) == 3 and all(rule.prompt for rule in lists + dates)
    assert len(sheet.conditional_formatting) >= 4
    items = [row for row in range(4, sheet.max_row + 1) if not str(sheet.cell(row, 1).value).startswith("#")]
    for row in items:
        assert sheet.cell(row, at["回答"]).protection.locked is False
        assert sheet.cell(row, at["問い"]).protection.locked is not False
        assert "直し方" in sheet.cell(row, at["項目"]).comment.text
    properties = {one.name: one.value for one in book.custom_doc_props.props}
    assert any(name.startswith("tenken-digest-") for name in properties), properties
    cached = openpyxl.load_workbook(path, data_only=True)
    start = cached.worksheets[0]
    figures = [cell.value for row in start.iter_rows() for cell in row if isinstance(cell.value, (int, float))]
    assert len(items) in figures, f"the start sheet counts {figures}, not {len(items)}"
    assert all(questions(cached)[0].cell(row, at["確認"]).value for row in items)
    return len(items)


def edited_in_openpyxl(path):
    """Answers typed, a column inserted, rows sorted the other way round."""
    book = openpyxl.load_workbook(path)
    [sheet] = questions(book)
    sheet.title = "回答（改名）"
    sheet.insert_cols(4)
    sheet.cell(3, 4).value = "担当部署"
    at = columns(sheet)
    rows = list(range(4, sheet.max_row + 1))
    wide = sheet.max_column
    values = [[sheet.cell(row, column).value for column in range(1, wide + 1)] for row in rows]
    for row, line in zip(rows, reversed(values)):
        for column, value in enumerate(line, start=1):
            # What openpyxl cannot work out would have no result.
            sheet.cell(row, column).value = None if isinstance(value, str) and value.startswith("=") else value
    typed = []
    for row in rows:
        name = sheet.cell(row, 1).value
        if name.startswith("#") or sheet.cell(row, at["回答"]).value:
            continue
        sheet.cell(row, at["回答"]).value = ["○", "一部", "×", "ＮＯ", "はい "][len(typed) % 5]
        sheet.cell(row, at["対応策"]).value = f"入力 {len(typed)}\n二行目 =1+1"
        sheet.cell(row, at["記入日"]).value = "令和8年11月20日"
        sheet.cell(row, 4).value = f"部署 {len(typed)}"
        typed.append(name)
    assert typed
    book.create_sheet("連絡先")["B3"] = "内線 119"
    book.save(path)
    return typed


def main():
    scratch = Path(tempfile.mkdtemp(prefix="tenken-peers-"))
    try:
        workspace = scratch / "w"
        shutil.copytree(Path(__file__).parents[2] / "examples/vendor", workspace)
        before = audited(workspace)
        tenken("form", workspace)
        path = workspace / "answers.xlsx"
        assert audited(workspace) == before, "writing the workbook changed the result"
        count = opened_by_openpyxl(path)
        print(f"openpyxl: {count} items, nothing to complain about")

        typed = edited_in_openpyxl(path)
        after = audited(workspace)
        told = dict((name, declared) for name, _, declared, *_ in after)
        kept = [(name, rest) for name, *rest in before if name not in typed]
        assert kept == [(name, rest) for name, *rest in after if name not in typed], "an answer was lost"
        assert all(told[name] and "二行目 =1+1" in told[name]["measure"] for name in typed)
        print(f"openpyxl: {len(typed)} answers typed, a column inserted, rows turned round, nothing lost")

        for kind in ["xlsx", "ods", "xls"]:
            elsewhere = scratch / f"via-{kind}"
            elsewhere.mkdir()
            saved = office(scratch, kind, path, elsewhere)
            other = scratch / kind
            shutil.copytree(workspace, other)
            (other / "answers.xlsx").unlink()
            shutil.copy(saved, other / f"answers.{kind}")
            assert audited(other) == after, f"saved as {kind} by LibreOffice, the result is another"
            again = tenken("form", other)
            book = openpyxl.load_workbook(other / "answers.xlsx")
            [sheet] = questions(book)
            assert "担当部署" in columns(sheet) and "連絡先" in book.sheetnames, book.sheetnames
            assert book["連絡先"]["B3"].value == "内線 119"
            assert audited(other) == after, f"written anew after {kind}, the result is another: {again.stderr}"
            print(f"LibreOffice: saved as {kind}, read back, nothing lost")

        printed = office(scratch, "pdf", path, scratch)
        assert printed.stat().st_size > 50_000
        print("LibreOffice: printed")
    finally:
        shutil.rmtree(scratch)


main()
