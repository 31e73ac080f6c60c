//! Maps run on records: what comes out, what waits, what fails and why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use support::consulting::{assign, bill_rate, compare, hours, hub, inbound, message, outbound, plan, route};
use support::*;
use syncline_eval::{
    Failure, Found, Input, ObjectIx, Outcome, Program, RecordId, Records, Side, Value, cast, map, show,
};
use syncline_ir::{Comparison, Let, Map, Op, Plan, Require, Route, TextPart};

const GOOD: [Option<&str>; 9] = [
    Some("T-1"),
    Some("3"),
    Some("p1"),
    Some("CON2"),
    Some("2026-07-01"),
    Some("8.00"),
    Some("Approved"),
    None,
    Some("2026-07-01T10:00:00Z"),
];

fn with(changes: &[(usize, Option<&'static str>)]) -> [Option<&'static str>; 9] {
    let mut row = GOOD;
    changes.iter().for_each(|&(ix, text)| row[ix] = text);
    row
}

fn program(change: impl FnOnce(&mut Plan)) -> Program {
    let mut plan = plan();
    change(&mut plan);
    Program::link(&plan).unwrap()
}

fn with_inbound(change: impl FnOnce(&mut Map)) -> Program {
    program(|plan| change(&mut plan.maps[1]))
}

fn with_outbound(change: impl FnOnce(&mut Map)) -> Program {
    program(|plan| change(&mut plan.maps[0]))
}

fn capture(program: &Program, row: &[Option<&str>], records: &dyn Records) -> Outcome {
    let map = program.map("psa.timecard -> TimeEntry").unwrap();
    let cells = cast::row(program, program.entity(map.entity), row);
    map::run(program, map, &Input::Row(&cells), records)
}

/// A time entry of project 10 + n, in field order; see the plan.
fn entry(program: &Program, project: u64, category: &str, hours: i128, state: &str) -> Vec<Value> {
    let consulted = |written, name| value(program, written, &one_of(name));
    vec![
        Value::text("psa"),
        Value::text("T-1"),
        Value::Decimal(3),
        Value::Record(RecordId(10 + project)),
        consulted(category, "LaborCategory"),
        Value::Date(20_635),
        Value::Decimal(hours),
        consulted(state, "TimeState"),
        Value::Null,
    ]
}

fn post(program: &Program, record: &[Value], records: &dyn Records) -> Outcome {
    let map = program.map("TimeEntry -> erp.project_cost").unwrap();
    map::run(program, map, &Input::Record(RecordId(100), record), records)
}

/// The mapped fields as people read them, `-` for those not assigned.
#[track_caller]
fn mapped(program: &Program, side: Side, outcome: &Outcome) -> Vec<String> {
    let Outcome::Mapped { values } = outcome else { panic!("{outcome:?}") };
    let shown = |(value, field): (&Option<Value>, &syncline_eval::LinkedField)| {
        value.as_ref().map_or("-".to_owned(), |value| show::show(value, field.shape, program))
    };
    values.iter().zip(program.fields(side)).map(shown).collect()
}

/// Reason, field, queue, order and message of each failure.
fn listed(failures: &[Failure]) -> Vec<String> {
    failures
        .iter()
        .map(|f| format!("{} {} {} {}: {}", f.reason, f.field.as_deref().unwrap_or("-"), f.queue, f.order, f.message))
        .collect()
}

#[track_caller]
fn failed(outcome: &Outcome) -> Vec<String> {
    let Outcome::Failed { failures } = outcome else { panic!("{outcome:?}") };
    listed(failures)
}

fn target(program: &Program, id: &str) -> Side {
    program.map(id).unwrap().target()
}

#[test]
fn a_row_becomes_an_object() {
    let program = program(|_| {});
    let outcome = capture(&program, &GOOD, &hub(&program));
    let expected = ["psa", "T-1", "3", "#11", "consultant", "2026-07-01", "8.00", "approved", "null"];
    assert_eq!(mapped(&program, target(&program, "psa.timecard -> TimeEntry"), &outcome), expected);
}

#[test]
fn an_object_becomes_a_target_row() {
    let program = program(|_| {});
    let hub = hub(&program);
    let side = target(&program, "TimeEntry -> erp.project_cost");
    // 8.00 × 187.3333 = 1498.6664
    let outcome = post(&program, &entry(&program, 1, "consultant", 800, "approved"), &hub);
    assert_eq!(mapped(&program, side, &outcome), ["T-1", "1498.6700 USD", "USD", "8.00", "-"]);
    // 0.75 × 187.3333 = 140.499975
    let outcome = post(&program, &entry(&program, 1, "consultant", 75, "approved"), &hub);
    assert_eq!(mapped(&program, side, &outcome), ["T-1", "140.5000 USD", "USD", "0.75", "-"]);
    assert_eq!(post(&program, &entry(&program, 1, "consultant", 800, "submitted"), &hub), Outcome::NotTaken);
}

#[test]
fn yen_have_no_minor_units() {
    let program = with_outbound(|map| map.requires.clear());
    // 1.00 × 9999.5000: a tie, and 10000 is even; 3.00 × 9999.5000 = 29998.5 goes to 29998.
    for (hours, amount) in [(100, "10000.0000 JPY"), (300, "29998.0000 JPY")] {
        let outcome = post(&program, &entry(&program, 2, "consultant", hours, "approved"), &hub(&program));
        assert_eq!(mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &outcome)[1], amount);
    }
}

#[test]
fn everything_wrong_is_listed_in_source_order() {
    let program = program(|_| {});
    let row =
        with(&[(1, Some("v3")), (2, Some("p9")), (3, Some("CON9")), (5, Some("25.00")), (4, None), (8, Some("now"))]);
    let expected = [
        "cast-failed version data_desk 0: `version` is `v3`, not of type `int`",
        "required-missing work_date data_desk 0: `work_date` is missing",
        "lookup-missing project data_desk 2: there is no `Project` with `psa.project` p9",
        "unmapped-value category data_desk 3: `Role` has no code CON9",
        "implausible_hours - delivery_desk 8: 25.00 hours on one day",
    ];
    // `modified_at` cannot be read either, but the map does not read it.
    assert_eq!(failed(&capture(&program, &row, &hub(&program))), expected);
}

#[test]
fn a_field_that_cannot_be_read_is_reported_once() {
    let program = program(|_| {});
    // `hours` is read by an assignment, by the require twice, and by its message.
    let outcome = capture(&program, &with(&[(5, Some("eight"))]), &hub(&program));
    assert_eq!(failed(&outcome), ["cast-failed hours data_desk 0: `hours` is `eight`, not of type `decimal(6, 2)`"]);
}

#[test]
fn a_record_waits_for_what_some_sync_brings() {
    let program = program(|_| {});
    let hub = hub(&program);
    let Outcome::Waiting { missing, failures } = capture(&program, &with(&[(2, Some("p9"))]), &hub) else { panic!() };
    assert_eq!(missing.len(), 1);
    assert_eq!(
        (missing[0].object, missing[0].wanted.as_str()),
        (program.object_ix("Project").unwrap(), "`Project` with `psa.project` p9")
    );
    assert_eq!(listed(&failures), ["lookup-missing project data_desk 2: there is no `Project` with `psa.project` p9"]);
    // Two steps that look for the same record wait for one.
    let twice = with_inbound(|map| {
        let again = compare(Comparison::Equal, map.assignments[2].value.clone(), map.assignments[2].value.clone());
        map.requires.push(Require {
            condition: again,
            route: route("data_desk", "other_project", None),
            order: 9,
            at: String::new(),
        });
    });
    let Outcome::Waiting { missing, failures } = capture(&twice, &with(&[(2, Some("p9"))]), &hub) else { panic!() };
    assert_eq!((missing.len(), failures.len()), (1, 2));
    // Nobody brings it: it is missing for good.
    let never = with_inbound(|map| {
        let Op::Crosswalk { waits, .. } = &mut map.assignments[2].value.op else { panic!() };
        *waits = false;
    });
    assert_eq!(failed(&capture(&never, &with(&[(2, Some("p9"))]), &hub)).len(), 1);
}

#[test]
fn several_records_under_one_identifier_do_not_wait() {
    let program = program(|_| {});
    let mut hub = hub(&program);
    hub.bind(&program, "psa", "project", "p1", RecordId(12));
    let expected = ["lookup-ambiguous project data_desk 2: there are several `Project` with `psa.project` p1"];
    assert_eq!(failed(&capture(&program, &GOOD, &hub)), expected);
}

#[test]
fn lookups_by_key_name_the_records_they_follow() {
    let program = program(|_| {});
    let Outcome::Waiting { missing, .. } =
        post(&program, &entry(&program, 1, "manager", 800, "approved"), &hub(&program))
    else {
        panic!()
    };
    assert_eq!(missing[0].wanted, "`RateCard` with `project` P-1, `category` manager");
}

#[test]
fn a_failing_let_is_reported_once_at_its_first_use() {
    let twice = |route: Option<Route>| {
        with_outbound(|map| {
            // A second assignment through the same `let`, written before the amount.
            let rate = expr(reference("RateCard"), Op::Let { name: "rate".into() });
            map.assignments.push(assign(
                1,
                "number",
                follow(follow(rate, "RateCard", "project", reference("Project")), "Project", "code", text_of(16)),
            ));
            map.assignments[0].order = 2;
            map.assignments.last_mut().unwrap().route = route;
        })
    };
    let entry = |program: &Program| entry(program, 1, "manager", 800, "approved");
    let plain = twice(None);
    let Outcome::Waiting { failures, .. } = post(&plain, &entry(&plain), &hub(&plain)) else { panic!() };
    assert_eq!(
        listed(&failures),
        ["lookup-missing number finance_desk 1: there is no `RateCard` with `project` P-1, `category` manager"]
    );
    let routed = twice(Some(Route { queue: "rates_desk".into(), reason: Some("no_rate".into()), message: None }));
    let Outcome::Waiting { failures, missing } = post(&routed, &entry(&routed), &hub(&routed)) else { panic!() };
    assert_eq!(
        listed(&failures),
        ["no_rate number rates_desk 1: there is no `RateCard` with `project` P-1, `category` manager"]
    );
    assert_eq!(missing.len(), 1);
}

#[test]
fn a_let_that_is_not_used_cannot_fail_the_record() {
    let program = with_outbound(|map| {
        map.assignments.retain(|assignment| assignment.field != "amount");
    });
    let outcome = post(&program, &entry(&program, 1, "manager", 800, "approved"), &hub(&program));
    assert_eq!(
        mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &outcome),
        ["T-1", "-", "USD", "8.00", "-"]
    );
}

