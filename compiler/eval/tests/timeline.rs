//! Rows over time: the timeline against counting the valid rows of each day, and lookups as of a day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::*;
use syncline_eval::timeline::{Days, OnDay, Span, Timeline};
use syncline_eval::{Frame, LinkedDates, LinkedEnds, Program, Side, Value, expr, time};
use syncline_ir::{AsOf, Effective, Ends, Expr, KeyArgument, Kind, Op, Type};

const DAYS: std::ops::Range<i32> = -3..60;

/// The rows valid on a day, found by asking each.
fn valid(spans: &[Span<usize>], day: i32) -> Vec<usize> {
    let holds = |span: &&Span<usize>| span.from <= day && span.through.is_none_or(|through| day <= through);
    spans.iter().filter(holds).map(|span| span.row).collect()
}

/// The runs of days in which `odd` holds, as far as anybody looks.
fn runs(odd: impl Fn(i32) -> bool) -> Vec<Days> {
    let mut runs: Vec<Days> = Vec::new();
    for day in DAYS.filter(|day| odd(*day)) {
        match runs.last_mut() {
            Some(last) if last.through == Some(day - 1) => last.through = Some(day),
            _ => runs.push(Days { from: day, through: Some(day) }),
        }
    }
    // What goes on at the last day looked at goes on for ever.
    for run in runs.iter_mut().filter(|run| run.through == Some(DAYS.end - 1)) {
        run.through = None;
    }
    runs
}

