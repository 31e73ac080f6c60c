//! What every source must do.

use super::{TEXTS, entity, names, text};
use crate::connectors::{Cell, MemorySystem, RowContent, Source, SourceRow, csv, jsonl, sqlite};
use std::path::{Path, PathBuf};

/// Rows as their system holds them: by field, in the words of the test.
type Rows = Vec<Vec<(&'static str, Held)>>;

/// What stands in a field, independently of any connector.
#[derive(Debug, Clone)]
enum Held {
    Text(String),
    Number(&'static str),
    Bool(bool),
}

struct Kind {
    name: &'static str,
    /// Puts rows into a system in a folder, and opens it.
    make: fn(&Path, &Rows) -> Box<dyn Source>,
    /// Adds a row that cannot be read, whose file and line are then told.
    spoil: Option<fn(&Path)>,
    /// Takes a declared field away.
    narrow: fn(&Path),
}

/// The sources.
const ALL: [Kind; 4] = [
    Kind { name: "memory", make: memory, spoil: None, narrow: |_| {} },
    Kind {
        name: "sqlite",
        make: in_sqlite,
        spoil: None,
        narrow: |folder| sql(folder, "ALTER TABLE cost DROP COLUMN note"),
    },
    Kind {
        name: "csv",
        make: in_csv,
        spoil: Some(spoil_csv),
        narrow: |folder| edit(&folder.join("cost.csv"), "note", "other"),
    },
    // JSON has no columns: a member that is missing is null.
    Kind { name: "jsonl", make: in_jsonl, spoil: Some(spoil_jsonl), narrow: |_| {} },
];

fn memory(_: &Path, rows: &Rows) -> Box<dyn Source> {
    let system = MemorySystem::default();
    let cell = |held: &Held| match held {
        Held::Text(text) => Cell::Text(text.clone()),
        Held::Number(number) => number.parse().map_or_else(|_| Cell::Text((*number).to_owned()), Cell::Integer),
        Held::Bool(value) => Cell::Integer(i64::from(*value)),
    };
    let line =
        |row: &Vec<(&'static str, Held)>| row.iter().map(|(name, held)| ((*name).to_owned(), cell(held))).collect();
    system.change("cost", |lines| lines.extend(rows.iter().map(line)));
    Box::new(system)
}

fn sql(folder: &Path, text: &str) {
    rusqlite::Connection::open(folder.join("psa.db")).unwrap().execute_batch(text).unwrap();
}

fn in_sqlite(folder: &Path, rows: &Rows) -> Box<dyn Source> {
    let entity = entity();
    sql(folder, &format!("CREATE TABLE cost ({}, unread TEXT)", names(&entity).join(", ")));
    for row in rows {
        let (fields, values): (Vec<&str>, Vec<String>) = row
            .iter()
            .map(|(name, held)| {
                let value = match held {
                    Held::Text(text) => format!("'{}'", text.replace('\'', "''")),
                    // A number with digits after the point would be kept as a float.
                    Held::Number(number) if number.contains('.') => format!("'{number}'"),
                    Held::Number(number) => (*number).to_owned(),
                    Held::Bool(value) => i64::from(*value).to_string(),
                };
                (*name, value)
            })
            .unzip();
        sql(folder, &format!("INSERT INTO cost ({}) VALUES ({})", fields.join(", "), values.join(", ")));
    }
    Box::new(sqlite::SqliteSource::open("psa", &folder.join("psa.db")).unwrap())
}

fn in_csv(folder: &Path, rows: &Rows) -> Box<dyn Source> {
    let entity = entity();
    let mut file = format!("unread,{}\r\n", names(&entity).join(","));
    for row in rows {
        let cell = |name: &str| match row.iter().find(|(known, _)| *known == name) {
            Some((_, Held::Text(text))) => format!("\"{}\"", text.replace('"', "\"\"")),
            Some((_, Held::Number(number))) => (*number).to_owned(),
            Some((_, Held::Bool(value))) => value.to_string(),
            None => String::new(),
        };
        let cells: Vec<String> = names(&entity).into_iter().map(cell).collect();
        file.push_str(&format!("x,{}\r\n", cells.join(",")));
    }
    std::fs::write(folder.join("cost.csv"), file).unwrap();
    Box::new(csv::CsvFolder::new("psa", folder.to_path_buf()))
}

fn in_jsonl(folder: &Path, rows: &Rows) -> Box<dyn Source> {
    let mut file = String::new();
    for row in rows {
        let member = |(name, held): &(&'static str, Held)| match held {
            Held::Text(text) => format!("\"{name}\": {}", serde_json::Value::from(text.clone())),
            Held::Number(number) => format!("\"{name}\": {number}"),
            Held::Bool(value) => format!("\"{name}\": {value}"),
        };
        let members: Vec<String> = row.iter().map(member).collect();
        file.push_str(&format!("{{\"unread\": [1], {}}}\n", members.join(", ")));
    }
    std::fs::write(folder.join("cost.jsonl"), file).unwrap();
    Box::new(jsonl::JsonlFolder::new("psa", folder.to_path_buf()))
}

fn append(path: PathBuf, text: &str) {
    let known = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, known + text).unwrap();
}

fn spoil_csv(folder: &Path) {
    append(folder.join("cost.csv"), "x,T-broken\r\n");
}

fn spoil_jsonl(folder: &Path) {
    append(folder.join("cost.jsonl"), "{\"id\": \"T-broken\"\n");
}

fn edit(path: &Path, from: &str, to: &str) {
    let known = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, known.replacen(from, to, 1)).unwrap();
}

fn read(source: &mut dyn Source) -> Vec<SourceRow> {
    let mut rows = Vec::new();
    source
        .read(&entity(), &mut |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

fn cells(row: &SourceRow) -> &[Cell] {
    match &row.content {
        RowContent::Cells(cells) => cells,
        RowContent::Malformed { message, .. } => panic!("{message}"),
    }
}

fn row(id: &str, rest: Vec<(&'static str, Held)>) -> Vec<(&'static str, Held)> {
    std::iter::once(("id", Held::Text(id.to_owned()))).chain(rest).collect()
}

#[test]
fn every_value_arrives_as_it_is_held() {
    for kind in ALL {
        let folder = tempfile::tempdir().unwrap();
        let full = row(
            "T-1",
            vec![
                ("note", Held::Text(String::new())),
                ("hours", Held::Number("-7.50")),
                ("amount", Held::Number("123456789012345678901234.5678")),
                ("currency", Held::Text("JPY".to_owned())),
                ("day", Held::Text("2026-02-28".to_owned())),
                ("moment", Held::Text("2026-07-31T10:00:00.123456789Z".to_owned())),
                ("billable", Held::Bool(true)),
                ("version", Held::Number("999999999999999999")),
            ],
        );
        let rows = vec![full, row("T-2", Vec::new())];
        let mut source = (kind.make)(folder.path(), &rows);
        source.check(&entity()).unwrap();
        let found = read(source.as_mut());
        let [first, second] = found.as_slice() else { panic!("{}: {found:?}", kind.name) };
        let truth = match cells(first)[7].clone() {
            Cell::Text(text) => text == "true",
            other => other == Cell::Integer(1),
        };
        assert!(truth, "{}: {:?}", kind.name, cells(first)[7]);
        let expected = [
            text("T-1"),
            text(""),
            text("-7.50"),
            text("123456789012345678901234.5678"),
            text("JPY"),
            text("2026-02-28"),
            text("2026-07-31T10:00:00.123456789Z"),
        ];
        assert_eq!(cells(first)[..7], expected, "{}", kind.name);
        assert!(cells(first)[8].says_the_same_as(&Cell::Integer(999_999_999_999_999_999)), "{}", kind.name);
        // What is not there is null, and no empty text.
        assert_eq!(
            (&cells(second)[0], &cells(second)[1..]),
            (&text("T-2"), &[const { Cell::Null }; 9][..]),
            "{}",
            kind.name
        );
    }
}

#[test]
fn texts_arrive_to_the_code_point_and_in_nfc() {
    for kind in ALL {
        let folder = tempfile::tempdir().unwrap();
        let named =
            |number: usize, note: &str| row(&format!("T-{number:02}"), vec![("note", Held::Text(note.to_owned()))]);
        let mut rows: Rows = TEXTS.iter().enumerate().map(|(number, note)| named(number, note)).collect();
        if kind.name != "memory" {
            // What tests of specs write is in NFC as the specs are.
            rows.push(named(99, "Cafe\u{301}"));
        }
        let found = read((kind.make)(folder.path(), &rows).as_mut());
        assert_eq!(found.len(), rows.len(), "{}", kind.name);
        for (found, note) in found.iter().zip(TEXTS.iter().chain(["Caf\u{e9}"].iter())) {
            assert_eq!(cells(found)[1], text(note), "{}", kind.name);
        }
    }
}

#[test]
fn every_reading_delivers_every_row_with_its_place() {
    for kind in ALL {
        let folder = tempfile::tempdir().unwrap();
        let rows: Rows = (1..=3).map(|number| row(&format!("T-{number}"), Vec::new())).collect();
        let mut source = (kind.make)(folder.path(), &rows);
        let first = read(source.as_mut());
        // Which rows are new is decided by the hub from the cursor's values; a source that kept back rows would lose them.
        assert_eq!(read(source.as_mut()), first, "{}", kind.name);
        let ids: Vec<&Cell> = first.iter().map(|row| &cells(row)[0]).collect();
        assert_eq!(ids, [&text("T-1"), &text("T-2"), &text("T-3")], "{}", kind.name);
        let lines: Vec<u64> = first.iter().map(|row| row.place.line).collect();
        let header = u64::from(kind.name == "csv");
        assert_eq!(lines, [1 + header, 2 + header, 3 + header], "{}", kind.name);
        assert!(first.iter().all(|row| row.place.file.starts_with("cost")), "{}", kind.name);
    }
}

#[test]
fn a_row_that_cannot_be_read_is_told_with_its_place_and_costs_no_other() {
    for kind in ALL {
        let Some(spoil) = kind.spoil else { continue };
        let folder = tempfile::tempdir().unwrap();
        let mut source = (kind.make)(folder.path(), &vec![row("T-1", Vec::new())]);
        spoil(folder.path());
        append(folder.path().join(format!("cost.{}", kind.name)), "\n");
        let found = read(source.as_mut());
        let [good, broken] = found.as_slice() else { panic!("{}: {found:?}", kind.name) };
        assert_eq!(cells(good)[0], text("T-1"), "{}", kind.name);
        let header = u64::from(kind.name == "csv");
        assert_eq!((broken.place.file.as_str(), broken.place.line), (&*format!("cost.{}", kind.name), 2 + header));
        assert!(
            matches!(&broken.content, RowContent::Malformed { raw, message } if raw.contains("T-broken") && !message.is_empty()),
            "{}: {broken:?}",
            kind.name
        );
    }
}

#[test]
fn a_field_or_an_entity_that_is_not_there_is_named() {
    for kind in ALL.into_iter().filter(|kind| kind.name != "memory") {
        let folder = tempfile::tempdir().unwrap();
        let mut source = (kind.make)(folder.path(), &vec![row("T-1", Vec::new())]);
        if kind.name != "jsonl" {
            (kind.narrow)(folder.path());
            let said = source.check(&entity()).unwrap_err().to_string();
            assert!(said.starts_with("`psa.cost` at ") && said.ends_with("there is no column `note`"), "{said}");
        }
        let other = syncline_ir::Entity { name: "other".to_owned(), ..entity() };
        let said = source.check(&other).unwrap_err().to_string();
        assert!(said.starts_with("`psa.other` at "), "{said}");
    }
}

#[test]
fn reading_stops_where_the_taker_stops() {
    for kind in ALL {
        let folder = tempfile::tempdir().unwrap();
        let rows: Rows = (1..=3).map(|number| row(&format!("T-{number}"), Vec::new())).collect();
        let mut taken = 0;
        let stopped = (kind.make)(folder.path(), &rows).read(&entity(), &mut |_| {
            taken += 1;
            if taken == 2 { Err(crate::RuntimeError::plan("enough")) } else { Ok(()) }
        });
        assert!(stopped.is_err() && taken == 2, "{}", kind.name);
    }
}
