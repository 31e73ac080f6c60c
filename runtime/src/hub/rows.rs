//! Tracks and their rows.

use super::{Hub, Missing, SyncId};
use crate::connectors::{Cell, Place};
use crate::error::Outcome;
use rusqlite::{OptionalExtension, Row as SqlRow};

/// A track in the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TrackId(pub(crate) i64);

/// A row in the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowId(pub(crate) i64);

/// What a row is among the rows of its track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It holds its version.
    Holder,
    /// Another row holds its version.
    Conflict,
    /// It has no readable key or version.
    Unreadable,
    /// It could not be cut into cells.
    Malformed,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Captured,
    Waiting,
    Quarantined,
    Excluded,
    Staged,
    Posted,
    Superseded,
    /// Set aside by a person; never judged again.
    Dismissed,
}

/// What an accepted row writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It is not accepted.
    NotAccepted,
    /// The map is not for it.
    NotTaken,
    /// See [`crate::values`].
    Values(String),
}

/// A record as one sync follows it.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub(crate) id: TrackId,
    pub(crate) record: Option<u64>,
    /// Rank of the highest version written.
    pub(crate) applied: Option<Vec<u8>>,
    pub(crate) open: bool,
    pub(crate) generation: u32,
    pub(crate) overwrites: u32,
    pub(crate) live: Option<i64>,
    pub(crate) missing: Missing,
}

/// A row, without its image.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: RowId,
    pub(crate) version: Option<String>,
    pub(crate) rank: Option<Vec<u8>>,
    pub(crate) standing: Standing,
    pub(crate) state: State,
    pub(crate) reading: Reading,
    pub(crate) run: i64,
    pub(crate) content: Vec<u8>,
}

/// A row as the source gave it.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// Fields of the cells; none for the raw text of a malformed row.
    pub(crate) shape: Option<i64>,
    pub(crate) cells: String,
    pub(crate) place: Place,
}

/// A row about to be captured.
#[derive(Debug)]
pub(crate) struct NewRow<'a> {
    pub(crate) track: TrackId,
    pub(crate) version: Option<&'a str>,
    pub(crate) rank: Option<&'a [u8]>,
    pub(crate) standing: Standing,
    pub(crate) state: State,
    pub(crate) content: &'a [u8],
}

/// What capturing a row came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Captured {
    New,
    Duplicate,
    Unchanged,
}

impl Standing {
    const fn code(self) -> i64 {
        match self {
            Self::Holder => 0,
            Self::Conflict => 1,
            Self::Unreadable => 2,
            Self::Malformed => 3,
        }
    }

    const fn of(code: i64) -> Self {
        match code {
            0 => Self::Holder,
            1 => Self::Conflict,
            2 => Self::Unreadable,
            _ => Self::Malformed,
        }
    }
}

impl Row {
    /// Whether the hub has taken it.
    pub(crate) fn is_accepted(&self) -> bool {
        self.reading != Reading::NotAccepted
    }
}

impl State {
    /// The account, as reports name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Waiting => "waiting",
            Self::Quarantined => "quarantined",
            Self::Excluded => "excluded",
            Self::Staged => "staged",
            Self::Posted => "posted",
            Self::Superseded => "superseded",
            Self::Dismissed => "dismissed",
        }
    }

    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Captured => 0,
            Self::Waiting => 1,
            Self::Quarantined => 2,
            Self::Excluded => 3,
            Self::Staged => 4,
            Self::Posted => 5,
            Self::Superseded => 6,
            Self::Dismissed => 7,
        }
    }

    pub(crate) const fn of(code: i64) -> Self {
        match code {
            0 => Self::Captured,
            1 => Self::Waiting,
            2 => Self::Quarantined,
            3 => Self::Excluded,
            4 => Self::Staged,
            5 => Self::Posted,
            6 => Self::Superseded,
            _ => Self::Dismissed,
        }
    }

    /// Whether somebody still has to do something about the row.
    pub(crate) const fn is_unsettled(self) -> bool {
        matches!(self, Self::Captured | Self::Waiting | Self::Quarantined)
    }
}

macro_rules! select_track {
    ($rest:literal) => {
        concat!("SELECT id, record, applied, open, generation, overwrites, live, missing FROM track ", $rest)
    };
}

