//! The `syncline` binary, the example, and working copies of it.

use crate::ledger::{self, Ledger};
use crate::outcome::{Doing, Outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The example's runs: profile and instant, as in its README.
pub const RUNS: [(&str, &str); 3] =
    [("july", "2026-08-01T06:00Z"), ("august", "2026-09-01T06:00Z"), ("september", "2026-10-01T06:00Z")];

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The example.
pub fn example() -> PathBuf {
    root().join("examples/consulting")
}

/// Builds the command line tool as this binary was built, and says where it is.
pub fn syncline() -> Outcome<PathBuf> {
    let release = !cfg!(debug_assertions);
    build(release)?;
    let own = std::env::current_exe().doing("finding this program")?;
    Ok(own.with_file_name(format!("syncline{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds the command line tool in release mode, and says where it is.
pub fn release() -> Outcome<PathBuf> {
    build(true)?;
    let own = std::env::current_exe().doing("finding this program")?;
    let profiles = own.parent().and_then(Path::parent).ok_or("the target folder has no parent")?;
    Ok(profiles.join("release").join(format!("syncline{}", std::env::consts::EXE_SUFFIX)))
}

fn build(release: bool) -> Outcome {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["build", "--package", "syncline-cli"]);
    if release {
        cargo.arg("--release");
    }
    let status = cargo.status().doing("building syncline")?;
    if status.success() { Ok(()) } else { Err("syncline does not build".to_owned()) }
}

/// Runs a command and gives its output; one that fails is told with what it said.
pub fn output(command: &mut Command) -> Outcome<Output> {
    let shown = format!("{command:?}");
    let output = command.output().doing(&shown)?;
    if output.status.success() {
        return Ok(output);
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{shown} ended with {}\n{said}", output.status))
}

/// A copy of the example to run in.
pub struct Copy {
    /// Removed when the copy is dropped.
    _folder: tempfile::TempDir,
    path: PathBuf,
    syncline: PathBuf,
    ledger: Ledger,
}

impl Copy {
    /// The example with its committed data.
    pub fn committed(syncline: &Path) -> Outcome<Self> {
        Self::of_ledger(syncline, Ledger::Sqlite)
    }

    /// The example with its committed data, its cost lines elsewhere.
    pub fn of_ledger(syncline: &Path, ledger: Ledger) -> Outcome<Self> {
        let copy = Self { ledger, ..Self::bare(syncline)? };
        copy_folder(&example().join("data"), &copy.path.join("data"))?;
        ledger.prepare(&copy.path)?;
        Ok(copy)
    }

    /// The example with the cases of the oracle that are worked out by hand.
    pub fn handmade(syncline: &Path) -> Outcome<Self> {
        let copy = Self::bare(syncline)?;
        copy_folder(&root().join("tests/oracle/handmade/data"), &copy.path.join("data"))?;
        Ok(copy)
    }

    /// The example with generated data.
    pub fn generated(syncline: &Path, entries: u64, seed: u64, ledger: Ledger) -> Outcome<Self> {
        let copy = Self { ledger, ..Self::bare(syncline)? };
        crate::data::generate(entries, seed, &copy.path.join("data")).doing("generating data")?;
        ledger.prepare(&copy.path)?;
        Ok(copy)
    }

    /// The example without data, and with a profile `nightly` whose exports lie in `data/nightly`.
    pub fn nightly(syncline: &Path) -> Outcome<Self> {
        let copy = Self::bare(syncline)?;
        let path = copy.path.join("syncline.yaml");
        let settings = fs::read_to_string(&path).doing(path.display())?;
        let (_, profiles) = settings.split_once("  july:\n").ok_or("the example has no profile `july`")?;
        let july = profiles.split("  august:\n").next().unwrap_or_default();
        let nightly = format!("{settings}  nightly:\n{}", july.replace("data/july/", "data/nightly/"));
        fs::write(&path, nightly).doing(path.display())?;
        Ok(copy)
    }

    fn bare(syncline: &Path) -> Outcome<Self> {
        let folder = tempfile::tempdir().doing("making a folder")?;
        let path = folder.path().join("consulting");
        copy_folder(&example().join("specs"), &path.join("specs"))?;
        fs::copy(example().join("syncline.yaml"), path.join("syncline.yaml")).doing("copying syncline.yaml")?;
        Ok(Self { _folder: folder, path, syncline: syncline.to_owned(), ledger: Ledger::Sqlite })
    }

    /// Where its cost lines are.
    pub const fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder with the database of each target.
    pub fn books(&self) -> PathBuf {
        self.path.join(".syncline/demo")
    }

    /// Takes back everything runs have left.
    pub fn reset(&self) -> Outcome {
        let state = self.path.join(".syncline");
        if state.exists() {
            fs::remove_dir_all(&state).doing("removing the hub")?;
        }
        Ok(())
    }

    /// A command of the tool in this workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.syncline);
        command.current_dir(&self.path).args(arguments).env_remove("SYNCLINE_KILL_AT");
        command
    }

    /// The arguments of one of the example's runs.
    pub fn run_arguments<'a>(run: (&'a str, &'a str)) -> [&'a str; 7] {
        ["run", "--profile", run.0, "--at", run.1, "--format", "json"]
    }

    /// What a run that reconciles prints as JSON; anything else is an error.
    pub fn run(&self, run: (&str, &str)) -> Outcome<serde_json::Value> {
        let output = output(&mut self.command(&Self::run_arguments(run)))?;
        serde_json::from_slice(&output.stdout).doing("reading what `syncline run` printed")
    }

    /// The open exceptions as JSON.
    pub fn exceptions(&self, run: (&str, &str)) -> Outcome<serde_json::Value> {
        let output =
            output(&mut self.command(&["exceptions", "list", "--profile", run.0, "--at", run.1, "--format", "json"]))?;
        serde_json::from_slice(&output.stdout).doing("reading what `syncline exceptions list` printed")
    }

    /// All rows of the books as text, table by table, in key order. The books number their lines as they come, so `numbers` can
    /// be left out where the order of lines is not what counts.
    pub fn dump_books(&self, numbers: bool) -> Outcome<String> {
        let mut dump = ledger::table(&self.books().join("erp.db"), "customer", numbers)?;
        let lines = self.ledger.dump(&self.path, &self.books(), numbers)?;
        if lines.is_empty() {
            return Err(format!("there are no cost lines ({})", self.ledger.name()));
        }
        dump.push_str(&lines);
        if dump.is_empty() { Err("the books are empty".to_owned()) } else { Ok(dump) }
    }
}

/// Copies a folder and everything in it.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).doing(to.display())?;
    for entry in fs::read_dir(from).doing(from.display())? {
        let entry = entry.doing(from.display())?;
        let target = to.join(entry.file_name());
        if entry.file_type().doing(entry.path().display())?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).doing(target.display())?;
        }
    }
    Ok(())
}

/// All files below a folder, relative to it, sorted.
pub fn files_below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(&next).doing(next.display())? {
            let path = entry.doing(next.display())?.path();
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Numbers that look random and are the same on every machine (SplitMix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }
}
