//! What records of an object are compared by, so that those alike are found without looking at all.

use super::Hub;
use crate::error::Outcome;

impl Hub {
    /// Notes what a record is compared by, for each rule that compares it; nothing takes it out.
    pub(crate) fn set_compared(&self, object: &str, record: u64, values: &[(usize, String)]) -> Outcome {
        self.db().prepare_cached("DELETE FROM compared WHERE record = ?1")?.execute([record])?;
        for (rule, values) in values {
            self.db()
                .prepare_cached("INSERT INTO compared (object, rule, \"values\", record) VALUES (?1, ?2, ?3, ?4)")?
                .execute((object, rule, values, record))?;
        }
        Ok(())
    }

    /// The records that a rule compares by these values.
    pub(crate) fn alike(&self, object: &str, rule: usize, values: &str) -> Outcome<Vec<u64>> {
        let mut statement = self.db().prepare_cached(
            "SELECT record FROM compared WHERE object = ?1 AND rule = ?2 AND \"values\" = ?3 ORDER BY record",
        )?;
        let rows = statement.query_map((object, rule, values), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
