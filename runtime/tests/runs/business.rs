//! The plan of the small business: projects and rates, time cards, project costs.

use crate::build::*;
use syncline_ir::*;

/// What the maps read, and the hash.
pub fn finish(plan: &mut Plan) {
    for map in &mut plan.maps {
        let names = serde_json::to_string(&(&map.lets, &map.assignments, &map.requires)).unwrap();
        let side: Vec<String> = match map.direction {
            MapDirection::Outbound => plan
                .objects
                .iter()
                .find(|object| object.name == map.object)
                .unwrap()
                .fields
                .iter()
                .map(|f| f.name.clone())
                .collect(),
            _ => {
                let system = plan.systems.iter().find(|system| system.name == map.system).unwrap();
                system
                    .entities
                    .iter()
                    .find(|entity| entity.name == map.entity)
                    .unwrap()
                    .fields
                    .iter()
                    .map(|f| f.name.clone())
                    .collect()
            }
        };
        map.reads =
            side.into_iter().filter(|name| names.contains(&format!("\"op\":\"field\",\"field\":\"{name}\""))).collect();
    }
    plan.hash = meaning_hash(plan).unwrap();
}

fn entities() -> Vec<System> {
    let status = named("psa.timecard.status");
    let mut card = entity(
        "timecard",
        &["id"],
        vec![
            field("id", text(18)),
            field("version", Kind::INT),
            field("project", text(16)),
            field("category", text(8)),
            field("work_date", Kind::Date),
            field("hours", decimal(6, 2)),
            field("status", status),
            optional("note", text(20)),
            field("modified_at", Kind::Instant),
        ],
    );
    card.cursor = Some("modified_at".to_owned());
    card.cursor_overlap = 600;
    let project = entity(
        "project",
        &["id"],
        vec![
            field("id", text(16)),
            field("version", Kind::INT),
            field("code", text(16)),
            field("state", named("psa.project.state")),
            field("currency", Kind::Currency),
        ],
    );
    let rate = entity(
        "rate",
        &["project", "category"],
        vec![
            field("project", text(16)),
            field("category", text(8)),
            field("version", Kind::INT),
            field("bill_rate", money(14, 4, "currency")),
            field("currency", Kind::Currency),
        ],
    );
    vec![system("psa", vec![project, rate, card]), system("erp", vec![cost()]), system("erp_eu", vec![cost()])]
}

fn cost() -> Entity {
    let mut cost = entity(
        "project_cost",
        &["external_id"],
        vec![
            field("external_id", text(40)),
            field("project", text(16)),
            field("hours", decimal(6, 2)),
            field("amount", money(19, 4, "currency")),
            field("currency", Kind::Currency),
            optional("note", text(20)),
            optional("reversal_of", text(40)),
            optional("number", Kind::INT),
            optional("status", text(8)),
        ],
    );
    cost.control = Some(Control { team: "finance".to_owned() });
    cost.returns = vec!["number".to_owned(), "status".to_owned()];
    cost.idempotency = Some(Idempotency { seconds: 86_400 });
    cost.find_by = Some("external_id".to_owned());
    cost.additive = vec!["hours".to_owned(), "amount".to_owned()];
    cost.reverses = Some("reversal_of".to_owned());
    cost
}

fn objects() -> Vec<Object> {
    let project = object(
        "Project",
        ObjectKind::Master,
        &["code"],
        vec![
            field("code", text(16)),
            field("version", Kind::INT),
            field("state", named("ProjectState")),
            fixed("currency", Kind::Currency),
        ],
    );
    let rate = object(
        "RateCard",
        ObjectKind::Reference,
        &["project", "category"],
        vec![
            field("project", reference("Project")),
            field("category", text(8)),
            field("version", Kind::INT),
            field("bill_rate", money(14, 4, "project.currency")),
        ],
    );
    let entry = object(
        "TimeEntry",
        ObjectKind::Transaction,
        &["origin", "source_id"],
        vec![
            field("origin", Kind::Text { max: None }),
            field("source_id", text(18)),
            field("version", Kind::INT),
            field("project", reference("Project")),
            field("category", text(8)),
            field("work_date", Kind::Date),
            field("hours", decimal(6, 2)),
            field("state", named("TimeState")),
            optional("note", text(20)),
        ],
    );
    vec![project, rate, entry]
}

