//! The data of the consulting example, for any number of timecards.
//!
//! An **extract** is what the source systems export at the end of a month: July's, then August's. A **trouble** is a row that
//! needs a decision: a draft, an unknown role, a correction after approval. Troubles are planted on purpose and counted in the
//! manifest `planted.json`, so that whoever counts them in the files or in the results knows what to find.
//!
//! The same number of entries and the same seed give the same bytes on every machine.

mod card;
mod cards;
mod clients;
mod days;
mod people;
mod planted;
mod projects;
mod random;
mod table;
mod trouble;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Timecards by their ids.
    pub entries: u64,
    /// Timecard rows in July's extract.
    pub july_rows: u64,
    /// Timecard rows in August's extract.
    pub august_rows: u64,
    /// Planted troubles by kind.
    pub kinds: BTreeMap<&'static str, u64>,
}

/// Writes both extracts, the SQL of the books, and the manifest into `out`.
///
/// # Errors
/// When there are fewer than 200 entries, or a file cannot be written.
pub fn generate(entries: u64, seed: u64, out: &Path) -> io::Result<Summary> {
    if entries < trouble::FEWEST {
        let message = format!("the data needs at least {} entries", trouble::FEWEST);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut random = random::Random::new(seed);
    let mut planted = planted::Planted::default();
    let clients = clients::clients(entries, &mut random, &mut planted)?;
    let projects = projects::projects(entries, &clients.usable, &mut random, &mut planted)?;
    let people = people::people(entries, &mut random, &mut planted)?;
    let stock = card::Stock::new(people, projects);
    let (july_cards, august_cards) = cards::cards(entries, &stock, &mut random, &mut planted)?;
    let (people, projects) = (&stock.people, &stock.projects);

    let files = [
        ("july/crm/account.csv", clients.july.csv()),
        ("july/crm/deal.csv", projects.deals.july.csv()),
        ("july/psa/project.csv", projects.projects.july.csv()),
        ("july/psa/bill_rate.csv", projects.rates.july.csv()),
        ("july/psa/timecard.csv", july_cards.csv()),
        ("july/hris/worker.csv", people.workers.july.csv()),
        ("august/crm/account.csv", clients.august.csv()),
        ("august/crm/deal.csv", projects.deals.august.csv()),
        ("august/psa/project.csv", projects.projects.august.csv()),
        ("august/psa/bill_rate.csv", projects.rates.august.csv()),
        ("august/psa/timecard.csv", august_cards.csv()),
        ("august/hris/worker.csv", people.workers.august.csv()),
        ("erp.sql", clients.books.clone()),
    ];
    for (name, text) in files {
        write(&out.join(name), &text)?;
    }
    let kinds = planted.kinds();
    write(&out.join("planted.json"), &planted::manifest(entries, seed, &kinds))?;
    Ok(Summary { entries, july_rows: july_cards.len(), august_rows: august_cards.len(), kinds })
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

    use super::generate;
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
        generate(1000, 1, folder.path()).unwrap();
        let written = files(folder.path());
        assert_eq!(written.len(), 14);
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
    fn too_few_entries_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(generate(199, 1, folder.path()).is_err());
        assert!(files(folder.path()).is_empty());
    }
}
