//! Runs sync plans: the hub, the connectors, the passes of a sync, reconciliation.
//!
//! [`run`] executes a [`Plan`](syncline_ir::Plan) once: it captures rows of sources, makes canonical records of them, posts what
//! is to be posted into targets, and compares the ledger with what the targets hold. [`status`] and [`exceptions`] look at a hub.
//!
//! What holds whatever happens, a kill at any instant included: nothing is lost, nothing is posted twice, every row is in exactly
//! one place, and a run that finds nothing new changes nothing.
//!
//! What becomes of a row in which case stands in `tests/oracle/RULES.md`; the meaning of expressions is
//! [`syncline_eval`]'s.

mod audit;
mod connectors;
mod decide;
mod error;
mod history;
mod hub;
pub mod kill;
mod options;
mod passes;
mod preview;
mod profile;
mod report;
mod status;
mod testing;
mod timetable;
mod trace;
mod upkeep;
mod values;

pub use audit::{AuditCheck, AuditEntry, audit_log, verify_audit};
pub use decide::{Decision, Kept, decide};
pub use error::{Outcome, RuntimeError};
pub use history::{Event, Happening, history};
pub use hub::{AuditEvent, ExceptionText, Resolution};
pub use options::{Options, Part, Passes, Progress, Quiet, Stage};
pub use passes::run;
pub use preview::{Preview, PreviewLine, preview};
pub use profile::{ConnectorKind, Profile, SystemBinding};
pub use report::{
    Accounts, Exceeded, Late, Limited, Notice, NoticeKind, Raised, ReconciliationLine, RunReport, SyncReport, ThisRun,
    Totals, Unreachable,
};
pub use status::{Decided, Exception, ExceptionDetail, Exceptions, Status, SyncStatus, exception, exceptions, status};
pub use syncline_eval::{Point, PointKind};
pub use testing::{TestBench, TestFailure, Verdict};
pub use trace::{Trace, TracedException, TracedLine, TracedRecord, TracedRow, Use, trace};
pub use upkeep::{Backup, HubCheck, HubFinding, backup, check_hub};
