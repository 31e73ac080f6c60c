//! `repro`: the same specs give the same bytes, wherever and however they are built.

use crate::outcome::{Doing, Outcome};
use crate::tool::{self, Copy, files_below};
use sha2::{Digest, Sha256};
use std::fs;

/// Environments that must not matter.
const ENVIRONMENTS: [[(&str, &str); 4]; 4] = [
    [("TZ", "UTC"), ("LANG", "C"), ("LC_ALL", "C"), ("RAYON_NUM_THREADS", "1")],
    [("TZ", "Pacific/Auckland"), ("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8"), ("RAYON_NUM_THREADS", "2")],
    [("TZ", "America/Los_Angeles"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("RAYON_NUM_THREADS", "7")],
    [("TZ", "Asia/Kathmandu"), ("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8"), ("RAYON_NUM_THREADS", "3")],
];

/// Builds plan and documents in each environment and in a folder of its own, and compares all bytes.
pub fn run() -> Outcome {
    let syncline = tool::syncline()?;
    let mut first: Option<(usize, String)> = None;
    for environment in ENVIRONMENTS {
        let copy = Copy::committed(&syncline)?;
        for arguments in [["build"], ["docs"]] {
            tool::output(copy.command(&arguments).envs(environment))?;
        }
        let out = copy.path().join("out");
        let files = files_below(&out)?;
        let mut hash = Sha256::new();
        for file in &files {
            hash.update(file.to_string_lossy().as_bytes());
            hash.update(fs::read(out.join(file)).doing(file.display())?);
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match &first {
            None if files.len() < 5 => return Err(format!("only {} files were written", files.len())),
            None => first = Some((files.len(), digest)),
            Some((count, known)) if *count != files.len() || *known != digest => {
                return Err(format!("other bytes with {environment:?}"));
            }
            Some(_) => {}
        }
    }
    let (count, digest) = first.unwrap_or_default();
    println!("{count} files, equal to the byte in {} environments and folders: {digest}", ENVIRONMENTS.len());
    Ok(())
}
