//! The summary: verdicts counted by level, theme and actor, with charts. Every count is a formula over
//! the evaluation sheet, every share a formula over the counts and the weights on the method sheet.

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLine, ChartPatternFill, ChartPatternFillType, ChartSolidFill, ChartType, Color,
    XlsxError,
};

use super::evaluation::{ACTOR, ASSURANCE, CHECKLIST, CONFLICT, FIRST, LEVEL, THEME, VERDICT, last};
use super::sheet::{Sheet, letter};
use crate::report::headline;
use crate::report::reading::{ACTORS, VERDICTS, checklist_id};
use crate::wire::assessment::{Assurance, Item, Level, Ratio, Tally, Verdict};

/// Columns of counts: the five verdicts after the label.
const COUNTS: u16 = 1;
const APPLICABLE: u16 = 6;
const POINTS: u16 = 7;
const SHARE: u16 = 8;
const CONTRADICTED: u16 = 9;

/// Where the charts begin.
const CHARTS: u16 = 11;

/// One condition on the evaluation sheet.
type Condition<'c> = (u16, &'c str);

pub fn write(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    sheet.title(super::SUMMARY, reading.text(&reading.assessment.conclusion_title))?;
    sheet.line(2, &headline::sentence(&reading), &styles.soft, 18.0)?;
    sheet.column(0, 34.0)?;
    for column in COUNTS..=CONTRADICTED {
        sheet.column(column, 12.0)?;
    }
    let levels = by_level(&mut sheet, 4)?;
    let backed = shares(&mut sheet, levels + 2)?;
    let assurance = by_assurance(&mut sheet, backed + 2)?;
    let actors = by_actor(&mut sheet, assurance + 2)?;
    let themes = by_theme(&mut sheet, actors + 2)?;
    let chart = |first: u32, last: u32| (first, last);
    verdict_chart(&mut sheet, "xlsx.by_level", chart(5, levels), 4, 200)?;
    assurance_chart(&mut sheet, chart(backed + 3, assurance), 13)?;
    verdict_chart(&mut sheet, "xlsx.by_actor", chart(assurance + 3, actors), 23, 240)?;
    let height = 120 + 26 * (themes - actors - 2);
    verdict_chart(&mut sheet, "xlsx.by_theme", chart(actors + 3, themes), 34, height)?;
    sheet.sheet.set_landscape().set_print_fit_to_pages(1, 1);
    sheet.finish()
}

/// How many items fulfil all the conditions, as a formula that compares whole texts: COUNTIFS would
/// read question marks and signs of comparison in them.
fn count(sheet: &Sheet, conditions: &[Condition]) -> String {
    let name = sheet.word(super::EVALUATION);
    let (first, last) = (FIRST + 1, last(sheet.reading.assessment.items.len()) + 1);
    let range = |column: u16| format!("'{name}'!${0}${first}:${0}${last}", letter(column));
    let holds = |(column, cell): &Condition| format!("({}={cell})", range(*column));
    let parts: Vec<String> = conditions.iter().map(holds).collect();
    format!("=SUMPRODUCT(1*{})", parts.join("*"))
}

fn head(sheet: &mut Sheet, row: u32, title: &str, more: &[&str]) -> Result<(), XlsxError> {
    let styles = sheet.styles;
    let word = sheet.word(title);
    sheet.text(row, 0, word, &styles.head)?;
    let verdicts = VERDICTS.iter().map(|verdict| sheet.reading.word(verdict.label()));
    let words: Vec<&str> = verdicts.chain(more.iter().map(|id| sheet.reading.word(id))).collect();
    (COUNTS..).zip(words).try_for_each(|(column, word)| sheet.text(row, column, word, &styles.head))
}

/// The five verdicts of a row, counted.
fn verdicts(
    sheet: &mut Sheet,
    row: u32,
    head: u32,
    conditions: &[Condition],
    items: &[&Item],
) -> Result<(), XlsxError> {
    let style = &sheet.styles.number;
    for (column, verdict) in (COUNTS..).zip(VERDICTS) {
        let cell = format!("{}${}", letter(column), head + 1);
        let formula = count(sheet, &[conditions, &[(VERDICT, cell.as_str())]].concat());
        let value = items.iter().filter(|item| item.verdict == verdict).count();
        sheet.formula(row, column, &formula, value, style)?;
    }
    Ok(())
}

