//! Learning from a conflict: the clause at the first unique implication point (Marques-Silva and Sakallah, "GRASP",
//! 1999; Zhang and others, "Efficient Conflict Driven Learning", 2001), shortened by the literals that the others
//! imply.

use super::literal::{Literal, Variable};
use super::search::Search;
use super::table::Table;

impl Search {
    /// Learns a clause from a failing one, returns to the level where it leaves a single choice, and makes that choice.
    pub(super) fn learn_from(&mut self, conflict: Vec<Literal>) {
        // A theory that looks at complete assignments can find a conflict of an earlier level.
        let level = conflict.iter().map(|&literal| self.assignment.level_of(literal)).max().unwrap_or(0);
        self.return_to(level);
        if level == 0 {
            self.give_up();
            return;
        }
        let (choice, mut causes, seen) = self.first_unique_point(conflict, level);
        causes.retain(|&cause| !self.follows_from(cause, &seen));
        causes.sort_unstable_by_key(|&cause| (std::cmp::Reverse(self.assignment.level_of(cause)), cause));

        let back = causes.first().map_or(0, |&cause| self.assignment.level_of(cause));
        let mut clause = vec![choice];
        clause.extend(causes);
        self.return_to(back);
        let reason = self.learn(clause);
        self.assignment.assign(choice, reason);
    }

    /// Resolves the conflict with reasons until one literal of its level is left. Gives the literal that must hold
    /// instead, the failing literals of earlier levels, and the variables that took part.
    fn first_unique_point(
        &mut self,
        conflict: Vec<Literal>,
        level: usize,
    ) -> (Literal, Vec<Literal>, Table<Variable, bool>) {
        let mut seen = Table::<Variable, bool>::filled(self.assignment.variables(), false);
        let mut took_part = Vec::new();
        let mut causes = Vec::new();
        let mut open = 0usize;
        let mut place = self.assignment.assigned();
        let mut resolved = None;
        let mut clause = conflict;
        let choice = loop {
            for &literal in &clause {
                let variable = literal.variable();
                let at = self.assignment.level_of(literal);
                if Some(variable) == resolved || at == 0 || seen[variable] {
                    continue;
                }
                seen[variable] = true;
                took_part.push(variable);
                if at == level {
                    open += 1;
                } else {
                    causes.push(literal);
                }
            }
            // Some literal of this level took part, so the loop ends at one.
            let next = loop {
                place = place.saturating_sub(1);
                match self.assignment.at(place) {
                    Some(literal) if place > 0 && !seen[literal.variable()] => {}
                    found => break found.unwrap_or(Literal::TRUE),
                }
            };
            open = open.saturating_sub(1);
            if open == 0 {
                break !next;
            }
            resolved = Some(next.variable());
            // INVARIANT: a literal of this level without a reason is its decision, the oldest of the level, where
            // `open` is 1; only a unit that a theory gave may come earlier, and it needs no causes.
            clause = self.assignment.reason_of(next).map(|reason| self.clauses[reason].clone()).unwrap_or_default();
        };
        took_part.sort_unstable_by_key(|&variable| self.order.stamp(variable));
        for variable in took_part {
            self.order.bump(variable);
        }
        (choice, causes, seen)
    }

    /// Whether the failing literal's reason consists of literals that took part.
    fn follows_from(&self, cause: Literal, seen: &Table<Variable, bool>) -> bool {
        let Some(reason) = self.assignment.reason_of(cause) else { return false };
        self.clauses[reason].iter().all(|&literal| {
            literal.variable() == cause.variable() || self.assignment.level_of(literal) == 0 || seen[literal.variable()]
        })
    }
}
