//! What a process takes.

use crate::outcome::{Doing, Outcome};
use std::fs::{self, File};
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a process took, and what it printed.
pub struct Measure {
    /// From start to end.
    pub wall: Duration,
    /// The most memory it held.
    pub peak_mib: u64,
    /// Standard output.
    pub output: Vec<u8>,
    /// Standard error.
    pub errors: String,
}

/// Runs a command to its end, asking the system for the most memory it has held.
pub fn measured(command: &mut Command) -> Outcome<Measure> {
    let folder = tempfile::tempdir().doing("making a folder")?;
    let (out, errors) = (folder.path().join("out"), folder.path().join("errors"));
    command.stdout(Stdio::from(File::create(&out).doing("making a file")?));
    command.stderr(Stdio::from(File::create(&errors).doing("making a file")?));
    let start = Instant::now();
    let mut child = command.spawn().doing(format!("starting {command:?}"))?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_mib = 0;
    let status = loop {
        if let Ok(status) = fs::read_to_string(&status_file) {
            let peak = status
                .lines()
                .find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<u64>().ok());
            peak_mib = peak_mib.max(peak.unwrap_or(0) / 1024);
        }
        if let Some(status) = child.try_wait().doing("waiting for a process")? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let wall = start.elapsed();
    let mut output = Vec::new();
    File::open(&out).and_then(|mut file| file.read_to_end(&mut output)).doing("reading what was printed")?;
    let errors = fs::read_to_string(&errors).unwrap_or_default();
    if status.success() {
        Ok(Measure { wall, peak_mib, output, errors })
    } else {
        Err(format!("{command:?} ended with {status}\n{errors}"))
    }
}
