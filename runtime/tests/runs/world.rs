//! A small business: projects and rates in a PSA, time cards posted into an ERP as project costs.
//!
//! A card is 8.00 hours of a category; its cost is hours times the project's rate for the category, in the project's currency.

pub use crate::business::*;
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
    /// How the ERPs are spoken to.
    pub target: ConnectorKind,
    /// The waves that are enabled.
    pub waves: Option<Vec<String>>,
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
        let world = Self { folder, plan: plan(), options, target: ConnectorKind::Sqlite, waves: None };
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

    /// The business with an ERP in files, which give no numbers.
    pub fn in_files(target: ConnectorKind) -> Self {
        let mut world = Self::new();
        std::fs::create_dir(world.path("empty")).unwrap();
        world.target = target;
        world.change_plan(|plan| {
            for name in ["erp", "erp_eu"] {
                let system = plan.systems.iter_mut().find(|system| system.name == name).unwrap();
                system.entities[0].returns.clear();
            }
        });
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
        let in_files = self.target != ConnectorKind::Sqlite;
        let sqlite = |name: &str| SystemBinding {
            connector: self.target,
            path: if in_files { name.into() } else { format!("{name}.db").into() },
            init: Some(if in_files { "empty" } else { "erp.sql" }.into()),
        };
        let systems = BTreeMap::from([
            ("psa".to_owned(), csv),
            ("erp".to_owned(), sqlite("erp")),
            ("erp_eu".to_owned(), sqlite("erp_eu")),
        ]);
        Profile { hub: "hub/hub.db".into(), systems, waves: self.waves.clone() }
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

    /// A run in which the target of a sync with `retry` fails at a step; none when the step was never passed.
    pub fn lost_at(&mut self, kill: &Kill) -> Option<RunReport> {
        self.options.kill = Some(Trap::new(kill.clone(), Manner::Lose));
        let report = self.run();
        self.options.kill = None;
        report.syncs.iter().any(|sync| sync.unreachable.is_some()).then_some(report)
    }

    /// Takes the ERP's database away, or brings it back.
    pub fn set_reachable(&self, reachable: bool) {
        let (here, away) = (self.path("erp.db"), self.path("erp.away"));
        if reachable {
            std::fs::remove_dir(&here).unwrap();
            std::fs::rename(&away, &here).unwrap();
        } else {
            std::fs::rename(&here, &away).unwrap();
            // Otherwise it would be made anew.
            std::fs::create_dir(&here).unwrap();
        }
    }

    /// Removes a file.
    pub fn set_away(&self, name: &str) {
        std::fs::remove_file(self.path(name)).unwrap();
    }

    /// What the ERP holds, by key.
    pub fn costs(&self) -> Vec<CostLine> {
        self.costs_in("erp")
    }

    pub fn costs_in(&self, system: &str) -> Vec<CostLine> {
        if self.target != ConnectorKind::Sqlite {
            return self.costs_in_files(system);
        }
        let erp = Connection::open(self.path(&format!("{system}.db"))).unwrap();
        let mut statement = erp
            .prepare("SELECT external_id, hours, amount, currency, reversal_of FROM project_cost ORDER BY external_id")
            .unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// The file of the ERP.
    pub fn cost_file(&self) -> PathBuf {
        self.path(&format!("erp/project_cost.{}", self.target.name()))
    }

    /// The lines of a file by simpler readers than the connector's; none of these values has quotes or commas.
    fn costs_in_files(&self, system: &str) -> Vec<CostLine> {
        let path = self.path(&format!("{system}/project_cost.{}", self.target.name()));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let mut lines = text.lines();
        let names: Vec<&str> = match self.target {
            ConnectorKind::Csv => lines.next().unwrap_or_default().split(',').collect(),
            _ => Vec::new(),
        };
        let mut found: Vec<CostLine> = lines
            .map(|line| {
                let json: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
                let cell = |name: &str| match names.iter().position(|known| *known == name) {
                    Some(column) => Some(line.split(',').nth(column).unwrap()).filter(|cell| !cell.is_empty()),
                    None => json.get(name).unwrap().as_str(),
                };
                let text = |name: &str| cell(name).unwrap().to_owned();
                let of = cell("reversal_of").map(str::to_owned);
                (text("external_id"), text("hours"), text("amount"), text("currency"), of)
            })
            .collect();
        found.sort();
        found
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
    pub fn check_hub(&self) {
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
pub fn check_accounts(report: &RunReport) {
    for sync in &report.syncs {
        let a = &sync.accounts;
        assert_eq!(
            a.captured,
            a.excluded + a.waiting + a.staged + a.posted + a.superseded + a.duplicate + a.quarantined + a.dismissed,
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
