//! How fast a plain specification is split and parsed: lines per second on one thread, at three sizes.
//!
//! The text has an entity, an object and a map of twelve fields each per object, about 30 bytes a line. It is made before
//! the clock starts. Run with `cargo run --release -p syncline-syntax --example parse_speed [LINES…]`.

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

fn specification(lines: usize) -> String {
    let mut text = String::new();
    let mut objects = 0;
    while text.lines().count() < lines {
        // Counting lines costs more than writing them: a hundred objects at a time.
        for _ in 0..100 {
            object(&mut text, objects);
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
    println!("{:>9} {:>6} {:>14} {:>14} {:>10}", "lines", "B/line", "split lines/s", "both lines/s", "both MB/s");
    for size in sizes {
        let text = specification(size);
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
            "{lines:>9} {:>6.1} {:>14.0} {:>14.0} {:>10.1}",
            bytes / count,
            count / best_split,
            count / best,
            bytes / best / 1e6
        );
    }
}
