//! Projects, deals and rates, with the troubles that only masters have.

use std::io;

use super::days::early;
use super::history::History;
use super::planted::Planted;
use super::random::Random;
use super::table::Cell;

const PROJECT: &[&str] = &["id", "name", "account", "company", "currency", "status", "discount"];
const DEAL: &[&str] = &["id", "title", "project_code", "discount"];
const RATE: &[&str] = &["id", "project", "grade", "rate", "currency", "valid_from", "valid_to"];

const SUBJECTS: &[&str] =
    &["Billing rollout", "Cost review", "Warehouse move", "Payroll merger", "Data audit", "Plant opening"];
const DISCOUNTS: &[&str] = &["2.5", "5", "7.5", "10", "12.25", "33.3333"];

/// The first day of rates that have always been there.
const NEW_YEAR: &str = "2026-01-01";

/// A project that timecards may name.
#[derive(Clone)]
pub(super) struct Project {
    pub(super) code: String,
    pub(super) currency: &'static str,
}

/// What becomes of a project. What changes, changes in the first week of August. Timecards choose projects by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// Runs all the time.
    Running,
    /// Closed all the time.
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
    /// Runs; between two rates of its consultants lies a week without one.
    RateHole,
    /// Runs; two rates of its consultants hold in July.
    RateOverlap,
    /// Runs; from August on its consultants have another rate.
    RateSplit,
    /// Runs; goes to the other company in August.
    Moved,
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
    Story::RateHole,
    Story::RateOverlap,
    Story::RateSplit,
    Story::Moved,
    Story::LatePromise,
];

pub(super) struct Projects {
    pub(super) projects: History,
    pub(super) deals: History,
    pub(super) rates: History,
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
    accounts: &[(String, &str)],
    random: &mut Random,
    planted: &mut Planted,
) -> io::Result<Projects> {
    let running = 16.max(entries / 60);
    let mut all = Projects {
        projects: History::new(PROJECT),
        deals: History::new(DEAL),
        rates: History::new(RATE),
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
    all.deals.always(row);
    planted.add("deal_unknown_project", 1);
    Ok(all)
}

fn project_rows(
    all: &mut Projects,
    project: &Project,
    story: Story,
    accounts: &[(String, &str)],
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
    let (account, region) = match story {
        Story::Orphan => ("C-X999".to_owned(), "EU"),
        _ => random.pick(accounts)?.clone(),
    };
    // American clients belong to the American company, all others to the European one.
    let (company, other_company) = if region == "NA" { ("US", "EU") } else { ("EU", "US") };
    let company_after = if story == Story::Moved { other_company } else { company };
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
    let row = |company: &str, status: &str, currency: &str| -> Vec<Cell> {
        vec![
            project.code.as_str().into(),
            name.as_str().into(),
            account.as_str().into(),
            company.into(),
            currency.into(),
            status.into(),
            own.clone(),
        ]
    };
    let other = if project.currency == "EUR" { "USD" } else { "EUR" };
    let currency_after = if story == Story::CurrencyChanged { other } else { project.currency };
    let change = early(1, random);
    all.projects.changes_at(change, row(company, before, project.currency), row(company_after, after, currency_after));

    if let Some(discount) = promised {
        let deal = |discount: &str| -> Vec<Cell> {
            let id = project.code.replace('P', "D");
            vec![id.into(), name.as_str().into(), project.code.as_str().into(), discount.into()]
        };
        let later = if story == Story::LatePromise { "8" } else { discount };
        all.deals.changes_at(early(1, random), deal(discount), deal(later));
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
        Story::Moved => "project_moved",
        Story::LatePromise => "deal_after_handover",
        Story::Running
        | Story::Repriced
        | Story::Unpriced
        | Story::RateHole
        | Story::RateOverlap
        | Story::RateSplit => return Ok(()),
    };
    planted.add(kind, 1);
    Ok(())
}

fn rate_rows(
    rates: &mut History,
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
        let of = |suffix: &str, rate: u64, from: &str, through: Option<&str>| -> Vec<Cell> {
            let valid_to = through.map_or(Cell::Null, Cell::from);
            let (id, code) = (format!("{id}{suffix}").into(), project.code.as_str().into());
            vec![id, code, grade.into(), amount(rate).into(), project.currency.into(), from.into(), valid_to]
        };
        let row = |rate: String, currency: &str| -> Vec<Cell> {
            let mut row = of("", 0, NEW_YEAR, None);
            for (cell, text) in row.iter_mut().skip(3).zip([rate, currency.to_owned()]) {
                *cell = text.into();
            }
            row
        };
        let plain = of("", rate, NEW_YEAR, None);
        let dearer = rate + rate / 20;
        match (story, grade) {
            (Story::Repriced, "Consultant") => {
                rates.changes_at(early(1, random), plain, of("", dearer, NEW_YEAR, None));
                planted.add("rate_changed", 1);
            }
            (Story::RateHole, "Consultant") => {
                rates.always(of("", rate, NEW_YEAR, Some("2026-07-12")));
                rates.always(of("b", dearer, "2026-07-20", None));
                planted.add("rates_with_hole", 1);
            }
            (Story::RateHole, "Partner") => {
                rates.always(of("", rate, "2026-07-01", Some("2026-06-30")));
                planted.add("rate_empty_range", 1);
            }
            (Story::RateOverlap, "Consultant") => {
                rates.always(plain);
                rates.always(of("b", dearer, "2026-07-06", Some("2026-07-31")));
                planted.add("rates_overlapping", 1);
            }
            (Story::RateSplit, "Consultant") => {
                let change = early(1, random);
                rates.changes_at(change, plain, of("", rate, NEW_YEAR, Some("2026-07-31")));
                rates.add(vec![(change, Some(of("b", dearer, "2026-08-01", None)))]);
                planted.add("rate_split", 1);
            }
            // Some prices rise with the second half of August, as everybody has known from the start.
            (Story::Running, _) if random.chance(30) => {
                rates.always(of("", rate, NEW_YEAR, Some("2026-08-15")));
                rates.always(of("b", dearer, "2026-08-16", None));
            }
            (Story::Unpriced, "Analyst") => planted.add("rate_never", 1),
            (Story::Unpriced, "Consultant") => {
                rates.add(vec![(early(1, random), Some(plain))]);
                planted.add("rate_comes_late", 1);
            }
            (Story::Unpriced, "Manager") => {
                rates.always(row(amount(rate), if project.currency == "USD" { "EUR" } else { "USD" }));
                planted.add("rate_in_other_currency", 1);
            }
            (Story::Unpriced, _) => {
                rates.always(row(format!("{}O", rate / 10_000), project.currency));
                planted.add("rate_malformed", 1);
            }
            // One rate of the project that waits for its account is enough to see it wait, too.
            (Story::Orphan, "Analyst") => {
                rates.always(plain);
                planted.add("rate_of_unknown_project", 1);
            }
            (Story::Orphan, _) => {}
            (Story::Reopened, "Analyst") => {
                rates.always(plain);
                rates.always(of("b", rate + 10_000, NEW_YEAR, None));
                planted.add("rate_given_twice", 1);
            }
            _ => rates.always(plain),
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
