//! Lineage: every edge stands in the table and in the picture of both of its ends.

use super::*;
use std::collections::BTreeSet;

#[test]
fn lineage_pages_have_every_edge_at_both_of_its_ends() {
    let (plan, pages) = (plan(), site());
    let lineage = |name: &str| {
        pages
            .iter()
            .filter(move |(path, _)| path.starts_with("lineage/"))
            .map(|(_, page)| page)
            .find(|page| page.by_id(name).is_some())
    };
    assert!(lineage("field-timecard.hours").is_some());
    let rows: usize =
        pages.iter().filter(|(path, _)| path.starts_with("lineage/")).map(|(_, page)| page.classed("kind").len()).sum();
    assert_eq!(rows, plan.lineage.len() * 2);
    let amount = pages["lineage/system-erp.html"].by_id("field-project_cost.amount").unwrap();
    let words: Vec<String> = amount.named("tr").iter().map(|row| row.words()).collect();
    assert!(
        words.contains(&"← from RateCard.rate value TimeEntry → erp.project_cost time.syn:142".to_owned()),
        "{words:#?}"
    );
    assert!(
        words.contains(&"← from RateCard.project lookup TimeEntry → erp.project_cost time.syn:142".to_owned()),
        "{words:#?}"
    );
    assert!(
        words.contains(&"← from TimeEntry.state condition TimeEntry → erp.project_cost time.syn:142".to_owned()),
        "{words:#?}"
    );
}

#[test]
fn pictures_have_every_edge_that_the_table_has() {
    let (plan, pages) = (plan(), site());
    let (mut nodes, mut linked) = (0, 0);
    for (path, page) in pages.iter().filter(|(path, _)| path.starts_with("lineage/")) {
        for field in page.classed("hop-of") {
            let rows = field.named("tbody").iter().flat_map(|body| body.named("tr")).collect::<Vec<_>>().len();
            let Some(picture) = field.named("svg").first().copied() else {
                assert_eq!(rows, 0, "{path}: {}", field.attribute("id"));
                continue;
            };
            // An end is drawn once for each way of depending, however many maps say so.
            let told: BTreeSet<(bool, String, String)> = field
                .named("tbody")
                .iter()
                .flat_map(|body| body.named("tr"))
                .map(|row| {
                    let end = row.named("th")[0].words();
                    (row.words().starts_with('←'), end, row.classed("kind")[0].words())
                })
                .collect();
            let drawn = picture.classed("end-node");
            assert_eq!(drawn.len(), told.len(), "{path}: {}", field.attribute("id"));
            assert_eq!(picture.classed("edge").len(), told.len());
            for kind in ["value", "lookup", "condition"] {
                let edges =
                    picture.classed("edge").iter().filter(|edge| edge.attribute("class").ends_with(kind)).count();
                assert_eq!(edges, told.iter().filter(|(_, _, how)| how == kind).count(), "{path}: {kind}");
            }
            let names: BTreeSet<String> = drawn.iter().map(|node| node.named("title")[0].words()).collect();
            assert_eq!(names, told.iter().map(|(_, end, _)| end.clone()).collect());
            nodes += drawn.len();
            linked += drawn.iter().filter(|node| !node.attribute("href").is_empty()).count();
        }
    }
    let distinct: BTreeSet<_> = plan.lineage.iter().map(|edge| (&edge.from, &edge.to, edge.kind)).collect();
    assert_eq!((nodes, linked), (distinct.len() * 2, distinct.len() * 2));
}

#[test]
fn a_sync_is_drawn_from_system_to_system() {
    let pages = site();
    let picture = pages["sync/ApprovedTime.html"].classed("flow-picture")[0];
    let names: Vec<String> = picture.classed("station").iter().map(|one| one.named("title")[0].words()).collect();
    // The object first, then the ends, then the queues of its maps and of itself in the order in which they are said.
    assert_eq!(names[..3], ["TimeEntry", "psa.timecard", "erp.project_cost"]);
    let queues: BTreeSet<&str> = names[3..].iter().map(String::as_str).collect();
    let table = pages["sync/ApprovedTime.html"].by_id("exceptions").is_some();
    assert!(table && queues.contains("finance_desk") && queues.len() == names.len() - 3, "{names:?}");
    let words = picture.words();
    assert!(words.contains("captures every 15 minutes") && words.contains("posts every 30 minutes"), "{words}");
}
