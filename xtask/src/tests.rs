//! `test`: everything that guards the project, one step after the other.

use crate::outcome::{Doing, Outcome};
use crate::{codes, crash, features, planted, repro, rerun, tool, verify};
use std::process::Command;
use std::time::Instant;

/// How many checks of a step passed and failed.
#[derive(Default, Clone, Copy)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs every step, whatever the others say, and ends with `N passed, N failed`.
pub fn run() -> Outcome {
    python()?;
    let mut total = Count::default();
    type Step = (&'static str, fn() -> Outcome<Count>);
    let steps: [Step; 17] = [
        ("formatting", || cargo(&["fmt", "--all", "--check"], &[])),
        ("lints", || cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"], &[])),
        ("tests of the crates, the reference and the pages", crates),
        ("documentation", || {
            cargo(&["doc", "--quiet", "--workspace", "--no-deps"], &[("RUSTDOCFLAGS", "-D warnings")])
        }),
        ("the oracle's own cases", oracle),
        ("the layout of the example", || one(layout())),
        ("tests in the specs of the example", specs),
        ("planted troubles", || one(planted::run())),
        ("oracle against the committed set", || one(verify::run(&verify::What::committed()))),
        ("oracle against 20,000 entries", || one(verify::run(&verify::What::generated(20_000)))),
        ("oracle against 92 daily runs", || one(verify::run(&verify::What::daily(300)))),
        ("a second run changes nothing", || one(rerun::run())),
        ("killed runs", || one(crash::run(60, 1, None))),
        ("equal to the byte", || one(repro::run())),
        ("search in the documents", search),
        ("diagnostics", || one(codes::run())),
        ("features", || one(features::run())),
    ];
    for (name, step) in steps {
        println!("\n── {name}");
        let start = Instant::now();
        let count = step().unwrap_or_else(|message| {
            eprintln!("error: {message}");
            Count { passed: 0, failed: 1 }
        });
        println!("   {} passed, {} failed in {} s", count.passed, count.failed, start.elapsed().as_secs());
        total.passed += count.passed;
        total.failed += count.failed;
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { Ok(()) } else { Err("not everything passed".to_owned()) }
}

fn python() -> Outcome {
    let mut python = Command::new("python3");
    python.args(["-c", "import sys, decimal, sqlite3; sys.exit(sys.version_info < (3, 11))"]);
    let ready = python.status().is_ok_and(|status| status.success());
    if ready {
        Ok(())
    } else {
        Err("the oracle needs Python 3.11 or later as `python3`: install it (Debian: `apt-get install python3`) and run again".to_owned())
    }
}

fn one(outcome: Outcome) -> Outcome<Count> {
    outcome.map(|()| Count { passed: 1, failed: 0 })
}

fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome<Count> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(tool::root()).args(arguments).envs(environment.iter().copied());
    one(tool::output(&mut cargo).map(|_| ()))
}

/// All tests written in Rust; the specs and the pages on errors are among them.
fn crates() -> Outcome<Count> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(tool::root()).args(["test", "--workspace", "--no-fail-fast"]).env("INSTA_UPDATE", "no");
    let output = cargo.output().doing("running cargo test")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut count = Count::default();
    for line in said.lines().filter(|line| line.starts_with("test result:")) {
        count.passed += number_before(line, " passed");
        count.failed += number_before(line, " failed");
    }
    if !output.status.success() {
        println!("{said}{}", String::from_utf8_lossy(&output.stderr));
        count.failed = count.failed.max(1);
    }
    if count.passed == 0 { Err("no test ran".to_owned()) } else { Ok(count) }
}

/// The specs of the example are in the canonical layout.
fn layout() -> Outcome {
    let mut syncline = Command::new(tool::syncline()?);
    syncline.current_dir(tool::example()).args(["fmt", "--check"]);
    tool::output(&mut syncline).map(|_| ())
}

/// The tests of the example, by the command that users have.
fn specs() -> Outcome<Count> {
    let mut syncline = Command::new(tool::syncline()?);
    syncline.current_dir(tool::example()).args(["test", "--format", "json"]);
    let output = tool::output(&mut syncline)?;
    let said: serde_json::Value =
        serde_json::from_slice(&output.stdout).doing("reading what `syncline test` printed")?;
    let count = |name: &str| said.pointer(&format!("/summary/{name}")).and_then(serde_json::Value::as_u64);
    match (count("passed"), count("failed")) {
        (Some(passed), Some(failed)) if passed + failed > 0 => Ok(Count { passed, failed }),
        _ => Err("no test ran".to_owned()),
    }
}

/// The search script on the documents of the example, in the engine that browsers have. The index itself is held by tests in Rust.
fn search() -> Outcome<Count> {
    if !Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("   NOT RUN: there is no Node.js (`node`) here; install it to test the search script as well");
        return Ok(Count::default());
    }
    let copy = tool::Copy::committed(&tool::syncline()?)?;
    tool::output(&mut copy.command(&["docs"]))?;
    let mut node = Command::new("node");
    node.arg(tool::root().join("compiler/emit/tests/search/check.mjs")).arg(copy.path().join("out/docs"));
    let output = tool::output(&mut node)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let passed = said.lines().last().and_then(|line| line.strip_suffix(" passed")?.parse().ok()).unwrap_or(0);
    if passed == 0 { Err("no case ran".to_owned()) } else { Ok(Count { passed, failed: 0 }) }
}

fn oracle() -> Outcome<Count> {
    let mut python = Command::new("python3");
    python.current_dir(tool::root().join("tests/oracle")).args(["-m", "unittest"]);
    let output = tool::output(&mut python)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let passed = said.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse().ok()).unwrap_or(0);
    if passed == 0 { Err("no case ran".to_owned()) } else { Ok(Count { passed, failed: 0 }) }
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
