//! Blocks of JSON that show a part of the plan, or of the findings, of the block before them.
//!
//! Every member shown must be there with the value shown; a list shown must have the shown elements, in their order, among
//! its own.

use super::Tally;
use super::page::{Block, Page};
use serde_json::Value;
use syncline::{Checked, diagnostics::render};

pub fn compare(page: &Page, block: &Block, what: &str, last: Option<&Checked>, tally: &mut Tally) {
    let mut wrong = |message: String| tally.wrong.push(format!("{}:{}: {message}", page.path, block.at));
    let text: String = block.lines.iter().map(|line| format!("{}\n", line.text)).collect();
    let shown: Value = match serde_json::from_str(&text) {
        Ok(shown) => shown,
        Err(error) => return wrong(format!("this is no JSON: {error}")),
    };
    let Some(checked) = last else { return wrong("no block of source text stands before this one".to_owned()) };
    let real = match what {
        "plan" => match checked.plan() {
            Some(plan) => serde_json::to_value(plan).unwrap(),
            None => return wrong("the block before has no plan".to_owned()),
        },
        "findings" => render::json(&checked.diagnostics, &checked.sources),
        _ => return wrong(format!("`json {what}` marks no kind of block")),
    };
    let mut differences = Vec::new();
    contained(&shown, &real, "", &mut differences);
    differences.into_iter().for_each(wrong);
}

fn contained(shown: &Value, real: &Value, path: &str, differences: &mut Vec<String>) {
    match (shown, real) {
        (Value::Object(shown), Value::Object(real)) => {
            for (name, value) in shown {
                let path = format!("{path}.{name}");
                match real.get(name) {
                    Some(real) => contained(value, real, &path, differences),
                    None => differences.push(format!("`{path}` is shown and not there")),
                }
            }
        }
        (Value::Array(shown), Value::Array(real)) => {
            let mut rest = real.iter();
            for (index, value) in shown.iter().enumerate() {
                let path = format!("{path}[{index}]");
                let fits = |real: &&Value| {
                    let mut found = Vec::new();
                    contained(value, real, &path, &mut found);
                    found.is_empty()
                };
                if rest.by_ref().find(fits).is_none() {
                    differences
                        .push(format!("`{path}` is shown and not there; there is {}", Value::Array(real.clone())));
                }
            }
        }
        _ if shown == real => {}
        _ => differences.push(format!("`{path}` is {real}, and {shown} is shown")),
    }
}