#[test]
fn a_let_is_evaluated_once() {
    struct Counting<'a>(&'a Hub, std::cell::Cell<u32>);
    impl Records for Counting<'_> {
        fn lookup(&self, object: ObjectIx, key: &[Value]) -> Found {
            self.1.set(self.1.get() + 1);
            self.0.lookup(object, key)
        }
        fn lookup_as_of(&self, object: ObjectIx, key: &[Value], day: i32) -> syncline_eval::FoundAsOf {
            self.0.lookup_as_of(object, key, day)
        }
        fn version(&self, object: ObjectIx, record: RecordId, day: Option<i32>) -> syncline_eval::FoundAsOf {
            self.0.version(object, record, day)
        }
        fn crosswalk(&self, object: ObjectIx, entity: syncline_eval::EntityIx, id: &Value) -> Found {
            self.0.crosswalk(object, entity, id)
        }
        fn foreign_id(&self, entity: syncline_eval::EntityIx, record: RecordId) -> Option<Value> {
            self.0.foreign_id(entity, record)
        }
        fn field(&self, object: ObjectIx, record: RecordId, field: usize) -> Value {
            self.0.field(object, record, field)
        }
    }
    let rate = || expr(reference("RateCard"), Op::Let { name: "rate".into() });
    let program = with_outbound(|map| {
        let again = Let {
            name: "per_hour".into(),
            value: follow(rate(), "RateCard", "bill_rate", bill_rate()),
            order: 0,
            at: String::new(),
        };
        map.lets.push(again);
        let positive =
            compare(Comparison::Greater, expr(bill_rate(), Op::Let { name: "per_hour".into() }), number("0"));
        map.requires.push(Require {
            condition: positive,
            route: route("finance_desk", "free_work", None),
            order: 6,
            at: String::new(),
        });
    });
    let hub = hub(&program);
    let counting = Counting(&hub, std::cell::Cell::new(0));
    assert!(matches!(
        post(&program, &entry(&program, 1, "consultant", 800, "approved"), &counting),
        Outcome::Mapped { .. }
    ));
    assert_eq!(counting.1.get(), 1);
    // A `let` that fails through another is no second failure.
    let Outcome::Waiting { failures, .. } = post(&program, &entry(&program, 1, "manager", 800, "approved"), &hub)
    else {
        panic!()
    };
    assert_eq!(failures.len(), 1);
}

