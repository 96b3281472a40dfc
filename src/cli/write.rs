//! Writes files whole or not at all, through a temporary file beside them, and never over something
//! the user has unless told to; then what was there is kept under another name.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Complaint;
use crate::load::file::shown;
use crate::model::diagnostic::Diagnostic;
use crate::model::origin::Origin;
use crate::msg;

/// A folder of the workspace to write into. One that is a link to somewhere else is refused: whoever
/// audits a folder that they were sent does not write where its sender wants.
pub fn folder_within(workspace: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let folder = workspace.join(name);
    if folder.symlink_metadata().is_ok() {
        let inside = folder.canonicalize()?.starts_with(workspace.canonicalize()?);
        if !inside {
            let wrong = Diagnostic::error(msg!("write.outside"), msg!("write.outside.mend"));
            return Err(Complaint(wrong.at(Origin::file(shown(&folder)))).into());
        }
    }
    Ok(folder)
}

/// Writes a file that must not exist yet.
pub fn new_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let temporary = filled(path, bytes)?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(error.error).with_context(|| shown(path)),
    }
}

/// Writes a file that must not exist yet, piece by piece: a large one need not be held.
pub fn new_stream(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(exists(path));
    }
    let mut temporary = filled(path, &[])?;
    let mut buffered = std::io::BufWriter::with_capacity(1 << 20, temporary.as_file_mut());
    fill(&mut buffered).and_then(|()| buffered.flush()).with_context(|| shown(path))?;
    drop(buffered);
    temporary.as_file().sync_all().with_context(|| shown(path))?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(error.error).with_context(|| shown(path)),
    }
}

/// Writes a file; one that exists is kept as `NAME.bak`, `NAME.bak-2` and so on. Gives the name
/// under which it is kept.
pub fn keeping_old(path: &Path, bytes: &[u8]) -> anyhow::Result<Option<PathBuf>> {
    let mut old = None;
    if path.exists() {
        let kept = kept_name(path);
        std::fs::hard_link(path, &kept).or_else(|_| std::fs::copy(path, &kept).map(drop))?;
        old = Some(kept);
    }
    replacing(path, bytes)?;
    Ok(old)
}

/// Writes a file over one of which a copy has been kept.
pub fn replacing(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    filled(path, bytes)?.persist(path).with_context(|| shown(path))?;
    Ok(())
}

/// Moves a file out of the way, to the name under which old ones are kept.
pub fn set_aside(path: &Path) -> anyhow::Result<PathBuf> {
    let kept = kept_name(path);
    std::fs::rename(path, &kept).with_context(|| shown(path))?;
    Ok(kept)
}

fn kept_name(path: &Path) -> PathBuf {
    free_name(path, |number| match number {
        1 => ".bak".to_owned(),
        _ => format!(".bak-{number}"),
    })
}

/// Writes a file under the first name that is free: `stem.end`, `stem-2.end` and so on.
pub fn under_free_name(folder: &Path, stem: &str, end: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    for number in 1..100_000 {
        let name = if number == 1 { format!("{stem}.{end}") } else { format!("{stem}-{number}.{end}") };
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        match filled(&path, bytes)?.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.error).with_context(|| shown(&path)),
        }
    }
    Err(exists(&folder.join(format!("{stem}.{end}"))))
}

/// The first of `path` + suffix that is free.
pub fn free_name(path: &Path, suffix: impl Fn(u32) -> String) -> PathBuf {
    let with = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix(number));
        PathBuf::from(name)
    };
    (1..).map(with).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}

pub fn exists(path: &Path) -> anyhow::Error {
    let wrong = Diagnostic::error(msg!("write.exists"), msg!("write.exists.mend"));
    Complaint(wrong.at(Origin::file(shown(path)))).into()
}

fn filled(path: &Path, bytes: &[u8]) -> anyhow::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| shown(folder))?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut temporary = builder.prefix(".tenken-").tempfile_in(folder).with_context(|| shown(folder))?;
    temporary.write_all(bytes).with_context(|| shown(path))?;
    temporary.as_file().sync_all().with_context(|| shown(path))?;
    Ok(temporary)
}
