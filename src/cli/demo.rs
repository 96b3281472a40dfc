//! `tenken demo`: audits the example that travels inside the binary, in a folder of its own, so that
//! a newcomer sees what comes out before writing anything.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Exit, Session, clock, write};
use crate::audit::{self, Audited, Request, audit};
use crate::load::file::{TextFile, shown};
use crate::load::{embedded, facts};
use crate::model::assessment::Clock;
use crate::model::diagnostic::Diagnostics;
use crate::model::fact::Observation;
use crate::model::workspace::{Role, Target};
use crate::msg;
use crate::probe::authority::Authorized;
use crate::probe::certificate::Roots;
use crate::probe::network::Pin;
use crate::probe::{Options, Probe};
use crate::report::{self, Format, Reports, json};
use crate::stand::Stand;

const EXAMPLE: &str = "vendor";
/// The certificate and key of the server that speaks for it.
const STAND: &str = "demo-server";

const FACTS: &str = "facts.json";

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
        if path != FACTS {
            write::new_file(&dir.join(path), bytes)?;
        }
    }
    let clock = clock(Some(EXAMPLE_DAY))?;
    measure(&dir, clock, session)?;
    let request = Request {
        workspace: dir.clone(),
        folders: session.folders.clone(),
        facts: vec![dir.join(FACTS)],
        clock,
        probe: None,
    };
    let diagnostics = Diagnostics::default();
    let audited = audit(&request, &diagnostics, &|_, _| {})?;
    session.show(&diagnostics);
    let Some(Audited { assessment, .. }) = audited else { return Ok(Exit::Input) };
    let wire = json::to_wire(&assessment);
    let reports = Reports::new(&wire, Vec::new(), session.lang, session.verbose)?;
    for format in Format::ALL.iter().filter(|format| reports.is_possible(**format)) {
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

/// Measures the stand that speaks for the example's system. What is not about TLS is the example's
/// record; where no server can be started here, all of it is.
fn measure(dir: &Path, clock: Clock, session: &Session) -> anyhow::Result<()> {
    let file = |example: &str, name: &str| {
        let all = embedded::example(example);
        all.into_iter().find(|(path, _)| path == name).map(|(_, bytes)| bytes).unwrap_or_default()
    };
    let recorded = file(EXAMPLE, FACTS);
    let stand = Stand::start(file(STAND, "server.pem"), file(STAND, "server.key"));
    let (Some(catalog), Ok(stand)) = (session.catalog(), stand) else {
        return write::new_file(&dir.join(FACTS), recorded);
    };
    let mut options = Options::new(clock.now);
    // The stand speaks TLS and nothing worth reading; the rest of the example is a record.
    options.probes = vec![Probe::Tls, Probe::Certificate];
    if let Ok(roots) = Roots::from_pem(file(STAND, "ca.pem")) {
        options.roots = roots;
    }
    let known = TextFile::new(FACTS, String::from_utf8_lossy(recorded));
    let known = facts::read(&known, &catalog.registry, None, &Diagnostics::default());
    let (measured, mut others): (Vec<Observation>, Vec<Observation>) =
        known.into_iter().partition(|one| ["tls", "certificate"].contains(&one.fact.probe.as_str()));
    let Some(target) = measured.first().map(|one| one.target.clone()) else {
        return write::new_file(&dir.join(FACTS), recorded);
    };
    options.pins = Pin::all(&target, stand.address);
    let allowed = Target {
        url: format!("https://{target}"),
        endpoint: target.clone(),
        role: Role::System,
        authorized_by: Some(STAND.to_owned()),
        oidc_issuer: None,
        published: Default::default(),
    };
    let allowed: Vec<Authorized> = Authorized::new(&allowed).into_iter().collect();
    let seen = audit::measure(&allowed, &options, &catalog, &|_| {})?;
    let mut observations: Vec<Observation> = seen.into_iter().flat_map(|one| one.observations).collect();
    observations.append(&mut others);
    let all = report::facts::Target { endpoint: &target, observations: &observations, remarks: &[] };
    write::new_file(&dir.join(FACTS), report::facts::render(&[all])?.as_bytes())
}

fn free_folder() -> PathBuf {
    let first = Path::new("tenken-demo");
    if first.exists() {
        write::free_name(first, |number| format!("-{}", number + 1))
    } else {
        first.to_owned()
    }
}
