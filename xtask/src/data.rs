//! The data of the consulting example, for any number of timecards.
//!
//! A [`World`] holds what the source systems have known from 1 July to 30 September 2026: a **history** for each entity. An **extract**
//! is a view of it at one moment: masters as they are then, in full; timecards and expenses as they were changed since the extract before. So
//! monthly and daily extracts tell the same story. A **trouble** is a row that needs a decision: a draft, an unknown role, a
//! correction after approval. Troubles are planted on purpose and counted in the manifest `planted.json`, so that whoever counts
//! them in the files or in the results knows what to find.
//!
//! The same number of entries and the same seed give the same bytes on every machine.

mod card;
mod cards;
mod clients;
mod days;
mod expense;
mod history;
mod milestone;
mod money;
mod people;
mod planning;
mod planted;
mod projects;
mod random;
mod table;
mod trouble;

use history::History;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

const WORKERS: &str = "hris/worker.csv";

/// After so many days the list of workers breaks off half way: on 15 September, when only daily extracts are made, and on the last day.
const CUT_OFF: [u64; 2] = [77, days::DAYS];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Timecards by their ids.
    pub entries: u64,
    /// Timecard rows in the extract of each month.
    pub rows: Vec<u64>,
    /// Planted troubles by kind.
    pub kinds: BTreeMap<&'static str, u64>,
}

/// What the source systems have known over the summer.
pub struct World {
    entries: u64,
    seed: u64,
    /// The full masters, by file.
    masters: Vec<(&'static str, History)>,
    timecards: History,
    expenses: History,
    books: String,
    kinds: BTreeMap<&'static str, u64>,
}

impl World {
    /// Makes the world.
    ///
    /// # Errors
    /// When there are fewer than 200 entries.
    pub fn new(entries: u64, seed: u64) -> io::Result<Self> {
        if entries < trouble::FEWEST {
            let message = format!("the data needs at least {} entries", trouble::FEWEST);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut random = random::Random::new(seed);
        let mut planted = planted::Planted::default();
        let clients = clients::clients(entries, &mut random, &mut planted)?;
        let projects = projects::projects(entries, &clients.usable, &mut random, &mut planted)?;
        let people = people::people(entries, &mut random, &mut planted)?;
        let [mut of_yen, mut of_expenses, mut of_milestones, mut of_planning] =
            [1, 2, 3, 4].map(|number| random::Random::new(seed ^ (number << 56)));
        let fx_rates = money::fx_rates(&mut random, &mut of_yen, &mut planted);
        let stock = card::Stock::new(people, projects, &mut of_planning, &mut planted)?;
        let timecards = cards::cards(entries, &stock, &mut random, &mut planted)?;
        let expenses = expense::expenses(entries, &stock, &mut of_expenses, &mut planted)?;
        let milestones = milestone::milestones(&stock, &mut of_milestones, &mut planted)?;
        let (people, projects, planning) = (stock.people, stock.projects, stock.planning);
        let masters = vec![
            ("crm/account.csv", clients.accounts),
            ("crm/deal.csv", projects.deals),
            ("psa/project.csv", projects.projects),
            ("psa/bill_rate.csv", projects.rates),
            ("psa/task.csv", planning.tasks),
            ("psa/assignment.csv", planning.assignments),
            ("psa/milestone.csv", milestones),
            (WORKERS, people.workers),
            ("hris/cost_rate.csv", people.cost_rates.history),
            ("treasury/fx_rate.csv", fx_rates),
        ];
        Ok(Self { entries, seed, masters, timecards, expenses, books: clients.books, kinds: planted.kinds() })
    }

    /// The extract that is made after `until` days, when the one before was made after `since` days; gives its timecard rows.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn extract(&self, folder: &Path, since: u64, until: u64) -> io::Result<u64> {
        let (since, until) = (since * days::DAY, until * days::DAY);
        for (name, history) in &self.masters {
            let mut table = history.state(until);
            if *name == WORKERS && CUT_OFF.map(|days| days * days::DAY).contains(&until) {
                table.cut_in_half();
            }
            write(&folder.join(name), &table.csv())?;
        }
        write(&folder.join("psa/expense.csv"), &self.expenses.changes(since, until).csv())?;
        let timecards = self.timecards.changes(since, until);
        write(&folder.join("psa/timecard.csv"), &timecards.csv())?;
        Ok(timecards.len())
    }

