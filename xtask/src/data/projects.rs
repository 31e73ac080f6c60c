//! Projects, deals and rates, with the troubles that only masters have.

use std::io;

use super::planted::Planted;
use super::random::Random;
use super::table::{Cell, Table};

const PROJECT: &[&str] = &["id", "name", "account", "currency", "status", "discount"];
const DEAL: &[&str] = &["id", "title", "project_code", "discount"];
const RATE: &[&str] = &["id", "project", "grade", "rate", "currency"];

const SUBJECTS: &[&str] =
    &["Billing rollout", "Cost review", "Warehouse move", "Payroll merger", "Data audit", "Plant opening"];
const DISCOUNTS: &[&str] = &["2.5", "5", "7.5", "10", "12.25", "33.3333"];

/// A project that timecards may name.
#[derive(Clone)]
pub(super) struct Project {
    pub(super) code: String,
    currency: &'static str,
}

/// What becomes of a project between both extracts. Timecards choose projects by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// Runs in both months.
    Running,
    /// Closed in both.
    Closed,
    /// Planned in July, runs in August; sales promised a discount.
    Starting,
    /// The same, but delivery sets a discount too early.
    StartingWithOwnDiscount,
    /// Paused in July, runs in August.
    Resuming,
    /// Runs in July, closed in August.
    Closing,
    /// Closed in July, running again in August, which is not allowed.
    Reopened,
    /// Changes its currency in August, which is not allowed.
    CurrencyChanged,
    /// Belongs to an account that nobody knows.
    Orphan,
    /// Runs; its rate for consultants rises in August.
    Repriced,
    /// Runs; has no usable rates in July, one in August.
    Unpriced,
    /// Runs; sales changes its promise in August, which is too late.
    LatePromise,
}

const STORIES: &[Story] = &[
    Story::Closed,
    Story::Closed,
    Story::Starting,
    Story::StartingWithOwnDiscount,
    Story::Resuming,
    Story::Closing,
    Story::Closing,
    Story::Reopened,
    Story::CurrencyChanged,
    Story::Orphan,
    Story::Repriced,
    Story::Unpriced,
    Story::LatePromise,
];

/// A master's rows in both extracts.
pub(super) struct Extracts {
    pub(super) july: Table,
    pub(super) august: Table,
}

impl Extracts {
    pub(super) fn new(header: &'static [&'static str]) -> Self {
        Self { july: Table::new(header), august: Table::new(header) }
    }

    pub(super) fn both(&mut self, row: Vec<Cell>) {
        self.july.push(row.clone());
        self.august.push(row);
    }
}

pub(super) struct Projects {
    pub(super) projects: Extracts,
    pub(super) deals: Extracts,
    pub(super) rates: Extracts,
    stories: Vec<(Story, Project)>,
}

impl Projects {
    /// The projects with this story.
    pub(super) fn with(&self, story: Story) -> Vec<Project> {
        self.stories.iter().filter(|(of, _)| *of == story).map(|(_, project)| project.clone()).collect()
    }
}