#[test]
fn true_failures_count_before_waiting() {
    let program = program(|_| {});
    // The rate card is missing (that alone would wait), and the project is closed.
    let outcome = post(&program, &entry(&program, 2, "manager", 800, "approved"), &hub(&program));
    let expected = [
        "lookup-missing amount finance_desk 3: there is no `RateCard` with `project` P-2, `category` manager",
        "project_closed - finance_desk 5: the record does not meet a requirement",
    ];
    assert_eq!(failed(&outcome), expected);
}

#[test]
fn an_assignment_sends_its_failures_where_it_says() {
    let program = with_inbound(|map| {
        map.assignments[3].route = Some(route(
            "roles_desk",
            "unknown_role",
            Some(message(vec![TextPart::Text("role ".into()), TextPart::Value(field("role_code", text_of(8)))])),
        ));
    });
    assert_eq!(
        failed(&capture(&program, &with(&[(3, Some("CON9"))]), &hub(&program))),
        ["unknown_role category roles_desk 3: role CON9"]
    );
    // A cast belongs to the row: the step's route does not apply, and its message is not needed.
    let outcome = capture(&program, &with(&[(3, Some("much too long"))]), &hub(&program));
    assert_eq!(failed(&outcome), ["value-too-large role_code data_desk 0: `role_code` has 13 characters, more than 8"]);
}

