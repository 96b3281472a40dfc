//! `tenken demo`: audits the example that travels inside the binary, in a folder of its own, so that
//! a newcomer sees what comes out before writing anything.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Exit, Session, clock, write};
use crate::audit::{Request, audit};
use crate::load::embedded;
use crate::load::file::shown;
use crate::model::diagnostic::Diagnostics;
use crate::msg;
use crate::report::{Format, Reports, json};

const EXAMPLE: &str = "vendor";

/// The day on which the example's answers and measurements are up to date.
const EXAMPLE_DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 20);

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let dir = match &args.dir {
        Some(dir) if dir.exists() => return Err(write::exists(dir)),
        Some(dir) => dir.clone(),
        None => free_folder(),
    };
    for (path, bytes) in embedded::example(EXAMPLE) {
        write::new_file(&dir.join(path), bytes)?;
    }
    let request = Request {
        workspace: dir.clone(),
        folders: session.folders.clone(),
        facts: vec![dir.join("facts.json")],
        clock: clock(Some(EXAMPLE_DAY))?,
    };
    let diagnostics = Diagnostics::default();
    let assessment = audit(&request, &diagnostics);
    session.show(&diagnostics);
    let Some(assessment) = assessment else { return Ok(Exit::Input) };
    let wire = json::to_wire(&assessment);
    let reports = Reports::new(&wire, Vec::new(), session.lang, session.verbose)?;
    for format in Format::ALL {
        for rendered in reports.render(*format)? {
            if *format == Format::Text {
                let text = String::from_utf8_lossy(&rendered.bytes);
                session.print(&text)?;
                let plain = anstream::adapter::strip_str(&text).to_string();
                write::new_file(&dir.join("reports/summary.txt"), plain.as_bytes())?;
            } else {
                let name = format!("assessment.{}", rendered.end);
                write::new_file(&dir.join("reports").join(&name), &rendered.bytes).context(name)?;
            }
        }
    }
    session.print(&(session.say(&msg!("demo.done", dir = shown(&dir))) + "\n"))?;
    Ok(Exit::Conforms)
}

fn free_folder() -> PathBuf {
    let first = Path::new("tenken-demo");
    if first.exists() {
        write::free_name(first, |number| format!("-{}", number + 1))
    } else {
        first.to_owned()
    }
}
