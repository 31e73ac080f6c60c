//! What the tests of the façade share.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use syncline::diagnostics::{Diagnostic, SourceMap};
use syncline::{Checked, Config, SourceFile, Workspace};

/// A finding in one line: `unknown-name specs/a.syn:3:7 message`.
pub fn line(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let at = sources.resolve(diagnostic.primary.span);
    format!("{} {}:{}:{} {}", diagnostic.code.name, at.path, at.start.line, at.start.column, diagnostic.message)
}

/// All findings of a workspace in order, each in one line.
pub fn lines(checked: &Checked) -> Vec<String> {
    checked.diagnostics.iter().map(|one| line(one, &checked.sources)).collect()
}

/// The consulting example as it lies in the repository.
pub fn consulting() -> Workspace {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/consulting");
    let mut paths = Vec::new();
    collect(&root.join("specs"), &mut paths);
    assert!(paths.len() >= 10, "the example has lost its specs");
    let file = |path: PathBuf| {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .components()
            .map(|part| part.as_os_str().to_str().unwrap())
            .collect::<Vec<_>>()
            .join("/");
        SourceFile::new(name, std::fs::read_to_string(path).unwrap())
    };
    Workspace {
        config: Config::parse(std::fs::read_to_string(root.join("syncline.yaml")).unwrap()),
        files: paths.into_iter().map(file).collect(),
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "syn") {
            found.push(path);
        }
    }
}
