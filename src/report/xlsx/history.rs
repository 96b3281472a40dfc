//! The sheet on how it came to this: every kept assessment with its figures, and a line through them.

use rust_xlsxwriter::{Chart, ChartFormat, ChartLine, ChartType, Color, XlsxError};

use super::sheet::Sheet;
use crate::report::Input;
use crate::wire::assessment::Assessment;

const HEAD: u32 = 3;
const SHARE: u16 = 1;
const RECOMMENDED: u16 = 2;

pub fn write(mut sheet: Sheet, input: &Input) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    sheet.title("xlsx.history", reading.word("xlsx.history_lead"))?;
    let ids = [
        "html.date",
        "xlsx.mandatory_share",
        "xlsx.recommended_share",
        "verdict.pass",
        "verdict.partial",
        "verdict.fail",
        "verdict.open",
        "html.conflict",
        "html.conclusion",
    ];
    sheet.head(HEAD, &ids, &[13.0, 12.0, 12.0, 10.0, 10.0, 10.0, 10.0, 10.0, 34.0])?;
    let all: Vec<&Assessment> = input.earlier.iter().chain([input.assessment]).collect();
    let mut last = HEAD;
    for (row, one) in (HEAD + 1..).zip(&all) {
        let tally = &one.scores.mandatory;
        sheet.text(row, 0, &one.date, &styles.cell)?;
        for (column, tally) in [(SHARE, tally), (RECOMMENDED, &one.scores.recommended)] {
            match tally.conformity.ratio {
                Some(ratio) => sheet.number(row, column, ratio, &styles.percent)?,
                None => sheet.text(row, column, "–", &styles.cell)?,
            }
        }
        for (column, count) in (3..).zip([tally.pass, tally.partial, tally.fail, tally.open, tally.conflict])
        {
            sheet.number(row, column, f64::from(count), &styles.number)?;
        }
        sheet.text(row, 8, reading.text(&one.conclusion_title), &styles.cell)?;
        last = row;
    }
    chart(&mut sheet, last)?;
    sheet.sheet.set_landscape();
    sheet.finish()
}

fn chart(sheet: &mut Sheet, last: u32) -> Result<(), XlsxError> {
    let name = sheet.word("xlsx.history");
    let mut chart = Chart::new(ChartType::Line);
    for (column, colour) in [(SHARE, 0x0B_5870), (RECOMMENDED, 0x8A_9AA5)] {
        let line = ChartLine::new().set_color(Color::RGB(colour)).set_width(2.25).clone();
        chart
            .add_series()
            .set_name((name, HEAD, column))
            .set_categories((name, HEAD + 1, 0, last, 0))
            .set_values((name, HEAD + 1, column, last, column))
            .set_format(ChartFormat::new().set_line(&line));
    }
    chart.title().set_name(sheet.word("html.history")).set_overlay(false);
    chart.y_axis().set_min(0.0).set_max(1.0).set_num_format("0%");
    chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    chart.set_width(760).set_height(300);
    sheet.sheet.insert_chart(last + 2, 0, &chart)?;
    Ok(())
}
