//! Workers of the people system.

use std::io;

use super::days::{self, early};
use super::history::History;
use super::money::{CostRates, CostStory};
use super::planted::Planted;
use super::random::Random;
use super::table::Cell;

const WORKER: &[&str] = &["number", "full_name", "cost_center", "employment", "private_email", "modified_at"];

const GIVEN_NAMES: &[&str] =
    &["Amara", "Björn", "Chloé", "Dmitri", "Esperança", "Farid", "Grace", "Hiroko", "Ines", "Jakub", "Kavya", "Łukasz"];
const FAMILY_NAMES: &[&str] =
    &["Abara", "Bianchi", "Çelik", "D'Souza", "Eriksen", "Fontaine", "Grünwald", "Haddad", "Ito", "Jónsdóttir"];
const COST_CENTERS: &[&str] = &["CC100", "CC110", "CC200", "CC310"];

/// Workers, and who may stand on timecards.
pub(super) struct People {
    pub(super) workers: History,
    pub(super) cost_rates: CostRates,
    /// Known all the time.
    pub(super) known: Vec<String>,
    /// Usable from August on.
    pub(super) late: Vec<String>,
    /// Not there any more from August on.
    pub(super) gone: Vec<String>,
    /// Not there in August.
    pub(super) away: Vec<String>,
    /// Without a cost rate.
    pub(super) unpriced: Vec<String>,
    /// Paid in francs.
    pub(super) francs: Vec<String>,
    /// Whose cost rate is corrected in August.
    pub(super) recosted: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Story {
    Plain,
    /// Hired in August.
    New,
    /// Without a cost center in July.
    Repaired,
    MovedCostCenter,
    UnknownEmployment,
    /// Leaves in August.
    Gone,
    /// Leaves in August, and is back in September.
    Away,
    /// Has no cost rate.
    Unpriced,
    /// Is paid in francs.
    Francs,
    /// Has a cost rate that is corrected in August.
    Recosted,
}

const STORIES: &[Story] = &[
    Story::New,
    Story::New,
    Story::Repaired,
    Story::MovedCostCenter,
    Story::UnknownEmployment,
    Story::Gone,
    Story::Gone,
    Story::Away,
    Story::Unpriced,
    Story::Francs,
    Story::Recosted,
];

pub(super) fn people(entries: u64, random: &mut Random, planted: &mut Planted) -> io::Result<People> {
    // So many that three who leave are no more than one in twenty.
    let plain = 60.max(entries / 50);
    let mut people = People {
        workers: History::new(WORKER),
        cost_rates: CostRates::new(),
        known: Vec::new(),
        late: Vec::new(),
        gone: Vec::new(),
        away: Vec::new(),
        unpriced: Vec::new(),
        francs: Vec::new(),
        recosted: Vec::new(),
    };
    // Those with a story come first: when the list breaks off, they are still in it.
    let stories = STORIES.iter().copied().chain((0..plain).map(|_| Story::Plain));
    for (place, story) in (1_u64..).zip(stories) {
        let number = format!("E-{place:04}");
        let name = format!("{} {}", random.pick(GIVEN_NAMES)?, random.pick(FAMILY_NAMES)?);
        let cost_center = *random.pick(COST_CENTERS)?;
        let employment = match story {
            Story::UnknownEmployment => "Intern",
            _ if random.chance(15) => "Contractor",
            _ => "Employed",
        };
        let email = if random.chance(50) { Cell::from(format!("person{place}@example.net")) } else { Cell::Null };
        let row = |cost_center: Cell, moment: Option<u64>| -> Vec<Cell> {
            let modified = moment.map_or_else(|| "2026-06-01T08:00:00Z".to_owned(), days::instant);
            let modified = modified.into();
            vec![number.as_str().into(), name.as_str().into(), cost_center, employment.into(), email.clone(), modified]
        };
        let change = early(1, random);
        let (plain, changed) = (row(cost_center.into(), None), row(cost_center.into(), Some(change)));
        match story {
            Story::New => people.workers.add(vec![(change, Some(changed))]),
            Story::Repaired => people.workers.changes_at(change, row(Cell::Null, None), changed),
            Story::MovedCostCenter => people.workers.changes_at(change, plain, row("CC999".into(), Some(change))),
            Story::Plain | Story::UnknownEmployment | Story::Unpriced | Story::Francs | Story::Recosted => {
                people.workers.always(plain);
            }
            Story::Gone => people.workers.add(vec![(0, Some(plain)), (change, None)]),
            Story::Away => {
                let back = early(2, random);
                let again = row(cost_center.into(), Some(back));
                people.workers.add(vec![(0, Some(plain)), (change, None), (back, Some(again))]);
            }
        }
        let cost = match story {
            Story::New => CostStory::From(change),
            Story::Unpriced | Story::UnknownEmployment => CostStory::Never,
            Story::Francs => CostStory::Francs,
            Story::Recosted => CostStory::Corrected(early(1, random)),
            _ => CostStory::Plain,
        };
        people.cost_rates.of(&number, cost, random)?;
        match story {
            Story::Unpriced => {
                people.unpriced.push(number);
                planted.add("cost_rate_never", 1);
            }
            Story::Francs => {
                people.francs.push(number);
                planted.add("cost_rate_in_francs", 1);
            }
            Story::Recosted => {
                people.recosted.push(number);
                planted.add("cost_rate_corrected", 1);
            }
            Story::Plain => people.known.push(number),
            Story::MovedCostCenter => {
                people.known.push(number);
                planted.add("worker_moved", 1);
            }
            Story::New => {
                people.late.push(number);
                planted.add("worker_new", 1);
            }
            Story::Repaired => {
                people.late.push(number);
                planted.add("worker_repaired", 1);
            }
            Story::UnknownEmployment => planted.add("worker_unknown_employment", 1),
            Story::Gone => {
                people.gone.push(number);
                planted.add("worker_gone", 1);
            }
            Story::Away => {
                people.away.push(number);
                planted.add("worker_away", 1);
            }
        }
    }
    planted.add("workers_cut_off", 1);
    Ok(people)
}
