//! A small business: projects and rates in a PSA, time cards posted into an ERP as project costs.
//!
//! A card is 8.00 hours of a category; its cost is hours times the project's rate for the category, in the project's currency.

use crate::build::*;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::PathBuf;
use syncline_ir::*;
use syncline_runtime::kill::{Kill, Manner, Trap};
use syncline_runtime::*;
use tempfile::TempDir;

pub const CARDS: &str = "id,version,project,category,work_date,hours,status,note,modified_at";
pub const PROJECTS: &str = "id,version,code,state,currency";
pub const RATES: &str = "project,category,version,bill_rate,currency";

pub const ERP: &str = "CREATE TABLE project_cost (
    external_id TEXT PRIMARY KEY, project TEXT NOT NULL, hours TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL, note TEXT,
    reversal_of TEXT, number INTEGER, status TEXT NOT NULL DEFAULT 'open');
CREATE TRIGGER numbered AFTER INSERT ON project_cost BEGIN UPDATE project_cost SET number = new.rowid + 1000 WHERE external_id = new.external_id; END;";

/// One plan, its systems, its hub.
pub struct World {
    pub folder: TempDir,
    pub plan: Plan,
    pub options: Options,
}

/// A line of the target: key, hours, amount, currency, line reversed.
pub type CostLine = (String, String, String, String, Option<String>);

