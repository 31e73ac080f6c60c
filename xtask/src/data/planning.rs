//! Planned work: the tasks of some projects, and who is assigned to them.

use std::io;

use super::days::early;
use super::history::History;
use super::planted::Planted;
use super::projects::Project;
use super::random::Random;
use super::table::Cell;

const TASK: &[&str] = &["id", "project", "number", "name", "closes_on"];
const ASSIGNMENT: &[&str] = &["id", "person", "project", "share", "first_day", "last_day"];

/// One project in so many is planned by tasks.
const PLANNED: usize = 5;
const MEMBERS: usize = 8;
/// The last day of one task of each planned project.
const PILOT_ENDS: &str = "2026-08-14";
/// A task that was closed before the summer.
pub(super) const CLOSED: &str = "90";

/// The people of a project.
pub(super) struct Team {
    pub(super) project: String,
    /// Assigned all summer.
    pub(super) members: Vec<String>,
    /// Assigned from July on, as August's list says.
    pub(super) late: String,
    /// Assigned until June.
    pub(super) former: String,
}

impl Team {
    fn has(&self, person: &str) -> bool {
        self.late == person || self.former == person || self.members.iter().any(|member| member == person)
    }

    /// Somebody who has never been assigned to the project.
    pub(super) fn stranger(&self, people: &[String], random: &mut Random) -> io::Result<String> {
        let others: Vec<&String> = people.iter().filter(|person| !self.has(person)).collect();
        random.pick(&others).map(|person| (*person).clone())
    }
}

/// Tasks, assignments, and the teams that timecards choose from.
pub(super) struct Planning {
    pub(super) tasks: History,
    pub(super) assignments: History,
    pub(super) teams: Vec<Team>,
}

/// A task that takes hours on this day.
pub(super) fn open_task(day: &Cell, random: &mut Random) -> io::Result<Cell> {
    let early = matches!(day, Cell::Text(day) if day.as_str() <= PILOT_ENDS);
    let open: &[&str] = if early { &["10", "20", "30"] } else { &["10", "20"] };
    random.pick(open).map(|number| (*number).into())
}

pub(super) fn planning(
    running: &[Project],
    people: &[String],
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<Planning> {
    let mut all = Planning { tasks: History::new(TASK), assignments: History::new(ASSIGNMENT), teams: Vec::new() };
    for project in running.iter().step_by(PLANNED) {
        let code = project.code.as_str();
        let tasks = [("10", "Analysis", None), ("20", "Rollout", None), ("30", "Pilot", Some(PILOT_ENDS))];
        for (number, name, closes) in tasks.into_iter().chain([(CLOSED, "Offer", Some("2026-06-30"))]) {
            all.tasks.always(task(code, number, name, closes));
            planted.add("task_with_last_day", u64::from(closes.is_some()));
        }
        all.teams.push(team(code, people, &mut all.assignments, random, planted)?);
    }
    all.tasks.always(task("P-X001", "10", "Analysis", None));
    planted.add("task_of_unknown_project", 1);
    if let Some(Team { project, members, .. }) = all.teams.first() {
        all.assignments.always(assignment("A-X001", "E-X001", project, "50", "2026-07-01", None));
        planted.add("assignment_of_unknown_person", 1);
        // Beside the one that holds.
        let member = members.first().map_or("", String::as_str);
        all.assignments.always(assignment("A-X002", member, project, "50", "2026-08-01", Some("2026-07-31")));
        planted.add("assignment_empty_range", 1);
    }
    Ok(all)
}

fn team(
    project: &str,
    people: &[String],
    assignments: &mut History,
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<Team> {
    let mut chosen = people.to_vec();
    random.shuffle(&mut chosen);
    let (mut late, mut former) = (String::new(), String::new());
    let mut members = Vec::new();
    for (place, person) in chosen.into_iter().take(MEMBERS + 2).enumerate() {
        let id = format!("A-{}-{}", project.trim_start_matches("P-"), place + 1);
        let share = *random.pick(&["20", "40", "50", "66.6667", "100"])?;
        let row = |first, last| assignment(&id, &person, project, share, first, last);
        match place {
            0 => {
                assignments.add(vec![(early(1, random), Some(row("2026-07-01", None)))]);
                planted.add("assignment_comes_late", 1);
                late = person;
            }
            1 => {
                assignments.always(row("2026-01-01", Some("2026-06-30")));
                planted.add("assignment_ended", 1);
                former = person;
            }
            _ => {
                let last = if random.chance(30) { Some("2026-12-31") } else { None };
                assignments.always(row(if random.chance(50) { "2026-01-01" } else { "2026-06-15" }, last));
                members.push(person);
            }
        }
    }
    Ok(Team { project: project.to_owned(), members, late, former })
}

fn task(project: &str, number: &str, name: &str, closes: Option<&str>) -> Vec<Cell> {
    let id = format!("W-{}-{number}", project.trim_start_matches("P-"));
    vec![id.into(), project.into(), number.into(), name.into(), closes.map_or(Cell::Null, Cell::from)]
}

fn assignment(id: &str, person: &str, project: &str, share: &str, first: &str, last: Option<&str>) -> Vec<Cell> {
    let last = last.map_or(Cell::Null, Cell::from);
    vec![id.into(), person.into(), project.into(), share.into(), first.into(), last]
}
