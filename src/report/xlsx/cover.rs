//! The cover: who, what, when, the conclusion, and room for signatures.

use rust_xlsxwriter::XlsxError;

use super::sheet::Sheet;
use crate::msg;
use crate::report::headline;

pub fn write(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let assessment = reading.assessment;
    sheet.column(0, 22.0)?;
    sheet.column(1, 40.0)?;
    sheet.column(2, 34.0)?;
    sheet.line(1, reading.word("html.title"), &styles.soft, 18.0)?;
    sheet.line(2, &reading.subject(), &styles.title, 32.0)?;
    sheet.line(4, reading.text(&assessment.conclusion_title), &styles.heading, 24.0)?;
    sheet.line(5, &headline::sentence(&reading), &styles.soft, 18.0)?;
    let mut row = 6;
    for remark in headline::remarks(&reading).into_iter().chain(headline::unmeasured(&reading)) {
        sheet.line(row, &remark, &styles.soft, 18.0)?;
        row += 1;
    }
    row = facts(&mut sheet, row + 1)?;
    row = checklists(&mut sheet, row + 1)?;
    signatures(&mut sheet, row + 1)?;
    sheet.finish()
}

fn facts(sheet: &mut Sheet, mut row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let assessment = reading.assessment;
    let subject = &assessment.subject;
    let features: Vec<&str> = assessment.legend.features.iter().map(|one| reading.text(&one.title)).collect();
    let features = features.join(reading.word("list.separator"));
    let tool = format!("{} {}", assessment.tool.name, assessment.tool.version);
    let rows = [
        ("xlsx.subject", Some(subject.name.as_str())),
        ("xlsx.kind", Some(reading.word(subject.kind.label()))),
        ("xlsx.product", subject.product.as_deref()),
        ("xlsx.applicant", subject.applicant.as_deref()),
        ("xlsx.evaluator", subject.evaluator.as_deref()),
        ("html.date", Some(assessment.date.as_str())),
        ("xlsx.moment", Some(assessment.at.as_str())),
        ("html.features", Some(features.as_str())),
        ("xlsx.tool", Some(tool.as_str())),
    ];
    for (label, value) in rows {
        sheet.text(row, 0, reading.word(label), &styles.name)?;
        sheet.text(row, 1, value.unwrap_or_default(), &styles.cell)?;
        sheet.text(row, 2, "", &styles.cell)?;
        row += 1;
    }
    Ok(row)
}

fn checklists(sheet: &mut Sheet, mut row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    for (column, label) in (0..).zip(["csv.checklist", "explain.source", "xlsx.digest"]) {
        sheet.text(row, column, reading.word(label), &styles.head)?;
    }
    row += 1;
    for checklist in &reading.assessment.checklists {
        let title = reading.text(&checklist.title);
        let source = &checklist.source;
        let published = source.published.as_deref().unwrap_or_default();
        let cited = format!("{} {} {} {published}", source.publisher, source.document, source.place);
        let edition = reading.say(&msg!(
            "summary.checklist",
            title = title,
            edition = reading.text(&checklist.edition_title)
        ));
        sheet.text(row, 0, &edition, &styles.cell)?;
        sheet.text(row, 1, cited.trim_end(), &styles.cell)?;
        sheet.text(row, 2, &checklist.digest, &styles.code)?;
        row += 1;
    }
    Ok(row)
}

fn signatures(sheet: &mut Sheet, mut row: u32) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    for (column, label) in (0..).zip(["xlsx.role", "xlsx.name_and_date", "xlsx.signature"]) {
        sheet.text(row, column, reading.word(label), &styles.head)?;
    }
    for label in ["xlsx.applicant", "xlsx.evaluator", "xlsx.responsible"] {
        row += 1;
        sheet.at_least(row, 40.0);
        sheet.text(row, 0, reading.word(label), &styles.line)?;
        sheet.text(row, 1, "", &styles.line)?;
        sheet.text(row, 2, "", &styles.line)?;
    }
    Ok(())
}