macro_rules! select_row {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.version, r.rank, r.standing, r.state, r.run, r.content, d.row, d.\"values\", r.track
             FROM source_row r LEFT JOIN reading d ON d.row = r.id ",
            $rest
        )
    };
}

/// A track whose columns start at one of the row's.
fn track(row: &SqlRow<'_>, start: usize) -> rusqlite::Result<Track> {
    Ok(Track {
        id: TrackId(row.get(start)?),
        record: row.get(start + 1)?,
        applied: row.get(start + 2)?,
        open: row.get(start + 3)?,
        generation: row.get(start + 4)?,
        overwrites: row.get(start + 5)?,
        live: row.get(start + 6)?,
        missing: Missing::of(row.get(start + 7)?),
    })
}

fn source_row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: RowId(row.get(0)?),
        version: row.get(1)?,
        rank: row.get(2)?,
        standing: Standing::of(row.get(3)?),
        state: State::of(row.get(4)?),
        reading: match (row.get::<_, Option<i64>>(7)?, row.get(8)?) {
            (None, _) => Reading::NotAccepted,
            (Some(_), None) => Reading::NotTaken,
            (Some(_), Some(values)) => Reading::Values(values),
        },
        run: row.get(5)?,
        content: row.get(6)?,
    })
}

impl Hub {
    /// The record key of a track.
    pub(crate) fn key_of(&self, track: TrackId) -> Outcome<String> {
        let mut statement = self.db().prepare_cached("SELECT key FROM track WHERE id = ?1")?;
        Ok(statement.query_row([track.0], |found| found.get(0))?)
    }

    /// The run that captured a row.
    pub(crate) fn run_of(&self, row: RowId) -> Outcome<i64> {
        let mut statement = self.db().prepare_cached("SELECT run FROM source_row WHERE id = ?1")?;
        Ok(statement.query_row([row.0], |found| found.get(0))?)
    }

