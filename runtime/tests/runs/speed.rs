//! How long a run takes. Run with `cargo test --release -p syncline-runtime -- --ignored --nocapture speed`; the number of cards is in
//! `SYNCLINE_CARDS`, that of postings in a batch in `SYNCLINE_BATCH`.

use crate::world::*;
use std::time::Instant;
use syncline_runtime::{Progress, Stage, run};

/// Notes when each stage was last heard of.
struct Clock {
    start: Instant,
    last: Option<(String, Stage)>,
    since: Instant,
}

impl Progress for Clock {
    fn advance(&mut self, sync: &str, stage: Stage, done: u64, _: Option<u64>) {
        let here = Some((sync.to_owned(), stage));
        if self.last != here {
            self.last = here;
            self.since = Instant::now();
        }
        println!("{:>8.2?} {sync} {} {done}", self.start.elapsed(), stage.name());
    }
}

#[test]
#[ignore = "a measurement"]
fn speed_of_a_first_run_and_a_rerun() {
    let cards: u32 = std::env::var("SYNCLINE_CARDS").ok().and_then(|cards| cards.parse().ok()).unwrap_or(20_000);
    let mut world = World::new();
    if let Some(batch) = std::env::var("SYNCLINE_BATCH").ok().and_then(|batch| batch.parse().ok()) {
        world.options.batch = batch;
    }
    let rows: Vec<String> = (0..cards)
        .map(|card| format!("T-{card:07},1,p1,CON,2026-07-{:02},8.00,Approved,,2026-07-15T18:00:00Z", card % 28 + 1))
        .collect();
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    for _ in 0..2 {
        let start = Instant::now();
        let mut clock = Clock { start, last: None, since: start };
        let report = run(&world.plan, &world.profile(), &world.options, &mut clock).unwrap();
        println!("{:?} for {:?}", start.elapsed(), time(&report).this_run);
        assert_eq!(time(&report).accounts.posted, u64::from(cards));
        assert_eq!(time(&report).reconciled, Some(true));
    }
}
