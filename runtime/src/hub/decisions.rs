//! What people decided about exceptions.

use super::{Hub, Problem, RowId, TrackId};
use crate::error::Outcome;
use serde::{Deserialize, Serialize};

/// What is decided about an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// What it holds back is done.
    Release,
    /// What stands stays, and the row is set aside.
    Dismiss,
    /// An earlier decision is taken back.
    Reopen,
    /// A call whose outcome nobody knew was carried out.
    Posted,
    /// A call whose outcome nobody knew was not carried out.
    NotPosted,
}

impl Resolution {
    /// Its name in the hub and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dismiss => "dismiss",
            Self::Reopen => "reopen",
            Self::Posted => "posted",
            Self::NotPosted => "not_posted",
        }
    }

    pub(crate) fn of(name: &str) -> Self {
        match name {
            "release" => Self::Release,
            "dismiss" => Self::Dismiss,
            "posted" => Self::Posted,
            "not_posted" => Self::NotPosted,
            _ => Self::Reopen,
        }
    }
}

/// A decision as it is asked for when a record is judged.
#[derive(Debug, Clone)]
struct Decided {
    row: RowId,
    asks: bool,
    reasons: String,
    resolution: Resolution,
}

/// The decisions about one record, in the order made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decisions(Vec<Decided>);

impl Decisions {
    /// What holds about a row and a problem: the last decision on exactly this problem. `asks` tells a question about the posted row
    /// from a reason not to take a row.
    pub(crate) fn on(&self, row: RowId, asks: bool, problem: &Problem) -> Option<Resolution> {
        if self.0.is_empty() {
            return None;
        }
        let reasons = problem.text();
        let mut last = self.0.iter().rev();
        last.find(|known| known.row == row && known.asks == asks && known.reasons == reasons)
            .map(|known| known.resolution)
    }
}

/// A decision about to be kept.
#[derive(Debug)]
pub(crate) struct NewDecision<'a> {
    pub(crate) exception: i64,
    pub(crate) track: TrackId,
    pub(crate) resolution: Resolution,
    pub(crate) reasons: &'a str,
    pub(crate) by: &'a str,
    pub(crate) why: &'a str,
    pub(crate) at: &'a str,
}

impl Hub {
    /// Whether anything was ever decided.
    pub(crate) fn has_decisions(&self) -> Outcome<bool> {
        Ok(self.db().prepare_cached("SELECT 1 FROM decision LIMIT 1")?.exists([])?)
    }

    pub(crate) fn decisions(&self, track: TrackId) -> Outcome<Decisions> {
        let mut statement = self.db().prepare_cached(
            "SELECT e.row, e.asks, d.reasons, d.resolution FROM decision d JOIN exception e ON e.id = d.exception
             WHERE d.track = ?1 ORDER BY d.id",
        )?;
        let rows = statement.query_map([track.0], |row| {
            Ok(Decided {
                row: RowId(row.get(0)?),
                asks: row.get(1)?,
                reasons: row.get(2)?,
                resolution: Resolution::of(&row.get::<_, String>(3)?),
            })
        })?;
        Ok(Decisions(rows.collect::<Result<_, _>>()?))
    }

    /// Hands over all decisions: number, resolution, who, why.
    pub(crate) fn all_decisions(&self, take: &mut dyn FnMut(i64, [String; 3])) -> Outcome {
        let mut statement = self.db().prepare("SELECT id, resolution, \"by\", why FROM decision ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?]);
        }
        Ok(())
    }

    pub(crate) fn add_decision(&self, decision: &NewDecision<'_>) -> Outcome<i64> {
        self.db()
            .prepare_cached(
                "INSERT INTO decision (exception, track, resolution, reasons, \"by\", why, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                decision.exception,
                decision.track.0,
                decision.resolution.name(),
                decision.reasons,
                decision.by,
                decision.why,
                decision.at,
            ))?;
        Ok(self.db().last_insert_rowid())
    }
}
