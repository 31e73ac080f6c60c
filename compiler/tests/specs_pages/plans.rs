//! The plan of a clean block: it satisfies the published schema, reading it back gives the same plan, and the evaluator takes
//! it. The tests of the block pass.

use super::Tally;
use super::page::{Block, Page};
use std::sync::LazyLock;
use syncline::{Checked, plan_from_json, plan_json};
use syncline_runtime::TestBench;

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&syncline::ir::json_schema()).unwrap());

pub fn hold(page: &Page, block: &Block, checked: &Checked, tally: &mut Tally) {
    let mut wrong = |message: String| tally.wrong.push(format!("{}:{}: {message}", page.path, block.at));
    let Some(plan) = checked.plan() else { return wrong("a block without errors has no plan".to_owned()) };
    let text = plan_json(&plan).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    for error in SCHEMA.iter_errors(&value).take(3) {
        wrong(format!("the plan does not satisfy the schema at `{}`: {error}", error.instance_path()));
    }
    if let Err(error) = syncline_eval::Program::link(&plan) {
        wrong(format!("the evaluator does not take the plan: {error:?}"));
    }
    match TestBench::new(&plan) {
        Ok(bench) => {
            for case in checked.tests().unwrap_or_default() {
                for failure in bench.run(case).failures {
                    wrong(format!("test \"{}\": {failure:?}", case.name));
                }
            }
        }
        Err(error) => wrong(format!("the runtime does not take the plan: {error}")),
    }
    match plan_from_json(&text) {
        Ok(again) if again == plan => {}
        Ok(_) => wrong("the plan read back is another one".to_owned()),
        Err(problem) => wrong(problem),
    }
}
