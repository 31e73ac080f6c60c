//! Workers of the people system.

use std::io;

use super::planted::Planted;
use super::projects::Extracts;
use super::random::Random;
use super::table::Cell;

const WORKER: &[&str] = &["number", "full_name", "cost_center", "employment", "private_email"];

const GIVEN_NAMES: &[&str] =
    &["Amara", "Björn", "Chloé", "Dmitri", "Esperança", "Farid", "Grace", "Hiroko", "Ines", "Jakub", "Kavya", "Łukasz"];
const FAMILY_NAMES: &[&str] =
    &["Abara", "Bianchi", "Çelik", "D'Souza", "Eriksen", "Fontaine", "Grünwald", "Haddad", "Ito", "Jónsdóttir"];
const COST_CENTERS: &[&str] = &["CC100", "CC110", "CC200", "CC310"];

/// Workers in both extracts, and who may stand on timecards.
pub(super) struct People {
    pub(super) workers: Extracts,
    /// Known in both months.
    pub(super) known: Vec<String>,
    /// Usable from August on.
    pub(super) late: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Story {
    Plain,
    OnlyInAugust,
    /// Without a cost center in July.
    Repaired,
    MovedCostCenter,
    UnknownEmployment,
}

const STORIES: &[Story] =
    &[Story::OnlyInAugust, Story::OnlyInAugust, Story::Repaired, Story::MovedCostCenter, Story::UnknownEmployment];

pub(super) fn people(entries: u64, random: &mut Random, planted: &mut Planted) -> io::Result<People> {
    let plain = 20.max(entries / 50);
    let mut people = People { workers: Extracts::new(WORKER), known: Vec::new(), late: Vec::new() };
    let stories = (0..plain).map(|_| Story::Plain).chain(STORIES.iter().copied());
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
        let row = |cost_center: Cell| -> Vec<Cell> {
            vec![number.as_str().into(), name.as_str().into(), cost_center, employment.into(), email.clone()]
        };
        match story {
            Story::OnlyInAugust => {}
            Story::Repaired => people.workers.july.push(row(Cell::Null)),
            _ => people.workers.july.push(row(cost_center.into())),
        }
        let later = if story == Story::MovedCostCenter { "CC999" } else { cost_center };
        people.workers.august.push(row(later.into()));
        match story {
            Story::Plain => people.known.push(number),
            Story::MovedCostCenter => {
                people.known.push(number);
                planted.add("worker_moved", 1);
            }
            Story::OnlyInAugust => {
                people.late.push(number);
                planted.add("worker_only_in_august", 1);
            }
            Story::Repaired => {
                people.late.push(number);
                planted.add("worker_repaired", 1);
            }
            Story::UnknownEmployment => planted.add("worker_unknown_employment", 1),
        }
    }
    Ok(people)
}
