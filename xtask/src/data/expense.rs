//! Expenses of the project operations system: the good ones, and each trouble as it looks in the files.

use std::io;

use super::card::{Stock, work_day};
use super::days::{self, DAY, JULY};
use super::history::History;
use super::money::WITHOUT_FRANCS;
use super::planted::Planted;
use super::projects::Story;
use super::random::Random;
use super::table::Cell;

const EXPENSE: &[&str] = &[
    "id",
    "version",
    "person",
    "project",
    "category",
    "spent_on",
    "amount",
    "currency",
    "is_billable",
    "status",
    "receipt",
    "note",
    "deleted",
    "modified_at",
];
const CATEGORIES: &[&str] = &["AIR", "HOTL", "MEAL", "TAXI", "RAIL", "MISC"];
const NOTES: &[&str] = &["Kick-off with the client", "Two nights", "Train, second class", "Dinner, four people"];

/// One kind of trouble; an expense has one at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Draft,
    BeforeStart,
    UnknownCategory,
    NoReceipt,
    ReceiptLater,
    UnknownPerson,
    ProjectClosed,
    FxGap,
    UnknownCurrency,
    AmountMalformed,
    Corrected,
    CurrencyChanged,
    Unapproved,
    Deleted,
    MovedProject,
    Duplicate,
    SameImage,
}

use Trouble::*;

/// Kind, name in the manifest, expenses in a thousand.
const KINDS: &[(Trouble, &str, u64)] = &[
    (Draft, "expense_draft", 40),
    (BeforeStart, "expense_before_start", 20),
    (UnknownCategory, "expense_unknown_category", 20),
    (NoReceipt, "expense_no_receipt", 24),
    (ReceiptLater, "expense_receipt_later", 16),
    (UnknownPerson, "expense_unknown_person", 16),
    (ProjectClosed, "expense_project_closed", 16),
    (FxGap, "expense_fx_gap", 16),
    (UnknownCurrency, "expense_unknown_currency", 12),
    (AmountMalformed, "expense_amount_malformed", 16),
    (Corrected, "expense_corrected", 40),
    (CurrencyChanged, "expense_currency_changed", 12),
    (Unapproved, "expense_unapproved", 20),
    (Deleted, "expense_deleted", 20),
    (MovedProject, "expense_moved_project", 12),
    (Duplicate, "expense_duplicate", 20),
    (SameImage, "expense_same_image", 16),
];

impl Trouble {
    /// In which of the three months an expense of this kind may be written first: what goes on in a later month needs an early one.
    fn months(self) -> &'static [usize] {
        match self {
            MovedProject => &[0],
            FxGap => &[1],
            ReceiptLater | Corrected | CurrencyChanged | Unapproved | Deleted | SameImage => &[0, 1],
            _ => &[0, 1, 2],
        }
    }
}

/// The cells of one row, before they are written.
#[derive(Clone)]
struct Expense {
    id: String,
    version: u64,
    person: Cell,
    project: Cell,
    category: Cell,
    spent_on: Cell,
    amount: Cell,
    currency: Cell,
    billable: Cell,
    status: Cell,
    receipt: Cell,
    note: Cell,
    /// Seconds from 1 July.
    modified: u64,
}

impl Expense {
    fn row(&self) -> Vec<Cell> {
        let Self { person, project, category, spent_on, amount, currency, billable, status, receipt, note, .. } =
            self.clone();
        let (id, version) = (self.id.as_str().into(), self.version.to_string().into());
        let (deleted, modified_at) = ("false".into(), days::instant(self.modified).into());
        vec![
            id,
            version,
            person,
            project,
            category,
            spent_on,
            amount,
            currency,
            billable,
            status,
            receipt,
            note,
            deleted,
            modified_at,
        ]
    }

    /// The row that says that the expense is gone: nothing but its key and its version is in it.
    fn gone(&self) -> Vec<Cell> {
        let mut row = vec![Cell::Null; EXPENSE.len()];
        let told = self.row();
        for (place, cell) in told.into_iter().enumerate() {
            if matches!(EXPENSE.get(place), Some(&"id" | &"version" | &"modified_at"))
                && let Some(own) = row.get_mut(place)
            {
                *own = cell;
            }
        }
        if let Some(deleted) = row.iter_mut().rev().nth(1) {
            *deleted = "true".into();
        }
        row
    }
}

