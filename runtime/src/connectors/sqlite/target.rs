//! Writing into a table.
//!
//! Idempotency keys are kept in the target itself, in the table `syncline_idempotency`, and are written in the transaction of
//! the call they belong to: either both are there or neither. A key older than the entity declares is forgotten.

use super::{cell, columns, list, open, quoted};
use crate::connectors::{Answer, Call, CallKind, Cell, NOT_REVERSED, Steps, Target};
use crate::error::{Outcome, RuntimeError};
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, ToSql, TransactionBehavior, params_from_iter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use syncline_ir::{Entity, Kind};

const KEYS: &str = "CREATE TABLE IF NOT EXISTS syncline_idempotency (
    entity TEXT NOT NULL,
    key TEXT NOT NULL,
    returned TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (entity, key)
) WITHOUT ROWID";

/// A database that is written.
pub(in crate::connectors) struct SqliteTarget {
    system: String,
    path: PathBuf,
    connection: Connection,
}

/// How a batch ended.
enum Batch {
    Answered(Vec<Answer>),
    /// A call of a batch that was made without steps in between was refused; nothing of the batch is there.
    Refused,
    /// The target took back the whole transaction because of this call.
    TakenBack(usize, String),
}

impl SqliteTarget {
    pub(in crate::connectors) fn open(system: &str, path: &Path) -> Outcome<Self> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|error| {
            if !out_of_reach(&error) {
                return RuntimeError::Profile {
                    system: system.to_owned(),
                    message: format!("{}: {error}", path.display()),
                };
            }
            RuntimeError::Unreachable {
                entity: system.to_owned(),
                place: path.display().to_string(),
                message: without_path(&plain(&error), path),
            }
        })?;
        Ok(Self { system: system.to_owned(), path: path.to_path_buf(), connection })
    }

    fn error(&self, entity: &Entity, message: impl std::fmt::Display) -> RuntimeError {
        RuntimeError::Target {
            entity: format!("{}.{}", self.system, entity.name),
            place: self.path.display().to_string(),
            message: message.to_string(),
        }
    }

    /// An error of the database: it is out of reach, or not what the plan says.
    fn failed(&self, entity: &Entity, error: &rusqlite::Error) -> RuntimeError {
        match self.error(entity, plain(error)) {
            RuntimeError::Target { entity, place, message } if out_of_reach(error) => {
                RuntimeError::Unreachable { entity, place, message }
            }
            other => other,
        }
    }

    fn batch(
        &mut self,
        entity: &Entity,
        calls: &[Call],
        refused: &BTreeMap<usize, String>,
        one_by_one: bool,
        at: Timestamp,
        pass: &Steps<'_>,
    ) -> Result<Outcome<Batch>, rusqlite::Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(life) = &entity.idempotency {
            transaction.execute_batch(KEYS)?;
            let forgotten = at.as_second().saturating_sub(i64::try_from(life.seconds).unwrap_or(i64::MAX));
            transaction
                .prepare_cached("DELETE FROM syncline_idempotency WHERE entity = ?1 AND at < ?2")?
                .execute((&entity.name, forgotten))?;
        }
        let mut answers = Vec::with_capacity(calls.len());
        let mut texts = Texts::default();
        for (position, call) in calls.iter().enumerate() {
            if position > 0
                && let Err(error) = pass("posting.between-calls")
            {
                return Ok(Err(error));
            }
            if let Some(message) = refused.get(&position) {
                answers.push(Answer::Refused { message: message.clone() });
                continue;
            }
            if call.only_after_previous && matches!(answers.last(), Some(Answer::Refused { .. })) {
                answers.push(Answer::Refused { message: NOT_REVERSED.to_owned() });
                continue;
            }
            if one_by_one {
                transaction.prepare_cached("SAVEPOINT one_call")?.execute([])?;
            }
            match one(&transaction, entity, call, at, &mut texts) {
                Ok(answer) => answers.push(answer),
                Err(error) if !one_by_one && concerns_the_record(&error) => return Ok(Ok(Batch::Refused)),
                Err(error) if concerns_the_record(&error) => {
                    if transaction.is_autocommit() {
                        return Ok(Ok(Batch::TakenBack(position, plain(&error))));
                    }
                    transaction.prepare_cached("ROLLBACK TO one_call")?.execute([])?;
                    answers.push(Answer::Refused { message: plain(&error) });
                }
                Err(error) => return Err(error),
            }
            if one_by_one {
                transaction.prepare_cached("RELEASE one_call")?.execute([])?;
            }
        }
        transaction.commit()?;
        Ok(Ok(Batch::Answered(answers)))
    }
}

