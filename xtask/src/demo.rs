//! `demo`: the main job on the example, as a newcomer sees it.

use crate::outcome::{Doing, Outcome};
use crate::tool::{self, RUNS};
use std::fs;
use std::process::Command;

/// Checks, tests, builds, runs all months and writes the documents, in the example's own folder.
pub fn run() -> Outcome {
    let syncline = tool::syncline()?;
    let example = tool::example();
    let state = example.join(".syncline/demo");
    if state.exists() {
        fs::remove_dir_all(&state).doing("removing the last demo's hub")?;
    }
    let mut steps: Vec<Vec<&str>> = vec![vec!["check"], vec!["test"], vec!["build"]];
    for (profile, at) in RUNS {
        steps.push(vec!["run", "--profile", profile, "--at", at]);
    }
    let (profile, at) = RUNS.last().copied().unwrap_or_default();
    steps.push(vec!["exceptions", "list", "--queue", "sales_desk", "--profile", profile, "--at", at]);
    steps.push(vec!["docs"]);
    for step in steps {
        println!("\n$ syncline {}", step.join(" "));
        let status = Command::new(&syncline).current_dir(&example).args(&step).status().doing("running syncline")?;
        if !status.success() {
            return Err(format!("`syncline {}` ended with {status}", step.join(" ")));
        }
    }
    println!(
        "\nTo look further: cd {} && {} exceptions list --profile {profile}",
        example.display(),
        syncline.display()
    );
    println!("The documents: {}", example.join("out/docs/index.html").display());
    println!("The books:     {0}/erp_us.db and {0}/erp_eu.db", state.display());
    Ok(())
}
