//! `tenken evidence`: the documents of a workspace.

mod add;
mod list;

use clap::Subcommand;

use super::{Exit, Session};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(add::Args),
    List(list::Args),
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Add(args) => add::run(args, session),
        Command::List(args) => list::run(args, session),
    }
}
