//! What every target must do.

use super::{TEXTS, entity, names, text};
use crate::connectors::files::{FileTarget, Format};
use crate::connectors::{Answer, Call, CallKind, Cell, MemorySystem, NOT_REVERSED, Target, sqlite};
use crate::error::{Outcome, RuntimeError};
use std::path::Path;
use syncline_ir::{CurrencyOf, Entity, Kind, Type};

/// Opens a target again and again, as runs do.
type Opener = Box<dyn Fn() -> Box<dyn Target>>;

/// How a target is made in a folder, for lines with this key.
type Makes = fn(&Path, &[&str]) -> Opener;

/// The targets by name.
const ALL: [(&str, Makes); 4] = [("memory", memory), ("sqlite", in_sqlite), ("csv", in_csv), ("jsonl", in_jsonl)];

fn memory(_: &Path, _: &[&str]) -> Opener {
    let system = MemorySystem::default();
    Box::new(move || Box::new(system.clone()))
}

fn in_sqlite(folder: &Path, key: &[&str]) -> Opener {
    let path = folder.join("erp.db");
    let table = format!(
        "CREATE TABLE cost (id TEXT, note TEXT, hours TEXT, amount TEXT, currency TEXT, day TEXT, moment TEXT, billable INTEGER,
            version INTEGER, reversal_of TEXT, PRIMARY KEY ({}))",
        key.join(", ")
    );
    rusqlite::Connection::open(&path).unwrap().execute_batch(&table).unwrap();
    Box::new(move || Box::new(sqlite::SqliteTarget::open("erp", &path).unwrap()))
}

fn in_csv(folder: &Path, _: &[&str]) -> Opener {
    let folder = folder.to_path_buf();
    Box::new(move || Box::new(FileTarget::open("erp", folder.clone(), Format::Csv).unwrap()))
}

fn in_jsonl(folder: &Path, _: &[&str]) -> Opener {
    let folder = folder.to_path_buf();
    Box::new(move || Box::new(FileTarget::open("erp", folder.clone(), Format::Jsonl).unwrap()))
}

/// Does something to a fresh target of each kind.
fn each(test: fn(&str, &Opener)) {
    each_with_key(&["id"], test);
}

fn each_with_key(key: &[&str], test: fn(&str, &Opener)) {
    for (name, make) in ALL {
        let folder = tempfile::tempdir().unwrap();
        test(name, &make(folder.path(), key));
    }
}

fn at() -> jiff::Timestamp {
    "2026-07-31T10:00:00Z".parse().unwrap()
}

fn calls(target: &mut dyn Target, entity: &Entity, calls: &[Call]) -> Vec<Answer> {
    target.call(entity, calls, at(), &|_| Ok(())).unwrap()
}

fn create(id: &str, fields: &[(&str, Cell)]) -> Call {
    let named = fields.iter().map(|(name, cell)| ((*name).to_owned(), cell.clone()));
    Call {
        idempotency_key: format!("Costs/erp.cost/{id}/1/post"),
        kind: CallKind::Create,
        key: Vec::new(),
        fields: std::iter::once(("id".to_owned(), text(id))).chain(named).collect(),
        only_after_previous: false,
    }
}

fn keyed(kind: CallKind, id: &str, number: u32, fields: &[(&str, Cell)]) -> Call {
    Call {
        idempotency_key: format!("Costs/erp.cost/{id}/1/overwrite {number}"),
        kind,
        key: vec![("id".to_owned(), text(id))],
        ..create(id, fields)
    }
}

/// Every line, with all cells, by key.
fn lines(target: &mut dyn Target, entity: &Entity) -> Vec<Vec<Cell>> {
    let mut found = Vec::new();
    target
        .read_back(entity, &names(entity), &mut |cells| {
            found.push(cells);
            Ok(())
        })
        .unwrap();
    found.sort_by_key(|cells| format!("{:?}", cells[0]));
    found
}

fn same(found: &[Cell], expected: &[Cell]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.says_the_same_as(b))
}

