//! Accounts and deals of the customer system, and what the books know of the clients beforehand.

use std::fmt::Write as _;
use std::io;

use super::days::{self, early};
use super::history::History;
use super::planted::Planted;
use super::random::Random;
use super::table::Cell;

const ACCOUNT: &[&str] = &["id", "name", "region", "stage", "account_manager"];

const FIRST_WORDS: &[&str] = &[
    "Aldermoor",
    "Brückner",
    "Castellane",
    "Dunmore",
    "Eskild",
    "Fairhaven",
    "Galvani",
    "Hoshino",
    "Ingleby",
    "Juárez",
];
const LAST_WORDS: &[&str] = &["Foods", "& Söhne", "Logistics", "Energy", "Health", "Rail", "Textiles, Ltd.", "Optics"];
const MANAGERS: &[&str] = &["M. Okafor", "S. Lindqvist", "T. Moreau"];
const REGIONS: &[&str] = &["NA", "EU", "AP"];

/// The accounts.
pub(super) struct Clients {
    pub(super) accounts: History,
    /// Accounts that projects may belong to, with their regions.
    pub(super) usable: Vec<(String, &'static str)>,
    /// Group finance: its schema and the customers in it, as SQL.
    pub(super) books: String,
}

/// What becomes of one account in August.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Story {
    Customer,
    Prospect,
    ProspectWon,
    Former,
    Left,
    Renamed,
    UnknownRegion,
    ExportedTwice,
    Contradicting,
    New,
}

/// Accounts with a story of their own; all others are plain customers.
const STORIES: &[Story] = &[
    Story::Prospect,
    Story::Prospect,
    Story::ProspectWon,
    Story::Former,
    Story::Left,
    Story::Renamed,
    Story::Renamed,
    Story::UnknownRegion,
    Story::ExportedTwice,
    Story::Contradicting,
    Story::New,
];

pub(super) fn clients(entries: u64, random: &mut Random, planted: &mut Planted) -> io::Result<Clients> {
    let plain = 8.max(entries / 120);
    let mut clients = Clients { accounts: History::new(ACCOUNT), usable: Vec::new(), books: SCHEMA.to_owned() };
    let stories = (0..plain).map(|_| Story::Customer).chain(STORIES.iter().copied());
    for (number, story) in (1_u64..).zip(stories) {
        let id = format!("C-{number:04}");
        let name = format!("{} {}", random.pick(FIRST_WORDS)?, random.pick(LAST_WORDS)?);
        let region = if story == Story::UnknownRegion { "ZZ" } else { random.pick(REGIONS)? };
        let manager = if random.chance(70) { Cell::from(*random.pick(MANAGERS)?) } else { Cell::Null };
        let row = |name: &str, stage: &str| -> Vec<Cell> {
            vec![id.as_str().into(), name.into(), region.into(), stage.into(), manager.clone()]
        };
        let (before, after) = match story {
            Story::Prospect => ("Prospect", "Prospect"),
            Story::ProspectWon => ("Prospect", "Customer"),
            Story::Former => ("Former", "Former"),
            Story::Left => ("Customer", "Former"),
            _ => ("Customer", "Customer"),
        };
        let change = early(1, random);
        let new_name = if story == Story::Renamed { format!("{name} Group") } else { name.clone() };
        if story == Story::New {
            clients.accounts.add(vec![(change, Some(row(&name, after)))]);
        } else {
            clients.accounts.changes_at(change, row(&name, before), row(&new_name, after));
        }
        // A second row under the same id, until sales has tidied up at the end of July.
        let second = match story {
            Story::ExportedTwice => Some(row(&name, before)),
            Story::Contradicting => Some(row(&format!("{name} (old)"), before)),
            _ => None,
        };
        if second.is_some() {
            clients.accounts.add(vec![(0, second), (days::ends(0), None)]);
        }
        if story == Story::Customer {
            let (tax, known) = match number {
                1 => ("XX", true),
                _ => (*random.pick(&["S", "S", "R", "E", "RC"])?, random.chance(50)),
            };
            if known {
                push_customer(&mut clients.books, &id, &name, tax)?;
            }
            clients.usable.push((id.clone(), region));
        }
        planted.add(
            match story {
                Story::Customer => continue,
                Story::Prospect => "client_prospect",
                Story::ProspectWon => "client_won",
                Story::Former => "client_former",
                Story::Left => "client_left",
                Story::Renamed => "client_renamed",
                Story::UnknownRegion => "client_unknown_region",
                Story::ExportedTwice => "client_exported_twice",
                Story::Contradicting => "client_contradicting",
                Story::New => "client_new",
            },
            1,
        );
    }
    push_customer(&mut clients.books, "C-X001", "Legacy Holdings", "S")?;
    planted.add("customer_unknown_tax", 1);
    planted.add("customer_unknown_client", 1);
    Ok(clients)
}

/// The books before the first run. A customer there may have an old name: the first post brings the new one.
fn push_customer(books: &mut String, id: &str, name: &str, tax: &str) -> io::Result<()> {
    let name = name.to_uppercase().replace('\'', "''");
    writeln!(
        books,
        "INSERT INTO customer (external_id, name, region, tax_profile) VALUES ('{id}', '{name}', '00', '{tax}');"
    )
    .map_err(io::Error::other)
}

/// Group finance numbers its customers from 1.
const SCHEMA: &str = "\
-- Group finance: one list of customers, and a trigger that gives numbers, as finance systems do.
CREATE TABLE customer (
  external_id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  tax_profile TEXT NOT NULL DEFAULT 'U',
  number TEXT
);
CREATE TRIGGER customer_number AFTER INSERT ON customer WHEN new.number IS NULL BEGIN
  UPDATE customer SET number = printf('K%06d', new.rowid) WHERE rowid = new.rowid;
END;
";

/// The books of a company before the first run. They number their lines from 1.
pub(super) const LEDGER: &str = include_str!("../../../examples/consulting/data/ledger.sql");
