//! All timecards of both extracts: the good ones, and each trouble as it looks in the files.

use std::io;

use super::card::{Card, Stock, TIMECARD, gone, hours};
use super::days::{self, DAY, JULY};
use super::history::History;
use super::money::WITHOUT_FRANCS;
use super::planning::{CLOSED, open_task};
use super::planted::Planted;
use super::projects::{Project, Story};
use super::random::Random;
use super::table::Cell;
use super::trouble::{Trouble, kinds};

/// The cards while they grow.
struct Cards<'a> {
    stock: &'a Stock,
    random: &'a mut Random,
    history: History,
}

/// The timecards. Their history holds what was written; a row that is exported again later is one more state of its card.
pub(super) fn cards(entries: u64, stock: &Stock, random: &mut Random, planted: &mut Planted) -> io::Result<History> {
    let mut fates: Vec<Option<Trouble>> = Vec::new();
    for (kind, name, count) in kinds(entries) {
        planted.add(name, count);
        fates.extend((0..count).map(|_| Some(kind)));
    }
    let good = entries.saturating_sub(fates.len() as u64);
    fates.extend((0..good).map(|_| None));
    random.shuffle(&mut fates);

    let mut cards = Cards { stock, random, history: History::new(TIMECARD) };
    for (number, fate) in (1_u64..).zip(fates) {
        let id = format!("T-{number:06}");
        let months = fate.map_or(&[0, 1, 2][..], Trouble::months);
        // Somewhat more hours in July.
        let month =
            [0, 0, 0, 0, 1, 1, 1, 2, 2, 2].into_iter().filter(|month| months.contains(month)).collect::<Vec<_>>();
        let month = *cards.random.pick(&month)?;
        match fate {
            Some(trouble) => cards.troubled(&id, month, trouble)?,
            None => {
                let mut card = stock.card(&id, month, cards.random)?;
                stock.plan(&mut card, cards.random)?;
                cards.write(&card);
            }
        }
    }
    Ok(cards.history)
}

