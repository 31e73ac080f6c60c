//! Linking: what a program answers about a plan, and which plans it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use support::consulting::{assign, compare, equal, hours, hub, plan};
use support::*;
use syncline_eval::{Frame, NoRecords, Program, RecordId, Side, Value, expr};
use syncline_ir::{
    Claim, CodePair, Comparison, Correction, Direction, Function, KeyArgument, Literal, Map, MaskEntry, Mover, Op,
    Order, Ownership, Pass, Plan, Rounding, RouteTo, Schedule, Starts, Sync,
};

fn sync() -> Sync {
    Sync {
        name: "ApprovedTime".into(),
        team: "finance".into(),
        title: None,
        capture: Some("psa.timecard -> TimeEntry".into()),
        object: "TimeEntry".into(),
        routes: vec![RouteTo {
            map: "TimeEntry -> erp.project_cost".into(),
            condition: Some(compare(Comparison::Less, field("hours", hours()), number("10"))),
            at: String::new(),
        }],
        schedule: Schedule::Batch(Pass::every(900)),
        starts: Some(Starts { date: "2026-07-01".into(), field: "work_date".into() }),
        after: vec![],
        idempotent_by: vec!["source_id".into()],
        order: Order::By { field: "version".into(), within: "source_id".into() },
        correct: Some(Correction::Reversal),
        leave: None,
        on_change: vec![],
        retry: None,
        fresh: None,
        volume: None,
        capture_on: None,
        reconcile: None,
        doc: None,
        at: "syncs.syn:1:1".into(),
    }
}

fn mover(from: &str, to: &str, system: &str) -> Mover {
    Mover {
        field: "state".into(),
        from: from.into(),
        to: to.into(),
        system: system.into(),
        team: "delivery".into(),
        at: "owners.syn:1:1".into(),
    }
}

fn owned(plan: &mut Plan) {
    let approved = equal(field("state", one_of("TimeState")), constant("approved", one_of("TimeState")));
    let claim = |name: &str, guard| Claim {
        field: name.into(),
        system: "psa".into(),
        team: "delivery".into(),
        guard,
        guard_text: None,
        at: String::new(),
    };
    plan.ownership = vec![Ownership {
        object: "TimeEntry".into(),
        claims: vec![claim("hours", Some(approved)), claim("work_date", None)],
        movers: vec![
            mover("draft", "submitted", "psa"),
            mover("submitted", "approved", "psa"),
            mover("submitted", "rejected", "erp"),
            mover("rejected", "draft", "erp"),
        ],
    }];
}

#[test]
fn names_become_positions() {
    let mut plan = plan();
    plan.syncs = vec![sync()];
    let program = Program::link(&plan).unwrap();
    let entry = program.object_ix("TimeEntry").unwrap();
    assert_eq!(program.object(entry).key, [0, 1]);
    assert_eq!(program.object(entry).field_ix("hours"), Some(6));
    assert_eq!(program.object(entry).field_ix("nothing"), None);
    let card = program.entity_ix("psa", "timecard").unwrap();
    assert_eq!((card.index(), program.entity(card).field_ix("status")), (2, Some(6)));
    assert_eq!(
        (program.entity_ix("erp", "timecard"), program.object_ix("timecard"), program.enum_ix("none")),
        (None, None, None)
    );
    let states = program.enumeration(program.enum_ix("TimeState").unwrap());
    assert_eq!(
        (states.value("approved"), states.value("Approved"), states.name_of(3).map(|name| &**name)),
        (Some(2), None, Some("rejected"))
    );
    let sync = program.sync("ApprovedTime").unwrap();
    assert_eq!((sync.object, &sync.idempotent_by, sync.routes.len()), (entry, &vec![1], 1));
    let (starts, order) = (sync.starts.unwrap(), sync.order.unwrap());
    assert_eq!((starts.date, starts.field, order.field, order.within), (20_635, 5, 2, 1));
    assert_eq!(&*program.map_at(sync.capture.unwrap()).id, "psa.timecard -> TimeEntry");
    assert!(program.sync("Other").is_none() && program.map("other").is_none());
}

