//! Running the binary in a folder of its own.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// When tests run what they made.
pub const AT: &str = "2026-07-01T08:00Z";

/// A folder that goes with the test.
pub struct Folder {
    temporary: tempfile::TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Done {
    /// The command line.
    pub command: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Self { temporary: tempfile::tempdir().unwrap() }
    }

    /// A folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    /// A folder made by `syncline new`, in which commands run.
    pub fn fresh() -> Self {
        let folder = Self::new();
        let done = folder.run(&["new", "."]);
        assert_eq!(done.code, 0, "{done:?}");
        folder.write(
            "syncline.yaml",
            &folder
                .read("syncline.yaml")
                .lines()
                .map(|line| if line.starts_with("name:") { "name: hello\n".to_owned() } else { format!("{line}\n") })
                .collect::<String>(),
        );
        folder
    }

    /// A fresh folder after a run at the instant [`AT`].
    pub fn has_run() -> Self {
        let folder = Self::fresh();
        assert_eq!(folder.run(&["run", "--at", AT]).code, 0);
        folder
    }

    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    pub fn join(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.join(path)).unwrap()
    }

    /// Replaces a text in a file, which must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} does not hold {from:?}");
        self.write(path, &text.replace(from, to));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_syncline"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "SYNCLINE_KILL_AT"] {
            command.env_remove(variable);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        let done = self.done(&self.command(arguments).output().unwrap());
        Done { command: ["syncline"].iter().chain(arguments).copied().collect::<Vec<_>>().join(" "), ..done }
    }

    /// Texts with everything that differs from run to run named: the folder and times taken.
    pub fn done(&self, output: &Output) -> Done {
        let canonical = self.path().canonicalize().unwrap();
        let text = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).unwrap();
            let text =
                text.replace(canonical.to_str().unwrap(), "[DIR]").replace(self.path().to_str().unwrap(), "[DIR]");
            text.lines().map(|line| format!("{}\n", without_time(line))).collect()
        };
        Done {
            command: "syncline".to_owned(),
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// `… in 12 ms` as `… in [TIME]`.
fn without_time(line: &str) -> String {
    match line.strip_suffix(" ms").and_then(|line| line.rsplit_once(" in ")) {
        Some((before, number)) if number.chars().all(|c| c.is_ascii_digit()) => format!("{before} in [TIME]"),
        _ => line.to_owned(),
    }
}

impl Done {
    /// Everything in one text for a snapshot.
    pub fn all(&self) -> String {
        let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") };
        format!(
            "$ {}\n{}{}--- exit {}\n",
            self.command,
            part("stdout", &self.stdout),
            part("stderr", &self.stderr),
            self.code
        )
    }

    /// The JSON on standard output of a command that ended with this code.
    pub fn json(&self, code: i32) -> serde_json::Value {
        assert_eq!(self.code, code, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }
}
