//! `delete by absence`: what a complete extract does not have is deleted, unless so much is missing that the extract itself is doubtful.
//!
//! More than the part of the records that may be missing: nothing is deleted, the missing tracks are **held**, and one question is
//! asked about the extract. Released, the tracks that are held and still missing are deleted by the next complete extract;
//! dismissed, they are **kept**. Whatever is in an extract again is back.

use super::Pass;
use super::prepare::Inbound;
use crate::error::Outcome;
use crate::hub::{Missing, Present, Problem, Resolution, Track, TrackId};
use rustc_hash::FxHashSet;
use syncline_eval::digits;
use syncline_ir::Deletion;

/// How many missing keys are named.
const NAMED: usize = 5;

/// Deletes what a complete extract does not have, or asks about it.
pub(super) fn absent(pass: &Pass<'_>, inbound: &Inbound<'_>, seen: &FxHashSet<TrackId>) -> Outcome {
    let Some(Deletion::Absence { at_most, hold }) = &inbound.entity.deletion else { return Ok(()) };
    let hub = pass.hub();
    let known = hub.present(pass.mark.id)?;
    let question = hub.open_question(pass.mark.id)?;
    let resolution = question.as_ref().and_then(|question| question.resolution);
    let mut total = 0;
    let mut missing = Vec::new();
    for track in &known {
        if track.missing == Missing::Kept {
            continue;
        }
        let gone = !seen.contains(&track.track);
        match (gone && track.missing == Missing::Held, resolution) {
            (true, Some(Resolution::Release)) => delete(pass, track)?,
            (true, Some(Resolution::Dismiss)) => hub.set_missing(track.track, Missing::Kept, &pass.run.at)?,
            _ => {
                total += 1;
                missing.extend(gone.then_some(track));
            }
        }
    }
    let problem = (!within(missing.len(), total, at_most)).then(|| doubtful(&missing, total, at_most, hold));
    match &problem {
        None => missing.iter().try_for_each(|track| delete(pass, track))?,
        Some(_) => {
            for track in missing.iter().filter(|track| track.missing == Missing::No) {
                hub.set_missing(track.track, Missing::Held, &pass.run.at)?;
            }
        }
    }
    ask(pass, problem.as_ref().zip(missing.first().copied()), question)
}

/// Opens, changes or closes the question about the extract.
fn ask(pass: &Pass<'_>, problem: Option<(&Problem, &Present)>, open: Option<crate::hub::OpenQuestion>) -> Outcome {
    let hub = pass.hub();
    let row = match problem {
        Some((_, first)) => hub.newest_row(first.track)?,
        None => None,
    };
    if let (Some((problem, _)), Some(row), Some(open)) = (problem, row, &open)
        && (open.row, open.resolution) == (row, None)
    {
        let same = open.reasons == problem.text() && open.queue == problem.queue;
        let due = pass.run.due(&problem.queue, &open.since);
        return if same { Ok(()) } else { hub.change_exception(open.id, problem, due.as_deref()) };
    }
    if let Some(open) = open {
        hub.close_exception(open.id, &pass.run.at)?;
        pass.this_run.borrow_mut().resolved += 1;
    }
    let (Some((problem, first)), Some(row)) = (problem, row) else { return Ok(()) };
    let due = pass.run.due(&problem.queue, &pass.run.at);
    hub.ask_about_extract(pass.mark.id, first.track, row, problem, &pass.run.at, due.as_deref())
}

/// Deletes the record of a track that is missing.
pub(super) fn delete(pass: &Pass<'_>, track: &Present) -> Outcome {
    pass.hub().set_missing(track.track, Missing::Deleted, &pass.run.at)?;
    retire(pass, track.track, track.record, true)
}

/// A track that was missing is in an extract.
pub(super) fn is_back(pass: &Pass<'_>, track: &Track) -> Outcome {
    pass.hub().set_missing(track.id, Missing::No, &pass.run.at)?;
    match track.missing {
        Missing::Deleted => retire(pass, track.id, track.record, false),
        _ => Ok(()),
    }
}

fn retire(pass: &Pass<'_>, track: TrackId, record: Option<u64>, retired: bool) -> Outcome {
    let Some((record, row)) = record.zip(pass.hub().newest_row(track)?) else { return Ok(()) };
    pass.store().retire(pass.sync.object, record, retired, row, pass.run.id)
}

/// Whether so many of all are no more than some percent of them.
fn within(missing: usize, total: usize, at_most: &str) -> bool {
    // Four digits after the point: 100 percent are a million.
    let percent = digits::read(at_most, 38, 4).unwrap_or_default();
    let number = |count: usize| i128::try_from(count).unwrap_or(i128::MAX);
    number(missing).saturating_mul(1_000_000) <= number(total).saturating_mul(percent)
}

fn doubtful(missing: &[&Present], total: usize, at_most: &str, queue: &str) -> Problem {
    let mut keys: Vec<String> = missing.iter().take(NAMED).map(|track| format!("`{}`", track.key)).collect();
    if let Some(more) = missing.len().checked_sub(NAMED + 1) {
        keys.push(format!("{} more", more + 1));
    }
    let (what, have) =
        if total == 1 { ("record", "is") } else { ("records", if missing.len() == 1 { "is" } else { "are" }) };
    let message = format!(
        "{} of {total} {what} {have} missing from the extract, more than {at_most}%: {}",
        missing.len(),
        keys.join(", ")
    );
    Problem::one("extract-incomplete", message, queue)
}