fn by_level(sheet: &mut Sheet, row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    head(sheet, row, "html.level", &["xlsx.applicable", "xlsx.points", "md.share", "html.conflict"])?;
    let scores = &reading.assessment.scores;
    let rows = [(Level::Mandatory, &scores.mandatory), (Level::Recommended, &scores.recommended)];
    let mut at = row;
    for (level, tally) in rows {
        at += 1;
        sheet.text(at, 0, reading.word(level.label()), &styles.cell)?;
        let label = format!("$A{}", at + 1);
        let own: Vec<&Item> = reading.assessment.items.iter().filter(|item| item.level == level).collect();
        verdicts(sheet, at, row, &[(LEVEL, &label)], &own)?;
        score(sheet, at, tally)?;
        let conflict = format!("\"{}\"", reading.word("html.conflict"));
        let formula = count(sheet, &[(LEVEL, &label), (CONFLICT, &conflict)]);
        sheet.formula(at, CONTRADICTED, &formula, tally.conflict, &styles.number)?;
    }
    Ok(at)
}

/// The items that apply, their weighted sum, and the share.
fn score(sheet: &mut Sheet, row: u32, tally: &Tally) -> Result<(), XlsxError> {
    let styles = sheet.styles;
    let line = row + 1;
    let method = sheet.word(super::METHOD);
    let weight = |verdict: usize| {
        let column = letter(COUNTS + verdict as u16);
        format!("{column}{line}*'{method}'!$B${}", super::method::WEIGHTS + 1 + verdict as u32)
    };
    let sum = (0..4).map(weight).collect::<Vec<_>>().join("+");
    sheet.formula(row, APPLICABLE, &format!("=SUM(B{line}:E{line})"), tally.applicable(), &styles.number)?;
    sheet.formula(row, POINTS, &format!("={sum}"), tally.conformity.points, &styles.cell)?;
    share(sheet, row, SHARE, ('H', 'G'), tally.conformity)
}

/// One cell divided by another; nothing where there is nothing to divide by.
fn share(
    sheet: &mut Sheet,
    row: u32,
    column: u16,
    (part, of): (char, char),
    ratio: Ratio,
) -> Result<(), XlsxError> {
    let line = row + 1;
    let formula = format!("=IF({of}{line}=0,\"–\",{part}{line}/{of}{line})");
    let value = match ratio.of {
        0 => "–".to_owned(),
        of => (ratio.points / f64::from(of)).to_string(),
    };
    sheet.formula(row, column, &formula, value, &sheet.styles.percent)
}

/// What is backed, and what is decided.
fn shares(sheet: &mut Sheet, row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    for (column, id) in (0..).zip(["xlsx.shares", "xlsx.part", "xlsx.of", "md.share"]) {
        sheet.text(row, column, reading.word(id), &styles.head)?;
    }
    let scores = &reading.assessment.scores;
    let label = |id: &str| format!("\"{}\"", reading.word(id));
    let (pass, open) = (label(Verdict::Pass.label()), label(Verdict::Open.label()));
    let counted =
        |sheet: &Sheet, conditions: &[Condition]| count(sheet, conditions).trim_start_matches('=').to_owned();
    let backed = [Assurance::Documented, Assurance::Measured]
        .map(|one| counted(sheet, &[(VERDICT, &pass), (ASSURANCE, &label(one.label()))]))
        .join("+");
    let applicable = VERDICTS
        .iter()
        .filter(|verdict| **verdict != Verdict::NotApplicable)
        .map(|verdict| counted(sheet, &[(VERDICT, &label(verdict.label()))]))
        .collect::<Vec<_>>()
        .join("+");
    let decided = format!("{applicable}-{}", counted(sheet, &[(VERDICT, &open)]));
    let rows = [
        ("summary.assurance", backed, counted(sheet, &[(VERDICT, &pass)]), scores.assurance),
        ("summary.coverage", decided, applicable, scores.coverage),
    ];
    let mut at = row;
    for (id, part, of, ratio) in rows {
        at += 1;
        sheet.text(at, 0, reading.word(id), &styles.cell)?;
        sheet.formula(at, 1, &format!("={part}"), ratio.points, &styles.number)?;
        sheet.formula(at, 2, &format!("={of}"), ratio.of, &styles.number)?;
        share(sheet, at, 3, ('B', 'C'), ratio)?;
    }
    Ok(at)
}

/// How well the passes are known.
fn by_assurance(sheet: &mut Sheet, row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    sheet.text(row, 0, reading.word("xlsx.by_assurance"), &styles.head)?;
    sheet.text(row, 1, reading.word("html.count"), &styles.head)?;
    let pass = format!("\"{}\"", reading.word(Verdict::Pass.label()));
    let mut at = row;
    for assurance in [Assurance::Measured, Assurance::Documented, Assurance::Declared] {
        at += 1;
        sheet.text(at, 0, reading.word(assurance.label()), &styles.cell)?;
        let formula = count(sheet, &[(VERDICT, &pass), (ASSURANCE, &format!("$A{}", at + 1))]);
        let known = |item: &&Item| item.verdict == Verdict::Pass && item.assurance == assurance;
        let value = reading.assessment.items.iter().filter(known).count();
        sheet.formula(at, 1, &formula, value, &styles.number)?;
    }
    Ok(at)
}