#[test]
fn routes_and_acceptance_are_asked_of_the_record() {
    let mut plan = plan();
    plan.syncs = vec![sync()];
    let program = Program::link(&plan).unwrap();
    let route = &program.sync("ApprovedTime").unwrap().routes[0];
    let mut record = vec![Value::Null; 9];
    for (hours, state, takes, accepts) in [(999, 2, true, true), (1000, 2, false, true), (999, 1, true, false)] {
        (record[6], record[7]) = (Value::Decimal(hours), Value::Enum(state));
        let frame = Frame::record(&program, Some(RecordId(1)), &record);
        assert_eq!(expr::holds(route.condition.as_ref().unwrap(), &frame, &NoRecords), Ok(takes));
        assert_eq!(expr::holds(route.accepts[0].condition.as_ref().unwrap(), &frame, &NoRecords), Ok(accepts));
    }
}

#[test]
fn claims_and_movers_belong_to_the_object() {
    let mut plan = plan();
    owned(&mut plan);
    let program = Program::link(&plan).unwrap();
    let entry = program.object_ix("TimeEntry").unwrap();
    let claims = &program.object(entry).claims;
    assert_eq!(
        claims.iter().map(|claim| (claim.field, &*claim.system, claim.guard.is_some())).collect::<Vec<_>>(),
        [(6, "psa", true), (5, "psa", false)]
    );
    let (draft, submitted, approved, rejected) = (0, 1, 2, 3);
    let moves = |system: &str, from, to| program.moves(entry, 7, system, from, to);
    assert!(moves("psa", draft, submitted) && moves("psa", submitted, approved));
    assert!(moves("psa", draft, approved), "polling may have missed the state between");
    assert!(moves("psa", approved, approved) && moves("nobody", approved, approved), "no move at all");
    assert!(
        !moves("psa", approved, draft) && !moves("psa", approved, submitted),
        "declared in the lifecycle, but nobody's"
    );
    assert!(!moves("psa", submitted, rejected), "another system's");
    assert!(moves("erp", submitted, draft) && !moves("erp", draft, submitted));
    assert!(!program.moves(entry, 6, "psa", draft, submitted), "another field");
}

#[test]
fn the_currency_of_an_amount_is_found_by_its_path() {
    let program = Program::link(&plan()).unwrap();
    let card = program.object(program.object_ix("RateCard").unwrap());
    let path = card.fields[2].currency.as_ref().unwrap();
    let hub = hub(&program);
    let currency_of = |values: &[Value]| program.currency_at(path, values, &hub);
    assert_eq!(currency_of(&[Value::Record(RecordId(12))]), value(&program, "JPY", &currency()));
    assert_eq!(currency_of(&[Value::Null]), Value::Null);
    assert_eq!(currency_of(&[]), Value::Null);
}

#[test]
fn self_is_the_record_at_hand() {
    let program = Program::link(&plan()).unwrap();
    let project = Side::Object(program.object_ix("Project").unwrap());
    let same = equal(expr(reference("Project"), Op::Own), expr(reference("Project"), Op::Own));
    let own = program.link_expr(&same, project).unwrap();
    assert_eq!(expr::holds(&own, &Frame::record(&program, Some(RecordId(7)), &[]), &NoRecords), Ok(true));
    let fault = expr::holds(&own, &Frame::record(&program, None, &[]), &NoRecords).unwrap_err();
    assert_eq!(fault.to_string(), "required-missing: the record's identity is missing");
}

#[test]
fn nothing_is_found_under_null() {
    let program = Program::link(&plan()).unwrap();
    let ask = |ty: syncline_ir::Type, op: Op| {
        let linked = program.link_expr(&expr(ty, op), Side::Object(program.object_ix("TimeEntry").unwrap())).unwrap();
        let record = vec![Value::Null; 9];
        let result = expr::evaluate(&linked, &Frame::record(&program, None, &record), &hub(&program));
        result.map_err(|fault| fault.reason.to_string())
    };
    let missing = || Err("required-missing".to_owned());
    let project = || Box::new(field("project", optional(reference("Project"))));
    let by_key = || Op::Lookup {
        object: "RateCard".into(),
        key: vec![
            KeyArgument { field: "project".into(), value: *project() },
            KeyArgument { field: "category".into(), value: constant("manager", one_of("LaborCategory")) },
        ],
        as_of: None,
        waits: true,
    };
    let by_id = || Op::Crosswalk {
        object: "Project".into(),
        system: "psa".into(),
        entity: "project".into(),
        id: Box::new(field("note", optional(text_of(200)))),
        waits: true,
    };
    let id_of = || Op::ForeignId { system: "psa".into(), entity: "project".into(), record: project() };
    let code_of = || Op::Code {
        codes: "Role".into(),
        direction: Direction::Out,
        value: Box::new(field("category", optional(one_of("LaborCategory")))),
    };
    let code_in = || Op::Code {
        codes: "Role".into(),
        direction: Direction::In,
        value: Box::new(field("note", optional(text_of(200)))),
    };
    let cases = [
        (by_key(), reference("RateCard")),
        (by_id(), reference("Project")),
        (id_of(), text_of(16)),
        (code_of(), text_of(8)),
        (code_in(), one_of("LaborCategory")),
    ];
    for (op, ty) in cases {
        assert_eq!(ask(ty.clone(), op.clone()), missing(), "{op:?}");
        assert_eq!(ask(optional(ty), op.clone()), Ok(Value::Null), "{op:?}");
    }
}

