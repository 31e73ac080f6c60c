//! The plan of a small consulting firm: time cards of a project system become time entries, which become costs in a ledger.

use super::*;
use syncline_ir::{
    Acceptance, Arm, Assignment, CodePair, Codes, Comparison, Direction, Entity, Enumeration, KeyArgument, Let,
    Lifecycle, Map, MapDirection, Require, Route, System, TextPart, Transition,
};

pub fn entity(name: &str, key: &[&str], fields: Vec<Field>) -> Entity {
    Entity {
        name: name.into(),
        fields,
        key: key.iter().map(|&name| name.into()).collect(),
        cursor: None,
        cursor_overlap: 0,
        full_every: None,
        nested: None,
        deletion: None,
        events: Vec::new(),
        control: None,
        accepts: vec![],
        returns: vec![],
        idempotency: None,
        find_by: None,
        additive: vec![],
        reverses: None,
        doc: None,
        at: String::new(),
    }
}

pub fn system(name: &str, entities: Vec<Entity>) -> System {
    System {
        name: name.into(),
        product: None,
        title: None,
        category: None,
        limit: None,
        entities,
        doc: None,
        at: String::new(),
    }
}

pub fn assign(order: u32, field: &str, value: Expr) -> Assignment {
    Assignment { field: field.into(), value, route: None, order, at: format!("maps.syn:{order}:1") }
}

pub fn route(queue: &str, reason: &str, message: Option<Expr>) -> Route {
    Route { queue: queue.into(), reason: Some(reason.into()), message }
}

pub fn compare(comparison: Comparison, left: Expr, right: Expr) -> Expr {
    expr(bool(), Op::Compare { comparison, left: Box::new(left), right: Box::new(right) })
}

pub fn equal(left: Expr, right: Expr) -> Expr {
    compare(Comparison::Equal, left, right)
}

pub fn hours() -> Type {
    decimal(6, 2)
}

pub fn bill_rate() -> Type {
    money_in("project.contract.currency", 14, 4)
}

pub fn message(parts: Vec<TextPart>) -> Expr {
    expr(text(), Op::Text { parts })
}

fn choice(subject: Expr, ty: Type, arms: &[(&str, &str)]) -> Expr {
    let arms = arms
        .iter()
        .map(|(from, to)| Arm { values: vec![Literal::Enum((*from).into())], result: constant(to, ty.clone()) })
        .collect();
    expr(ty, Op::Match { subject: Box::new(subject), arms, otherwise: None })
}

/// `psa.timecard -> TimeEntry`.
pub fn inbound() -> Map {
    let crosswalk = Op::Crosswalk {
        object: "Project".into(),
        system: "psa".into(),
        entity: "project".into(),
        id: Box::new(field("project", text_of(16))),
        waits: true,
    };
    let code =
        Op::Code { codes: "Role".into(), direction: Direction::In, value: Box::new(field("role_code", text_of(8))) };
    let states = [("Saved", "draft"), ("Submitted", "submitted"), ("Approved", "approved"), ("Rejected", "rejected")];
    let positive = compare(Comparison::Greater, field("hours", hours()), number("0"));
    let a_day = compare(Comparison::LessOrEqual, field("hours", hours()), number("24"));
    Map {
        id: "psa.timecard -> TimeEntry".into(),
        direction: MapDirection::Creates,
        finds: None,
        system: "psa".into(),
        entity: "timecard".into(),
        object: "TimeEntry".into(),
        condition: None,
        lets: vec![],
        assignments: vec![
            assign(0, "source_id", field("id", text_of(18))),
            assign(1, "version", field("version", decimal(18, 0))),
            assign(2, "project", expr(reference("Project"), crosswalk)),
            assign(3, "category", expr(one_of("LaborCategory"), code)),
            assign(4, "work_date", field("work_date", date())),
            assign(5, "hours", field("hours", hours())),
            assign(6, "state", choice(field("status", one_of("psa.timecard.status")), one_of("TimeState"), &states)),
            assign(7, "note", field("note", optional(text_of(200)))),
        ],
        requires: vec![Require {
            condition: expr(bool(), Op::And { all: vec![positive, a_day] }),
            route: route(
                "delivery_desk",
                "implausible_hours",
                Some(message(vec![
                    TextPart::Value(field("hours", hours())),
                    TextPart::Text(" hours on one day".into()),
                ])),
            ),
            order: 8,
            at: "maps.syn:8:1".into(),
        }],
        reads: ["id", "version", "project", "role_code", "work_date", "hours", "status", "note"]
            .map(String::from)
            .to_vec(),
        wait_seconds: Some(14_400),
        outside_claim: None,
        mask: vec![],
        otherwise: "data_desk".into(),
        doc: None,
        at: "maps.syn:1:1".into(),
    }
}