#[test]
fn a_message_explains_even_what_cannot_be_read() {
    let program = with_inbound(|map| {
        map.assignments[3].route = Some(route(
            "roles_desk",
            "unknown_role",
            Some(message(vec![TextPart::Text("hours ".into()), TextPart::Value(field("hours", hours()))])),
        ));
    });
    let outcome = capture(&program, &with(&[(3, Some("CON9")), (5, Some("x"))]), &hub(&program));
    assert_eq!(failed(&outcome)[1], "unknown_role category roles_desk 3: hours ?");
}

#[test]
fn a_require_that_cannot_be_asked_keeps_the_reason_of_what_failed() {
    let program = with_inbound(|map| {
        let code = Op::Code {
            codes: "Role".into(),
            direction: syncline_ir::Direction::In,
            value: Box::new(field("role_code", text_of(8))),
        };
        let is_partner = compare(
            Comparison::Equal,
            expr(one_of("LaborCategory"), code),
            constant("partner", one_of("LaborCategory")),
        );
        map.assignments.retain(|assignment| assignment.field != "category");
        map.requires.push(Require {
            condition: is_partner,
            route: route("roles_desk", "partners_only", None),
            order: 9,
            at: String::new(),
        });
    });
    assert_eq!(
        failed(&capture(&program, &GOOD, &hub(&program))),
        ["partners_only - roles_desk 9: the record does not meet a requirement"]
    );
    assert_eq!(
        failed(&capture(&program, &with(&[(3, Some("CON9"))]), &hub(&program))),
        ["unmapped-value - roles_desk 9: `Role` has no code CON9"]
    );
}

