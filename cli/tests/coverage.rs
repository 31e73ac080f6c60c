//! `syncline test`: which outcomes of conditions and arms tests have met.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;
use support::Folder;

/// One `match` of two arms and one condition of two parts: six outcomes.
const SPECS: &str = "\
team sales { title \"Sales\"; contact \"sales@example.com\" }
queue desk { owner sales; respond within 4h; resolve within 2d }
enum Size { small, large }
system shop { entity order { key id: text(10); amount: decimal(6, 2); size: enum { S, L } } }
object Order: master { key id: text(10); amount: decimal(6, 2); size: Size }
ownership of Order by sales { shop owns * }
map shop.order -> Order creates {
  id = id
  amount = amount
  size = match size { S => small; L => large }
  require amount > 0 and amount <= 100 else quarantine desk odd_amount \"{amount}\"
  otherwise quarantine desk
}
sync Orders by sales { move shop.order -> Order; model batch; every 1h; order by arrival }
test \"a small order\" {
  given shop.order { id: \"1\", amount: 5.00, size: S }
  run Orders
  expect Order [{ id: \"1\", size: small }]
}
";

const NOTHING: &str = "\
test \"nothing is no order\" {
  given shop.order { id: \"1\", amount: 0.00, size: S }
  run Orders
  expect exception \"1\" odd_amount in desk
}
";

const LARGE: &str = "\
test \"a large order\" {
  given shop.order { id: \"1\", amount: 100.01, size: L }
  run Orders
  expect exception \"1\" odd_amount in desk
}
";

fn shop(tests: &str, manifest: &str) -> Folder {
    let head = "name: shop\nedition: 2026\nsources: .\n";
    Folder::with(&[("syncline.yaml", &format!("{head}{manifest}")), ("shop.syn", &format!("{SPECS}{tests}"))])
}

#[test]
fn each_arm_and_each_part_of_a_condition_counts_both_ways() {
    // Met: the arm `small`, more than nothing, not more than a hundred.
    let found = shop("", "").run(&["test", "--format", "json"]).json(0);
    assert_eq!(
        found["coverage"],
        json!({
            "outcomes": 6, "met": 3, "percent": 50, "demanded": null,
            "unmet": [
                { "at": "shop.syn:10:40", "kind": "arm", "outcome": "taken" },
                { "at": "shop.syn:11:11", "kind": "condition", "outcome": "does_not_hold" },
                { "at": "shop.syn:11:26", "kind": "condition", "outcome": "does_not_hold" },
            ]
        })
    );
    // The amount 0 breaks the first part, and the second one is not asked.
    let found = shop(NOTHING, "").run(&["test", "--format", "json"]).json(0);
    assert_eq!((&found["coverage"]["met"], &found["coverage"]["percent"]), (&json!(4), &json!(66)));
    let all = shop(&format!("{NOTHING}{LARGE}"), "").run(&["test", "--format", "json"]).json(0);
    assert_eq!(all["coverage"], json!({ "outcomes": 6, "met": 6, "percent": 100, "demanded": null, "unmet": [] }));
}

#[test]
fn what_is_asked_of_no_record_has_met_nothing() {
    let refused = SPECS.replace("amount: 5.00, size: S", "amount: 0.00, size: S");
    let refused = refused.replace("expect Order [{ id: \"1\", size: small }]", "expect Order []");
    let folder = shop("", "");
    folder.write("shop.syn", &refused);
    let done = folder.run(&["test", "--coverage"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(
        done.stdout.lines().skip(1).collect::<Vec<_>>(),
        [
            "coverage: 2 of 6 outcomes, 33%",
            "  shop.syn:10:40  never taken  size = match size { S => small; L => large }",
            "  shop.syn:11:11  never holds  require amount > 0 and amount <= 100 else quarantine desk odd_amount \"{amount}\"",
            "  shop.syn:11:26  never asked  require amount > 0 and amount <= 100 else quarantine desk odd_amount \"{amount}\"",
        ]
    );
}

#[test]
fn a_workspace_demands_what_it_likes() {
    assert_eq!(shop(NOTHING, "tests: { coverage: 66 }\n").run(&["test"]).code, 0);
    let folder = shop(NOTHING, "tests: { coverage: 67 }\n");
    let done = folder.run(&["test"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stdout.contains("2 passed, 0 failed"), "{}", done.stdout);
    assert!(
        done.stdout.contains("coverage: 4 of 6 outcomes, 66%, and 67% demanded\n  shop.syn:10:40"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("shop.syn:11:26  always holds  require"), "{}", done.stdout);
    assert_eq!(folder.run(&["test", "--format", "json"]).json(1)["coverage"]["demanded"], 67);
    let junit = folder.run(&["test", "--format", "junit"]);
    assert_eq!((junit.code, junit.stderr.as_str()), (1, "coverage: 4 of 6 outcomes, 66%, and 67% demanded\n"));
    // Some of the tests say nothing about all of the specs.
    let some = folder.run(&["test", "--filter", "nothing"]);
    assert_eq!(some.code, 0, "{some:?}");
    assert!(!some.stdout.contains("coverage"));
    assert_eq!(folder.run(&["test", "--filter", "nothing", "--format", "json"]).json(0)["coverage"], json!(null));
}

/// Two routes that cover everything: the first is a condition, the second one is taken by whoever is left.
const ROUTES: &str = "\
team sales { title \"Sales\"; contact \"sales@example.com\" }
queue desk { owner sales; respond within 4h; resolve within 2d }
enum Size { small, large }
system shop { entity order { key id: text(10); size: enum { S, L } } }
system near { entity sale { key id: text(10); find by id } }
system far { entity sale { key id: text(10); find by id } }
object Order: master { key id: text(10); size: Size }
ownership of Order by sales { shop owns * }
map shop.order -> Order creates {
  id = id
  size = match size { S => small; L => large }
  otherwise quarantine desk
}
map Order -> near.sale { id = id; otherwise quarantine desk }
map Order -> far.sale { id = id; otherwise quarantine desk }
sync Orders by sales {
  move shop.order -> Order -> {
    near.sale when size == small,
    far.sale when size in { large },
  }
  model batch; every 1h; order by arrival
  idempotent by id; correct by overwrite; leave hold desk; on change of plan keep
}
test \"a small order\" {
  given shop.order { id: \"1\", size: S }
  run Orders
  expect near.sale [{ id: \"1\" }]
}
";

#[test]
fn the_last_of_several_routes_is_taken_or_not() {
    let folder = shop("", "");
    folder.write("shop.syn", ROUTES);
    let found = folder.run(&["test", "--format", "json"]).json(0);
    // The two arms of the size, and the routes: near holds, or does not; far is taken.
    assert_eq!(
        found["coverage"],
        json!({
            "outcomes": 5, "met": 2, "percent": 40, "demanded": null,
            "unmet": [
                { "at": "shop.syn:11:40", "kind": "arm", "outcome": "taken" },
                { "at": "shop.syn:18:20", "kind": "condition", "outcome": "does_not_hold" },
                { "at": "shop.syn:19:19", "kind": "arm", "outcome": "taken" },
            ]
        })
    );
    let large = "test \"a large order\" { given shop.order { id: \"1\", size: L }\nrun Orders\nexpect far.sale [{ id: \"1\" }] }\n";
    folder.write("shop.syn", &format!("{ROUTES}{large}"));
    assert_eq!(folder.run(&["test", "--format", "json"]).json(0)["coverage"]["percent"], json!(100));
}
