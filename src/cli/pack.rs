//! `tenken pack`: one file for submission.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::{Complaint, Exit, Session, write};
use crate::audit;
use crate::load::file::{TextFile, shown};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::origin::Origin;
use crate::msg;
use crate::pack::{self, KeyRefused};
use crate::submission::prepare;

/// A larger file is no key.
const LARGEST_KEY: u64 = 64 << 10;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    #[arg(long)]
    allow_warnings: bool,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let diagnostics = Diagnostics::default();
    audit::applicant_part(&args.dir, &diagnostics);
    let prepared = prepare(&args.dir, &session.folders, &diagnostics);
    let (false, Some(prepared)) = (session.show(&diagnostics), prepared) else { return Ok(Exit::Input) };
    let warnings = Diagnostics::default();
    let found = prepared.warnings.len();
    prepared.warnings.into_iter().for_each(|one| warnings.push(one));
    session.show(&warnings);
    if found > 0 && !args.allow_warnings {
        session.remark(&session.say(&msg!("pack.not_packed", count = found)));
        return Ok(Exit::DoesNotConform);
    }
    let manifest = serde_json::to_string_pretty(&prepared.manifest)? + "\n";
    let signature = args.sign.as_ref().map(|key| sign(key, manifest.as_bytes(), session)).transpose()?;
    let path = args.out.clone().unwrap_or_else(|| default_name(&args.dir, &prepared.manifest.at));
    write::new_stream(&path, |out| {
        pack::write(&prepared.plan, manifest.as_bytes(), signature.as_deref(), out)
    })?;
    let count = prepared.manifest.files.len();
    session.print(&(session.say(&msg!("pack.written", path = shown(&path), count = count)) + "\n"))?;
    if signature.is_none() {
        session.remark(&session.say(&msg!("pack.unsigned")));
    }
    Ok(Exit::Conforms)
}

/// Named after the workspace and the day of its assessment, in the folder where one is.
fn default_name(dir: &Path, at: &str) -> PathBuf {
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let stem = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let day = at.get(..10).unwrap_or_default();
    PathBuf::from(format!("{}-{day}.tenken.zip", stem.as_deref().unwrap_or("workspace")))
}

fn sign(path: &Path, manifest: &[u8], session: &Session) -> anyhow::Result<String> {
    let file = TextFile::read_up_to(LARGEST_KEY, path).map_err(|wrong| Complaint(*wrong))?;
    let refused = |why| refused(path, why);
    let passphrase = match pack::is_encrypted(&file.text).map_err(refused)? {
        true => Some(passphrase(path, session)?),
        false => None,
    };
    Ok(pack::sign(&file.text, passphrase.as_deref(), manifest).map_err(refused)?)
}

/// Asked without showing what is typed. Where nobody can be asked, that is said.
fn passphrase(path: &Path, session: &Session) -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        return Err(complaint(path, msg!("pack.key_encrypted"), msg!("pack.key_encrypted.mend")).into());
    }
    Ok(rpassword::prompt_password(session.say(&msg!("pack.passphrase", path = shown(path))))?)
}

fn refused(path: &Path, why: KeyRefused) -> Complaint {
    match why {
        KeyRefused::NotAKey => complaint(path, msg!("pack.key"), msg!("pack.key.mend")),
        KeyRefused::WrongPassphrase => {
            complaint(path, msg!("pack.wrong_passphrase"), msg!("pack.wrong_passphrase.mend"))
        }
        KeyRefused::Unfit => complaint(path, msg!("pack.key_unfit"), msg!("pack.key.mend")),
    }
}

fn complaint(path: &Path, what: Message, mend: Message) -> Complaint {
    Complaint(Diagnostic::error(what, mend).at(Origin::file(shown(path))))
}
