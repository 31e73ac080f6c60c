//! One timecard as the project operations system exports it.

use std::io;

use super::days::{self, DAY, JULY, MONTHS};
use super::people::People;
use super::planning::{Planning, open_task, planning};
use super::planted::Planted;
use super::projects::{Project, Projects, Story};
use super::random::Random;
use super::table::Cell;

pub(super) const TIMECARD: &[&str] = &[
    "id",
    "version",
    "resource",
    "project",
    "task",
    "role_code",
    "work_date",
    "hours",
    "is_billable",
    "status",
    "note",
    "entered_by",
    "deleted",
    "modified_at",
];

const NOTES: &[&str] =
    &["Workshop with the client", "Data load once more", "Status report", "On site", "Review of the plan"];
const ROLES: &[&str] = &["ANL", "CON1", "CON1", "CON2", "MGR", "PTR"];

/// The cells of one row, before they are written.
#[derive(Clone)]
pub(super) struct Card {
    pub(super) id: Cell,
    pub(super) version: Cell,
    pub(super) resource: Cell,
    pub(super) project: Cell,
    pub(super) task: Cell,
    pub(super) role: Cell,
    pub(super) work_date: Cell,
    pub(super) hours: Cell,
    pub(super) billable: Cell,
    pub(super) status: Cell,
    pub(super) note: Cell,
    pub(super) entered_by: Cell,
    pub(super) deleted: Cell,
    /// Seconds from 1 July.
    pub(super) modified: u64,
}

impl Card {
    pub(super) fn row(&self) -> Vec<Cell> {
        let Self {
            id,
            version,
            resource,
            project,
            task,
            role,
            work_date,
            hours,
            billable,
            status,
            note,
            entered_by,
            deleted,
            modified,
        } = self.clone();
        let modified_at = days::instant(modified).into();
        vec![
            id,
            version,
            resource,
            project,
            task,
            role,
            work_date,
            hours,
            billable,
            status,
            note,
            entered_by,
            deleted,
            modified_at,
        ]
    }

    /// The next version of the same card, changed in a later month, when its masters have changed.
    pub(super) fn changed_in(&self, month: usize, version: u64, random: &mut Random) -> Self {
        Self { version: version.to_string().into(), modified: days::moment(month, random), ..self.clone() }
    }
}

/// The version that says that the card is gone: nothing but its key and its version is in it.
pub(super) fn gone(card: &Card) -> Card {
    let [resource, project, task, role, work_date, hours, billable, status, note, entered_by] =
        [const { Cell::Null }; 10];
    let (id, version, modified) = (card.id.clone(), card.version.clone(), card.modified);
    let deleted = "true".into();
    Card {
        id,
        version,
        resource,
        project,
        task,
        role,
        work_date,
        hours,
        billable,
        status,
        note,
        entered_by,
        deleted,
        modified,
    }
}

/// What good timecards are made of.
pub(super) struct Stock {
    /// Projects that run all the time, with all their rates.
    pub(super) running: Vec<Project>,
    pub(super) people: People,
    pub(super) projects: Projects,
    pub(super) planning: Planning,
}

impl Stock {
    pub(super) fn new(
        people: People,
        projects: Projects,
        of_planning: &mut Random,
        planted: &mut Planted,
    ) -> io::Result<Self> {
        let mut running = projects.with(Story::Running);
        let planning = planning(&running, &people.known, of_planning, planted)?;
        running.extend(projects.with(Story::LatePromise));
        Ok(Self { running, people, projects, planning })
    }

    /// Books most cards of planned projects on a task, with somebody who is assigned.
    pub(super) fn plan(&self, card: &mut Card, random: &mut Random) -> io::Result<()> {
        let of_card = |code: &str| card.project == Cell::from(code);
        if let Some(team) = self.planning.teams.iter().find(|team| of_card(&team.project))
            && random.chance(70)
        {
            card.resource = random.pick(&team.members)?.as_str().into();
            card.task = open_task(&card.work_date, random)?;
        }
        Ok(())
    }

    /// A good, approved card of one of the months.
    pub(super) fn card(&self, id: &str, month: usize, random: &mut Random) -> io::Result<Card> {
        let work_day = work_day(month, random);
        let since_july = work_day - JULY;
        let latest = days::ends(month) - DAY;
        let modified = (since_july * DAY + 64_800 + random.below(2 * DAY)).min(latest + 36_000 + random.below(36_000));
        Ok(Card {
            id: id.into(),
            version: "1".into(),
            resource: random.pick(&self.people.known)?.as_str().into(),
            project: random.pick(&self.running)?.code.as_str().into(),
            task: Cell::Null,
            role: (*random.pick(ROLES)?).into(),
            work_date: days::date(work_day).into(),
            hours: hours(1 + random.below(40), random).into(),
            billable: if random.chance(85) { "true" } else { "false" }.into(),
            status: "Approved".into(),
            note: if random.chance(30) { Cell::from(*random.pick(NOTES)?) } else { Cell::Null },
            entered_by: if random.chance(50) { Cell::from("timesheet-app") } else { Cell::Null },
            deleted: "false".into(),
            modified,
        })
    }
}

/// A day of the month, counted from 1 June, never a weekend.
pub(super) fn work_day(month: usize, random: &mut Random) -> u64 {
    let (first, end) = MONTHS.get(month).map_or((0, 1), |(_, first, end)| (JULY + first, JULY + end));
    let day = first + random.below(end - first);
    match (days::is_weekend(day), day >= first + 2) {
        (false, _) => day,
        (true, true) => day - 2,
        (true, false) => day + 2,
    }
}

/// Quarters of an hour, in one of the ways people and programs write them.
pub(super) fn hours(quarters: u64, random: &mut Random) -> String {
    let (whole, rest) = (quarters / 4, quarters % 4);
    match (rest, random.below(3)) {
        (0, 0) => whole.to_string(),
        (0, 1) => format!("{whole}.0"),
        (2, 0) => format!("{whole}.5"),
        _ => format!("{whole}.{:02}", rest * 25),
    }
}