/// Whether the same call may succeed later without anybody changing it.
fn out_of_reach(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OperationInterrupted
                | ErrorCode::OutOfMemory
        )
    )
}

/// Whether the target refuses the record, rather than failing itself.
fn concerns_the_record(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::TooBig
                | ErrorCode::ParameterOutOfRange
        )
    )
}

/// What happened, where the place is told beside it.
fn without_path(message: &str, path: &Path) -> String {
    message.strip_suffix(&format!(": {}", path.display())).unwrap_or(message).to_owned()
}

fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

fn one(
    connection: &Connection,
    entity: &Entity,
    call: &Call,
    at: Timestamp,
    texts: &mut Texts,
) -> rusqlite::Result<Answer> {
    if entity.idempotency.is_some() {
        let known: Option<String> = connection
            .prepare_cached("SELECT returned FROM syncline_idempotency WHERE entity = ?1 AND key = ?2")?
            .query_row((&entity.name, &call.idempotency_key), |row| row.get(0))
            .optional()?;
        if let Some(returned) = known {
            return Ok(Answer::Done { returned: serde_json::from_str(&returned).unwrap_or_default() });
        }
    }
    texts.fit(entity, call);
    match call.kind {
        CallKind::Create => insert(connection, call, texts)?,
        CallKind::Upsert => {
            if update(connection, entity, call)? == 0 {
                insert(connection, call, texts)?;
            }
        }
        CallKind::Withdraw => drop(update(connection, entity, call)?),
        CallKind::Overwrite => {
            if update(connection, entity, call)? == 0 {
                return Ok(Answer::Refused { message: "the line is not there any more".to_owned() });
            }
        }
    }
    let returned = returned(connection, entity, call, texts)?;
    if entity.idempotency.is_some() {
        let kept = serde_json::to_string(&returned).unwrap_or_default();
        connection
            .prepare_cached("INSERT INTO syncline_idempotency (entity, key, returned, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute((&entity.name, &call.idempotency_key, kept, at.as_second()))?;
    }
    Ok(Answer::Done { returned })
}

/// The texts of statements, which are the same for all calls with the same fields.
#[derive(Default)]
struct Texts {
    fields: Vec<String>,
    insert: String,
    returned: String,
}

impl Texts {
    fn fit(&mut self, entity: &Entity, call: &Call) {
        let same = self.fields.len() == call.fields.len()
            && self.fields.iter().zip(&call.fields).all(|(known, (name, _))| known == name);
        if same && !self.insert.is_empty() {
            return;
        }
        self.fields = call.fields.iter().map(|(name, _)| name.clone()).collect();
        let places = vec!["?"; call.fields.len()].join(", ");
        let fields = list(self.fields.iter().map(String::as_str));
        self.insert = format!("INSERT INTO {} ({fields}) VALUES ({places})", quoted(&entity.name));
        self.returned = format!(
            "SELECT {} FROM {} WHERE {} LIMIT 1",
            list(entity.returns.iter().map(String::as_str)),
            quoted(&entity.name),
            conditions(keys(entity, call).map(|(name, _)| name.as_str()))
        );
    }
}

fn keys<'a>(entity: &'a Entity, call: &'a Call) -> impl Iterator<Item = &'a (String, Cell)> {
    // A row whose key is not written is named by it.
    call.fields
        .iter()
        .chain(call.key.iter().filter(|(name, _)| call.fields.iter().all(|(written, _)| written != name)))
        .filter(|(name, _)| entity.key.contains(name))
}

fn insert(connection: &Connection, call: &Call, texts: &Texts) -> rusqlite::Result<()> {
    connection.prepare_cached(&texts.insert)?.execute(params_from_iter(call.fields.iter().map(|(_, cell)| cell)))?;
    Ok(())
}

fn conditions<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("{} IS ?", quoted(name))).collect::<Vec<_>>().join(" AND ")
}

fn update(connection: &Connection, entity: &Entity, call: &Call) -> rusqlite::Result<usize> {
    let fields: Vec<String> = call.fields.iter().map(|(name, _)| format!("{} = ?", quoted(name))).collect();
    let sql = format!(
        "UPDATE {} SET {} WHERE {}",
        quoted(&entity.name),
        fields.join(", "),
        conditions(call.key.iter().map(|(name, _)| name.as_str()))
    );
    let cells: Vec<&dyn ToSql> = call.fields.iter().chain(&call.key).map(|(_, cell)| cell as &dyn ToSql).collect();
    connection.prepare_cached(&sql)?.execute(cells.as_slice())
}

