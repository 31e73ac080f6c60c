//! Writes the documentation site of a plan: `cargo run -p syncline-emit --example site -- PLAN.json OUT [WORKSPACE]`.
//!
//! With `WORKSPACE`, the folder that the plan's source files are relative to, places in the site lead to lines of their texts.
#![allow(clippy::disallowed_methods, reason = "an example is a program: it reads and writes files")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(plan), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: site PLAN.json OUT [WORKSPACE]".into());
    };
    let plan: syncline_ir::Plan = serde_json::from_str(&std::fs::read_to_string(plan)?)?;
    let sources = arguments.next().map(|workspace| texts(&plan, &workspace)).transpose()?;
    let files = syncline_emit::docs::emit(&plan, sources.as_ref());
    for file in &files {
        let path = out.join(&file.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, &file.bytes)?;
    }
    println!("{} files in {}", files.len(), out.display());
    Ok(())
}

fn texts(plan: &syncline_ir::Plan, workspace: &Path) -> std::io::Result<BTreeMap<String, String>> {
    plan.provenance
        .iter()
        // Modules of the library are in the compiler, not in the workspace.
        .filter(|source| workspace.join(&source.file).is_file())
        .map(|source| Ok((source.file.clone(), std::fs::read_to_string(workspace.join(&source.file))?)))
        .collect()
}
