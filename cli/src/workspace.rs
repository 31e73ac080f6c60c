//! Finding a workspace on disk and reading it.

use crate::files;
use crate::trouble::{Outcome, Trouble};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syncline::{Config, MANIFEST, MAX_FILE_BYTES, MAX_FILES, SourceFile, Workspace};

/// The root of the workspace: the folder named, or the nearest one upwards that holds `syncline.yaml`.
pub(crate) fn root(named: Option<&Path>) -> Outcome<PathBuf> {
    if let Some(folder) = named {
        if folder.join(MANIFEST).is_file() {
            return Ok(folder.to_path_buf());
        }
        let problem = if folder.is_dir() {
            format!("`{}` holds no `{MANIFEST}`", folder.display())
        } else {
            format!("there is no folder `{}`", folder.display())
        };
        return Err(Trouble::new(problem)
            .help(format!("`--workspace` names the folder with `{MANIFEST}`; `syncline new DIR` makes one")));
    }
    let here = std::env::current_dir()
        .map_err(|error| Trouble::new(format!("cannot find out the current folder: {error}")))?;
    let found = here.ancestors().find(|folder| folder.join(MANIFEST).is_file());
    // Paths that people see stay short: what lies in the current folder needs no folder before it.
    let shorten = |folder: &Path| if folder == here { PathBuf::new() } else { folder.to_path_buf() };
    found.map(shorten).ok_or_else(|| {
        Trouble::new(format!("there is no `{MANIFEST}` in `{}` or any folder above it", here.display()))
            .help("go to a workspace, name one with `--workspace DIR`, or make one with `syncline new DIR`")
    })
}

/// Reads the manifest.
pub(crate) fn config(root: &Path) -> Outcome<Config> {
    Ok(Config::parse(files::read_text(&root.join(MANIFEST))?))
}

/// Reads the workspace at `root`.
pub(crate) fn read(root: &Path) -> Outcome<Workspace> {
    let config = config(root)?;
    let files = match sources(root, &config) {
        Ok(paths) => read_all(root, paths)?,
        // The manifest's own mistakes come first: one of them may be why the folder is not there.
        Err(_) if !config.is_clean() => Vec::new(),
        Err(trouble) => return Err(trouble),
    };
    Ok(Workspace { config, files })
}

fn read_all(root: &Path, paths: Vec<String>) -> Outcome<Vec<SourceFile>> {
    if paths.len() > MAX_FILES {
        // Refused by their number; nobody needs their texts.
        return Ok(paths.into_iter().map(|path| SourceFile::new(path, "")).collect());
    }
    paths.into_iter().map(|path| source_file(&root.join(&path), path)).collect()
}

/// Reads a source file, which is called `name` in findings.
pub(crate) fn source_file(path: &Path, name: String) -> Outcome<SourceFile> {
    let failed = |error: std::io::Error| Trouble::file("read", path, &error);
    let bytes = fs::metadata(path).map_err(failed)?.len();
    if bytes > MAX_FILE_BYTES {
        return Ok(SourceFile::too_large(name, bytes));
    }
    Ok(SourceFile::from_bytes(name, fs::read(path).map_err(failed)?))
}

/// The paths of all source files from the root, with `/`, sorted.
pub(crate) fn sources(root: &Path, config: &Config) -> Outcome<Vec<String>> {
    let folder = root.join(&config.sources);
    if !folder.is_dir() {
        return Err(Trouble::new(format!("the folder of the sources, `{}`, does not exist", folder.display()))
            .help(format!("make it, or put another one behind `sources:` in `{}`", root.join(MANIFEST).display())));
    }
    let prefix = if config.sources == "." { String::new() } else { format!("{}/", config.sources) };
    let mut walk = Walk { found: Vec::new(), seen: BTreeSet::new() };
    walk.folder(&folder, &prefix)?;
    if walk.found.is_empty() {
        return Err(Trouble::new(format!("`{}` holds no `*.syn` file", folder.display()))
            .help("write the first one; `syncline new DIR` makes a small workspace to start from"));
    }
    walk.found.sort();
    Ok(walk.found)
}

/// The `*.syn` files below a folder, each with its path.
pub(crate) fn sources_below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut walk = Walk { found: Vec::new(), seen: BTreeSet::new() };
    walk.folder(folder, "")?;
    walk.found.sort();
    Ok(walk.found.into_iter().map(|path| folder.join(path)).collect())
}

struct Walk {
    found: Vec<String>,
    /// Folders as they are: a link back up must not lead in a circle.
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, prefix: &str) -> Outcome {
        let failed = |error: std::io::Error| Trouble::file("read folder", folder, &error);
        if !self.seen.insert(folder.canonicalize().map_err(failed)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                if path.extension().is_some_and(|extension| extension == "syn") {
                    return Err(Trouble::new(format!("the name of `{}` is not Unicode", path.display()))
                        .help("rename the file"));
                }
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                self.folder(&path, &format!("{prefix}{name}/"))?;
            } else if name.ends_with(".syn") {
                self.found.push(format!("{prefix}{name}"));
            }
        }
        Ok(())
    }
}