fn done() -> Answer {
    Answer::Done { returned: Vec::new() }
}

fn message(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Refused { message } => Some(message),
        Answer::Done { .. } => None,
    }
}

#[test]
fn what_is_read_back_and_found_is_what_was_written() {
    each(|name, open| {
        let entity = entity();
        let full = |id: &str, note: Cell| {
            let note_written = note.clone();
            let cells = vec![
                text(id),
                note,
                text("-7.50"),
                text("123456789012345678901234.5678"),
                text("JPY"),
                text("2026-02-28"),
                text("2026-07-31T10:00:00.123456789Z"),
                Cell::Integer(1),
                Cell::Integer(999_999_999_999_999_999),
                Cell::Null,
            ];
            let fields: Vec<(&str, Cell)> = names(&entity).into_iter().zip(cells.clone()).skip(1).collect();
            let mut call = create(id, &[]);
            call.fields.extend(fields.into_iter().map(|(name, cell)| (name.to_owned(), cell)));
            assert!(call.fields.contains(&("note".to_owned(), note_written)));
            (call, cells)
        };
        let mut written: Vec<(Call, Vec<Cell>)> =
            TEXTS.iter().enumerate().map(|(number, note)| full(&format!("T-{number:02}"), text(note))).collect();
        written.push(full("T-97", Cell::Null));
        // A line of the key alone: everything else is null, and no empty text.
        let mut bare = vec![Cell::Null; entity.fields.len()];
        bare[0] = text("T-98");
        written.push((create("T-98", &[]), bare));
        let mut no = vec![Cell::Null; entity.fields.len()];
        (no[0], no[7], no[8]) = (text("T-99"), Cell::Integer(0), Cell::Integer(-1));
        written.push((create("T-99", &[("billable", Cell::Integer(0)), ("version", Cell::Integer(-1))]), no));
        let (batch, expected): (Vec<Call>, Vec<Vec<Cell>>) = written.into_iter().unzip();
        // One batch, and its second half by a target that was opened anew.
        let (first, second) = batch.split_at(7);
        assert_eq!(calls(open().as_mut(), &entity, first), vec![done(); 7], "{name}");
        assert_eq!(calls(open().as_mut(), &entity, second), vec![done(); batch.len() - 7], "{name}");
        let found = lines(open().as_mut(), &entity);
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!(same(found, expected), "{name}: {found:?} instead of {expected:?}");
        }
        for expected in &expected {
            let found = open().find(&entity, "id", &expected[0], &names(&entity)).unwrap();
            assert!(same(&found.unwrap(), expected), "{name}");
        }
        assert_eq!(open().find(&entity, "id", &text("T-1"), &["id"]).unwrap(), None, "{name}");
        let by_note = open().find(&entity, "note", &text("two\nlines"), &["id"]).unwrap();
        assert_eq!(by_note, Some(vec![text("T-05")]), "{name}");
    });
}

#[test]
fn a_repeated_call_gives_one_line_and_the_same_answer() {
    each(|name, open| {
        let entity = entity();
        let call = create("T-1", &[("hours", text("7.50"))]);
        let mut target = open();
        let twice = [call.clone(), call.clone()];
        assert_eq!(calls(target.as_mut(), &entity, &twice), [done(), done()], "{name}");
        assert_eq!(calls(target.as_mut(), &entity, std::slice::from_ref(&call)), [done()], "{name}");
        // The answer was lost with the process: the next one asks again.
        assert_eq!(calls(open().as_mut(), &entity, &[call]), [done()], "{name}");
        assert_eq!(lines(open().as_mut(), &entity).len(), 1, "{name}");
    });
}

#[test]
fn another_line_under_a_key_that_is_taken_is_refused_alone() {
    each(|name, open| {
        let entity = entity();
        let other = Call { idempotency_key: "Costs/erp.cost/other/1/post".to_owned(), ..create("T-1", &[]) };
        let batch = [create("T-1", &[]), other.clone(), create("T-2", &[])];
        let answers = calls(open().as_mut(), &entity, &batch);
        assert!(message(&answers[1]).is_some() && message(&answers[0]).or(message(&answers[2])).is_none(), "{name}");
        assert!(message(&calls(open().as_mut(), &entity, &[other])[0]).is_some(), "{name}");
        assert_eq!(lines(open().as_mut(), &entity).len(), 2, "{name}");
    });
}