#[test]
fn a_key_is_brought_to_the_scale_of_its_field() {
    let mut plan = plan();
    plan.objects.push(object("Grade", &["level"], vec![declared("level", decimal(3, 1))]));
    let program = Program::link(&plan).unwrap();
    let mut hub = Hub::default();
    hub.add(&program, "Grade", 5, &[("level", Value::Decimal(70))]);
    let ask = |level: &str| {
        let key = vec![KeyArgument { field: "level".into(), value: number(level) }];
        let lookup = expr(reference("Grade"), Op::Lookup { object: "Grade".into(), key, as_of: None, waits: false });
        let linked = program.link_expr(&lookup, Side::Object(program.object_ix("Project").unwrap())).unwrap();
        expr::evaluate(&linked, &Frame::record(&program, None, &[]), &hub).map_err(|fault| fault.to_string())
    };
    assert_eq!(ask("7"), Ok(Value::Record(RecordId(5))));
    assert_eq!(ask("7.0"), Ok(Value::Record(RecordId(5))));
    assert_eq!(ask("7.1"), Err("lookup-missing: there is no `Grade` with `level` 7.1".to_owned()));
    // Out of reach of the key: no such record, rather than a number too large.
    assert_eq!(ask("1000"), Err("lookup-missing: there is no `Grade` with `level` 1000.0".to_owned()));
}

#[test]
fn a_value_of_another_type_than_promised_is_a_fault() {
    let program = Program::link(&plan()).unwrap();
    let entry = Side::Object(program.object_ix("TimeEntry").unwrap());
    let long = program.link_expr(&compare(Comparison::Greater, field("hours", hours()), number("8")), entry).unwrap();
    let mut record = vec![Value::Null; 9];
    record[6] = Value::text("8");
    let ask = |record: &[Value]| {
        expr::holds(&long, &Frame::record(&program, None, record), &NoRecords).unwrap_err().reason.to_string()
    };
    assert_eq!(ask(&record), "ill-typed");
    assert_eq!(ask(&record[..3]), "ill-typed");
    record[6] = Value::Null;
    assert_eq!(ask(&record), "required-missing");
}

#[track_caller]
fn refuses(change: impl FnOnce(&mut Plan), message: &str) {
    let mut plan = plan();
    plan.syncs = vec![sync()];
    owned(&mut plan);
    assert!(Program::link(&plan).is_ok());
    change(&mut plan);
    assert_eq!(Program::link(&plan).unwrap_err().to_string(), message);
}

fn inbound(plan: &mut Plan) -> &mut Map {
    &mut plan.maps[1]
}

