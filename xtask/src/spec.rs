//! `spec`: clean workspaces of any size, for measuring.

use crate::outcome::{Doing, Outcome};
use clap::ValueEnum;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What each object has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// An entity, an object, a map of 12 fields, its owner and a sync
    Plain,
    /// Also references, a lookup, a `match`, `require`s, claims by stage, a map out and an order of syncs
    Full,
}

/// Objects in one file.
const OBJECTS_A_FILE: usize = 20;

/// Writes a workspace with `objects` objects and gives its number of lines.
pub fn write(objects: usize, shape: Shape, out: &Path) -> Outcome<usize> {
    let mut lines = 0;
    fs::create_dir_all(out.join("specs")).doing(out.display())?;
    fs::write(out.join("syncline.yaml"), "name: generated\nedition: 2026\nsources: specs\nprofiles: {}\n")
        .doing("writing syncline.yaml")?;
    for (file, text) in files(objects, shape) {
        lines += text.lines().count();
        fs::write(out.join("specs").join(&file), text).doing(file)?;
    }
    Ok(lines)
}

/// The files of a workspace: name and text.
pub fn files(objects: usize, shape: Shape) -> Vec<(String, String)> {
    let mut files = vec![("shared.syn".to_owned(), shared(shape))];
    for first in (0..objects).step_by(OBJECTS_A_FILE) {
        let mut text = match shape {
            Shape::Plain => "use shared.{desk, operations}\n".to_owned(),
            Shape::Full => {
                "use shared.{Client, Clients, Grade, Rate, Rates, billing, desk, ledger, operations}\n".to_owned()
            }
        };
        for number in first..objects.min(first + OBJECTS_A_FILE) {
            match shape {
                Shape::Plain => plain(number, &mut text),
                Shape::Full => full(number, &mut text),
            }
        }
        files.push((format!("part{}.syn", first / OBJECTS_A_FILE), text));
    }
    files
}

fn shared(shape: Shape) -> String {
    let mut text = "team operations { title \"Operations\" }\nqueue desk { owner operations; respond within 4h; resolve within 2d }\n".to_owned();
    if shape == Shape::Full {
        text.push_str(
            r"
enum Grade { junior, senior, manager, partner, other }

system ledger {
  category erp
  entity client { key number: text(12); name: text(80) }
}

system billing {
  category billing
  entity rate { key grade: enum { junior, senior, manager, partner, other }; price: money(USD, 14, 4) }
}

object Client: master { key number: text(12); name: text(80) }
object Rate: reference { key grade: Grade; price: money(USD, 14, 4) }

ownership of Client by operations { ledger owns * }
ownership of Rate by operations { billing owns * }

map ledger.client -> Client creates { number = number; name = name; otherwise quarantine desk }
map billing.rate -> Rate creates {
  grade = match grade { junior => junior; senior => senior; manager => manager; partner => partner; other => other }
  price = price
  otherwise quarantine desk
}

sync Clients by operations { move ledger.client -> Client; model batch; every 1h; order by arrival }
sync Rates by operations { move billing.rate -> Rate; model batch; every 1h; order by arrival }
",
        );
    }
    text
}

const FIELDS: [(&str, &str); 11] = [
    ("name", "text(80)"),
    ("version", "int"),
    ("enabled", "bool"),
    ("opened", "date"),
    ("changed", "instant"),
    ("hours", "decimal(6, 2) hour"),
    ("weight", "decimal(12, 4)"),
    ("price", "money(USD)"),
    ("note", "text(200)?"),
    ("city", "text(40)"),
    ("code", "text(8)"),
];

fn fields(text: &mut String, indent: &str) {
    for (name, ty) in FIELDS {
        let _ = writeln!(text, "{indent}{name}: {ty}");
    }
}

fn copies(text: &mut String) {
    for (name, _) in FIELDS {
        let _ = writeln!(text, "  {name} = {name}");
    }
}

fn plain(number: usize, text: &mut String) {
    let _ = writeln!(
        text,
        "\n/// System number {number}.\nsystem source{number} {{\n  title \"Source {number}\"\n  category psa\n  entity thing {{\n    key id: text(18)"
    );
    fields(text, "    ");
    let _ = writeln!(
        text,
        "  }}\n}}\n\n/// What source {number} holds.\nobject Thing{number}: master {{\n  key id: text(18)"
    );
    fields(text, "  ");
    let _ = writeln!(
        text,
        "}}\n\nownership of Thing{number} by operations {{\n  source{number} owns *\n}}\n\nmap source{number}.thing -> Thing{number} creates {{\n  id = id"
    );
    copies(text);
    let _ = writeln!(
        text,
        "  otherwise quarantine desk\n}}\n\nsync Sync{number} by operations {{\n  move source{number}.thing -> Thing{number}\n  model batch\n  every 1h\n  order by arrival\n}}"
    );
}

fn full(number: usize, text: &mut String) {
    let _ = writeln!(
        text,
        "\n/// System number {number}.\nsystem source{number} {{\n  title \"Source {number}\"\n  category psa\n  entity thing {{\n    key id: text(18)\n    client: text(12)\n    parent: text(12)\n    grade: enum {{ J, S, M, P, O }}\n    stage: enum {{ Draft, Signed, Active }}"
    );
    fields(text, "    ");
    let _ = writeln!(
        text,
        "  }}\n  entity copy {{\n    key id: text(18)\n    client: text(12)\n    rate: money(USD, 14, 4)"
    );
    fields(text, "    ");
    let _ = writeln!(
        text,
        "    find by id\n  }}\n}}\n\nlifecycle Stage{number} {{ draft -> signed -> active }}\n\n/// What source {number} holds.\nobject Thing{number}: master {{\n  key id: text(18)\n  client: Client\n  parent: Client\n  rate: Rate\n  grade: Grade\n  stage: Stage{number}"
    );
    fields(text, "  ");
    let _ = writeln!(
        text,
        r"}}

ownership of Thing{number} by operations {{
  source{number} owns * except price
  source{number} owns price while stage == draft
  ledger owns price while stage == signed
  billing owns price while stage == active
  source{number} moves stage draft -> signed -> active
}}

map source{number}.thing -> Thing{number} creates {{
  id = id
  client = Client[number: client]
  parent = Client[number: parent]
  rate = Rate[grade: match grade {{ J => junior; S => senior; M => manager; P => partner; O => other }}]
  grade = match grade {{ J => junior; S => senior; M => manager; P => partner; O => other }}
  stage = match stage {{ Draft => draft; Signed => signed; Active => active }}"
    );
    copies(text);
    let _ = writeln!(
        text,
        "  require hours > 0 and hours <= 24 hour else quarantine desk implausible_hours \"{{hours}}\"\n  require weight >= 0 else quarantine desk negative_weight \"{{weight}}\"\n  wait at most 4h\n  outside claim ignore\n  otherwise quarantine desk\n}}\n\nmap Thing{number} -> source{number}.copy where stage == active and enabled {{\n  id = id\n  client = client.number\n  rate = rate.price"
    );
    copies(text);
    let _ = writeln!(
        text,
        r"  otherwise quarantine desk
}}

sync Sync{number} by operations {{
  move source{number}.thing -> Thing{number} -> source{number}.copy
  model staged
  capture every 15m
  post every 1h
  after Clients, Rates
  idempotent by id
  order by version within id
  correct by overwrite
  leave hold desk
  on change of Client keep
  on change of Rate keep
  on change of plan keep
  reconcile count every 1d tolerance 0
}}"
    );
}