pub fn project_of_entry() -> Expr {
    read("project", reference("Project"))
}

fn inbound_maps() -> Vec<Map> {
    let project = map(
        MapDirection::Creates,
        "psa.project",
        "Project",
        vec![
            ("code", read("code", text(16))),
            ("version", read("version", Kind::INT)),
            (
                "state",
                translate(
                    read("state", named("psa.project.state")),
                    "ProjectState",
                    &[("Open", "open"), ("Closed", "closed")],
                ),
            ),
            ("currency", read("currency", Kind::Currency)),
        ],
        "data_desk",
    );
    let rate = map(
        MapDirection::Creates,
        "psa.rate",
        "RateCard",
        vec![
            ("project", by_id("Project", "psa.project", read("project", text(16)))),
            ("category", read("category", text(8))),
            ("version", read("version", Kind::INT)),
            ("bill_rate", read("bill_rate", money(14, 4, "currency"))),
        ],
        "data_desk",
    );
    let mut card = map(
        MapDirection::Creates,
        "psa.timecard",
        "TimeEntry",
        vec![
            ("source_id", read("id", text(18))),
            ("version", read("version", Kind::INT)),
            ("project", by_id("Project", "psa.project", read("project", text(16)))),
            ("category", read("category", text(8))),
            ("work_date", read("work_date", Kind::Date)),
            ("hours", read("hours", decimal(6, 2))),
            (
                "state",
                translate(
                    read("status", named("psa.timecard.status")),
                    "TimeState",
                    &[
                        ("Saved", "draft"),
                        ("Submitted", "submitted"),
                        ("Approved", "approved"),
                        ("Rejected", "rejected"),
                    ],
                ),
            ),
            ("note", may_be_null(read("note", text(20)))),
        ],
        "data_desk",
    );
    let hours = || read("hours", decimal(6, 2));
    let zero = constant(decimal(1, 0), Literal::Decimal("0".to_owned()));
    require(
        &mut card,
        100,
        compare(Comparison::Greater, hours(), zero),
        route("delivery_desk", "implausible_hours", Some(message("", hours(), " hours on one day"))),
    );
    card.wait_seconds = Some(4 * 3600);
    vec![project, rate, card]
}

/// Time entries to costs; into `erp` or `erp_eu`.
pub fn outbound_map(system: &str) -> Map {
    let rate = || bound("rate", reference("RateCard"));
    let currency = || follow(project_of_entry(), "Project", "currency", Kind::Currency);
    let product = Op::Multiply {
        left: Box::new(read("hours", decimal(6, 2))),
        right: Box::new(follow(rate(), "RateCard", "bill_rate", money(14, 4, "project.currency"))),
    };
    let amount = Op::RoundCurrency {
        value: Box::new(expr(money(20, 6, "project.currency"), product)),
        currency: Box::new(currency()),
        mode: Rounding::HalfEven,
    };
    let mut costs = map(
        MapDirection::Outbound,
        &format!("{system}.project_cost"),
        "TimeEntry",
        vec![
            ("external_id", read("source_id", text(18))),
            ("project", follow(project_of_entry(), "Project", "code", text(16))),
            ("hours", read("hours", decimal(6, 2))),
            ("currency", currency()),
            ("amount", expr(money(19, 4, "project.currency"), amount)),
            ("note", may_be_null(read("note", text(20)))),
        ],
        "finance_desk",
    );
    let found = lookup("RateCard", vec![("project", project_of_entry()), ("category", read("category", text(8)))]);
    costs.lets = vec![Let { name: "rate".to_owned(), value: found, order: 1, at: at() }];
    costs.condition = Some(equal(read("state", named("TimeState")), state("TimeState", "approved")));
    let is_open =
        equal(follow(project_of_entry(), "Project", "state", named("ProjectState")), state("ProjectState", "open"));
    require(&mut costs, 5, is_open, route("finance_desk", "project_closed", None));
    costs.wait_seconds = Some(4 * 3600);
    costs
}