fn by_actor(sheet: &mut Sheet, row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    head(sheet, row, "html.actor", &[])?;
    let mut at = row;
    for actor in ACTORS {
        let own: Vec<&Item> = reading.assessment.items.iter().filter(|item| item.actor == actor).collect();
        if own.is_empty() {
            continue;
        }
        at += 1;
        sheet.text(at, 0, reading.word(actor.label()), &styles.cell)?;
        verdicts(sheet, at, row, &[(ACTOR, &format!("$A{}", at + 1))], &own)?;
    }
    Ok(at.max(row + 1))
}

fn by_theme(sheet: &mut Sheet, row: u32) -> Result<u32, XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    head(sheet, row, "html.theme", &["csv.checklist"])?;
    let mut at = row;
    for checklist in &reading.assessment.checklists {
        for theme in &checklist.themes {
            let mine = |item: &&Item| item.theme == theme.key && checklist_id(&item.item) == checklist.id;
            let own: Vec<&Item> = reading.assessment.items.iter().filter(mine).collect();
            if own.is_empty() {
                continue;
            }
            at += 1;
            sheet.text(at, 0, reading.text(&theme.title), &styles.cell)?;
            sheet.text(at, APPLICABLE, &checklist.id, &styles.name)?;
            let conditions = [(THEME, format!("$A{}", at + 1)), (CHECKLIST, format!("$G{}", at + 1))];
            let conditions = conditions.each_ref().map(|(column, cell)| (*column, cell.as_str()));
            verdicts(sheet, at, row, &conditions, &own)?;
        }
    }
    Ok(at.max(row + 1))
}

/// Solid for what is settled, hatched for what is half done, dotted for what is open: the pattern says
/// what the colour says.
fn fill(verdict: Verdict) -> ChartFormat {
    let mut format = ChartFormat::new();
    let mut pattern = |kind: ChartPatternFillType, front: u32, back: u32| {
        format.set_pattern_fill(
            ChartPatternFill::new()
                .set_pattern(kind)
                .set_foreground_color(Color::RGB(front))
                .set_background_color(Color::RGB(back)),
        );
    };
    match verdict {
        Verdict::Partial => pattern(ChartPatternFillType::DiagonalStripesWideUpwards, 0xD7_9A2B, 0xFB_E9C6),
        Verdict::Open => pattern(ChartPatternFillType::SmallConfetti, 0x7C_8894, 0xEE_F1F3),
        Verdict::Pass => solid(&mut format, 0x3A_8F80),
        Verdict::Fail => solid(&mut format, 0xC0_392F),
        Verdict::NotApplicable => solid(&mut format, 0xDD_E2E6),
    }
    format
}

fn solid(format: &mut ChartFormat, colour: u32) {
    format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(colour)));
}

fn verdict_chart(
    sheet: &mut Sheet,
    title: &str,
    (first, last): (u32, u32),
    row: u32,
    height: u32,
) -> Result<(), XlsxError> {
    let name = sheet.word(super::SUMMARY);
    let mut chart = Chart::new(ChartType::BarStacked);
    for (column, verdict) in (COUNTS..).zip(VERDICTS) {
        chart
            .add_series()
            .set_name((name, first - 1, column))
            .set_categories((name, first, 0, last, 0))
            .set_values((name, first, column, last, column))
            .set_format(&mut fill(verdict))
            .set_gap(40);
    }
    place(sheet, chart, title, row, height)
}

fn assurance_chart(sheet: &mut Sheet, (first, last): (u32, u32), row: u32) -> Result<(), XlsxError> {
    let name = sheet.word(super::SUMMARY);
    let mut format = ChartFormat::new();
    solid(&mut format, 0x0B_5870);
    let mut chart = Chart::new(ChartType::Bar);
    chart
        .add_series()
        .set_name((name, first - 1, 0))
        .set_categories((name, first, 0, last, 0))
        .set_values((name, first, 1, last, 1))
        .set_format(&mut format)
        .set_gap(60);
    chart.legend().set_hidden();
    place(sheet, chart, "xlsx.by_assurance", row, 220)
}

fn place(sheet: &mut Sheet, mut chart: Chart, title: &str, row: u32, height: u32) -> Result<(), XlsxError> {
    let title = sheet.word(title);
    chart.title().set_name(title);
    chart.title().set_font(rust_xlsxwriter::ChartFont::new().set_size(11));
    // The first row of the table is the uppermost bar.
    chart.y_axis().set_reverse();
    let mut grid = ChartLine::new();
    grid.set_color(Color::RGB(0xD9_DFE4));
    chart.x_axis().set_min(0).set_major_gridlines_line(&grid);
    chart.set_width(640).set_height(height).set_alt_text(title);
    sheet.sheet.insert_chart(row, CHARTS, &chart)?;
    Ok(())
}
