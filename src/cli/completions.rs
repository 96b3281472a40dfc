//! `tenken completions`: what a shell needs to complete the command line.

use super::{Exit, Session, command};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(session.lang), "tenken", &mut script);
    session.print_data(&script)?;
    Ok(Exit::Conforms)
}
