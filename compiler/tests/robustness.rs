//! Whatever the texts are, checking ends, and with findings instead of a panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::sync::Arc;
use support::consulting;
use syncline::{Config, SourceFile, Workspace, check, format, plan_json};

/// Numbers that are the same on every machine (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit.max(1) as u64).unwrap()
    }
}

/// A text with a token taken away, doubled, or put elsewhere.
fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut tokens: Vec<&str> = text.split_inclusive([' ', '\n', '.', ',', '(', '{', '[', ':']).collect();
    for _ in 0..=numbers.below(3) {
        let (at, other) = (numbers.below(tokens.len()), numbers.below(tokens.len()));
        let Some(token) = tokens.get(at).copied() else { continue };
        match numbers.below(5) {
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(other, token),
            2 => tokens.swap(at, other),
            3 => tokens.insert(
                at,
                ["}", "{", ")", "\"", "`", "é", "\u{feff}", "??", "1e9", "99999999999999999999999999999999"]
                    [numbers.below(10)],
            ),
            _ => tokens.truncate(at.max(1)),
        }
    }
    tokens.concat()
}

#[test]
fn mutated_specs_give_findings() {
    let workspace = consulting();
    let mut numbers = Numbers(20_260_701);
    let mut broken = 0;
    for _ in 0..400 {
        let mut changed = workspace.clone();
        let count = changed.files.len();
        let file = &mut changed.files[numbers.below(count)];
        let text = mutated(&file.text, &mut numbers);
        *file = SourceFile::new(file.path.clone(), text);
        let mutant = file.clone();
        let checked = check(&changed);
        // A plan exists if and only if there are no errors.
        assert_eq!(checked.plan().is_none(), checked.has_errors(), "{}\n{}", mutant.path, mutant.text);
        broken += usize::from(checked.has_errors());
        for finding in &checked.diagnostics {
            assert!(!finding.message.is_empty() && !finding.message.ends_with('.'), "{}", finding.message);
        }
        let _ = syncline::diagnostics::render::terminal(&checked.diagnostics, &checked.sources, &Default::default());
        if let Ok(formatted) = format(&mutant) {
            let again = SourceFile::new(mutant.path.clone(), formatted.clone());
            assert_eq!(format(&again).unwrap(), formatted);
        }
    }
    assert!(broken > 200, "{broken}");
}

#[test]
fn mutated_manifests_give_findings() {
    let workspace = consulting();
    let mut numbers = Numbers(7);
    for _ in 0..400 {
        let text = mutated(&workspace.config.text, &mut numbers);
        let changed = Workspace { config: Config::parse(text), files: Vec::new() };
        let checked = check(&changed);
        let _ = syncline::diagnostics::render::json(&checked.diagnostics, &checked.sources);
    }
}

/// Formatting is said not to change what a plan does.
#[test]
fn formatted_specs_do_the_same() {
    let mut workspace = consulting();
    let before = check(&workspace).plan().unwrap();
    for file in &mut workspace.files {
        let text: Arc<str> = format(file).unwrap().into();
        *file = SourceFile::new(file.path.clone(), text);
    }
    let after = check(&workspace).plan().unwrap();
    assert_eq!(before.hash, after.hash);
    assert!(plan_json(&after).unwrap().len() > 1000);
}

/// However many `let`s build on each other, they are put in order.
#[test]
fn a_long_chain_of_lets_is_ordered() {
    use std::fmt::Write;
    let mut text = String::from(
        "team t { title \"T\" }\nqueue q { owner t; respond within 4h; resolve within 2d }\n\
         system psa { entity card { key id: text(8) } }\nobject Card: master { key code: text(8) }\n\
         ownership of Card by t { psa owns * }\nmap psa.card -> Card creates {\n  let a0 = id\n",
    );
    for number in 1..2_000 {
        writeln!(text, "  let a{number} = a{}", number - 1).unwrap();
    }
    text.push_str("  code = a1999\n  otherwise quarantine q\n}\nsync Cards by t { move psa.card -> Card; model batch; every 1h; order by arrival }\n");
    let config = Config::parse("name: chain\nedition: 2026\nsources: specs\n".to_owned());
    let checked = check(&Workspace { config, files: vec![SourceFile::new("specs/main.syn".to_owned(), text)] });
    assert_eq!(support::lines(&checked), [""; 0]);
}
