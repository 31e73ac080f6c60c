//! Rates of exchange of the treasury system, and what hours cost.

use std::io;

use super::days::{self, DAY, JULY};
use super::history::History;
use super::planted::Planted;
use super::random::Random;
use super::table::Cell;

const FX_RATE: &[&str] = &["id", "base", "quote", "rate", "day"];

/// Pairs of currencies, with what one unit of the first is worth in the second, in millionths.
const PAIRS: &[(&str, &str, u64)] = &[
    ("USD", "EUR", 875_250),
    ("EUR", "USD", 1_142_530),
    ("GBP", "USD", 1_342_500),
    ("GBP", "EUR", 1_175_040),
    ("CHF", "USD", 1_121_900),
    ("CHF", "EUR", 981_770),
];

/// Yen, which only expenses are converted into. They come from numbers of their own, so that all else stays what it was without them.
const YEN: &[(&str, &str, u64)] = &[
    ("USD", "JPY", 149_120_000),
    ("EUR", "JPY", 170_360_000),
    ("GBP", "JPY", 200_190_000),
    ("CHF", "JPY", 167_250_000),
];

/// The first day with rates, 26 June, counted from 1 June.
const FIRST: u64 = 25;
/// Days without rates for francs: 11 to 21 August. The rate of the 10th is too old from the 15th on.
const GAP: std::ops::RangeInclusive<u64> = JULY + 41..=JULY + 51;
/// Working days on which francs cannot be converted: 17 to 21 August.
pub(super) const WITHOUT_FRANCS: std::ops::RangeInclusive<u64> = JULY + 47..=JULY + 51;
/// The day whose rate for dollars is corrected in August: 15 July.
const CORRECTED: u64 = JULY + 14;

/// The rates of all days on which banks are open, each from the afternoon of its day on.
pub(super) fn fx_rates(random: &mut Random, of_yen: &mut Random, planted: &mut Planted) -> History {
    let mut history = History::new(FX_RATE);
    pairs(&mut history, PAIRS, 2_000, random, planted);
    pairs(&mut history, YEN, 300_000, of_yen, planted);
    history
}

/// The rates of some pairs, which move by so much a day at most.
fn pairs(history: &mut History, pairs: &[(&str, &str, u64)], most: u64, random: &mut Random, planted: &mut Planted) {
    for (base, quote, start) in pairs {
        let mut rate = *start;
        for day in FIRST..JULY + days::DAYS {
            rate = rate + random.below(2 * most + 1) - most;
            if days::is_weekend(day) || (*base == "CHF" && GAP.contains(&day)) {
                continue;
            }
            let date = days::date(day);
            let row = |rate: u64| -> Vec<Cell> {
                let id = format!("F-{base}{quote}-{}", date.replace('-', ""));
                let rate = format!("{}.{:06}", rate / 1_000_000, rate % 1_000_000);
                vec![id.into(), (*base).into(), (*quote).into(), rate.into(), date.as_str().into()]
            };
            let moment = day.checked_sub(JULY).map_or(0, |day| day * DAY + 57_600);
            let mut states = vec![(moment, Some(row(rate)))];
            if day == CORRECTED && (*base, *quote) == ("USD", "EUR") {
                states.push((days::early(1, random), Some(row(rate + 1_000))));
                planted.add("fx_rate_corrected", 1);
            }
            history.add(states);
        }
        planted.add("fx_rates_missing", u64::from(*base == "CHF"));
    }
}

const COST_RATE: &[&str] = &["id", "worker", "hourly", "currency", "valid_from"];

/// What becomes of the cost rates of one worker.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CostStory {
    Plain,
    /// Known from a moment on.
    From(u64),
    /// Nobody enters one.
    Never,
    /// In francs.
    Francs,
    /// Corrected in August, for all days.
    Corrected(u64),
}

/// The cost rates while they grow.
pub(super) struct CostRates {
    pub(super) history: History,
}

impl CostRates {
    pub(super) fn new() -> Self {
        Self { history: History::new(COST_RATE) }
    }

    /// The rates of one worker: one from the beginning of the year, and for some another one from 1 August.
    pub(super) fn of(&mut self, worker: &str, story: CostStory, random: &mut Random) -> io::Result<()> {
        let currency = match story {
            CostStory::Francs => "CHF",
            _ => random.pick(&["USD", "USD", "USD", "EUR", "EUR", "EUR", "GBP"])?,
        };
        let hourly = 380_000 + random.below(700) * 1_000 + random.below(2) * 50;
        let rises = random.chance(30);
        let row = |suffix: &str, hourly: u64, from: &str| -> Vec<Cell> {
            let hourly = format!("{}.{:04}", hourly / 10_000, hourly % 10_000);
            let id = format!("K-{}{suffix}", worker.trim_start_matches("E-"));
            vec![id.into(), worker.into(), hourly.into(), currency.into(), from.into()]
        };
        let plain = row("", hourly, "2026-01-01");
        match story {
            CostStory::Never => return Ok(()),
            CostStory::From(moment) => self.history.add(vec![(moment, Some(plain))]),
            CostStory::Corrected(moment) => {
                self.history.changes_at(moment, plain, row("", hourly + 22_500, "2026-01-01"));
            }
            CostStory::Francs => self.history.always(plain),
            CostStory::Plain => {
                self.history.always(plain);
                if rises {
                    self.history.always(row("b", hourly + hourly / 25, "2026-08-01"));
                }
            }
        }
        Ok(())
    }
}
