//! Working ahead: while this thread writes, the records that follow are read and worked out in another, which only reads the hub.
//!
//! The other thread sees what is committed, and nothing of the transaction under way. Whoever works ahead makes sure that nothing
//! depends on it, and does himself what has to be written to go on.

use super::clock::Clock;
use super::prepare::{Prepared, ReadySync};
use super::retry::Pending;
use super::store::Store;
use super::{Pass, Run, Unknown};
use crate::error::Outcome;
use crate::hub::{Hub, SyncMark, TrackId};
use crate::options::{Options, Part};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Records that are handed over together.
const BLOCK: usize = 256;

/// Blocks that may lie ready.
const READY: usize = 24;

/// What a thread needs to know of a pass.
struct Ahead<'a> {
    hub: &'a Path,
    prepared: &'a Prepared<'a>,
    sync: &'a ReadySync<'a>,
    options: &'a Options,
    id: i64,
    at: String,
    decided: bool,
    mark: SyncMark,
    unknown: FxHashMap<TrackId, Unknown>,
    pending: FxHashMap<TrackId, Pending>,
    posting: bool,
}

/// Works blocks of records out and hands the results over in their order, while `take` takes them. Without a file that another
/// connection could read, `take` is called with the results of this thread.
pub(super) fn work<T: Send>(
    pass: &Pass<'_>,
    part: Part,
    tracks: &[TrackId],
    block: impl Fn(&Pass<'_>, &[TrackId]) -> Outcome<Vec<T>> + Send,
    take: impl FnOnce(&mut dyn Iterator<Item = Outcome<T>>) -> Outcome,
) -> Outcome {
    let Some(hub) = pass.hub().file().filter(|_| !tracks.is_empty()) else {
        let mut results = tracks.chunks(BLOCK).flat_map(|tracks| each(block(pass, tracks)));
        return take(&mut results);
    };
    let ahead = Ahead {
        hub,
        prepared: pass.run.prepared,
        sync: pass.sync,
        options: pass.run.options,
        id: pass.run.id,
        at: pass.run.at.clone(),
        decided: pass.run.decided,
        mark: pass.mark.clone(),
        unknown: pass.unknown.clone(),
        pending: pass.pending.borrow().clone(),
        posting: pass.posting.get(),
    };
    let time = std::thread::scope(|scope| {
        let (send, receive) = sync_channel(READY);
        let working = scope.spawn(move || ahead.work(tracks, block, &send));
        // Whoever stops taking stops the thread: it cannot hand over any more.
        take(&mut receive.into_iter().flat_map(each))?;
        working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    pass.run.clock.add(part, time);
    Ok(())
}

/// The results of a block; of one that failed, the failure.
fn each<T>(block: Outcome<Vec<T>>) -> impl Iterator<Item = Outcome<T>> {
    let (results, failure) = block.map_or_else(|error| (Vec::new(), Some(Err(error))), |results| (results, None));
    results.into_iter().map(Ok).chain(failure)
}

impl Ahead<'_> {
    /// Works all blocks out; how long it took.
    fn work<T>(
        self,
        tracks: &[TrackId],
        block: impl Fn(&Pass<'_>, &[TrackId]) -> Outcome<Vec<T>>,
        send: &SyncSender<Outcome<Vec<T>>>,
    ) -> Outcome<Duration> {
        let hub = Hub::look(self.hub)?;
        let run = Run {
            hub: &hub,
            prepared: self.prepared,
            store: Store::new(&hub, &self.prepared.program)?,
            options: self.options,
            id: self.id,
            at: self.at,
            tell: &|_, _, _, _| {},
            decided: self.decided,
            clock: Clock::default(),
            instants: RefCell::default(),
        };
        let pass = Pass {
            run: &run,
            sync: self.sync,
            mark: self.mark,
            this_run: RefCell::default(),
            unknown: self.unknown,
            pending: RefCell::new(self.pending),
            // What a call finds out is for the thread that calls.
            out_of_reach: RefCell::default(),
            limited: RefCell::default(),
            lateness: RefCell::default(),
            reached_again: Cell::default(),
            given_up: Cell::default(),
            posting: Cell::new(self.posting),
        };
        let mut time = Duration::ZERO;
        for tracks in tracks.chunks(BLOCK) {
            let start = Instant::now();
            hub.begin_reading()?;
            let results = block(&pass, tracks);
            hub.end_reading()?;
            time += start.elapsed();
            let failed = results.is_err();
            if send.send(results).is_err() || failed {
                break;
            }
        }
        Ok(time)
    }
}