fn syncs() -> Vec<Sync> {
    let mut projects = sync("Projects", Some("psa.project -> Project"), "Project", &[]);
    projects.order = order("version", "code");
    let mut rates = sync("Rates", Some("psa.rate -> RateCard"), "RateCard", &[]);
    rates.order = order("version", "category");
    rates.after = vec!["Projects".to_owned()];
    let mut time =
        sync("ApprovedTime", Some("psa.timecard -> TimeEntry"), "TimeEntry", &["TimeEntry -> erp.project_cost"]);
    time.order = order("version", "source_id");
    time.after = vec!["Rates".to_owned(), "Projects".to_owned()];
    time.idempotent_by = vec!["source_id".to_owned()];
    time.starts = Some(Starts { date: "2026-07-01".to_owned(), field: "work_date".to_owned() });
    time.on_change = vec![
        ChangePolicy { object: Some("Project".to_owned()), action: Change::Correct },
        ChangePolicy { object: Some("RateCard".to_owned()), action: Change::Keep },
        ChangePolicy { object: None, action: Change::Keep },
    ];
    time.reconcile = Some(Reconcile {
        measures: vec![Measure::Count, Measure::Sum("hours".to_owned()), Measure::Sum("amount".to_owned())],
        every: 86_400,
        tolerance: "0".to_owned(),
    });
    vec![projects, rates, time]
}

pub fn plan() -> Plan {
    let step = |from: &str, to: &str| Transition { from: from.to_owned(), to: to.to_owned() };
    let steps = [
        ("draft", "submitted"),
        ("submitted", "approved"),
        ("approved", "submitted"),
        ("submitted", "rejected"),
        ("rejected", "draft"),
    ];
    let mover = |&(from, to): &(&str, &str)| Mover {
        field: "state".to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        system: "psa".to_owned(),
        team: "delivery".to_owned(),
        at: at(),
    };
    let mut maps = inbound_maps();
    maps.push(outbound_map("erp"));
    let mut plan = Plan {
        format: 1,
        hash: String::new(),
        workspace: Workspace { name: "test".to_owned(), edition: 2026 },
        tzdb: "test".to_owned(),
        units: Vec::new(),
        teams: vec![Team {
            name: "delivery".to_owned(),
            title: "Delivery".to_owned(),
            contact: None,
            doc: None,
            at: at(),
        }],
        queues: vec![queue("data_desk", 86_400), queue("delivery_desk", 2 * 86_400), queue("finance_desk", 3 * 86_400)],
        enums: vec![
            enumeration("psa.timecard.status", &["Saved", "Submitted", "Approved", "Rejected"]),
            enumeration("psa.project.state", &["Open", "Closed"]),
            enumeration("ProjectState", &["open", "closed"]),
        ],
        lifecycles: vec![Lifecycle {
            name: "TimeState".to_owned(),
            states: ["draft", "submitted", "approved", "rejected"].map(str::to_owned).to_vec(),
            transitions: steps.iter().map(|(from, to)| step(from, to)).collect(),
            doc: None,
            at: at(),
        }],
        calendars: Vec::new(),
        holidays: Vec::new(),
        products: Vec::new(),
        systems: entities(),
        objects: objects(),
        ownership: vec![Ownership {
            object: "TimeEntry".to_owned(),
            claims: Vec::new(),
            movers: steps.iter().map(mover).collect(),
        }],
        codes: Vec::new(),
        maps,
        syncs: syncs(),
        waves: Vec::new(),
        lineage: Vec::new(),
        provenance: Vec::new(),
    };
    finish(&mut plan);
    plan
}
