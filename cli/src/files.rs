//! Files that are written whole or not at all.

use crate::trouble::{Outcome, Trouble};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file: first beside its place, then moved there, so that nobody ever sees half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    let folder = folder_of(path);
    fs::create_dir_all(&folder).map_err(|error| Trouble::file("make folder", &folder, &error))?;
    let failed = |error: std::io::Error| Trouble::file("write", path, &error);
    let mut draft = tempfile::Builder::new().prefix(".syncline-").tempfile_in(&folder).map_err(failed)?;
    draft.write_all(bytes).map_err(failed)?;
    // A temporary file is readable by its owner alone; what replaces a file should be as readable as that was.
    let permissions = match fs::metadata(path) {
        Ok(known) => Some(known.permissions()),
        Err(_) => readable(),
    };
    if let Some(permissions) = permissions {
        draft.as_file().set_permissions(permissions).map_err(failed)?;
    }
    draft.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Reads a text.
pub(crate) fn read_text(path: &Path) -> Outcome<String> {
    let bytes = fs::read(path).map_err(|error| Trouble::file("read", path, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        Trouble::new(format!("cannot read `{}`: it is not UTF-8", path.display())).help("save the file as UTF-8")
    })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(unix)]
fn readable() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable() -> Option<fs::Permissions> {
    None
}
