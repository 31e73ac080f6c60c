//! Syncs: which records move, when, and with which guarantees.

use super::{Duration, Expr, Name, Number, Path, Range, SmolStr, Title};

/// `sync ApprovedTime by finance { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// The team that answers for it; its absence has been reported.
    pub team: Option<Name>,
    /// In the order written.
    pub clauses: Vec<SyncClause>,
}

/// A statement of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncClause {
    /// `title "…"`
    Title(Title),
    /// `move psa.timecard -> TimeEntry -> erp.project_cost`
    Move(Move),
    /// `model staged`
    Model(Model),
    /// `every 1h`, `capture every 15m`, `post every 15m`
    Schedule(Schedule),
    /// `capture on psa.timecard.approved`
    CaptureOn(CaptureOn),
    /// `starts 2026-07-01 by work_date`
    Starts(Starts),
    /// `after Projects, Employees`
    After(After),
    /// `idempotent by source_id`
    IdempotentBy(IdempotentBy),
    /// `order by version within source_id`, `order by arrival`
    Order(Order),
    /// `correct by reversal`
    Correct(Correct),
    /// `leave reverse`, `leave hold finance_desk`
    Leave(Leave),
    /// `on change of RateCard ask finance_desk`
    OnChange(OnChange),
    /// `retry 5 times backoff 30s .. 10m then finance_desk`
    Retry(Retry),
    /// `fresh within 45m in posting_hours`
    Fresh(Fresh),
    /// `volume 20000 per day peak 5x`
    Volume(Volume),
    /// `reconcile count, sum(hours) every 1d tolerance 0`
    Reconcile(Reconcile),
    /// Could not be read.
    Broken(Range),
}

/// `move psa.timecard -> TimeEntry -> erp.project_cost`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// At least two, in the order written.
    pub stops: Vec<Stop>,
    /// The whole statement.
    pub range: Range,
}

/// One end of an arrow of a [`Move`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// `psa.timecard` (an entity), `TimeEntry` (an object)
    Place(Path),
    /// `{ erp_us.cost when P, erp_eu.cost when Q }`; stands last only, anything else has been reported.
    Routes {
        /// At least one.
        arms: Vec<MoveArm>,
        /// With its braces.
        range: Range,
    },
}

/// `erp_us.cost when region == US`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveArm {
    /// The entity.
    pub target: Path,
    /// Which records it takes.
    pub when: Option<Expr>,
    /// Target and predicate.
    pub range: Range,
}

/// `model staged`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Which one.
    pub kind: ModelKind,
    /// The whole statement.
    pub range: Range,
}

/// How the passes of a sync hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// `batch`: one schedule; what a pass captures it posts.
    Batch,
    /// `staged`: capture and post on schedules of their own.
    Staged,
    /// `event`: one schedule; only rows that raised an event are moved.
    Event,
}

/// `every 1h`, `capture every 15m`, `post every 15m`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The word before `every`.
    pub pass: SchedulePass,
    /// The interval.
    pub every: Duration,
    /// The calendar outside of which the pass does not take place.
    pub within: Option<Name>,
    /// How long a pass may take.
    pub takes: Option<Duration>,
    /// The whole statement.
    pub range: Range,
}

/// What a [`Schedule`] starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchedulePass {
    /// `every …`: capture and post together.
    Whole,
    /// `capture every …`
    Capture,
    /// `post every …`
    Post,
}

/// `capture on psa.timecard.approved`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureOn {
    /// `system.entity.event`
    pub event: Path,
    /// The whole statement.
    pub range: Range,
}

/// `starts 2026-07-01 by work_date`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starts {
    /// The text of the date, shaped `YYYY-MM-DD`.
    pub date: SmolStr,
    /// Where the date stands.
    pub date_range: Range,
    /// The date field it is compared with.
    pub field: Name,
    /// The whole statement.
    pub range: Range,
}

/// `after Projects, Employees`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Names of syncs; at least one.
    pub syncs: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `idempotent by source_id`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentBy {
    /// Fields of the object; at least one.
    pub fields: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `order by version within source_id`, `order by arrival`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: OrderBy,
    /// The whole statement.
    pub range: Range,
}

/// By what the rows of one record are ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderBy {
    /// `arrival`
    Arrival,
    /// `version within source_id`
    Field {
        /// The field that grows.
        field: Name,
        /// The fields that say which record it is; at least one.
        within: Vec<Name>,
    },
}

/// `correct by reversal`, `correct by delta`, `correct by overwrite`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correct {
    /// How.
    pub by: CorrectBy,
    /// The whole statement.
    pub range: Range,
}

/// How a posted line is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectBy {
    /// `reversal`
    Reversal,
    /// `delta`
    Delta,
    /// `overwrite`
    Overwrite,
}

/// `leave reverse`, `leave hold finance_desk`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// The queue of `hold`, or none for `reverse`.
    pub hold: Option<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `on change of RateCard ask finance_desk`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnChange {
    /// What changes.
    pub of: ChangeOf,
    /// What happens to lines already posted.
    pub action: ChangeAction,
    /// The whole statement.
    pub range: Range,
}

/// What an [`OnChange`] speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeOf {
    /// An object.
    Object(Name),
    /// `plan`: the specification itself.
    Plan(Range),
}

/// What happens to posted lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeAction {
    /// `keep`
    Keep,
    /// `correct`
    Correct,
    /// `ask finance_desk`
    Ask(Name),
}

/// `retry 5 times backoff 30s .. 10m then finance_desk`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// How often a call is made again.
    pub times: Number,
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// Where the record goes then.
    pub queue: Name,
    /// The whole statement.
    pub range: Range,
}

/// `fresh within 45m in posting_hours`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// How late a record may be posted.
    pub within: Duration,
    /// The calendar whose open time counts; none counts all time.
    pub calendar: Option<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `volume 20000 per day peak 5x`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// How many records a day has.
    pub records: Number,
    /// How many times as many a day may have.
    pub peak: Option<Number>,
    /// The whole statement.
    pub range: Range,
}

/// `wave posting after masters { … }`: syncs that begin together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// The waves before it.
    pub after: Vec<Name>,
    /// In the order written.
    pub members: Vec<WaveMember>,
}

/// A statement of a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaveMember {
    /// `syncs Projects, Employees`
    Syncs(WaveSyncs),
    /// Could not be read.
    Broken(Range),
}

/// `syncs Projects, Employees`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveSyncs {
    /// At least one.
    pub syncs: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `reconcile count, sum(hours) every 1d tolerance 0`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconcile {
    /// At least one.
    pub measures: Vec<Measure>,
    /// How often; its absence has been reported.
    pub every: Option<Duration>,
    /// The largest difference that passes.
    pub tolerance: Option<Number>,
    /// The whole statement.
    pub range: Range,
}

/// `count`, `sum(hours)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// `count`
    Count(Range),
    /// `sum(hours)`
    Sum {
        /// What is summed.
        field: Path,
        /// The whole measure.
        range: Range,
    },
}