pub(super) fn projects(
    entries: u64,
    accounts: &[String],
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<Projects> {
    let running = 16.max(entries / 60);
    let mut all = Projects {
        projects: Extracts::new(PROJECT),
        deals: Extracts::new(DEAL),
        rates: Extracts::new(RATE),
        stories: Vec::new(),
    };
    let stories = (0..running).map(|_| Story::Running).chain(STORIES.iter().copied());
    for (number, story) in (1_u64..).zip(stories) {
        let currency = match number % 10 {
            0..5 => "USD",
            5..8 => "EUR",
            _ => "JPY",
        };
        let project = Project { code: format!("P-{number:04}"), currency };
        project_rows(&mut all, &project, story, accounts, random, planted)?;
        rate_rows(&mut all.rates, &project, story, random, planted)?;
        all.stories.push((story, project));
    }
    let row = vec!["D-X001".into(), "Lost and found".into(), "P-X001".into(), "5".into()];
    all.deals.both(row);
    planted.add("deal_unknown_project", 1);
    Ok(all)
}

fn project_rows(
    all: &mut Projects,
    project: &Project,
    story: Story,
    accounts: &[String],
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<()> {
    let (before, after) = match story {
        Story::Closed => ("Closed", "Closed"),
        Story::Starting | Story::StartingWithOwnDiscount => ("Planned", "Active"),
        Story::Resuming => ("Paused", "Active"),
        Story::Closing => ("Active", "Closed"),
        Story::Reopened => ("Closed", "Active"),
        _ => ("Active", "Active"),
    };
    let account = if story == Story::Orphan { "C-X999".to_owned() } else { random.pick(accounts)?.clone() };
    let promised: Option<&str> = match story {
        Story::Starting => Some("10"),
        Story::StartingWithOwnDiscount => Some("12.5"),
        Story::LatePromise => Some("5"),
        _ if random.chance(40) => Some(random.pick(DISCOUNTS)?),
        _ => None,
    };
    let own: Cell = match (story, promised) {
        (Story::Starting, _) | (_, None) => Cell::Null,
        (Story::StartingWithOwnDiscount, _) => "3".into(),
        (_, Some(discount)) => discount.into(),
    };
    let name = format!("{} {}", random.pick(SUBJECTS)?, project.code);
    let row = |status: &str, currency: &str| -> Vec<Cell> {
        vec![
            project.code.as_str().into(),
            name.as_str().into(),
            account.as_str().into(),
            currency.into(),
            status.into(),
            own.clone(),
        ]
    };
    let other = if project.currency == "EUR" { "USD" } else { "EUR" };
    let currency_after = if story == Story::CurrencyChanged { other } else { project.currency };
    all.projects.july.push(row(before, project.currency));
    all.projects.august.push(row(after, currency_after));

    if let Some(discount) = promised {
        let deal = |discount: &str| -> Vec<Cell> {
            let id = project.code.replace('P', "D");
            vec![id.into(), name.as_str().into(), project.code.as_str().into(), discount.into()]
        };
        all.deals.july.push(deal(discount));
        all.deals.august.push(deal(if story == Story::LatePromise { "8" } else { discount }));
    }
    let kind = match story {
        Story::Closed => "project_closed_before",
        Story::Starting => "project_starting",
        Story::StartingWithOwnDiscount => "project_own_discount_too_early",
        Story::Resuming => "project_resuming",
        Story::Closing => "project_closing",
        Story::Reopened => "project_reopened",
        Story::CurrencyChanged => "project_currency_changed",
        Story::Orphan => "project_unknown_account",
        Story::LatePromise => "deal_after_handover",
        Story::Running | Story::Repriced | Story::Unpriced => return Ok(()),
    };
    planted.add(kind, 1);
    Ok(())
}

fn rate_rows(
    rates: &mut Extracts,
    project: &Project,
    story: Story,
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<()> {
    for (place, (grade, base)) in
        [("Analyst", 90), ("Consultant", 145), ("Manager", 210), ("Partner", 330)].into_iter().enumerate()
    {
        let id = format!("R-{}-{}", project.code.trim_start_matches("P-"), place + 1);
        // Hundredths, sometimes ten-thousandths, so that products need rounding, now and then exactly half way.
        let rate = match project.currency {
            "JPY" => (base * 100 + random.below(2_000)) * 10_000 + random.below(2) * 5_000,
            _ => base * 10_000 + random.below(4_000) * 100 + if random.chance(30) { random.below(100) } else { 0 },
        };
        let row = |rate: String, currency: &str| -> Vec<Cell> {
            vec![id.as_str().into(), project.code.as_str().into(), grade.into(), rate.into(), currency.into()]
        };
        let plain = row(amount(rate), project.currency);
        match (story, grade) {
            (Story::Repriced, "Consultant") => {
                rates.july.push(plain);
                rates.august.push(row(amount(rate + rate / 20), project.currency));
                planted.add("rate_changed", 1);
            }
            (Story::Unpriced, "Analyst") => planted.add("rate_never", 1),
            (Story::Unpriced, "Consultant") => {
                rates.august.push(plain);
                planted.add("rate_only_in_august", 1);
            }
            (Story::Unpriced, "Manager") => {
                rates.both(row(amount(rate), if project.currency == "USD" { "EUR" } else { "USD" }));
                planted.add("rate_in_other_currency", 1);
            }
            (Story::Unpriced, _) => {
                rates.both(row(format!("{}O", rate / 10_000), project.currency));
                planted.add("rate_malformed", 1);
            }
            // One rate of the project that waits for its account is enough to see it wait, too.
            (Story::Orphan, "Analyst") => {
                rates.both(plain);
                planted.add("rate_of_unknown_project", 1);
            }
            (Story::Orphan, _) => {}
            (Story::Reopened, "Analyst") => {
                rates.both(plain);
                let mut second = row(amount(rate + 10_000), project.currency);
                if let Some(first) = second.first_mut() {
                    *first = format!("{id}b").into();
                }
                rates.both(second);
                planted.add("rate_given_twice", 1);
            }
            _ => rates.both(plain),
        }
    }
    Ok(())
}

/// Ten-thousandths as a decimal with two digits, or four where they are needed.
fn amount(ten_thousandths: u64) -> String {
    let (whole, rest) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
    if rest % 100 == 0 { format!("{whole}.{:02}", rest / 100) } else { format!("{whole}.{rest:04}") }
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_have_two_digits_or_four() {
        assert_eq!(amount(1_450_000), "145.00");
        assert_eq!(amount(1_450_900), "145.09");
        assert_eq!(amount(1_450_905), "145.0905");
    }
}
