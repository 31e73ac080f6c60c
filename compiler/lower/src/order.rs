//! The order in which syncs run, and in which waves begin.

use std::collections::{BTreeMap, BTreeSet};
use syncline_semantics::model::Model;

/// The names of all syncs, each after those it names in `after`; among those that are free, by name. None when they wait for each other.
pub(crate) fn of_syncs(model: &Model) -> Option<Vec<&str>> {
    let waits = model
        .syncs
        .iter()
        .map(|(name, sync)| (name.as_str(), sync.after.iter().map(|(before, _)| before.as_str()).collect()));
    topological(waits.collect())
}

/// The names of all waves, each after those it names in `after`; among those that are free, by name. None when they wait for each other.
pub(crate) fn of_waves(model: &Model) -> Option<Vec<&str>> {
    let waits = model
        .waves
        .iter()
        .map(|(name, wave)| (name.as_str(), wave.after.iter().map(|(before, _)| before.as_str()).collect()));
    topological(waits.collect())
}

fn topological<'n>(mut waits: BTreeMap<&'n str, BTreeSet<&'n str>>) -> Option<Vec<&'n str>> {
    let mut order: Vec<&str> = Vec::with_capacity(waits.len());
    let mut followers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut free = BTreeSet::new();
    for (name, before) in &waits {
        before.iter().for_each(|one| followers.entry(one).or_default().push(name));
        if before.is_empty() {
            free.insert(*name);
        }
    }
    while let Some(next) = free.pop_first() {
        order.push(next);
        for follower in followers.remove(next).unwrap_or_default() {
            let before = waits.get_mut(follower)?;
            before.remove(next);
            if before.is_empty() {
                free.insert(follower);
            }
        }
    }
    (order.len() == waits.len()).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(waits: &[(&'static str, &[&'static str])]) -> Option<Vec<&'static str>> {
        topological(waits.iter().map(|(name, before)| (*name, before.iter().copied().collect())).collect())
    }

    #[test]
    fn what_is_free_goes_by_name() {
        assert_eq!(order(&[("b", &[]), ("a", &[]), ("B", &[])]), Some(vec!["B", "a", "b"]));
    }

    #[test]
    fn a_sync_freed_early_goes_before_a_greater_name() {
        // `d` is free from the start, but `b` is freed by `a` and is smaller.
        assert_eq!(order(&[("d", &[]), ("a", &[]), ("b", &["a"]), ("c", &["d"])]), Some(vec!["a", "b", "d", "c"]));
    }

    #[test]
    fn all_predecessors_come_first() {
        let found = order(&[("a", &["z", "y"]), ("y", &["z"]), ("z", &[]), ("m", &["a"])]);
        assert_eq!(found, Some(vec!["z", "y", "a", "m"]));
    }

    #[test]
    fn a_circle_or_a_stranger_has_no_order() {
        assert_eq!(order(&[("a", &["b"]), ("b", &["a"])]), None);
        assert_eq!(order(&[("a", &["nobody"])]), None);
    }
}