/// `TimeEntry -> erp.project_cost where state == approved`, priced by the project's rate card.
pub fn outbound() -> Map {
    let rate = Op::Lookup {
        object: "RateCard".into(),
        key: vec![
            KeyArgument { field: "project".into(), value: field("project", reference("Project")) },
            KeyArgument { field: "category".into(), value: field("category", one_of("LaborCategory")) },
        ],
        as_of: None,
        waits: true,
    };
    let bound = || expr(reference("RateCard"), Op::Let { name: "rate".into() });
    let product = Op::Multiply {
        left: Box::new(field("hours", hours())),
        right: Box::new(follow(bound(), "RateCard", "bill_rate", bill_rate())),
    };
    let contract = || follow(field("project", reference("Project")), "Project", "contract", reference("Contract"));
    let rounded = Op::RoundCurrency {
        value: boxed(money_in("project.contract.currency", 20, 6), product),
        currency: Box::new(follow(contract(), "Contract", "currency", currency())),
        mode: Rounding::HalfEven,
    };
    let amount = Op::Convert { value: boxed(money_in("currency", 19, 6), rounded), currency: None };
    let open =
        equal(follow(field("project", reference("Project")), "Project", "open", bool()), constant("true", bool()));
    Map {
        id: "TimeEntry -> erp.project_cost".into(),
        direction: MapDirection::Outbound,
        finds: None,
        system: "erp".into(),
        entity: "project_cost".into(),
        object: "TimeEntry".into(),
        condition: Some(equal(field("state", one_of("TimeState")), constant("approved", one_of("TimeState")))),
        lets: vec![Let {
            name: "rate".into(),
            value: expr(reference("RateCard"), rate),
            order: 0,
            at: "maps.syn:20:1".into(),
        }],
        assignments: vec![
            assign(1, "external_id", field("source_id", text_of(18))),
            assign(2, "currency", follow(contract(), "Contract", "currency", currency())),
            assign(3, "amount", expr(money_in("currency", 19, 4), amount)),
            assign(4, "hours", field("hours", hours())),
        ],
        requires: vec![Require {
            condition: open,
            route: route("finance_desk", "project_closed", None),
            order: 5,
            at: "maps.syn:25:1".into(),
        }],
        reads: ["source_id", "project", "category", "hours", "state"].map(String::from).to_vec(),
        wait_seconds: None,
        outside_claim: None,
        mask: vec![],
        otherwise: "finance_desk".into(),
        doc: None,
        at: "maps.syn:19:1".into(),
    }
}

