//! How fast specifications are split and parsed: lines per second on one thread, at three sizes and in two shapes.
//!
//! A plain object is an entity, an object and a map of twelve fields each. A full one has expressions as well: lookups,
//! a `match`, requirements, claims, a map outwards, a sync. The text is made before the clock starts; each item is read
//! anew in each round. Run with `cargo run --release -p syncline-syntax --example parse_speed [LINES…]`.

#![allow(clippy::float_arithmetic, reason = "timings")]

use std::fmt::Write as _;
use std::time::Instant;

use syncline_syntax::{SyntaxItem, split};

/// Twelve fields as an entity, as an object and as assignments.
const FIELDS: [(&str, &str); 12] = [
    ("source_id", "text(18)"),
    ("version", "int"),
    ("employee_number", "text(12)"),
    ("project_code", "text(16)"),
    ("work_date", "date"),
    ("hours_worked", "decimal(6, 2) hour"),
    ("bill_rate", "decimal(14, 4)"),
    ("is_billable", "bool"),
    ("description", "text(200)?"),
    ("modified_at", "instant"),
    ("currency_code", "currency fixed"),
    ("total_amount", "money in currency_code"),
];

/// What comes on top of a plain object.
const FULL: &str = r#"
ownership of RecordNNN by finance {
  source_NNN owns * except total_amount, bill_rate
  erp owns total_amount while is_billable and version > 3
  erp owns bill_rate while not is_billable or version <= 3
}

map RecordNNN -> erp.cost_NNN where is_billable and project.state in { active, closing } {
  let rate    = RateCard[project: project, category: category].bill_rate
  external_id = source_id
  employee    = Employee[number: employee_number]
  status      = match version { 1 => created; 2, 3 => changed; 4 => billed; 5 => closed; else => unknown }
  amount      = round(hours_worked * rate, currency_code, half_even)
  require hours_worked > 0 and hours_worked <= 24 hour else quarantine desk no_hours "{hours_worked} on {work_date}"
  require project.state != closed else quarantine desk closed "project {project.code} is closed"
  otherwise quarantine finance_desk
}

sync PostNNN by finance {
  move source_NNN.record -> RecordNNN -> erp.cost_NNN
  model staged
  capture every 15m
  post every 15m
  starts 2026-07-01 by work_date
  after Projects, Employees
  idempotent by source_id
  order by version within source_id
  correct by reversal
  leave reverse
  on change of RateCard ask finance_desk
  reconcile count, sum(hours_worked), sum(total_amount) every 1d tolerance 0
}
"#;

fn specification(lines: usize, is_full: bool) -> String {
    let mut text = String::new();
    let mut objects = 0;
    while text.lines().count() < lines {
        // Counting lines costs more than writing them: a hundred objects at a time.
        for _ in 0..100 {
            object(&mut text, objects);
            if is_full {
                text.push_str(&FULL.replace("NNN", &objects.to_string()));
            }
            objects += 1;
        }
    }
    text
}

fn object(text: &mut String, number: usize) {
    let _ = writeln!(text, "/// What system {number} knows of its records.\nsystem source_{number} {{");
    let _ = writeln!(text, "  title \"Source {number}\"\n  entity record {{\n    key id: text(18)");
    for (name, ty) in FIELDS {
        let _ = writeln!(text, "    {name}: {ty}");
    }
    let _ = writeln!(text, "    cursor modified_at overlap 10m\n  }}\n}}\n");
    let _ = writeln!(text, "object Record{number}: transaction {{\n  key (origin, source_id)");
    for (name, ty) in FIELDS {
        let _ = writeln!(text, "  {name}: {ty}");
    }
    let _ = writeln!(text, "}}\n\nmap source_{number}.record -> Record{number} creates {{");
    for (name, _) in FIELDS {
        let _ = writeln!(text, "  {name:15} = {name}");
    }
    let _ = writeln!(text, "  otherwise quarantine data_desk\n}}\n");
}

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 20_000, 200_000] } else { sizes };
    println!(
        "{:>5} {:>8} {:>6} {:>14} {:>13} {:>9}",
        "shape", "lines", "B/line", "split lines/s", "both lines/s", "both MB/s"
    );
    let shapes = sizes.iter().flat_map(|size| [(*size, false), (*size, true)]);
    for (size, is_full) in shapes {
        let text = specification(size, is_full);
        let lines = text.lines().count();
        // The best of several rounds: other work on the machine can only slow a round down.
        let mut best_split = f64::MAX;
        let mut best = f64::MAX;
        for _ in 0..(2_000_000 / lines).clamp(3, 200) {
            let start = Instant::now();
            let file = split(&text);
            best_split = best_split.min(start.elapsed().as_secs_f64());
            let items: Vec<SyntaxItem> = file.items.into_iter().map(SyntaxItem::parse).collect();
            best = best.min(start.elapsed().as_secs_f64());
            assert!(file.errors.is_empty() && items.iter().all(|item| item.errors.is_empty()), "the text is clean");
        }
        let (count, bytes) = (lines as f64, text.len() as f64);
        println!(
            "{:>5} {lines:>8} {:>6.1} {:>14.0} {:>13.0} {:>9.1}",
            if is_full { "full" } else { "plain" },
            bytes / count,
            count / best_split,
            count / best,
            bytes / best / 1e6
        );
    }
}
