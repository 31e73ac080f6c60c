//! What a test expects.

use super::Builder;
use super::fixtures::Use;
use crate::build::statements::text;
use crate::names::NameKind;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, closest, codes};
use syncline_ir::TestAction;
use syncline_syntax::ast::{self, Expectation};

/// The accounts of a sync, as `syncline run` names them.
const ACCOUNTS: [&str; 12] = [
    "captured",
    "staged",
    "posted",
    "corrected",
    "unchanged",
    "superseded",
    "duplicate",
    "waiting",
    "excluded",
    "quarantined",
    "events",
    "stale",
];

/// Reasons that records are quarantined for whatever the specs say, with `_` for `-`.
const BUILT_IN: [&str; 33] = [
    "malformed_row",
    "cast_failed",
    "value_too_large",
    "required_missing",
    "unmapped_value",
    "lookup_missing",
    "lookup_ambiguous",
    "missing",
    "conflicting",
    "changed_after_event",
    "empty_range",
    "currency_mismatch",
    "currency_changed",
    "division_by_zero",
    "requirement_not_met",
    "key_conflict",
    "key_changed",
    "fixed_changed",
    "outside_claim",
    "illegal_transition",
    "invariant_broken",
    "circular",
    "overlapping",
    "possible_duplicate",
    "incomplete",
    "not_accepted",
    "target_refused",
    "extract_incomplete",
    "left_scope",
    "dependency_changed",
    "target_unreachable",
    "outcome_unknown",
    "stored_differently",
];

impl Builder<'_, '_> {
    pub(super) fn expect(&mut self, written: &ast::Expect) -> Option<TestAction> {
        match &written.what {
            Expectation::Rows { place, rows } => {
                let place = self.place(place)?;
                let rows: Vec<_> = rows.iter().map(|row| self.record(&place, row, Use::Expected)).collect();
                Some(TestAction::Rows(place, rows.into_iter().collect::<Option<_>>()?))
            }
            Expectation::Exception { key, reason, queue } => {
                let known = self.reason(reason);
                self.cx.resolve(queue, &[NameKind::Queue], "a queue")?;
                known?;
                Some(TestAction::Exception { key: key.text.clone(), reason: text(reason), queue: text(queue) })
            }
            Expectation::NoExceptions => Some(TestAction::NoExceptions),
            Expectation::Counts { sync, counts } => {
                let sync = self.sync(sync)?;
                let mut found = Vec::with_capacity(counts.len());
                for (name, number) in counts {
                    self.account(name)?;
                    found.push((text(name), self.count(number)?, self.at(number.range)));
                }
                Some(TestAction::Counts { sync, counts: found })
            }
            Expectation::Reconciled { sync: path } => {
                let sync = self.sync(path)?;
                if self.model.syncs.get(&sync).is_some_and(|known| known.reconcile.is_none()) {
                    let message = format!("sync `{sync}` does not reconcile anything");
                    self.cx.report(
                        Diagnostic::new(&codes::UNKNOWN_MEASURE, self.cx.span(path.range), message)
                            .help("give it a `reconcile` clause, or expect something else"),
                    );
                    return None;
                }
                Some(TestAction::Reconciled { sync })
            }
        }
    }

    /// A sync that has run.
    fn sync(&self, path: &ast::Path) -> Option<String> {
        let [name] = path.names.as_slice() else {
            let message = "a sync has a name without dots";
            self.cx.report(Diagnostic::new(&codes::WRONG_KIND_OF_NAME, self.cx.span(path.range), message));
            return None;
        };
        self.cx.resolve(name, &[NameKind::Sync], "a sync")?;
        if !self.ran.contains(name.text.as_str()) {
            let message = format!("the test has not run `{}` before this line", name.text);
            self.cx.report(
                Diagnostic::new(&codes::NOT_RUN, self.cx.span(name.range), message)
                    .help(format!("write `run {}` above", name.text)),
            );
            return None;
        }
        Some(text(name))
    }

    fn account(&self, name: &ast::Name) -> Option<()> {
        if ACCOUNTS.contains(&name.text.as_str()) {
            return Some(());
        }
        let message = format!("`{}` is no account of a sync", name.text);
        let found = Diagnostic::new(&codes::UNKNOWN_NAME, self.cx.span(name.range), message);
        self.cx.report(match closest(&name.text, ACCOUNTS) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help("accounts are `captured`, `posted`, `waiting` and so on, as `syncline run` shows them"),
        });
        None
    }

    fn count(&self, number: &ast::Number) -> Option<u64> {
        let count = number.text.parse().ok();
        if count.is_none() {
            self.cx.report(
                Diagnostic::new(
                    &codes::INVALID_LITERAL,
                    self.cx.span(number.range),
                    "rows are counted in whole numbers",
                )
                .help("write a whole number"),
            );
        }
        count
    }

    /// A reason that a map names, or a built-in one.
    fn reason(&self, name: &ast::Name) -> Option<()> {
        let routes = self.model.maps.iter().flat_map(|map| {
            let assignments = map.assignments.iter().filter_map(|one| one.route.as_ref());
            assignments.chain(map.requires.iter().filter_map(|one| one.route.as_ref()))
        });
        let mut known: BTreeSet<&str> = routes.filter_map(|route| route.reason.as_deref()).collect();
        known.extend(BUILT_IN);
        if known.contains(name.text.as_str()) || self.model.left_out.maps {
            return Some(());
        }
        let message = format!("no record is ever quarantined for `{}`", name.text);
        let found = Diagnostic::new(&codes::UNKNOWN_NAME, self.cx.span(name.range), message);
        self.cx.report(match closest(&name.text, known) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => {
                found.help("reasons stand after `else quarantine QUEUE`; `syncline explain` lists the built-in ones, here with `_` for `-`")
            }
        });
        None
    }
}