pub fn plan() -> Plan {
    let names = |names: &[&str]| names.iter().map(|&name| String::from(name)).collect::<Vec<_>>();
    let steps = |steps: &[(&str, &str)]| {
        steps.iter().map(|(from, to)| Transition { from: (*from).into(), to: (*to).into() }).collect()
    };
    let mut plan = empty_plan();
    plan.enums = vec![
        Enumeration {
            name: "LaborCategory".into(),
            values: names(&["consultant", "manager", "partner"]),
            doc: None,
            at: String::new(),
        },
        Enumeration {
            name: "psa.timecard.status".into(),
            values: names(&["Saved", "Submitted", "Approved", "Rejected"]),
            doc: None,
            at: String::new(),
        },
    ];
    plan.lifecycles = vec![Lifecycle {
        name: "TimeState".into(),
        states: names(&["draft", "submitted", "approved", "rejected"]),
        transitions: steps(&[
            ("draft", "submitted"),
            ("submitted", "approved"),
            ("approved", "submitted"),
            ("submitted", "rejected"),
            ("rejected", "draft"),
        ]),
        doc: None,
        at: String::new(),
    }];
    let timecard = vec![
        declared("id", text_of(18)),
        declared("version", decimal(18, 0)),
        declared("project", text_of(16)),
        declared("role_code", text_of(8)),
        declared("work_date", date()),
        declared("hours", hours()),
        declared("status", one_of("psa.timecard.status")),
        declared("note", optional(text_of(200))),
        declared("modified_at", instant()),
    ];
    let mut cost = entity(
        "project_cost",
        &["external_id"],
        vec![
            declared("external_id", text_of(40)),
            declared("amount", money_in("currency", 19, 4)),
            declared("currency", currency()),
            declared("hours", hours()),
            declared("number", optional(text_of(20))),
        ],
    );
    let approved = equal(field("state", one_of("TimeState")), constant("approved", one_of("TimeState")));
    cost.accepts = vec![Acceptance { object: "TimeEntry".into(), condition: Some(approved), condition_text: None }];
    plan.systems = vec![
        system("erp", vec![cost]),
        system(
            "psa",
            vec![entity("project", &["id"], vec![declared("id", text_of(16))]), entity("timecard", &["id"], timecard)],
        ),
    ];
    plan.objects = vec![
        object("Contract", &["number"], vec![declared("number", text_of(20)), declared("currency", currency())]),
        object(
            "Project",
            &["code"],
            vec![declared("code", text_of(16)), declared("contract", reference("Contract")), declared("open", bool())],
        ),
        object(
            "RateCard",
            &["project", "category"],
            vec![
                declared("project", reference("Project")),
                declared("category", one_of("LaborCategory")),
                declared("bill_rate", bill_rate()),
            ],
        ),
        object(
            "TimeEntry",
            &["origin", "source_id"],
            vec![
                declared("origin", text_of(40)),
                declared("source_id", text_of(18)),
                declared("version", decimal(18, 0)),
                declared("project", reference("Project")),
                declared("category", one_of("LaborCategory")),
                declared("work_date", date()),
                declared("hours", hours()),
                declared("state", one_of("TimeState")),
                declared("note", optional(text_of(200))),
            ],
        ),
    ];
    let pair = |code: &str, value: &str, both_ways| CodePair { code: code.into(), value: value.into(), both_ways };
    plan.codes = vec![Codes {
        name: "Role".into(),
        systems: vec!["psa".into()],
        entity: "timecard".into(),
        field: "role_code".into(),
        target: "LaborCategory".into(),
        pairs: vec![pair("CON1", "consultant", true), pair("CON2", "consultant", false), pair("MGR", "manager", true)],
        doc: None,
        at: "codes.syn:1:1".into(),
    }];
    plan.maps = vec![outbound(), inbound()];
    plan
}

/// A hub with project P-1 (open, contract in USD, consultants at 187.3333 an hour) and P-2 (closed, JPY, at 9999.5000).
pub fn hub(program: &Program) -> Hub {
    let mut hub = Hub::default();
    let consultant = value(program, "consultant", &one_of("LaborCategory"));
    for (number, code, open, rate) in [(1, "USD", true, "187.3333 USD"), (2, "JPY", false, "9999.5000 JPY")] {
        let currency = value(program, code, &currency());
        let contract = hub.add(
            program,
            "Contract",
            number,
            &[("number", Value::text(&format!("C-{number}"))), ("currency", currency)],
        );
        let project = hub.add(
            program,
            "Project",
            10 + number,
            &[
                ("code", Value::text(&format!("P-{number}"))),
                ("contract", Value::Record(contract)),
                ("open", Value::Bool(open)),
            ],
        );
        hub.bind(program, "psa", "project", &format!("p{number}"), project);
        let rate = value(program, rate, &bill_rate());
        hub.add(
            program,
            "RateCard",
            20 + number,
            &[("project", Value::Record(project)), ("category", consultant.clone()), ("bill_rate", rate)],
        );
    }
    hub
}