fn ranges() -> impl Strategy<Value = Vec<Span<usize>>> {
    let span = (0..40_i32, prop::option::weighted(0.8, -2..15_i32));
    prop::collection::vec(span, 0..8).prop_map(|spans| {
        let span = |(row, (from, length)): (usize, (i32, Option<i32>))| Span {
            from,
            through: length.map(|length| from + length),
            row,
        };
        spans.into_iter().enumerate().map(span).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn each_day_has_the_rows_that_say_so(spans in ranges()) {
        let timeline = Timeline::new(spans.clone(), false);
        for day in DAYS {
            let found = match timeline.on(day) {
                OnDay::One(span) => { prop_assert!(valid(&spans, day) == [span.row]); 1 }
                OnDay::None => 0,
                OnDay::Several => 2,
            };
            prop_assert_eq!(found, valid(&spans, day).len().min(2), "day {}", day);
        }
        prop_assert_eq!(timeline.overlaps(), runs(|day| valid(&spans, day).len() > 1));
        let some = |mut days: std::ops::Range<i32>| days.any(|day| !valid(&spans, day).is_empty());
        let hole = |day: i32| valid(&spans, day).is_empty() && some(DAYS.start..day) && some(day + 1..DAYS.end);
        prop_assert_eq!(timeline.holes(), runs(hole));
    }

    #[test]
    fn a_step_is_valid_until_the_next(starts in prop::collection::btree_set(0..50_i32, 0..8)) {
        let mut spans: Vec<Span<usize>> =
            starts.iter().enumerate().map(|(row, from)| Span { from: *from, through: None, row }).collect();
        spans.reverse();
        let timeline = Timeline::new(spans, true);
        for day in DAYS {
            let latest = starts.iter().enumerate().rfind(|(_, from)| **from <= day);
            match (timeline.on(day), latest) {
                (OnDay::One(span), Some((row, from))) => prop_assert_eq!((span.row, span.from), (row, *from)),
                (OnDay::None, None) => {}
                (found, latest) => prop_assert!(false, "{:?} {:?}", found, latest),
            }
        }
        prop_assert!(timeline.holes().is_empty() && timeline.overlaps().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn on_each_day_the_highest_of_the_versions_holds(spans in ranges(), numbers in prop::collection::vec(-3..9_i128, 8)) {
        let numbered: Vec<(i128, Span<usize>)> = numbers.iter().copied().zip(spans.iter().copied()).collect();
        let timeline = Timeline::of_versions(numbered.clone());
        let highest = |day: i32| valid(&spans, day).into_iter().map(|row| numbers[row]).max();
        for day in DAYS {
            match timeline.on(day) {
                OnDay::One(span) => prop_assert_eq!(Some(numbers[span.row]), highest(day), "day {}", day),
                OnDay::None => prop_assert_eq!(None, highest(day), "day {}", day),
                OnDay::Several => prop_assert!(false, "day {}", day),
            }
            // Until the day that is named nothing changes.
            let next = timeline.next_after(day);
            prop_assert!(next.is_none_or(|next| next > day));
            for same in day + 1..next.unwrap_or(DAYS.end).min(DAYS.end) {
                prop_assert_eq!(highest(same), highest(day), "day {} after {}", same, day);
            }
        }
        prop_assert!(timeline.overlaps().is_empty());
    }
}

#[test]
fn the_last_days_of_time_are_days() {
    let timeline = Timeline::new(vec![Span { from: i32::MAX - 1, through: Some(i32::MAX), row: 1 }], false);
    assert!(matches!(timeline.on(i32::MAX), OnDay::One(_)));
    assert!(matches!(timeline.on(i32::MAX - 2), OnDay::None));
    assert_eq!(timeline.holes(), []);
}

#[test]
fn through_is_the_last_day_and_until_the_first_that_is_not() {
    let days = |ends: LinkedEnds, from: i32, end: Option<i32>| {
        let values = [Value::Date(from), end.map_or(Value::Null, Value::Date)];
        LinkedDates { from: 0, ends }.days(&values).map(|days| (days.from, days.through))
    };
    assert_eq!(days(LinkedEnds::Through(1), 5, Some(7)), Some((5, Some(7))));
    assert_eq!(days(LinkedEnds::Through(1), 5, Some(5)), Some((5, Some(5))));
    assert_eq!(days(LinkedEnds::Through(1), 5, Some(4)), None);
    assert_eq!(days(LinkedEnds::Until(1), 5, Some(7)), Some((5, Some(6))));
    assert_eq!(days(LinkedEnds::Until(1), 5, Some(5)), None);
    assert_eq!(days(LinkedEnds::Until(1), 5, None), Some((5, None)));
    assert_eq!(days(LinkedEnds::Next, 5, Some(1)), Some((5, None)));
}

/// `Rate[code: "A"] as of day`, over a `Thing` with a `day`.
fn rate(at_most_days: Option<u32>, waits: bool) -> Expr {
    let code = constant("A", text());
    let day = Box::new(field("day", Type::required(Kind::Date)));
    let op = Op::Lookup {
        object: "Rate".into(),
        key: vec![KeyArgument { field: "code".into(), value: code }],
        as_of: Some(AsOf { day, at_most_days }),
        waits,
    };
    expr(reference("Rate"), op)
}

fn program(ends: Ends) -> Program {
    let date = || Type::required(Kind::Date);
    let mut plan = empty_plan();
    let thing = object("Thing", &["key"], vec![declared("key", text()), declared("day", date())]);
    let mut rate = object(
        "Rate",
        &["code"],
        vec![declared("code", text()), declared("since", date()), declared("to", Type::optional(Kind::Date))],
    );
    rate.effective = Some(Effective { from: "since".into(), ends });
    plan.objects = vec![rate, thing];
    Program::link(&plan).unwrap()
}

/// What a lookup gives on a day: the row, or reason, message and whether it waits.
fn found(program: &Program, lookup: &Expr, hub: &Hub, day: &str) -> Result<Value, (String, String, bool)> {
    let side = Side::Object(program.object_ix("Thing").unwrap());
    let linked = program.link_expr(lookup, side).unwrap();
    let values = [Value::text("T"), Value::Date(time::read_date(day).unwrap())];
    let result = expr::evaluate(&linked, &Frame::record(program, None, &values), hub);
    result.map_err(|fault| (fault.reason.to_string(), fault.message, fault.missing.is_some()))
}

fn hub(spans: &[(&str, Option<&str>)], steps: bool) -> Hub {
    let day = |text: &str| time::read_date(text).unwrap();
    let span =
        |(row, (from, through)): (u64, &(&str, Option<&str>))| Span { from: day(from), through: through.map(day), row };
    let spans = (1..).zip(spans).map(span).collect();
    let mut hub = Hub::default();
    hub.dated.insert(vec![Value::text("A")], Timeline::new(spans, steps));
    hub
}

#[test]
fn a_day_without_a_row_is_missing_and_with_two_conflicting() {
    let program = program(Ends::Through("to".into()));
    let hub =
        hub(&[("2026-01-01", Some("2026-06-30")), ("2026-06-15", Some("2026-07-31")), ("2026-09-01", None)], false);
    let on = |day: &str| found(&program, &rate(None, true), &hub, day);
    let row = |id: u64| Ok(Value::Record(syncline_eval::RecordId(id)));
    assert_eq!(on("2026-06-14"), row(1));
    assert_eq!(on("2026-07-01"), row(2));
    assert_eq!(on("2029-01-01"), row(3));
    let told = |reason: &str, message: &str, waits: bool| Err((reason.to_owned(), message.to_owned(), waits));
    assert_eq!(
        on("2026-06-15"),
        told("conflicting", "`Rate` with `code` A has several rows that are valid on 2026-06-15", false)
    );
    assert_eq!(on("2026-08-31"), told("missing", "`Rate` with `code` A has no row that is valid on 2026-08-31", true));
    let empty = Hub::default();
    assert_eq!(
        found(&program, &rate(None, false), &empty, "2026-08-31"),
        told("lookup-missing", "there is no `Rate` with `code` A", false)
    );
}

#[test]
fn a_step_may_be_too_old() {
    let program = program(Ends::Next);
    let hub = hub(&[("2026-07-03", None), ("2026-07-09", None)], true);
    let on = |day: &str| found(&program, &rate(Some(4), false), &hub, day);
    let row = |id: u64| Ok(Value::Record(syncline_eval::RecordId(id)));
    assert_eq!((on("2026-07-07"), on("2026-07-09")), (row(1), row(2)));
    let message = "`Rate` with `code` A is of 2026-07-03, more than 4 days old on 2026-07-08";
    assert_eq!(on("2026-07-08"), Err(("missing".to_owned(), message.to_owned(), false)));
    assert_eq!(on("2026-07-02").unwrap_err().0, "missing");
}

#[test]
fn plans_that_ask_for_what_is_not_there_are_refused() {
    let side = |program: &Program| Side::Object(program.object_ix("Thing").unwrap());
    let steps = program(Ends::Next);
    let mut undated = rate(None, false);
    if let Op::Lookup { as_of, .. } = &mut undated.op {
        *as_of = None;
    }
    assert!(steps.link_expr(&undated, side(&steps)).is_err());
    let ranges = program(Ends::Until("to".into()));
    assert!(ranges.link_expr(&rate(Some(1), false), side(&ranges)).is_err());
    assert!(ranges.link_expr(&rate(None, false), side(&ranges)).is_ok());
}