#[test]
fn plans_that_do_not_hang_together_are_refused() {
    refuses(|plan| plan.format = 2, "the plan has format 2, this version reads format 1");
    refuses(
        |plan| plan.objects[0].fields[0].ty = one_of("Colour"),
        "test.syn:1:1 number: there is no enumeration or lifecycle `Colour`",
    );
    refuses(
        |plan| plan.objects[0].fields[0].ty = reference("Client"),
        "test.syn:1:1 number: there is no object `Client`",
    );
    refuses(
        |plan| plan.objects[0].fields[1].name = "number".into(),
        "test.syn:1:1 currency: there are two fields named `number`",
    );
    refuses(|plan| plan.objects[0].key = vec!["code".into()], "test.syn:1:1 Contract: there is no field `code`");
    refuses(|plan| plan.objects[1].name = "Contract".into(), "test.syn:1:1 Project: `Contract` is declared twice");
    refuses(
        |plan| plan.objects[0].fields[0].ty = decimal(39, 0),
        "test.syn:1:1 number: `decimal(39, 0)` has more than 38 digits",
    );
    let path = |path: &'static str| move |plan: &mut Plan| plan.objects[2].fields[2].ty = money_in(path, 14, 4);
    refuses(
        path("project.budget"),
        "test.syn:1:1 bill_rate: the currency path `project.budget` names `budget`, which is no field there",
    );
    refuses(
        path("category.code"),
        "test.syn:1:1 bill_rate: the currency path `category.code` names `code`, which is no field there",
    );
    refuses(
        path("project.contract"),
        "test.syn:1:1 bill_rate: the currency path `project.contract` does not end in a currency",
    );
    let pair = |code: &str, value: &str, both_ways| CodePair { code: code.into(), value: value.into(), both_ways };
    let pairs = |extra: CodePair| move |plan: &mut Plan| plan.codes[0].pairs.push(extra);
    refuses(
        pairs(pair("MGR", "partner", true)),
        "codes.syn:1:1: code table `Role` is ambiguous at `MGR` and `partner`",
    );
    refuses(
        pairs(pair("MG2", "manager", true)),
        "codes.syn:1:1: code table `Role` is ambiguous at `MG2` and `manager`",
    );
    refuses(
        pairs(pair("X", "intern", true)),
        "codes.syn:1:1: code table `Role`: there is no value `intern` in `LaborCategory`",
    );
    refuses(|plan| plan.codes[0].field = "role".into(), "codes.syn:1:1: code table `Role`: there is no field `role`");
    refuses(|plan| plan.ownership[0].claims[0].field = "fee".into(), "`TimeEntry` has no field `fee`");
    refuses(
        |plan| plan.ownership[0].movers[0].to = "approved".into(),
        "`TimeState` has no transition `draft -> approved`",
    );
    refuses(
        |plan| plan.syncs[0].routes[0].map = "psa.timecard -> TimeEntry".into(),
        "`psa.timecard -> TimeEntry` is no map out of `TimeEntry`",
    );
    refuses(
        |plan| plan.syncs[0].starts = Some(Starts { date: "2026-07-01".into(), field: "hours".into() }),
        "syncs.syn:1:1: `hours` is no date field",
    );
    refuses(|plan| plan.syncs.push(sync()), "syncs.syn:1:1: `ApprovedTime` is declared twice");
}

#[test]
fn maps_that_do_not_hang_together_are_refused() {
    let assigned =
        |ix: usize, value: syncline_ir::Expr| move |plan: &mut Plan| inbound(plan).assignments[ix].value = value;
    refuses(assigned(0, field("ident", text_of(18))), "maps.syn:0:1: there is no field `ident`");
    refuses(
        assigned(0, field("hours", hours())),
        "maps.syn:0:1: a value of type `decimal(6, 2)` stands where another type is needed",
    );
    refuses(assigned(0, field("hours", text_of(18))), "maps.syn:0:1: what is read here is not of type `text(18)`");
    refuses(
        assigned(5, field("hours", decimal(6, 3))),
        "maps.syn:5:1: what is read here is not of type `decimal(6, 3)`",
    );
    refuses(
        assigned(5, constant("8.125", decimal(6, 3))),
        "maps.syn:5:1: a value of type `decimal(6, 3)` stands where another type is needed",
    );
    refuses(
        assigned(0, expr(text(), Op::Let { name: "later".into() })),
        "maps.syn:0:1: there is no `let later` before this",
    );
    refuses(assigned(2, expr(reference("Project"), Op::Own)), "maps.syn:2:1: a source row has no identity in the hub");
    refuses(
        |plan| inbound(plan).assignments.push(assign(9, "hours", field("hours", hours()))),
        "maps.syn:9:1: `hours` is assigned twice",
    );
    refuses(
        |plan| inbound(plan).assignments.push(assign(9, "fee", field("hours", hours()))),
        "maps.syn:9:1: there is no field `fee`",
    );
    refuses(
        |plan| inbound(plan).condition = Some(field("hours", hours())),
        "maps.syn:1:1: expected a condition, found `decimal(6, 2)`",
    );
    refuses(
        |plan| inbound(plan).mask = vec![MaskEntry { field: "hours".into(), guard: number("1") }],
        "maps.syn:1:1: expected a condition, found `decimal(1, 0)`",
    );
    refuses(|plan| inbound(plan).entity = "timesheet".into(), "maps.syn:1:1: there is no entity `psa.timesheet`");
    let key = |plan: &mut Plan| {
        let Op::Lookup { key, .. } = &mut plan.maps[0].lets[0].value.op else { panic!() };
        key.remove(1);
    };
    refuses(key, "maps.syn:20:1: a lookup of `RateCard` needs all fields of its key");
    let swapped = |plan: &mut Plan| {
        let Op::Lookup { key, .. } = &mut plan.maps[0].lets[0].value.op else { panic!() };
        key.swap(0, 1);
    };
    refuses(swapped, "maps.syn:20:1: `category` is not the key field of `RateCard` at this place");
    refuses(
        |plan| plan.maps[0].assignments[0].value = expr(text(), Op::Origin),
        "maps.syn:1:1: only an inbound map knows the system a record comes from",
    );
}