#[test]
fn a_condition_that_cannot_be_asked_is_all_that_is_known() {
    let positive = || Some(compare(Comparison::Greater, field("hours", hours()), number("0")));
    let program = with_inbound(|map| map.condition = positive());
    let hub = hub(&program);
    assert_eq!(capture(&program, &with(&[(5, Some("-1")), (3, Some("CON9"))]), &hub), Outcome::NotTaken);
    let outcome = capture(&program, &with(&[(5, Some("x")), (3, Some("CON9")), (1, Some("y"))]), &hub);
    let expected = [
        "cast-failed version data_desk 0: `version` is `y`, not of type `int`",
        "cast-failed hours data_desk 0: `hours` is `x`, not of type `decimal(6, 2)`",
    ];
    assert_eq!(failed(&outcome), expected);
}

#[test]
fn what_is_stored_fits_its_field_whatever_the_plan_says() {
    // A plan that forgets to convert: the note of up to 200 characters goes into a number of 20.
    let program = with_outbound(|map| map.assignments.push(assign(6, "number", field("note", optional(text_of(200))))));
    let noted = |note: Value| {
        let mut record = entry(&program, 1, "consultant", 800, "approved");
        record[8] = note;
        post(&program, &record, &hub(&program))
    };
    assert_eq!(
        mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &noted(Value::text("short")))[4],
        "short"
    );
    assert_eq!(mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &noted(Value::Null))[4], "null");
    assert_eq!(
        failed(&noted(Value::text("more than twenty letters"))),
        ["value-too-large number finance_desk 6: the text has 24 characters, more than 20"]
    );
}

#[test]
fn wider_types_are_converted_to_their_fields() {
    // A number of eight digits goes into one of six, and an amount in any currency into one in dollars.
    let program = program(|plan| {
        plan.objects[3].fields[6].ty = decimal(8, 2);
        plan.systems[0].entities[0].fields.push(declared("dollars", usd(19, 4)));
        plan.maps[0] = consulting::outbound();
        plan.maps[0].assignments[3].value = field("hours", decimal(8, 2));
        let contract = follow(field("project", reference("Project")), "Project", "contract", reference("Contract"));
        let zero = Op::Convert {
            value: Box::new(number("7")),
            currency: Some(Box::new(follow(contract, "Contract", "currency", currency()))),
        };
        plan.maps[0].assignments[2] = assign(3, "dollars", expr(money_in("project.contract.currency", 19, 4), zero));
        plan.maps[0].requires.clear();
    });
    let outcome = post(&program, &entry(&program, 1, "consultant", 999_999, "approved"), &hub(&program));
    assert_eq!(
        mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &outcome),
        ["T-1", "-", "USD", "9999.99", "-", "7.0000 USD"]
    );
    let outcome = post(&program, &entry(&program, 2, "consultant", 1_000_000, "approved"), &hub(&program));
    let expected = [
        "currency-changed dollars finance_desk 3: the amount is in JPY, the currency here is USD",
        "value-too-large hours finance_desk 4: the result has more than 4 digits before the point",
    ];
    assert_eq!(failed(&outcome), expected);
}

#[test]
fn a_record_that_lacks_a_required_field_is_not_posted() {
    let program = program(|_| {});
    let mut record = entry(&program, 1, "consultant", 800, "approved");
    record[1] = Value::Null;
    assert_eq!(
        failed(&post(&program, &record, &hub(&program))),
        ["required-missing external_id finance_desk 1: `external_id` is missing"]
    );
}

