//! Rows in rows: a row that holds others says, with each of its versions, which there are.
//!
//! - The version of a row in a row is that of its holder; under `order by arrival` the newest extract has the newest holder.
//! - What the **newest** version of a holder does not hold is deleted. An older one that comes late adds versions and changes nothing else.
//! - The **same** version with fewer rows contradicts itself: nothing is deleted, and somebody is asked.
//! - A holder of which one row cannot be told apart is not **whole**: what seems to be missing may be that row, and stays.
//! - A holder without readable key or version is one row in quarantine, and what it held stays.

use super::super::absence;
use super::super::cells::{self, RowKey};
use super::super::incoming::{Holding, Incoming, IncomingHolder, Said};
use super::super::problem;
use super::super::store::View;
use super::{Extract, Version, version};
use crate::connectors::{HolderRow, Place};
use crate::error::Outcome;
use crate::hub::{Image, Missing, Present, Problem, Standing, TrackId};
use crate::values;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use syncline_eval::{Input, Outcome as Mapped, cast, map};

/// How many rows are named.
const NAMED: usize = 5;

impl Extract<'_> {
    pub(super) fn take_holder(&mut self, row: HolderRow) -> Outcome {
        self.holders.push(row);
        if self.holders.len() < super::PART { Ok(()) } else { self.take_holders() }
    }

    pub(super) fn take_holders(&mut self) -> Outcome {
        let rows = std::mem::take(&mut self.holders);
        let rows = self.reader().read_holders(rows);
        for IncomingHolder { place, raw, said } in rows {
            match said {
                Holding::Nothing(message) => {
                    let problem = Problem::one("malformed-row", message, &self.inbound.map.otherwise);
                    self.not_understood(None, place, raw, &problem)?;
                }
                Holding::Rows { key, read, rows, whole } => {
                    if self.is_delivered(&read) {
                        self.holder(key, place, raw, &read, rows, whole)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn holder(
        &mut self,
        key: RowKey,
        place: Place,
        raw: String,
        read: &[cast::Cell],
        rows: Vec<Incoming>,
        whole: bool,
    ) -> Outcome {
        if !key.readable {
            let problem = self.unreadable_key(read);
            return self.not_understood(Some(key), place, raw, &problem);
        }
        let (said, rank) = match version(self.pass, self.inbound, read) {
            Version::Said(said, rank) => (Some(said), rank),
            // Each extract is newer than those before it.
            Version::ByArrival => {
                let run = u64::try_from(self.pass.run.id).unwrap_or_default();
                (None, values::arrival_rank(run).unwrap_or_default())
            }
            Version::Unreadable => {
                let problem = self.unreadable_version(read);
                return self.not_understood(Some(key), place, raw, &problem);
            }
        };
        let (hub, sync) = (self.pass.hub(), self.pass.mark.id);
        let name = key.identity.as_deref().or(key.shown.as_deref()).unwrap_or_default();
        let known = hub.holder(sync, name)?;
        let order = known.as_ref().map_or(Ordering::Greater, |known| rank.cmp(&known.rank));
        let id = match &known {
            Some(known) => known.id,
            None => hub.add_holder(sync, name, &rank)?,
        };
        let before = hub.held_by(id)?;
        let (there, whole) = self.rows_of_holder(rows, whole, order == Ordering::Less)?;
        for &track in &there {
            hub.hold(id, track)?;
        }
        if let Some(seen) = &mut self.seen {
            seen.extend(before.iter().map(|held| held.track));
        }
        if !self.inbound.creates {
            // Nothing is deleted by maps that only update.
            return Ok(());
        }
        let gone: Vec<&Present> =
            before.iter().filter(|held| held.missing != Missing::Deleted && !there.contains(&held.track)).collect();
        let was_whole = known.is_some_and(|known| known.whole);
        match order {
            Ordering::Less => {
                let known: BTreeSet<TrackId> = before.iter().map(|held| held.track).collect();
                for &track in there.difference(&known) {
                    hub.set_missing(track, Missing::Deleted, &self.pass.run.at)?;
                }
                Ok(())
            }
            Ordering::Equal if was_whole && whole && !gone.is_empty() => {
                let problem = contradiction(&key, said.as_deref(), &gone, &self.inbound.map.otherwise);
                self.not_understood(Some(key), place, raw, &problem)
            }
            Ordering::Equal if was_whole => Ok(()),
            Ordering::Equal | Ordering::Greater => {
                if whole {
                    gone.into_iter().try_for_each(|held| absence::delete(self.pass, held))?;
                }
                hub.set_holder(id, &rank, whole)
            }
        }
    }

    /// Takes the rows of a holder: their tracks, and whether all could be told apart.
    fn rows_of_holder(&mut self, rows: Vec<Incoming>, whole: bool, late: bool) -> Outcome<(BTreeSet<TrackId>, bool)> {
        let unclear = std::mem::replace(&mut self.unclear, false);
        let others = self.tracks.replace(BTreeSet::new());
        self.late = late;
        for Incoming { content, image, said } in rows {
            let captured = match said {
                Said::Nothing(message) => self.malformed(&content, &image, &message)?,
                Said::Cells { cells, read, key } => self.cells(key, &content, &image, &cells, &read)?,
            };
            self.count(captured);
        }
        self.late = false;
        let there = std::mem::replace(&mut self.tracks, others).unwrap_or_default();
        // Whose rows they are is known: they are nobody else's.
        let told_apart = !std::mem::replace(&mut self.unclear, unclear);
        Ok((there, whole && told_apart))
    }

    /// A row of which it is not known what it holds: one row in quarantine, whatever it holds.
    fn not_understood(&mut self, key: Option<RowKey>, place: Place, raw: String, problem: &Problem) -> Outcome {
        self.unclear = true;
        let content = cells::raw_content(&raw);
        let identity = Some(format!("={}", cells::hex(&content)));
        let key = key.map(|key| RowKey { identity, readable: false, ..key });
        let image = Image { shape: None, cells: raw, place };
        let captured = self.without_version(key, &content, &image, Standing::Malformed, problem)?;
        self.count(captured);
        Ok(())
    }

    fn unreadable_key(&self, read: &[cast::Cell]) -> Problem {
        let wrong = self.entity.key.iter().find_map(|&ix| match read.get(ix) {
            Some(Err(error)) => Some((error.reason.as_str(), error.message.clone())),
            _ => None,
        });
        let (reason, message) = wrong.unwrap_or(("required-missing", "the row has no key".to_owned()));
        Problem::one(reason, message, &self.inbound.map.otherwise)
    }

    fn unreadable_version(&self, read: &[cast::Cell]) -> Problem {
        let otherwise = &self.inbound.map.otherwise;
        let view = View::current(self.pass.store());
        match self.inbound.version.map(|(part, _)| map::run(self.pass.run.program(), part, &Input::Row(read), &view)) {
            Some(Mapped::Failed { failures } | Mapped::Waiting { failures, .. }) => problem(&failures, otherwise),
            _ => Problem::one("required-missing", "the row has no version", otherwise),
        }
    }
}

fn contradiction(key: &RowKey, version: Option<&str>, gone: &[&Present], queue: &str) -> Problem {
    let mut keys: Vec<String> = gone.iter().take(NAMED).map(|held| format!("`{}`", held.key)).collect();
    if let Some(more) = gone.len().checked_sub(NAMED + 1) {
        keys.push(format!("{} more", more + 1));
    }
    let key = key.shown.as_deref().unwrap_or_default();
    let version = version.map_or_else(|| "this extract".to_owned(), |version| format!("version {version}"));
    Problem::one("key-conflict", format!("{version} of `{key}` held {} before", keys.join(", ")), queue)
}