#[test]
fn a_reversal_is_a_line_and_what_follows_a_refused_one_is_not_written() {
    each(|name, open| {
        let entity = entity();
        calls(open().as_mut(), &entity, &[create("T-1", &[("hours", text("7.50"))])]);
        let reversal = create("T-1/1r", &[("hours", text("-7.50")), ("reversal_of", text("T-1"))]);
        let next = Call { only_after_previous: true, ..create("T-1/2", &[("hours", text("8.00"))]) };
        assert_eq!(calls(open().as_mut(), &entity, &[reversal.clone(), next]), [done(), done()], "{name}");
        let mut hours = Vec::new();
        let mut take = |cells: Vec<Cell>| {
            hours.push(cells);
            Ok(())
        };
        open().read_back(&entity, &["id", "hours", "reversal_of"], &mut take).unwrap();
        hours.sort_by_key(|cells| format!("{:?}", cells[0]));
        let line = |id: &str, hours: &str, of: Cell| vec![text(id), text(hours), of];
        assert_eq!(
            hours,
            [line("T-1", "7.50", Cell::Null), line("T-1/1r", "-7.50", text("T-1")), line("T-1/2", "8.00", Cell::Null)],
            "{name}"
        );
        let taken = Call { idempotency_key: "another".to_owned(), ..reversal };
        let late = Call { only_after_previous: true, ..create("T-1/3", &[]) };
        let answers = calls(open().as_mut(), &entity, &[taken, late]);
        assert_eq!((message(&answers[0]).is_some(), message(&answers[1])), (true, Some(NOT_REVERSED)), "{name}");
        assert_eq!(lines(open().as_mut(), &entity).len(), 3, "{name}");
    });
}

#[test]
fn a_line_is_changed_in_the_fields_given_and_only_there() {
    each(|name, open| {
        let entity = entity();
        let upsert = |id: &str, number: u32, fields: &[(&str, Cell)]| keyed(CallKind::Upsert, id, number, fields);
        let overwrite = |id: &str, number: u32, fields: &[(&str, Cell)]| keyed(CallKind::Overwrite, id, number, fields);
        let old = [("note", text("two\nlines, \"kept\"")), ("hours", text("7.50")), ("billable", Cell::Integer(1))];
        let batch = [
            upsert("T-1", 1, &old),
            upsert("T-2", 1, &old),
            upsert("T-3", 1, &[]),
            // Of a line of the same batch, and of one there is not.
            overwrite("T-3", 2, &[("note", text("new"))]),
            overwrite("T-9", 1, &[]),
        ];
        let answers = calls(open().as_mut(), &entity, &batch);
        assert!(answers[..4].iter().all(|answer| *answer == done()) && message(&answers[4]).is_some(), "{name}");
        let change = [
            overwrite("T-2", 2, &[("hours", text("8.00")), ("billable", Cell::Null)]),
            upsert("T-1", 2, &[("note", text(""))]),
            upsert("T-4", 1, &[]),
        ];
        let mut target = open();
        assert_eq!(calls(target.as_mut(), &entity, &change), [done(), done(), done()], "{name}");
        // Again, by the same target and another: nothing changes any more.
        assert_eq!(calls(target.as_mut(), &entity, &change), [done(), done(), done()], "{name}");
        assert_eq!(calls(open().as_mut(), &entity, &change[2..]), [done()], "{name}");
        let line = |id: &str, note: Cell, hours: Cell, billable: Cell| {
            let mut cells = vec![Cell::Null; entity.fields.len()];
            (cells[0], cells[1], cells[2], cells[7]) = (text(id), note, hours, billable);
            cells
        };
        let expected = [
            line("T-1", text(""), text("7.50"), Cell::Integer(1)),
            line("T-2", text("two\nlines, \"kept\""), text("8.00"), Cell::Null),
            line("T-3", text("new"), Cell::Null, Cell::Null),
            line("T-4", Cell::Null, Cell::Null, Cell::Null),
        ];
        let found = lines(target.as_mut(), &entity);
        assert!(found.len() == 4 && found.iter().zip(&expected).all(|(a, b)| same(a, b)), "{name}: {found:?}");
    });
}