#[test]
fn an_amount_keeps_the_currency_of_its_record() {
    let program = with_outbound(|map| {
        map.assignments[1].value = constant("EUR", currency());
    });
    let outcome = post(&program, &entry(&program, 1, "consultant", 800, "approved"), &hub(&program));
    assert_eq!(
        failed(&outcome),
        ["currency-changed amount finance_desk 3: the amount is in USD, the currency here is EUR"]
    );
    // The constant 0 is an amount in whatever currency the record has.
    let zero = with_outbound(|map| {
        let assignment = map.assignments.iter_mut().find(|assignment| assignment.field == "amount").unwrap();
        assignment.value = number("0");
    });
    let outcome = post(&zero, &entry(&zero, 2, "consultant", 800, "approved"), &hub(&zero));
    assert_eq!(failed(&outcome), ["project_closed - finance_desk 5: the record does not meet a requirement"]);
    let outcome = post(&zero, &entry(&zero, 1, "consultant", 800, "approved"), &hub(&zero));
    assert_eq!(mapped(&zero, target(&zero, "TimeEntry -> erp.project_cost"), &outcome)[1], "0.0000 USD");
}

#[test]
fn zero_takes_the_currency_of_its_field() {
    let program = program(|plan| {
        plan.systems[0].entities[0].fields.push(declared("dollars", usd(19, 4)));
        let sum = Op::Add { left: Box::new(number("0")), right: Box::new(number("0.0")) };
        plan.maps[0].assignments.push(assign(6, "dollars", expr(usd(19, 4), sum)));
    });
    let outcome = post(&program, &entry(&program, 1, "consultant", 800, "approved"), &hub(&program));
    assert_eq!(mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &outcome)[5], "0.0000 USD");
    // Where nothing says which currency, it has none.
    let nowhere = with_outbound(|map| {
        map.assignments.retain(|assignment| assignment.field != "currency");
        map.assignments[1].value = number("0");
    });
    let outcome = post(&nowhere, &entry(&nowhere, 1, "consultant", 800, "approved"), &hub(&nowhere));
    assert_eq!(failed(&outcome), ["required-missing amount finance_desk 3: the currency of an amount is missing"]);
}

#[test]
fn failures_found_at_the_end_keep_their_place() {
    let program = with_outbound(|map| {
        map.assignments[1].value = constant("EUR", currency());
    });
    let outcome = post(&program, &entry(&program, 2, "consultant", 800, "approved"), &hub(&program));
    let expected = [
        "currency-changed amount finance_desk 3: the amount is in JPY, the currency here is EUR",
        "project_closed - finance_desk 5: the record does not meet a requirement",
    ];
    assert_eq!(failed(&outcome), expected);
}

#[test]
fn an_amount_without_its_currency_is_no_second_mistake() {
    let program = |reads: &[&str]| {
        program(|plan| {
            let fields = &mut plan.systems[1].entities[1].fields;
            fields.push(declared("fee", money_in("currency", 9, 2)));
            fields.push(declared("currency", currency()));
            plan.objects[3].fields.push(declared("fee", money_in("project.contract.currency", 9, 2)));
            plan.maps[1].assignments.push(assign(9, "fee", field("fee", money_in("currency", 9, 2))));
            plan.maps[1].reads.extend(reads.iter().map(|&name| name.to_owned()));
        })
    };
    let row = |currency| [&GOOD[..], &[Some("12.50"), Some(currency)]].concat();
    let both = program(&["fee", "currency"]);
    let outcome = capture(&both, &row("USD"), &hub(&both));
    assert_eq!(mapped(&both, target(&both, "psa.timecard -> TimeEntry"), &outcome)[9], "12.50 USD");
    let outcome = capture(&both, &row("EUR"), &hub(&both));
    assert_eq!(failed(&outcome), ["currency-changed fee data_desk 9: the amount is in EUR, the currency here is USD"]);
    let outcome = capture(&both, &row("dollars"), &hub(&both));
    assert_eq!(failed(&outcome), ["cast-failed currency data_desk 0: `currency` is `dollars`, not of type `currency`"]);
    // A map that reads the amount alone still says why it has none.
    let one = program(&["fee"]);
    let outcome = capture(&one, &row("dollars"), &hub(&one));
    assert_eq!(failed(&outcome), ["cast-failed fee data_desk 0: `currency` is `dollars`, not of type `currency`"]);
}

