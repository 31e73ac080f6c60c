//! What a run reports, and its JSON form.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the JSON forms.
pub const FORMAT: u32 = 1;

/// The report of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// Version of this form: 1.
    pub format: u32,
    /// The run's number in its hub.
    pub run: String,
    /// The instant it took place at.
    pub at: String,
    /// The next instant at which a pass is due, from the run's own on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// All syncs together.
    pub totals: Totals,
    /// Each sync, in the order they ran.
    pub syncs: Vec<SyncReport>,
}

/// Where the rows of a sync stand: every row ever captured is counted in exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// All rows: the sum of `excluded`, `waiting`, `staged`, `posted`, `superseded`, `duplicate`, `quarantined` and
    /// `dismissed`.
    pub captured: u64,
    /// Held in the hub.
    pub staged: u64,
    /// In the target.
    pub posted: u64,
    /// Records with a later generation or an overwrite.
    pub corrected: u64,
    /// Rows read in this run which the hub had.
    pub unchanged: u64,
    /// Rows with a newer one of the same record.
    pub superseded: u64,
    /// Further copies of a row in its extract.
    pub duplicate: u64,
    /// Rows that wait for a record some sync brings.
    pub waiting: u64,
    /// Rows outside the sync's scope.
    pub excluded: u64,
    /// Rows that need a person.
    pub quarantined: u64,
    /// Rows a person has set aside.
    pub dismissed: u64,
    /// First reasons of the open exceptions.
    pub reasons: BTreeMap<String, u64>,
    /// Posted records whose newer version waits or is quarantined, or about which something is asked.
    pub stale: u64,
}

/// What one run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThisRun {
    /// Rows delivered by the source.
    pub read: u64,
    /// Rows the hub did not have, copies included.
    pub new: u64,
    /// Rows the hub had.
    pub unchanged: u64,
    /// New lines with an image.
    pub posted: u64,
    /// Reversal lines.
    pub reversed: u64,
    /// Lines changed.
    pub overwritten: u64,
    /// Rows that waited or were quarantined, and asks, that are settled now.
    pub resolved: u64,
}

/// All syncs together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sums of the accounts.
    #[serde(flatten)]
    pub accounts: Accounts,
    /// False when a sync does not reconcile, null when none reconciles.
    pub reconciled: Option<bool>,
    /// Sums of what the run did.
    pub this_run: ThisRun,
}

/// One sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// Its name.
    pub name: String,
    /// Where its rows stand.
    #[serde(flatten)]
    pub accounts: Accounts,
    /// Its wave, when the profile does not enable it: the sync did nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resting: Option<String>,
    /// The events it has seen, by name and version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Raised>,
    /// When its window opens next, if it was shut and nothing was posted therefore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// Whether hub, ledger and target agree; null without a `reconcile` clause, or before the first reconciliation.
    pub reconciled: Option<bool>,
    /// The comparison, line by line.
    pub reconciliation: Vec<ReconciliationLine>,
    /// Keys of target lines that are not what the ledger says, the first of them by key; empty when all agree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing: Vec<String>,
    /// What happened when a target could not be reached, and what is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<Unreachable>,
    /// The systems whose calls are used up; what they would have needed stays staged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limited: Vec<Limited>,
    /// What was posted later than promised, or waits and is late already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// Where a pass took longer, or a day has more records, than the sync says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceeded: Vec<Exceeded>,
    /// What is odd about the dates of the rows it brought, as they stand.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// What this run did.
    pub this_run: ThisRun,
}

/// How often an event was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// `system.entity.event`.
    pub event: String,
    /// The version of its contract.
    pub version: u32,
    /// In all runs.
    pub count: u64,
    /// By rows that this run captured.
    pub new: u64,
}

/// Calls for which a target could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    /// What happened the last time.
    pub message: String,
    /// Records whose calls are made again.
    pub records: u64,
    /// When the first of them are.
    pub next: Option<String>,
}

/// A system that may not be called any more for the time being.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limited {
    /// The system.
    pub system: String,
    /// When its next period begins.
    pub next: String,
}

/// Rows that were not posted in the time promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Posted in this run, too late.
    pub posted: u64,
    /// Staged, and late already.
    pub waiting: u64,
    /// Keys of those posted, the first of them.
    pub keys: Vec<String>,
}

/// What a sync says of its size, and a run went beyond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exceeded {
    /// `every`, `capture every` or `post every` for how long that pass takes, `volume` for the records of a day.
    pub clause: String,
    /// Seconds or records, as the sync says.
    pub said: u64,
    /// Seconds that the pass took, a part of one counted as one, or records that the day has so far.
    pub found: u64,
}

/// Rows of a dated object with one key that do not follow each other day by day. They stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// The object.
    pub object: String,
    /// The key of the rows.
    pub key: String,
    /// What is odd.
    pub kind: NoticeKind,
    /// First day.
    pub from: String,
    /// Last day; null is open.
    pub through: Option<String>,
}

/// What is odd about the rows of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Several rows are valid.
    Overlap,
    /// No row is valid, though one was before and one is after.
    Hole,
}

impl NoticeKind {
    /// `overlap`, `hole`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::Hole => "hole",
        }
    }
}

/// One measure of one group. Numbers are decimals as text; null is not given for this measure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationLine {
    /// `count` or `sum(hours)`.
    pub measure: String,
    /// The currency of money, otherwise empty.
    pub group: String,
    /// As in [`Accounts`].
    pub captured: Option<String>,
    /// As in [`Accounts`].
    pub excluded: Option<String>,
    /// As in [`Accounts`].
    pub waiting: Option<String>,
    /// As in [`Accounts`].
    pub staged: Option<String>,
    /// As in [`Accounts`]; of a sum, that of the canonical records posted.
    pub posted: Option<String>,
    /// As in [`Accounts`].
    pub superseded: Option<String>,
    /// As in [`Accounts`].
    pub duplicate: Option<String>,
    /// As in [`Accounts`].
    pub quarantined: Option<String>,
    /// As in [`Accounts`].
    pub dismissed: Option<String>,
    /// What the ledger says is in the target.
    pub ledger: Option<String>,
    /// What is in the target.
    pub target: Option<String>,
    /// Target less ledger.
    pub difference: Option<String>,
}

impl Accounts {
    fn add(&mut self, other: &Self) {
        self.captured += other.captured;
        self.staged += other.staged;
        self.posted += other.posted;
        self.corrected += other.corrected;
        self.unchanged += other.unchanged;
        self.superseded += other.superseded;
        self.duplicate += other.duplicate;
        self.waiting += other.waiting;
        self.excluded += other.excluded;
        self.quarantined += other.quarantined;
        self.dismissed += other.dismissed;
        self.stale += other.stale;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason.clone()).or_default() += count;
        }
    }
}

impl ThisRun {
    fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.new += other.new;
        self.unchanged += other.unchanged;
        self.posted += other.posted;
        self.reversed += other.reversed;
        self.overwritten += other.overwritten;
        self.resolved += other.resolved;
    }
}

impl Totals {
    /// The sums over some syncs.
    #[must_use]
    pub fn of(syncs: &[SyncReport]) -> Self {
        let mut totals = Self::default();
        for sync in syncs {
            totals.accounts.add(&sync.accounts);
            totals.this_run.add(&sync.this_run);
            totals.reconciled = match (totals.reconciled, sync.reconciled) {
                (Some(all), Some(one)) => Some(all && one),
                (all, one) => all.or(one),
            };
        }
        totals
    }
}