    /// The books before the first run, as SQL.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn books(&self, folder: &Path) -> io::Result<()> {
        write(&folder.join("ledger.sql"), clients::LEDGER)?;
        write(&folder.join("erp.sql"), &self.books)
    }

    /// Each day: its date, the numbers of days from 1 July before it and with it, and the date of the morning after.
    pub fn days() -> impl Iterator<Item = (String, u64, u64, String)> {
        (0..days::DAYS).map(|day| (days::date(days::JULY + day), day, day + 1, days::date(days::JULY + day + 1)))
    }
}

/// Writes the extracts of the three months, the SQL of the books, and the manifest into `out`.
///
/// # Errors
/// When there are fewer than 200 entries, or a file cannot be written.
pub fn generate(entries: u64, seed: u64, out: &Path) -> io::Result<Summary> {
    let world = World::new(entries, seed)?;
    let mut rows = Vec::new();
    for (name, first, end) in days::MONTHS {
        rows.push(world.extract(&out.join(name), first, end)?);
    }
    world.books(out)?;
    write(&out.join("planted.json"), &planted::manifest(entries, world.seed, &world.kinds))?;
    Ok(Summary { entries: world.entries, rows, kinds: world.kinds })
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{World, generate};
    use std::fs;
    use std::path::{Path, PathBuf};

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path));
            } else {
                found.push(path);
            }
        }
        found.sort();
        found
    }

    #[test]
    fn the_committed_data_is_what_the_generator_writes() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/consulting/data");
        let folder = tempfile::tempdir().unwrap();
        generate(5000, 1, folder.path()).unwrap();
        let written = files(folder.path());
        assert_eq!(written.len(), 39);
        let names = |root: &Path, files: &[PathBuf]| -> Vec<PathBuf> {
            files.iter().map(|file| file.strip_prefix(root).unwrap().to_owned()).collect()
        };
        assert_eq!(names(folder.path(), &written), names(&committed, &files(&committed)));
        for file in written {
            let name = file.strip_prefix(folder.path()).unwrap();
            assert!(fs::read(&file).unwrap() == fs::read(committed.join(name)).unwrap(), "{name:?} differs");
        }
    }

    #[test]
    fn another_seed_gives_other_data() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = (generate(300, 1, one.path()).unwrap(), generate(300, 2, two.path()).unwrap());
        assert_eq!(first.kinds, second.kinds);
        let cards = |root: &Path| fs::read(root.join("july/psa/timecard.csv")).unwrap();
        assert!(cards(one.path()) != cards(two.path()));
    }

    #[test]
    fn days_and_months_tell_the_same_story() {
        let world = World::new(300, 1).unwrap();
        let (month, day) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let rows = world.extract(month.path(), 0, 31).unwrap();
        let read = |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let (mut together, mut cards) = (0, String::new());
        for (date, since, until, _) in World::days().take(31) {
            together += world.extract(day.path(), since, until).unwrap();
            let rows = read(day.path(), "psa/timecard.csv");
            cards.push_str(rows.split_once('\n').unwrap().1);
            assert_eq!(date, format!("2026-07-{until:02}"));
        }
        assert_eq!(rows, together);
        assert_eq!(read(month.path(), "psa/timecard.csv").split_once('\n').unwrap().1, cards);
        assert_eq!(read(month.path(), "psa/project.csv"), read(day.path(), "psa/project.csv"));
        assert_eq!(World::days().last().unwrap(), ("2026-09-30".to_owned(), 91, 92, "2026-10-01".to_owned()));
    }

    #[test]
    fn too_few_entries_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(generate(199, 1, folder.path()).is_err());
        assert!(files(folder.path()).is_empty());
    }
}