#[test]
fn references_are_shown_by_their_key() {
    let program = with_outbound(|map| {
        let rate = expr(reference("RateCard"), Op::Let { name: "rate".into() });
        map.assignments.push(assign(6, "number", message(vec![TextPart::Text("rate ".into()), TextPart::Value(rate)])));
    });
    let outcome = post(&program, &entry(&program, 1, "consultant", 800, "approved"), &hub(&program));
    assert_eq!(mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &outcome)[4], "rate P-1/consultant");
}

#[test]
fn codes_go_out_by_the_pair_that_says_both_ways() {
    let program = program(|plan| {
        let code =
            |value| Op::Code { codes: "Role".into(), direction: syncline_ir::Direction::Out, value: Box::new(value) };
        plan.maps[0].assignments.push(assign(
            6,
            "number",
            expr(text_of(8), code(field("category", one_of("LaborCategory")))),
        ));
        plan.maps[0].assignments.retain(|assignment| assignment.field != "amount");
    });
    let post = |category: &str| post(&program, &entry(&program, 1, category, 800, "approved"), &hub(&program));
    let number = |category: &str| {
        mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &post(category))[4].clone()
    };
    assert_eq!(number("consultant"), "CON1");
    assert_eq!(number("manager"), "MGR");
    assert_eq!(failed(&post("partner")), ["unmapped-value number finance_desk 6: `Role` has no code for partner"]);
}

#[test]
fn foreign_identifiers_come_from_the_crosswalk() {
    let program = with_outbound(|map| {
        let record = Box::new(field("project", reference("Project")));
        let id = Op::ForeignId { system: "psa".into(), entity: "project".into(), record };
        map.assignments.push(assign(6, "number", expr(text_of(16), id)));
    });
    let mut hub = hub(&program);
    let record = entry(&program, 1, "consultant", 800, "approved");
    assert_eq!(
        mapped(&program, target(&program, "TimeEntry -> erp.project_cost"), &post(&program, &record, &hub))[4],
        "p1"
    );
    hub.bindings.clear();
    assert_eq!(
        failed(&post(&program, &record, &hub)),
        ["lookup-missing number finance_desk 6: `Project` P-1 is not known in `psa.project`"]
    );
}

#[test]
fn the_origin_is_the_capturing_system_unless_the_map_says_so() {
    let program = with_inbound(|map| map.assignments.push(assign(9, "origin", expr(text_of(40), Op::Origin))));
    let outcome = capture(&program, &GOOD, &hub(&program));
    assert_eq!(mapped(&program, target(&program, "psa.timecard -> TimeEntry"), &outcome)[0], "psa");
    let other = with_inbound(|map| map.assignments.push(assign(9, "origin", constant("legacy", text_of(40)))));
    let outcome = capture(&other, &GOOD, &hub(&other));
    assert_eq!(mapped(&other, target(&other, "psa.timecard -> TimeEntry"), &outcome)[0], "legacy");
}

#[test]
fn maps_know_what_they_read() {
    let program = program(|_| {});
    let map = program.map(&inbound().id).unwrap();
    assert_eq!(map.reads, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(map.wait_seconds, Some(14_400));
    assert_eq!(program.map(&outbound().id).unwrap().reads, [1, 3, 4, 6, 7]);
}