/// What the target filled in by itself, on the line as it is now.
fn returned(
    connection: &Connection,
    entity: &Entity,
    call: &Call,
    texts: &Texts,
) -> rusqlite::Result<Vec<(String, Cell)>> {
    if entity.returns.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(&texts.returned)?;
    let mut rows = statement.query(params_from_iter(keys(entity, call).map(|(_, cell)| cell)))?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    entity.returns.iter().enumerate().map(|(column, name)| Ok((name.clone(), cell(row.get_ref(column)?)))).collect()
}

/// Why a column of this declared type cannot hold exact values of a kind, by SQLite's rules of type affinity.
fn loses(declared: &str, kind: &Kind) -> Option<&'static str> {
    let declared = declared.to_ascii_uppercase();
    let has = |part: &str| declared.contains(part);
    let affinity = if has("INT") {
        "INTEGER"
    } else if has("CHAR") || has("CLOB") || has("TEXT") || has("BLOB") || declared.is_empty() {
        return None;
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        "REAL"
    } else {
        "NUMERIC"
    };
    match kind {
        Kind::Decimal { scale: 0, precision, .. } | Kind::Money { scale: 0, precision, .. }
            if affinity != "REAL" && *precision <= 18 =>
        {
            None
        }
        Kind::Decimal { .. } | Kind::Money { .. } => Some("SQLite keeps decimals there as binary floats"),
        Kind::Text { .. } => Some("SQLite turns text that looks like a number into a number there"),
        Kind::Bool if affinity == "REAL" => Some("SQLite keeps whole numbers there as binary floats"),
        _ => None,
    }
}

impl Target for SqliteTarget {
    fn check(&mut self, entity: &Entity, written: &[&str], read: &[&str]) -> Outcome {
        let columns = columns(&self.connection, &entity.name).map_err(|error| self.failed(entity, &error))?;
        if columns.is_empty() {
            return Err(self.error(entity, format_args!("there is no table `{}`", entity.name)));
        }
        for &name in written.iter().chain(read) {
            let Some((_, declared)) = columns.iter().find(|(column, _)| column == name) else {
                return Err(self.error(entity, format_args!("there is no column `{name}`")));
            };
            let field = entity.fields.iter().find(|field| field.name == name && written.contains(&name));
            if let Some(why) = field.and_then(|field| loses(declared, &field.ty.kind)) {
                return Err(self
                    .error(entity, format_args!("column `{name}` is declared `{declared}`: {why}; declare it TEXT")));
            }
        }
        Ok(())
    }

    fn call(&mut self, entity: &Entity, calls: &[Call], at: Timestamp, pass: &Steps<'_>) -> Outcome<Vec<Answer>> {
        let mut refused = BTreeMap::new();
        // Taking back one call needs a step in the transaction, which costs as much as the call; few batches need any.
        let mut one_by_one = false;
        loop {
            match self.batch(entity, calls, &refused, one_by_one, at, pass) {
                Ok(Ok(Batch::Answered(answers))) => return Ok(answers),
                Ok(Ok(Batch::Refused)) => one_by_one = true,
                Ok(Ok(Batch::TakenBack(position, message))) => {
                    refused.insert(position, message);
                }
                Ok(Err(error)) => return Err(error),
                Err(error) => return Err(self.failed(entity, &error)),
            }
        }
    }

    fn find(&mut self, entity: &Entity, field: &str, value: &Cell, fields: &[&str]) -> Outcome<Option<Vec<Cell>>> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT 1",
            list(fields.iter().copied()),
            quoted(&entity.name),
            conditions(std::iter::once(field)),
            list(entity.key.iter().map(String::as_str))
        );
        let find = || -> rusqlite::Result<Option<Vec<Cell>>> {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut rows = statement.query([value])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            (0..fields.len()).map(|column| row.get_ref(column).map(cell)).collect::<Result<_, _>>().map(Some)
        };
        find().map_err(|error| self.failed(entity, &error))
    }

    fn read_back(&mut self, entity: &Entity, fields: &[&str], take: &mut dyn FnMut(Vec<Cell>) -> Outcome) -> Outcome {
        let mut read = || -> rusqlite::Result<Outcome> {
            let sql = format!("SELECT {} FROM {}", list(fields.iter().copied()), quoted(&entity.name));
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let cells = (0..fields.len()).map(|column| row.get_ref(column).map(cell)).collect::<Result<_, _>>()?;
                if let Err(error) = take(cells) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|error| self.failed(entity, &error))?
    }
}