impl World {
    /// The business with project P-1 (USD) and the rate 100.00 for consultants.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("psa")).unwrap();
        std::fs::write(folder.path().join("erp.sql"), ERP).unwrap();
        let options = Options::at("2026-07-31T10:00:00Z".parse().unwrap(), folder.path());
        let world = Self { folder, plan: plan(), options };
        world.projects(&["p1,1,P-1,Open,USD"]);
        world.rates(&["p1,CON,1,100.00,USD"]);
        world.cards(&[]);
        world
    }

    /// The business with a change to its plan.
    pub fn with(change: impl FnOnce(&mut Plan)) -> Self {
        let mut world = Self::new();
        world.change_plan(change);
        world
    }

    pub fn change_plan(&mut self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.plan);
        finish(&mut self.plan);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn csv(&self, name: &str, header: &str, rows: &[&str]) {
        let text: String = std::iter::once(&header).chain(rows).map(|row| format!("{row}\n")).collect();
        std::fs::write(self.path(&format!("psa/{name}.csv")), text).unwrap();
    }

    pub fn projects(&self, rows: &[&str]) {
        self.csv("project", PROJECTS, rows);
    }

    pub fn rates(&self, rows: &[&str]) {
        self.csv("rate", RATES, rows);
    }

    pub fn cards(&self, rows: &[&str]) {
        self.csv("timecard", CARDS, rows);
    }

    pub fn profile(&self) -> Profile {
        let csv = SystemBinding { connector: ConnectorKind::Csv, path: "psa".into(), init: None };
        let sqlite = |name: &str| SystemBinding {
            connector: ConnectorKind::Sqlite,
            path: format!("{name}.db").into(),
            init: Some("erp.sql".into()),
        };
        let systems = BTreeMap::from([
            ("psa".to_owned(), csv),
            ("erp".to_owned(), sqlite("erp")),
            ("erp_eu".to_owned(), sqlite("erp_eu")),
        ]);
        Profile { hub: "hub/hub.db".into(), systems }
    }

    pub fn try_run(&self) -> Outcome<RunReport> {
        run(&self.plan, &self.profile(), &self.options, &mut Quiet)
    }

    pub fn run(&self) -> RunReport {
        let report = self.try_run().unwrap();
        check_accounts(&report);
        self.check_hub();
        report
    }

    /// A run at another instant, which stays the present one.
    pub fn run_at(&mut self, at: &str) -> RunReport {
        self.options.at = at.parse().unwrap();
        self.run()
    }

    /// A run that stops at a kill point; false when the point was never passed.
    pub fn killed_at(&mut self, kill: &Kill) -> bool {
        self.options.kill = Some(Trap::new(kill.clone(), Manner::Return));
        let result = self.try_run();
        self.options.kill = None;
        match result {
            Err(RuntimeError::Killed(at)) => {
                assert_eq!(at, *kill);
                true
            }
            Ok(_) => false,
            Err(error) => panic!("{kill}: {error}"),
        }
    }

    /// What the ERP holds, by key.
    pub fn costs(&self) -> Vec<CostLine> {
        self.costs_in("erp")
    }

    pub fn costs_in(&self, system: &str) -> Vec<CostLine> {
        let erp = Connection::open(self.path(&format!("{system}.db"))).unwrap();
        let mut statement = erp
            .prepare("SELECT external_id, hours, amount, currency, reversal_of FROM project_cost ORDER BY external_id")
            .unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    pub fn erp(&self, sql: &str) {
        Connection::open(self.path("erp.db")).unwrap().execute_batch(sql).unwrap();
    }

    pub fn hub(&self) -> Connection {
        Connection::open(self.path("hub/hub.db")).unwrap()
    }

    pub fn exceptions(&self) -> Vec<Exception> {
        exceptions(&self.path("hub/hub.db")).unwrap().exceptions
    }

    /// Key, version and reasons of the open exceptions.
    pub fn reasons(&self) -> Vec<(String, Option<String>, Vec<String>)> {
        let reasons = |exception: Exception| {
            assert_eq!(exception.reason, exception.reasons.first().unwrap().reason);
            (exception.key, exception.version, exception.reasons.into_iter().map(|reason| reason.reason).collect())
        };
        self.exceptions().into_iter().map(reasons).collect()
    }

    /// The hub's own consistency: every reference leads somewhere, every quarantined row has its one exception.
    fn check_hub(&self) {
        let hub = self.hub();
        let broken: Vec<String> = {
            let mut statement = hub.prepare("PRAGMA foreign_key_check").unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        assert_eq!(broken, Vec::<String>::new());
        let count = |sql: &str| hub.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM source_row WHERE state = 0"), 0, "rows left where they were captured");
        assert_eq!(
            count(
                "SELECT count(*) FROM source_row r WHERE (r.state = 2) <> (SELECT count(*) FROM exception e WHERE e.row = r.id AND asks = 0 AND closed_at IS NULL)"
            ),
            0,
            "rows and exceptions do not match"
        );
    }
}

/// Each row is in exactly one place, and the reasons are those of the exceptions.
fn check_accounts(report: &RunReport) {
    for sync in &report.syncs {
        let a = &sync.accounts;
        assert_eq!(
            a.captured,
            a.excluded + a.waiting + a.staged + a.posted + a.superseded + a.duplicate + a.quarantined,
            "{sync:?}"
        );
        assert!(a.reasons.values().sum::<u64>() >= a.quarantined, "{sync:?}");
        assert_eq!(sync.this_run.read, sync.this_run.new + sync.this_run.unchanged, "{sync:?}");
        assert_eq!(a.unchanged, sync.this_run.unchanged);
    }
    assert_eq!(report.totals, Totals::of(&report.syncs));
}

pub fn sync_of<'a>(report: &'a RunReport, name: &str) -> &'a SyncReport {
    report.syncs.iter().find(|sync| sync.name == name).unwrap()
}

/// The sync of time cards.
pub fn time(report: &RunReport) -> &SyncReport {
    sync_of(report, "ApprovedTime")
}

pub fn line(key: &str, hours: &str, amount: &str, reverses: Option<&str>) -> CostLine {
    (key.to_owned(), hours.to_owned(), amount.to_owned(), "USD".to_owned(), reverses.map(str::to_owned))
}

pub fn time_sync(plan: &mut Plan) -> &mut Sync {
    plan.syncs.iter_mut().find(|sync| sync.name == "ApprovedTime").unwrap()
}

pub fn map_of<'a>(plan: &'a mut Plan, id: &str) -> &'a mut Map {
    plan.maps.iter_mut().find(|map| map.id == id).unwrap()
}

pub fn erp_entity(plan: &mut Plan) -> &mut Entity {
    plan.systems.iter_mut().find(|system| system.name == "erp").unwrap().entities.first_mut().unwrap()
}

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

fn plan() -> Plan {
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
        lineage: Vec::new(),
        provenance: Vec::new(),
    };
    finish(&mut plan);
    plan
}
