//! Rows in any order and in any number of runs end in the same place.

use crate::world::*;
use proptest::prelude::*;
use syncline_runtime::Accounts;

/// A version of a card: the key, the version, what it says. The same version always says the same.
fn row(key: u8, version: u8) -> String {
    let hours = match (key + version) % 4 {
        0 => "-1.00".to_owned(),
        other => format!("{other}.{version}0"),
    };
    let status = ["Approved", "Submitted", "Approved", "Saved"][usize::from(key + 2 * version) % 4];
    let category = if (key * version) % 5 == 4 { "MGR" } else { "CON" };
    format!("T-{key},{version},p1,{category},2026-07-15,{hours},{status},,2026-07-15T18:00:00Z")
}

#[derive(Debug, PartialEq, Eq)]
struct End {
    /// Net hours and cents by card, the sum over all its lines.
    net: Vec<(String, i64)>,
    accounts: (u64, u64, u64, u64, u64),
    reasons: Vec<(String, Option<String>, Vec<String>)>,
}

fn end(world: &World) -> End {
    let report = world.run();
    assert_eq!(time(&report).reconciled, Some(true));
    let mut net = std::collections::BTreeMap::new();
    for (key, _, amount, _, _) in world.costs() {
        let card = key.split('/').next().unwrap().to_owned();
        *net.entry(card).or_insert(0) += amount.replace('.', "").parse::<i64>().unwrap();
    }
    net.retain(|_, amount| *amount != 0);
    let Accounts { posted, excluded, superseded, quarantined, waiting, .. } = time(&report).accounts;
    End {
        net: net.into_iter().collect(),
        accounts: (posted, excluded, superseded, quarantined, waiting),
        reasons: world.reasons(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a file holds below its header, every row of it is somewhere and nothing stops.
    #[test]
    fn garbage_is_accounted_for(body in "[T1,\"\n\r\u{e9}\u{0}-]{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let world = World::new();
        let mut file = format!("{CARDS}\n{body}\n").into_bytes();
        file.extend(bytes);
        std::fs::write(world.path("psa/timecard.csv"), file).unwrap();
        let report = world.run();
        let again = world.run();
        prop_assert_eq!(time(&report).this_run.read, time(&again).this_run.unchanged);
        prop_assert_eq!(time(&report).accounts.captured, time(&again).accounts.captured);
        prop_assert_eq!(time(&report).accounts.captured, time(&report).accounts.quarantined + time(&report).accounts.duplicate);
    }

    #[test]
    fn any_order_and_any_split_over_runs_end_in_the_same_place(
        rows in proptest::collection::btree_set((0u8..4, 1u8..5), 1..10).prop_map(|rows| rows.into_iter().collect::<Vec<_>>()).prop_shuffle(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
        again in any::<bool>(),
        by_delta in any::<bool>(),
    ) {
        // Moves are free here, so that a version is judged by what it says and not by the one before it.
        let free = || World::with(|plan| {
            let states = plan.lifecycles[0].states.clone();
            plan.lifecycles.clear();
            plan.enums.push(crate::build::enumeration("TimeState", &states.iter().map(String::as_str).collect::<Vec<_>>()));
            plan.ownership.clear();
        });
        let whole = free();
        let lines: Vec<String> = rows.iter().map(|&(key, version)| row(key, version)).collect();
        let mut sorted: Vec<&str> = lines.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        whole.cards(&sorted);
        whole.run();
        let expected = end(&whole);

        // What stands in the books is the same whichever way it is corrected.
        let mut split = free();
        if by_delta {
            split.change_plan(|plan| time_sync(plan).correct = Some(syncline_ir::Correction::Delta));
        }
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len())).collect();
        cuts.extend([0, lines.len()]);
        cuts.sort_unstable();
        for part in cuts.windows(2) {
            let from = if again { part[0].saturating_sub(1) } else { part[0] };
            split.cards(&lines[from..part[1]].iter().map(String::as_str).collect::<Vec<_>>());
            split.run();
        }
        prop_assert_eq!(end(&split), expected);
    }
}
