//! All timecards of both extracts: the good ones, and each trouble as it looks in the files.

use std::io;

use super::card::{Card, Stock, TIMECARD, hours};
use super::days::{self, JULY_CLOSES};
use super::planted::Planted;
use super::projects::{Project, Story};
use super::random::Random;
use super::table::{Cell, Table};
use super::trouble::{Trouble, kinds};

/// Rows of one extract with the moment by which they are sorted.
type Rows = Vec<(u64, Vec<Cell>)>;

/// Both extracts while they grow.
struct Cards<'a> {
    stock: &'a Stock,
    random: &'a mut Random,
    july: Rows,
    august: Rows,
}

/// The timecards of July and of August.
pub(super) fn cards(
    entries: u64,
    stock: &Stock,
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<(Table, Table)> {
    let mut fates: Vec<Option<Trouble>> = Vec::new();
    for (kind, name, count) in kinds(entries) {
        planted.add(name, count);
        fates.extend((0..count).map(|_| Some(kind)));
    }
    let good = entries.saturating_sub(fates.len() as u64);
    fates.extend((0..good).map(|_| None));
    random.shuffle(&mut fates);

    let mut cards = Cards { stock, random, july: Vec::new(), august: Vec::new() };
    for (number, fate) in (1_u64..).zip(fates) {
        let id = format!("T-{number:06}");
        match fate {
            Some(trouble) => cards.troubled(&id, trouble)?,
            None => {
                let month = u64::from(number % 8 == 0);
                let card = stock.card(&id, month, cards.random)?;
                if month == 0 { cards.july(&card) } else { cards.august(&card) }
            }
        }
    }
    Ok((sorted(cards.july), sorted(cards.august)))
}

/// Exports come in the order of their changes. The sort is stable: a row pushed later stays behind its equals.
fn sorted(mut rows: Rows) -> Table {
    rows.sort_by_key(|(moment, _)| *moment);
    let mut table = Table::new(TIMECARD);
    for (_, row) in rows {
        table.push(row);
    }
    table
}

impl Cards<'_> {
    fn july(&mut self, card: &Card) {
        self.july.push((card.modified, card.row()));
    }

    fn august(&mut self, card: &Card) {
        self.august.push((card.modified, card.row()));
    }

    /// One of the projects with this story.
    fn project(&mut self, stories: &[Story]) -> io::Result<Cell> {
        let projects: Vec<Project> = stories.iter().flat_map(|story| self.stock.projects.with(*story)).collect();
        Ok(self.random.pick(&projects)?.code.as_str().into())
    }

    fn one_of(&mut self, texts: &[&str]) -> io::Result<Cell> {
        Ok((*self.random.pick(texts)?).into())
    }

    fn next(&mut self, card: &Card, version: u64) -> Card {
        card.in_august(version, self.random)
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
    fn troubled(&mut self, id: &str, trouble: Trouble) -> io::Result<()> {
        let mut card = self.stock.card(id, 0, self.random)?;
        match trouble {
            // Not meant for the books, or not yet.
            Trouble::Draft => card.status = "Saved".into(),
            Trouble::Submitted => card.status = "Submitted".into(),
            Trouble::Rejected => card.status = "Rejected".into(),
            Trouble::BeforeStart => card.work_date = days::date(self.random.below(30)).into(),
            Trouble::ApprovedLater => {
                let mut next = self.next(&card, 2);
                next.status = "Approved".into();
                self.august(&next);
                card.status = self.one_of(&["Saved", "Submitted"])?;
            }

            // Something they name is missing, closed or without a price.
            Trouble::UnknownRole => card.role = self.one_of(&["XX9", "con1", "CON3", "CON1 "])?,
            Trouble::EmployeeLate => card.resource = self.random.pick(&self.stock.people.late)?.as_str().into(),
            Trouble::EmployeeMissing => card.resource = format!("E-X{:03}", self.random.below(1000)).into(),
            Trouble::ProjectMissing => {
                card.project = if self.random.chance(50) { self.project(&[Story::Orphan])? } else { "P-X001".into() };
            }
            Trouble::ProjectClosed => card.project = self.project(&[Story::Closed, Story::Reopened])?,
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
                let next = self.next(&card, 2);
                self.august(&next);
                card.project = "P-X002".into();
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
                self.july.push((card.modified, row));
                return Ok(());
            }
            Trouble::TwoReasons => {
                card.role = "XX9".into();
                card.hours = "30".into();
            }
            Trouble::FixedLater => {
                let next = self.next(&card, 2);
                self.august(&next);
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

            // The same thing more than once.
            Trouble::Duplicate => {
                self.july(&card);
                if self.random.chance(25) {
                    self.july(&card);
                }
            }
            Trouble::KeyConflict => {
                self.july(&card);
                card.hours = self.other_hours(&card);
            }
            Trouble::KeyConflictLate => {
                let mut next = self.next(&card, 1);
                next.hours = self.other_hours(&card);
                self.august(&next);
            }
            Trouble::Reread => {
                card.modified = JULY_CLOSES - self.random.below(8) * 60;
                self.august(&card);
            }
            Trouble::BeforeOverlap => self.august(&card),

            // Versions.
            Trouble::OutOfOrder => {
                let mut next = card.clone();
                next.version = "2".into();
                next.hours = self.other_hours(&card);
                self.july(&next);
            }
            Trouble::LateVersion => {
                let mut first = card.clone();
                first.modified = JULY_CLOSES - 60 * (1 + self.random.below(8));
                first.hours = self.other_hours(&card);
                self.august(&first);
                card.version = "2".into();
            }
            Trouble::VersionGap => {
                let mut next = self.next(&card, 4);
                next.hours = self.other_hours(&card);
                self.august(&next);
            }

            // Changes after approval.
            Trouble::CorrectedHours => {
                let mut next = self.next(&card, 2);
                next.hours = self.other_hours(&card);
                self.august(&next);
            }
            Trouble::CorrectedProject => {
                let mut next = self.next(&card, 2);
                while next.project == card.project {
                    next.project = self.random.pick(&self.stock.running)?.code.as_str().into();
                }
                self.august(&next);
            }
            Trouble::CorrectedNote => {
                let mut next = self.next(&card, 2);
                next.note = "Corrected note".into();
                self.august(&next);
            }
            Trouble::Unapproved => {
                let mut next = self.next(&card, 2);
                next.status = self.one_of(&["Submitted", "Rejected", "Saved"])?;
                self.august(&next);
            }
            Trouble::ThereAndBack => {
                let mut back = self.next(&card, 2);
                back.status = "Submitted".into();
                let mut again = self.next(&card, 3);
                again.modified = back.modified + 3600;
                self.august(&back);
                self.august(&again);
            }
            Trouble::BadCorrection => {
                let mut next = self.next(&card, 2);
                next.hours = "7,5".into();
                self.august(&next);
            }
            Trouble::ClosedBeforeCorrection => {
                card.project = self.project(&[Story::Closing])?;
                let mut next = self.next(&card, 2);
                next.hours = self.other_hours(&card);
                self.august(&next);
            }
            Trouble::SameImage => {
                let mut next = self.next(&card, 2);
                match (&card.note, self.random.chance(50)) {
                    (Cell::Null, true) => next.note = "".into(),
                    _ => next.entered_by = "back-office".into(),
                }
                self.august(&next);
            }
            Trouble::SameMeaning => {
                let mut next = self.next(&card, 2);
                card.role = "CON1".into();
                next.role = "CON2".into();
                self.august(&next);
            }
        }
        // A card that came out of order was changed before its row was written.
        if trouble == Trouble::OutOfOrder {
            let written = card.modified + 1;
            card.modified = card.modified.saturating_sub(1 + self.random.below(3600));
            self.july.push((written, card.row()));
        } else {
            self.july(&card);
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