#[test]
fn a_line_is_changed_without_writing_its_key_and_what_is_gone_is_not_withdrawn() {
    each(|name, open| {
        let entity = entity();
        let keyless = |kind: CallKind, id: &str, number: u32, note: Cell| Call {
            fields: vec![("note".to_owned(), note)],
            ..keyed(kind, id, number, &[])
        };
        let old = [("note", text("old")), ("hours", text("7.50"))];
        let lines_there = [keyed(CallKind::Upsert, "T-1", 1, &old), keyed(CallKind::Upsert, "T-2", 1, &old)];
        assert_eq!(calls(open().as_mut(), &entity, &lines_there), [done(), done()], "{name}");
        let change = [
            keyless(CallKind::Overwrite, "T-1", 2, text("new")),
            keyless(CallKind::Withdraw, "T-2", 2, Cell::Null),
            keyless(CallKind::Withdraw, "T-9", 2, Cell::Null),
            keyless(CallKind::Overwrite, "T-8", 2, text("new")),
        ];
        let mut target = open();
        let answers = calls(target.as_mut(), &entity, &change);
        assert!(answers[..3].iter().all(|answer| *answer == done()) && message(&answers[3]).is_some(), "{name}");
        let line = |id: &str, note: Cell| {
            let mut cells = vec![Cell::Null; entity.fields.len()];
            (cells[0], cells[1], cells[2]) = (text(id), note, text("7.50"));
            cells
        };
        let expected = [line("T-1", text("new")), line("T-2", Cell::Null)];
        let found = lines(target.as_mut(), &entity);
        assert!(found.len() == 2 && found.iter().zip(&expected).all(|(a, b)| same(a, b)), "{name}: {found:?}");
    });
}

