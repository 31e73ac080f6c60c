//! Findings for programs: one JSON object.
//!
//! Every key is always there; what a finding does not have is `null`, lists are empty. Positions are 1-based, columns
//! count Unicode scalars, `end` is the position after the last character, files are relative to the workspace with `/`.

use serde_json::{Map, Value, json as value};

use crate::{Diagnostic, Fix, Label, LineColumn, Location, Severity, SourceMap, Witness, count, sort};

/// The version of the form. It changes when a key changes its meaning or goes; new keys do not change it.
const FORMAT: u32 = 1;

/// All findings in one object, sorted by file, position and code, with their number by severity.
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    let mut sorted = diagnostics.to_vec();
    sort(&mut sorted, sources);
    let list: Vec<Value> = sorted.iter().map(|one| finding(one, sources)).collect();
    value!({
        "format": FORMAT,
        "diagnostics": list,
        "summary": {
            "errors": count(diagnostics, Severity::Error),
            "warnings": count(diagnostics, Severity::Warning),
        },
    })
}

fn finding(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let at = sources.resolve(diagnostic.primary.span);
    let related: Vec<Value> = diagnostic.related.iter().map(|label| place(label, sources)).collect();
    value!({
        "code": diagnostic.code.id(),
        "name": diagnostic.code.name,
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "file": &*at.path,
        "range": range(&at),
        "label": (!diagnostic.primary.message.is_empty()).then_some(&diagnostic.primary.message),
        "team": diagnostic.primary.team,
        "related": related,
        "witness": diagnostic.witness.as_ref().map(witness),
        "why": diagnostic.why,
        "help": diagnostic.help,
        "fix": diagnostic.fix.as_ref().map(|fix| edits(fix, sources)),
    })
}

fn place(label: &Label, sources: &SourceMap) -> Value {
    let at = sources.resolve(label.span);
    value!({ "file": &*at.path, "range": range(&at), "message": label.message, "team": label.team })
}

fn witness(witness: &Witness) -> Value {
    let fields: Map<String, Value> =
        witness.fields.iter().map(|(path, text)| (path.clone(), Value::from(text.as_str()))).collect();
    value!({ "object": witness.object, "fields": fields, "possible": witness.possible })
}

fn edits(fix: &Fix, sources: &SourceMap) -> Value {
    let list: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            let at = sources.resolve(edit.span);
            value!({ "file": &*at.path, "range": range(&at), "text": edit.text })
        })
        .collect();
    value!({ "message": fix.message, "edits": list })
}

fn range(at: &Location) -> Value {
    value!({ "start": position(at.start), "end": position(at.end) })
}

fn position(at: LineColumn) -> Value {
    value!({ "line": at.line, "column": at.column })
}