    /// How many rows of a sync are staged, by the run that captured them.
    pub(crate) fn staged_by_run(&self, sync: SyncId) -> Outcome<Vec<(i64, u64)>> {
        let mut statement = self.db().prepare_cached(
            "SELECT run, count(*) FROM source_row WHERE sync = ?1 AND state = 4 GROUP BY run ORDER BY run",
        )?;
        let rows = statement.query_map([sync.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of a list of fields.
    pub(crate) fn shape(&self, fields: &[&str]) -> Outcome<i64> {
        let fields = serde_json::Value::from(fields.to_vec()).to_string();
        self.db().prepare_cached("INSERT OR IGNORE INTO shape (fields) VALUES (?1)")?.execute([&fields])?;
        Ok(self
            .db()
            .prepare_cached("SELECT id FROM shape WHERE fields = ?1")?
            .query_row([&fields], |row| row.get(0))?)
    }

    /// The list of fields with a number.
    pub(crate) fn fields_of_shape(&self, shape: i64) -> Outcome<Vec<String>> {
        let fields: String =
            self.db().prepare_cached("SELECT fields FROM shape WHERE id = ?1")?.query_row([shape], |row| row.get(0))?;
        Ok(serde_json::from_str(&fields).unwrap_or_default())
    }

    /// The track of a key, or of an identity where the key alone does not tell.
    pub(crate) fn find_track(&self, sync: SyncId, key: &str, identity: Option<&str>) -> Outcome<Option<Track>> {
        Ok(match identity {
            None => self
                .db()
                .prepare_cached(select_track!("WHERE sync = ?1 AND key = ?2 AND identity IS NULL"))?
                .query_row((sync.0, key), |row| track(row, 0)),
            Some(identity) => self
                .db()
                .prepare_cached(select_track!("WHERE sync = ?1 AND identity = ?2"))?
                .query_row((sync.0, identity), |row| track(row, 0)),
        }
        .optional()?)
    }

    pub(crate) fn add_track(
        &self,
        sync: SyncId,
        key: &str,
        identity: Option<&str>,
        record: Option<u64>,
    ) -> Outcome<TrackId> {
        self.db()
            .prepare_cached("INSERT INTO track (sync, key, identity, record) VALUES (?1, ?2, ?3, ?4)")?
            .execute((sync.0, key, identity, record))?;
        Ok(TrackId(self.db().last_insert_rowid()))
    }

    pub(crate) fn track(&self, id: TrackId) -> Outcome<Track> {
        Ok(self.db().prepare_cached(select_track!("WHERE id = ?1"))?.query_row([id.0], |row| track(row, 0))?)
    }

    /// A track with its rows as captured.
    pub(crate) fn track_with_rows(&self, id: TrackId) -> Outcome<(Track, Vec<Row>)> {
        let mut statement = self.db().prepare_cached(
            "SELECT r.id, r.version, r.rank, r.standing, r.state, r.run, r.content, d.row, d.\"values\",
                    t.id, t.record, t.applied, t.open, t.generation, t.overwrites, t.live, t.missing
             FROM source_row r JOIN track t ON t.id = r.track LEFT JOIN reading d ON d.row = r.id
             WHERE r.track = ?1 ORDER BY r.id",
        )?;
        let mut found = statement.query([id.0])?;
        let mut whole: Option<(Track, Vec<Row>)> = None;
        while let Some(row) = found.next()? {
            let rows = match &mut whole {
                Some((_, rows)) => rows,
                None => &mut whole.insert((track(row, 9)?, Vec::with_capacity(1))).1,
            };
            rows.push(source_row(row)?);
        }
        drop(found);
        // A track without rows is read by itself.
        whole.map_or_else(|| Ok((self.track(id)?, Vec::new())), Ok)
    }

    /// Tracks in the order of postings: by key.
    pub(crate) fn tracks(&self, sync: SyncId, open_only: bool) -> Outcome<Vec<TrackId>> {
        let sql = if open_only {
            "SELECT id FROM track WHERE sync = ?1 AND open = 1 ORDER BY key, identity"
        } else {
            "SELECT id FROM track WHERE sync = ?1 ORDER BY key, identity"
        };
        let mut statement = self.db().prepare_cached(sql)?;
        let rows = statement.query_map([sync.0], |row| row.get(0).map(TrackId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open tracks with rows that are not accepted, in the order in which the first of these was captured; or by the run that
    /// captured it and by key, so that the order inside an extract does not matter.
    pub(crate) fn tracks_to_map(&self, sync: SyncId, by_key: bool) -> Outcome<Vec<TrackId>> {
        let mut statement = self.db().prepare_cached(if by_key {
            "SELECT t.id FROM track t JOIN source_row r ON r.track = t.id
             WHERE t.sync = ?1 AND t.open = 1 AND t.missing <> 1 AND r.standing = 0 AND r.state <> 7 AND NOT EXISTS (SELECT 1 FROM reading d WHERE d.row = r.id)
             GROUP BY t.id ORDER BY min(r.run), t.key, t.identity"
        } else {
            "SELECT t.id FROM track t JOIN source_row r ON r.track = t.id
             WHERE t.sync = ?1 AND t.open = 1 AND t.missing <> 1 AND r.standing = 0 AND r.state <> 7 AND NOT EXISTS (SELECT 1 FROM reading d WHERE d.row = r.id)
             GROUP BY t.id ORDER BY min(r.id)"
        })?;
        let rows = statement.query_map([sync.0], |row| row.get(0).map(TrackId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Opens the tracks whose canonical record changed since a change, whoever changed it.
    pub(crate) fn open_changed(&self, sync: SyncId, object: &str, since: u64) -> Outcome {
        self.db()
            .prepare_cached(
                "UPDATE track SET open = 1 WHERE open = 0 AND id IN
                 (SELECT t.id FROM record r JOIN track t ON t.record = r.id WHERE r.object = ?2 AND r.change > ?3 AND t.sync = ?1)",
            )?
            .execute((sync.0, object, since))?;
        Ok(())
    }

    pub(crate) fn set_open(&self, track: TrackId, open: bool) -> Outcome {
        self.db()
            .prepare_cached("UPDATE track SET open = ?2 WHERE id = ?1 AND open <> ?2")?
            .execute((track.0, open))?;
        Ok(())
    }

    /// Notes to which record a track writes, and how far.
    pub(crate) fn set_applied(&self, track: TrackId, record: u64, applied: Option<&[u8]>) -> Outcome {
        self.db()
            .prepare_cached("UPDATE track SET record = ?2, applied = ?3 WHERE id = ?1")?
            .execute((track.0, record, applied))?;
        Ok(())
    }

    /// The rows of a track as captured.
    pub(crate) fn rows(&self, track: TrackId) -> Outcome<Vec<Row>> {
        let mut statement = self.db().prepare_cached(select_row!("WHERE r.track = ?1 ORDER BY r.id"))?;
        let rows = statement.query_map([track.0], source_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Rows of a sync without readable key or version, with their tracks.
    pub(crate) fn unreadable_rows(&self, sync: SyncId) -> Outcome<Vec<(TrackId, Row)>> {
        let mut statement = self
            .db()
            .prepare_cached(select_row!("WHERE r.sync = ?1 AND r.standing = 2 AND r.state <> 7 ORDER BY r.id"))?;
        let rows = statement.query_map([sync.0], |row| Ok((TrackId(row.get(9)?), source_row(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn add_row(&self, sync: SyncId, run: i64, row: &NewRow<'_>) -> Outcome<RowId> {
        self.db()
            .prepare_cached("INSERT INTO source_row (sync, track, version, rank, standing, state, run, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute((sync.0, row.track.0, row.version, row.rank, row.standing.code(), row.state.code(), run, row.content))?;
        Ok(RowId(self.db().last_insert_rowid()))
    }

    pub(crate) fn add_image(&self, row: RowId, image: &Image) -> Outcome {
        self.db()
            .prepare_cached(
                "INSERT OR REPLACE INTO source_image (row, shape, cells, file, line) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((row.0, image.shape, &image.cells, &image.place.file, image.place.line))?;
        Ok(())
    }

    pub(crate) fn image(&self, row: RowId) -> Outcome<Option<Image>> {
        let mut statement =
            self.db().prepare_cached("SELECT shape, cells, file, line FROM source_image WHERE row = ?1")?;
        let image = statement.query_row([row.0], |found| {
            Ok(Image {
                shape: found.get(0)?,
                cells: found.get(1)?,
                place: Place { file: found.get(2)?, line: found.get(3)? },
            })
        });
        Ok(image.optional()?)
    }

    /// Gives a row to a track under another version, when a later plan can read what an earlier one could not.
    pub(crate) fn place_row(&self, row: RowId, into: &NewRow<'_>) -> Outcome {
        self.db()
            .prepare_cached("UPDATE source_row SET track = ?2, version = ?3, rank = ?4, standing = ?5, state = ?6, content = ?7 WHERE id = ?1")?
            .execute((row.0, into.track.0, into.version, into.rank, into.standing.code(), into.state.code(), into.content))?;
        Ok(())
    }

    pub(crate) fn set_content(&self, row: RowId, content: &[u8]) -> Outcome {
        self.db().prepare_cached("UPDATE source_row SET content = ?2 WHERE id = ?1")?.execute((row.0, content))?;
        Ok(())
    }

    pub(crate) fn add_copy(&self, row: RowId) -> Outcome {
        self.db().prepare_cached("UPDATE source_row SET copies = copies + 1 WHERE id = ?1")?.execute([row.0])?;
        Ok(())
    }

    pub(crate) fn set_state(&self, row: RowId, state: State) -> Outcome {
        self.db().prepare_cached("UPDATE source_row SET state = ?2 WHERE id = ?1")?.execute((row.0, state.code()))?;
        Ok(())
    }

    /// Accepts a row with what it writes; none when the map is not for it.
    pub(crate) fn accept(&self, row: RowId, values: Option<&str>) -> Outcome {
        self.db()
            .prepare_cached("INSERT OR REPLACE INTO reading (row, \"values\") VALUES (?1, ?2)")?
            .execute((row.0, values))?;
        Ok(())
    }
}

/// Cells as they are kept.
pub(crate) fn cells_to_text(cells: &[Cell]) -> String {
    serde_json::to_string(cells).unwrap_or_default()
}

/// The inverse of [`cells_to_text`].
pub(crate) fn cells_from_text(text: &str) -> Vec<Cell> {
    serde_json::from_str(text).unwrap_or_default()
}