#[test]
fn a_field_that_is_not_there_is_an_error_and_nothing_is_written() {
    each(|name, open| {
        let entity = entity();
        let mut target = open();
        target.check(&entity, &names(&entity), &["id"]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let said = target.check(&entity, &["id", "colour"], &[]).unwrap_err().to_string();
        assert!(
            said.contains("`colour`") && (name == "memory" || said.starts_with("`erp.cost` at ")),
            "{name}: {said}"
        );
        assert!(target.check(&entity, &["id"], &["colour"]).is_err(), "{name}");
        let batch = [create("T-1", &[]), create("T-2", &[("colour", text("red"))])];
        assert!(target.call(&entity, &batch, at(), &|_| Ok(())).is_err(), "{name}");
        assert!(lines(open().as_mut(), &entity).is_empty(), "{name}");
    });
}

/// Stops at the passing of a step with this number, counted from 0.
fn stopping(number: usize, passed: &std::cell::Cell<usize>) -> Outcome {
    let now = passed.get();
    passed.set(now + 1);
    if now == number { Err(RuntimeError::plan("stopped on purpose")) } else { Ok(()) }
}

#[test]
fn whatever_step_a_process_dies_at_lines_are_whole_and_calling_again_makes_it_good() {
    each(|name, open| {
        let long = "\"x\",\n".repeat(200);
        let note = |number: usize| [("note", text(&format!("{number} {long}")))];
        let entity = entity();
        let changes = [
            keyed(CallKind::Upsert, "T-1", 2, &note(7)),
            create("T-5", &note(5)),
            keyed(CallKind::Overwrite, "T-2", 2, &note(8)),
        ];
        let additions = [create("T-3", &note(3)), create("T-4", &note(4)), create("T-6", &note(6))];
        for batch in [additions, changes] {
            let mut died = 0;
            for step in 0.. {
                let folder = tempfile::tempdir().unwrap();
                let (_, make) = ALL.iter().find(|(known, _)| *known == name).unwrap();
                // A world of its own for each step, except that the one given is used first.
                let own = make(folder.path(), &["id"]);
                let open = if step == 0 { open } else { &own };
                if lines(open().as_mut(), &entity).is_empty() {
                    calls(open().as_mut(), &entity, &[create("T-1", &note(1)), create("T-2", &note(2))]);
                }
                let before = lines(open().as_mut(), &entity);
                let passed = std::cell::Cell::new(0);
                let stopped = open().call(&entity, &batch, at(), &|_| stopping(step, &passed)).is_err();
                died += usize::from(stopped);
                let after = lines(open().as_mut(), &entity);
                calls(open().as_mut(), &entity, &batch);
                let end = lines(open().as_mut(), &entity);
                assert!(
                    after == before || after == end,
                    "{name}, step {step}: a part of the batch is there: {after:?}"
                );
                calls(open().as_mut(), &entity, &batch);
                assert_eq!(lines(open().as_mut(), &entity), end, "{name}, step {step}");
                for call in &batch {
                    let id = &call.fields[0].1;
                    let line = end.iter().filter(|line| line[0] == *id).collect::<Vec<_>>();
                    assert!(
                        matches!(line.as_slice(), [line] if line[1] == call.fields[1].1),
                        "{name}, step {step}: {line:?}"
                    );
                }
                if !stopped {
                    break;
                }
            }
            assert!(died >= 2, "{name} has no steps");
        }
    });
}

#[test]
fn a_target_without_idempotency_keys_is_searched() {
    each(|name, open| {
        let entity = Entity { idempotency: None, ..entity() };
        let call = create("T-1", &[("hours", text("7.50"))]);
        assert_eq!(calls(open().as_mut(), &entity, std::slice::from_ref(&call)), [done()], "{name}");
        let found = open().find(&entity, "id", &text("T-1"), &["hours", "note"]).unwrap();
        assert_eq!(found, Some(vec![text("7.50"), Cell::Null]), "{name}");
        // A repetition is told from a new line by nobody.
        assert!(message(&calls(open().as_mut(), &entity, &[call])[0]).is_some(), "{name}");
    });
}

#[test]
fn a_key_of_several_fields_is_one_key() {
    each_with_key(&["id", "day"], |name, open| {
        let mut entity = entity();
        entity.key = vec!["id".to_owned(), "day".to_owned()];
        entity.find_by = None;
        let on = |day: &str, number: u32| {
            let mut call = keyed(CallKind::Upsert, "T-1", number, &[("day", text(day)), ("note", text(day))]);
            call.key.push(("day".to_owned(), text(day)));
            call.idempotency_key.push_str(day);
            call
        };
        let batch = [on("2026-07-01", 1), on("2026-07-02", 1), on("2026-07-01", 2)];
        assert_eq!(calls(open().as_mut(), &entity, &batch), vec![done(); 3], "{name}");
        assert_eq!(lines(open().as_mut(), &entity).len(), 2, "{name}");
    });
}

#[test]
fn every_kind_of_field_stands_in_the_table_of_the_suite() {
    let entity = entity();
    let has = |wanted: fn(&Kind) -> bool| entity.fields.iter().any(|field| wanted(&field.ty.kind));
    assert!(has(|kind| matches!(kind, Kind::Decimal { scale: 2, .. })) && has(|kind| *kind == Kind::INT));
    assert!(
        has(|kind| matches!(kind, Kind::Money { currency: CurrencyOf::Path(_), .. }))
            && has(|kind| *kind == Kind::Bool)
    );
    assert!(
        has(|kind| *kind == Kind::Date) && has(|kind| *kind == Kind::Instant) && has(|kind| *kind == Kind::Currency)
    );
    assert!(entity.fields[0].ty == Type::required(Kind::Text { max: Some(40) }));
}
