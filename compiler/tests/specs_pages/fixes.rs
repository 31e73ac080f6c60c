//! The fix of a finding: an editor applies it as it stands, and the finding is gone.
//!
//! What a fix puts right may bring other findings to light, since more can be understood; what it writes can be read.

use super::Tally;
use super::page::Page;
use std::collections::BTreeMap;
use syncline::diagnostics::{Diagnostic, Fix};
use syncline::{Checked, Workspace, check};

/// Numbers of findings about form.
const OF_FORM: std::ops::Range<u16> = 1..100;

pub fn hold(page: &Page, checked: &Checked, tally: &mut Tally) {
    for found in &checked.diagnostics {
        let Some(fix) = &found.fix else { continue };
        let again = check(&Workspace::of_texts(applied(checked, fix)));
        let same = |other: &&Diagnostic| other.code == found.code && other.message == found.message;
        let of_form =
            |checked: &Checked| checked.diagnostics.iter().filter(|found| OF_FORM.contains(&found.code.number)).count();
        let left = again.diagnostics.iter().filter(same).count();
        if left >= checked.diagnostics.iter().filter(same).count() {
            tally.wrong.push(format!("{}: the fix of {} leaves it: {}", page.path, found.code.name, found.message));
        }
        if of_form(&again) > of_form(checked) {
            tally.wrong.push(format!("{}: the fix of {} cannot be read: {}", page.path, found.code.name, fix.message));
        }
        tally.fixed += 1;
    }
}

/// The files with the edits made.
fn applied(checked: &Checked, fix: &Fix) -> Vec<(String, String)> {
    let mut edits: BTreeMap<String, Vec<(std::ops::Range<usize>, &str)>> = BTreeMap::new();
    for edit in &fix.edits {
        let at = checked.sources.resolve(edit.span);
        edits.entry(at.path.to_string()).or_default().push((at.bytes, &edit.text));
    }
    let one = |(path, text): &(String, std::sync::Arc<str>)| {
        let mut text = text.to_string();
        let mut of_file = edits.remove(path).unwrap_or_default();
        of_file.sort_by_key(|(bytes, _)| std::cmp::Reverse(bytes.start));
        for (bytes, new) in of_file {
            text.replace_range(bytes, new);
        }
        (path.clone(), text)
    };
    checked.files.iter().map(one).collect()
}