impl Cards<'_> {
    /// A row that is exported with the changes of its day.
    fn write(&mut self, card: &Card) {
        self.write_at(card.modified, card);
    }

    /// A row that is exported with the changes of another moment than it says.
    fn write_at(&mut self, moment: u64, card: &Card) {
        self.history.add(vec![(moment, Some(card.row()))]);
    }

    /// One of the projects with this story.
    fn project(&mut self, stories: &[Story]) -> io::Result<Cell> {
        let projects: Vec<Project> = stories.iter().flat_map(|story| self.stock.projects.with(*story)).collect();
        Ok(self.random.pick(&projects)?.code.as_str().into())
    }

    fn one_of(&mut self, texts: &[&str]) -> io::Result<Cell> {
        Ok((*self.random.pick(texts)?).into())
    }

    /// Other hours than those of the card.
    fn other_hours(&mut self, card: &Card) -> Cell {
        loop {
            let quarters = 1 + self.random.below(40);
            if !is_same_number(&card.hours, quarters) {
                return hours(quarters, self.random).into();
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind, read side by side with the manifest")]
    fn troubled(&mut self, id: &str, month: usize, trouble: Trouble) -> io::Result<()> {
        let mut card = self.stock.card(id, month, self.random)?;
        let mut next = card.changed_in(month + 1, 2, self.random);
        match trouble {
            // Not meant for the books, or not yet.
            Trouble::Draft => card.status = "Saved".into(),
            Trouble::Submitted => card.status = "Submitted".into(),
            Trouble::Rejected => card.status = "Rejected".into(),
            Trouble::BeforeStart => card.work_date = days::date(self.random.below(30)).into(),
            Trouble::ApprovedLater => {
                next.status = "Approved".into();
                self.write(&next);
                card.status = self.one_of(&["Saved", "Submitted"])?;
            }

            // Something they name is missing, closed or without a price.
            Trouble::UnknownRole => card.role = self.one_of(&["XX9", "con1", "CON3", "CON1 "])?,
            Trouble::EmployeeLate => card.resource = self.random.pick(&self.stock.people.late)?.as_str().into(),
            Trouble::EmployeeMissing => card.resource = format!("E-X{:03}", self.random.below(1000)).into(),
            Trouble::ProjectMissing => {
                card.project = if self.random.chance(50) { self.project(&[Story::Orphan])? } else { "P-X001".into() };
            }
            Trouble::ProjectClosed => {
                // From August on delivery says that the reopened one is active; it stays closed all the same.
                let closed: &[Story] = if month == 0 { &[Story::Closed, Story::Reopened] } else { &[Story::Closed] };
                card.project = self.project(closed)?;
            }
            Trouble::ProjectOpensLater => {
                card.project = self.project(&[Story::Starting, Story::StartingWithOwnDiscount, Story::Resuming])?;
            }
            Trouble::MissingRate => {
                card.project = self.project(&[Story::Unpriced])?;
                card.role = self.one_of(&["ANL", "MGR", "PTR"])?;
            }
            Trouble::RateLate => {
                card.project = self.project(&[Story::Unpriced])?;
                card.role = self.one_of(&["CON1", "CON2"])?;
            }
            Trouble::Repriced => {
                card.project = self.project(&[Story::Repriced])?;
                card.role = self.one_of(&["CON1", "CON2"])?;
                card.billable = "true".into();
                card.hours = hours(8 + self.random.below(24), self.random).into();
            }
            Trouble::MissingThenFixed => {
                self.write(&next);
                card.project = "P-X002".into();
            }

            Trouble::RepricedLater => {
                card.project = self.project(&[Story::RateSplit])?;
                card.role = self.one_of(&["CON1", "CON2"])?;
            }
            // From Monday, 13 July, to Friday there is no rate.
            Trouble::RateHole => {
                card.project = self.project(&[Story::RateHole])?;
                card.role = self.one_of(&["CON1", "CON2"])?;
                card.work_date = days::date(JULY + 12 + self.random.below(5)).into();
            }
            // From Monday, 6 July, to the end of the month there are two.
            Trouble::RateOverlap => {
                card.project = self.project(&[Story::RateOverlap])?;
                card.role = self.one_of(&["CON1", "CON2"])?;
                card.work_date = days::date(JULY + 5 + self.random.below(26)).into();
            }
            Trouble::EmployeeDeleted => {
                card.resource = self.random.pick(&self.stock.people.gone)?.as_str().into();
                card.modified = days::moment(month, self.random);
            }
            Trouble::EmployeeAway => {
                card.resource = self.random.pick(&self.stock.people.away)?.as_str().into();
                card.modified = days::moment(month, self.random);
            }

            Trouble::CostMissing => card.resource = self.random.pick(&self.stock.people.unpriced)?.as_str().into(),
            Trouble::FxGap => {
                card.resource = self.random.pick(&self.stock.people.francs)?.as_str().into();
                let first = *WITHOUT_FRANCS.start();
                card.work_date = days::date(first + self.random.below(5)).into();
            }
            Trouble::Recosted => card.resource = self.random.pick(&self.stock.people.recosted)?.as_str().into(),
            Trouble::MovedProject => card.project = self.project(&[Story::Moved])?,

            // Planned work.
            Trouble::ClosedTask | Trouble::NotAssigned | Trouble::AssignmentLater | Trouble::TaskUnknown => {
                let team = self.random.pick(&self.stock.planning.teams)?;
                card.project = team.project.as_str().into();
                card.resource = match trouble {
                    Trouble::NotAssigned if self.random.chance(50) => team.former.clone(),
                    Trouble::NotAssigned => team.stranger(&self.stock.people.known, self.random)?,
                    Trouble::AssignmentLater => team.late.clone(),
                    _ => self.random.pick(&team.members)?.clone(),
                }
                .into();
                card.task = match trouble {
                    // In September the pilot is over, too.
                    Trouble::ClosedTask if month == 2 => self.one_of(&[CLOSED, "30"])?,
                    Trouble::ClosedTask => CLOSED.into(),
                    Trouble::TaskUnknown => self.one_of(&["99", "010", "1"])?,
                    _ => open_task(&card.work_date, self.random)?,
                };
            }

            // Cells that cannot be what they should be.
            Trouble::HoursOver24 => card.hours = self.one_of(&["24.25", "25", "80.00"])?,
            Trouble::HoursNotPositive => card.hours = self.one_of(&["0", "0.00", "-2.5"])?,
            Trouble::HoursMalformed => {
                card.hours = self.one_of(&["8,5", "eight", "7h", " 8", "1e1", "7.125", "4 h", ".5", ""])?
            }
            Trouble::HoursTooWide => card.hours = self.one_of(&["12345.00", "123456"])?,
            Trouble::DateMalformed => {
                card.work_date = self.one_of(&["31/07/2026", "2026-02-30", "2026-7-1", "July 3", "20260703"])?
            }
            Trouble::RequiredMissing => match self.random.below(3) {
                0 => card.resource = Cell::Null,
                1 => card.hours = Cell::Null,
                _ => card.billable = Cell::Null,
            },
            Trouble::EmptyResource => card.resource = "".into(),
            Trouble::NoteTooLong => card.note = "Very long. ".repeat(20).into(),
            Trouble::NoKey => card.id = Cell::Null,
            Trouble::VersionMalformed => card.version = self.one_of(&["two", "v1"])?,
            Trouble::MalformedRow => {
                let row = card.row().into_iter().take(7).collect();
                self.history.add(vec![(card.modified, Some(row))]);
                return Ok(());
            }
            Trouble::TwoReasons => {
                card.role = "XX9".into();
                card.hours = "30".into();
            }
            Trouble::FixedLater => {
                self.write(&next);
                card.hours = "26.00".into();
            }

            // Cells that look odd and are right.
            Trouble::QuotedNote => {
                card.note = self.one_of(&[
                    "Said \"done\", was not",
                    "First line\nSecond line",
                    "a, b, and c",
                    "\"\"",
                    "Windows\r\nline",
                ])?;
            }
            Trouble::DecomposedNote => card.note = self.one_of(&["Zu\u{308}rich office", "Cafe\u{301} meeting"])?,
            Trouble::EmptyNote => card.note = "".into(),
            // The second weekend of the month, at Friday's rate of exchange.
            Trouble::Weekend => card.work_date = days::date(days::saturday(month) + self.random.below(2)).into(),

            // The same thing more than once.
            Trouble::Duplicate => {
                self.write(&card);
                if self.random.chance(25) {
                    self.write(&card);
                }
            }
            Trouble::KeyConflict => {
                self.write(&card);
                card.hours = self.other_hours(&card);
            }
            Trouble::KeyConflictLate => {
                next.version = "1".into();
                next.hours = self.other_hours(&card);
                self.write(&next);
            }
            Trouble::Reread => {
                card.modified = days::closes(month) - self.random.below(8) * 60;
                let again = days::ends(month) + self.random.below(3600);
                self.write_at(again, &card);
            }
            Trouble::BeforeOverlap => {
                card.modified = card.modified.min(days::ends(month) - 2 * DAY);
                self.write_at(next.modified, &card);
            }

            // Versions.
            Trouble::OutOfOrder => {
                next.modified = card.modified;
                next.hours = self.other_hours(&card);
                self.write(&next);
            }
            Trouble::LateVersion => {
                let mut first = card.clone();
                first.modified = days::closes(month) - 60 * (1 + self.random.below(8));
                first.hours = self.other_hours(&card);
                let late = days::ends(month) + self.random.below(3600);
                self.write_at(late, &first);
                card.version = "2".into();
            }
            Trouble::VersionGap => {
                next.version = "4".into();
                next.hours = self.other_hours(&card);
                self.write(&next);
            }

            // Changes after approval.
            Trouble::CorrectedHours => {
                next.hours = self.other_hours(&card);
                self.write(&next);
            }
            Trouble::CorrectedProject => {
                while next.project == card.project {
                    next.project = self.random.pick(&self.stock.running)?.code.as_str().into();
                }
                self.write(&next);
            }
            Trouble::CorrectedNote => {
                next.note = "Corrected note".into();
                self.write(&next);
            }
            Trouble::Unapproved => {
                next.status = self.one_of(&["Submitted", "Rejected", "Saved"])?;
                self.write(&next);
            }
            Trouble::ThereAndBack => {
                let mut again = next.clone();
                again.version = "3".into();
                again.modified += 3600;
                next.status = "Submitted".into();
                self.write(&next);
                self.write(&again);
            }
            Trouble::Deleted => self.write(&gone(&next)),
            Trouble::DeletedReturned => {
                let back = card.changed_in(month + 2, 3, self.random);
                self.write(&gone(&next));
                self.write(&back);
            }
            Trouble::Reapproved => {
                let again = card.changed_in(month + 2, 3, self.random);
                next.status = "Submitted".into();
                self.write(&next);
                self.write(&again);
            }
            Trouble::BadCorrection => {
                next.hours = "7,5".into();
                self.write(&next);
            }
            Trouble::ClosedBeforeCorrection => {
                card.project = self.project(&[Story::Closing])?;
                next.project = card.project.clone();
                next.hours = self.other_hours(&card);
                self.write(&next);
            }
            Trouble::SameImage => {
                match (&card.note, self.random.chance(50)) {
                    (Cell::Null, true) => next.note = "".into(),
                    _ => next.entered_by = "back-office".into(),
                }
                self.write(&next);
            }
            Trouble::SameMeaning => {
                card.role = "CON1".into();
                next.role = "CON2".into();
                self.write(&next);
            }
        }
        // A card that came out of order was changed before its row was written.
        if trouble == Trouble::OutOfOrder {
            let written = card.modified + 1;
            card.modified = card.modified.saturating_sub(1 + self.random.below(3600));
            self.write_at(written, &card);
        } else {
            self.write(&card);
        }
        Ok(())
    }
}

/// Whether a cell of hours says so many quarters.
fn is_same_number(cell: &Cell, quarters: u64) -> bool {
    let Cell::Text(text) = cell else { return false };
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let rest = match rest {
        "" | "0" | "00" => 0,
        "25" => 1,
        "5" | "50" => 2,
        _ => 3,
    };
    whole.parse::<u64>().is_ok_and(|whole| whole * 4 + rest == quarters)
}