/// The expenses: one for every ten timecards.
pub(super) fn expenses(entries: u64, stock: &Stock, random: &mut Random, planted: &mut Planted) -> io::Result<History> {
    let count = 60.max(entries / 10);
    let mut fates: Vec<Option<Trouble>> = Vec::new();
    for (kind, name, share) in KINDS {
        let number = 1.max(share * count / 1000);
        planted.add(name, number);
        fates.extend((0..number).map(|_| Some(*kind)));
    }
    let good = count.saturating_sub(fates.len() as u64);
    fates.extend((0..good).map(|_| None));
    random.shuffle(&mut fates);
    let mut history = History::new(EXPENSE);
    for (number, fate) in (1_u64..).zip(fates) {
        let month = *random.pick(fate.map_or(&[0, 1, 2][..], Trouble::months))?;
        let expense = good_one(format!("X-{number:05}"), month, stock, random)?;
        match fate {
            Some(trouble) => troubled(&mut history, expense, month, trouble, stock, random)?,
            None => history.add(vec![(expense.modified, Some(expense.row()))]),
        }
    }
    Ok(history)
}

/// A good, approved expense of one of the months.
fn good_one(id: String, month: usize, stock: &Stock, random: &mut Random) -> io::Result<Expense> {
    let day = work_day(month, random);
    let latest = days::ends(month) - DAY;
    let modified = ((day - JULY) * DAY + 64_800 + random.below(2 * DAY)).min(latest + 36_000 + random.below(36_000));
    let currency = random.pick(&["USD", "USD", "EUR", "EUR", "GBP", "CHF"])?;
    let currency = if *currency == "CHF" && WITHOUT_FRANCS.contains(&day) { "GBP" } else { currency };
    Ok(Expense {
        receipt: format!("B-{}", id.trim_start_matches("X-")).into(),
        id,
        version: 1,
        person: random.pick(&stock.people.known)?.as_str().into(),
        project: random.pick(&stock.running)?.code.as_str().into(),
        category: (*random.pick(CATEGORIES)?).into(),
        spent_on: days::date(day).into(),
        amount: amount(random),
        currency: currency.into(),
        billable: if random.chance(70) { "true" } else { "false" }.into(),
        status: "Approved".into(),
        note: if random.chance(30) { Cell::from(*random.pick(NOTES)?) } else { Cell::Null },
        modified,
    })
}

/// Between 4.00 and 904.00, in hundredths.
fn amount(random: &mut Random) -> Cell {
    let cents = 400 + random.below(90_000);
    format!("{}.{:02}", cents / 100, cents % 100).into()
}

fn troubled(
    history: &mut History,
    mut expense: Expense,
    month: usize,
    trouble: Trouble,
    stock: &Stock,
    random: &mut Random,
) -> io::Result<()> {
    let mut next = Expense { version: 2, modified: days::moment(month + 1, random), ..expense.clone() };
    let mut project =
        |story: Story| -> io::Result<Cell> { Ok(random.pick(&stock.projects.with(story))?.code.as_str().into()) };
    let mut later = None;
    match trouble {
        ProjectClosed => expense.project = project(Story::Closed)?,
        MovedProject => expense.project = project(Story::Moved)?,
        Draft => expense.status = (*random.pick(&["Saved", "Submitted", "Rejected"])?).into(),
        BeforeStart => expense.spent_on = days::date(random.below(30)).into(),
        UnknownCategory => expense.category = (*random.pick(&["GIFT", "air", "PARK"])?).into(),
        NoReceipt => expense.receipt = Cell::Null,
        ReceiptLater => {
            expense.receipt = Cell::Null;
            later = Some(next.row());
        }
        UnknownPerson => expense.person = format!("E-X{:03}", random.below(1000)).into(),
        FxGap => {
            let first = *WITHOUT_FRANCS.start();
            expense.spent_on = days::date(first + random.below(5)).into();
            expense.currency = "CHF".into();
        }
        UnknownCurrency => expense.currency = (*random.pick(&["EURO", "XBT", "usd"])?).into(),
        AmountMalformed => expense.amount = (*random.pick(&["12,50", "80.-", "1e2", "12.345", "$20"])?).into(),
        Corrected => {
            while next.amount == expense.amount {
                next.amount = amount(random);
            }
            later = Some(next.row());
        }
        CurrencyChanged => {
            next.currency = if expense.currency == Cell::from("USD") { "EUR" } else { "USD" }.into();
            later = Some(next.row());
        }
        Unapproved => {
            next.status = (*random.pick(&["Submitted", "Rejected", "Saved"])?).into();
            later = Some(next.row());
        }
        Deleted => later = Some(next.gone()),
        Duplicate => history.add(vec![(expense.modified, Some(expense.row()))]),
        SameImage => {
            next.receipt = format!("{}-2", expense.id.replace('X', "B")).into();
            later = Some(next.row());
        }
    }
    history.add(vec![(expense.modified, Some(expense.row()))]);
    if let Some(row) = later {
        history.add(vec![(next.modified, Some(row))]);
    }
    Ok(())
}
