//! Lines of targets that are read back: which record each was posted for.
//!
//! The ledger has no index by line, since few plans ask for one. A map that asks keeps its own, and brings it up to date by the answers in
//! the audit log: these come in the order in which lines became certain, however long a call was without an answer.

use super::{Hub, Row, RowId, Standing, State, TrackId};
use crate::error::Outcome;
use rusqlite::{OptionalExtension, Row as SqlRow};

/// A line whose posting was carried out.
struct Settled {
    /// The sync that posted it.
    sync: String,
    track: TrackId,
    /// The key of the line.
    key: String,
    /// The key of the line that it takes back or changes.
    previous: Option<String>,
}

const FIELDS: &str = "s.name, p.track, p.target_key, b.target_key
     FROM posting p JOIN sync s ON s.id = p.sync LEFT JOIN posting b ON b.id = p.previous";

fn settled(row: &SqlRow<'_>) -> rusqlite::Result<Settled> {
    Ok(Settled { sync: row.get(0)?, track: TrackId(row.get(1)?), key: row.get(2)?, previous: row.get(3)? })
}

impl Hub {
    /// Hands over the keys of lines of `target` which became certain since the last call; only those count that `syncs` posted.
    pub(crate) fn follow_lines(
        &self,
        way: &str,
        target: &str,
        syncs: &[&str],
        take: &mut dyn FnMut(&str) -> Outcome,
    ) -> Outcome {
        let way = self.name(way)?;
        let seen: Option<i64> = self
            .db()
            .prepare_cached("SELECT seq FROM way_back WHERE way = ?1")?
            .query_row([way], |row| row.get(0))
            .optional()?;
        let last: i64 =
            self.db().prepare_cached("SELECT coalesce(max(seq), 0) FROM audit")?.query_row([], |row| row.get(0))?;
        // A map that is new begins with the whole ledger.
        let sql = match seen {
            None => format!("SELECT {FIELDS} WHERE p.target = ?1 AND p.state = 'done' AND ?2 < ?3 ORDER BY p.id"),
            Some(_) => format!(
                "SELECT {FIELDS} JOIN audit a ON p.id = json_extract(a.event, '$.entry')
                 WHERE a.seq > ?2 AND a.seq <= ?3 AND json_extract(a.event, '$.event') = 'answered' AND p.target = ?1 AND p.state = 'done'
                 ORDER BY a.seq"
            ),
        };
        let mut statement = self.db().prepare_cached(&sql)?;
        let mut rows = statement.query((target, seen.unwrap_or(-1), last))?;
        while let Some(row) = rows.next()? {
            let line = settled(row)?;
            if !syncs.contains(&line.sync.as_str()) {
                continue;
            }
            self.db()
                .prepare_cached("INSERT OR REPLACE INTO posted_line (way, key, track) VALUES (?1, ?2, ?3)")?
                .execute((way, &line.key, line.track.0))?;
            take(&line.key)?;
            line.previous.as_deref().filter(|previous| *previous != line.key).map_or(Ok(()), &mut *take)?;
        }
        self.db().prepare_cached("INSERT OR REPLACE INTO way_back (way, seq) VALUES (?1, ?2)")?.execute((way, last))?;
        Ok(())
    }

    /// The track whose posting a line is, as a map knows it.
    pub(crate) fn posted_as(&self, way: &str, key: &str) -> Outcome<Option<TrackId>> {
        let Some(way) = self.known_name(way)? else { return Ok(None) };
        let mut statement = self.db().prepare_cached("SELECT track FROM posted_line WHERE way = ?1 AND key = ?2")?;
        Ok(statement.query_row((way, key), |row| row.get(0).map(TrackId)).optional()?)
    }

    /// Has the newest row of a track mapped once more.
    pub(crate) fn map_again(&self, track: TrackId) -> Outcome {
        let rows = self.rows(track)?;
        let holders = rows.iter().filter(|row| row.standing == Standing::Holder && row.state != State::Dismissed);
        let Some(Row { id: RowId(row), .. }) = holders.max_by_key(|row| &row.rank) else { return Ok(()) };
        self.db().prepare_cached("DELETE FROM reading WHERE row = ?1")?.execute([row])?;
        self.set_open(track, true)
    }
}