#[test]
fn operations_refuse_operands_they_cannot_work_on() {
    let half = Rounding::HalfUp;
    let cases = [
        (
            expr(decimal(3, 1), Op::Add { left: Box::new(number("1.25")), right: Box::new(number("1")) }),
            "`decimal(3, 1)` has fewer digits after the point than its operands",
        ),
        (
            expr(decimal(3, 1), Op::Multiply { left: Box::new(number("1.5")), right: Box::new(number("1.5")) }),
            "`decimal(3, 1)` has fewer digits after the point than its operands",
        ),
        (
            expr(decimal(3, 1), Op::Add { left: Box::new(number("1")), right: Box::new(constant("1", text())) }),
            "expected a number, found `text`",
        ),
        (
            expr(usd(5, 2), Op::Round { value: Box::new(number("1")), mode: half }),
            "rounding does not change what a number counts",
        ),
        (
            expr(
                decimal(5, 2),
                Op::Divide {
                    left: Box::new(number("1")),
                    right: Box::new(constant("1.00 USD", usd(5, 2))),
                    mode: half,
                    otherwise: None,
                },
            ),
            "only money divided by a number is money",
        ),
        (
            expr(date(), Op::Add { left: Box::new(constant("2026-01-01", date())), right: Box::new(number("1.5")) }),
            "expected a whole number of days, found `decimal(2, 1)`",
        ),
        (
            expr(text(), Op::Call { function: Function::Upper, arguments: vec![number("1")] }),
            "expected text, found `decimal(1, 0)`",
        ),
        (expr(text(), Op::Call { function: Function::Upper, arguments: vec![] }), "this call does not give `text`"),
        (
            expr(decimal(3, 1), Op::Call { function: Function::Upper, arguments: vec![constant("a", text())] }),
            "this call does not give `decimal(3, 1)`",
        ),
        (
            expr(decimal(3, 1), Op::Call { function: Function::Length, arguments: vec![constant("a", text())] }),
            "this call does not give `decimal(3, 1)`",
        ),
        (expr(text(), Op::IsKnown { value: Box::new(number("1")) }), "the result is not of type `text`"),
        (
            expr(bool(), Op::In { value: Box::new(number("1")), set: vec![Literal::Text("1".into())] }),
            "the constant is not of the type it stands for",
        ),
        (
            expr(bool(), Op::In { value: Box::new(number("1")), set: vec![Literal::Decimal("1.5".into())] }),
            "`1.5` is no number with 0 digits after the point",
        ),
        (constant("12.5", decimal(2, 1)), "`12.5` is no number with 1 digits after the point"),
        (constant("1.00 EUR", usd(5, 2)), "`1.00 EUR` is in another currency than its type"),
        (constant("1.00 XYZ", money_in("c", 5, 2)), "`XYZ` is not a currency of ISO 4217"),
        (constant("2026-02-30", date()), "`2026-02-30` is no date"),
    ];
    for (expression, message) in cases {
        assert_eq!(evaluate(&expression), Err(format!("link: {message}")), "{expression:?}");
    }
}
