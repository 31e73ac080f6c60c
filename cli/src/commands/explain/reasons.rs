//! The built-in reasons for which records go to a queue. Reasons that the specs name themselves are explained by the specs.

/// A built-in reason.
pub(super) struct Reason {
    pub name: &'static str,
    /// When it arises.
    pub when: &'static str,
    /// What settles it.
    pub remedy: &'static str,
}

const fn reason(name: &'static str, when: &'static str, remedy: &'static str) -> Reason {
    Reason { name, when, remedy }
}

/// All of them: first what is wrong with a row, then with the record it becomes, then with its posting.
pub(super) const REASONS: [Reason; 33] = [
    reason(
        "malformed-row",
        "a line with another number of cells than its header, with an open quote, or not in UTF-8; rows in a row without the row \
         that holds them, or that are no list",
        "mend the export, then dismiss this one: nobody can tell which good row took its place",
    ),
    reason("cast-failed", "a cell that cannot be read as the type of its field", "mend the value in the source"),
    reason(
        "value-too-large",
        "more digits or characters than the field holds",
        "mend the value, or widen the field in the specs",
    ),
    reason(
        "required-missing",
        "no value where there must be one",
        "fill it in the source, or allow it to be missing with `?`",
    ),
    reason("unmapped-value", "a code that stands in no table", "add it to the `codes`, or mend it in the source"),
    reason("lookup-missing", "no record with the key that was looked up", "bring the record; every run looks again"),
    reason(
        "missing",
        "no row of a dated object on the day asked for, or only one that is too old",
        "bring the row that fills the hole; every run looks again",
    ),
    reason(
        "conflicting",
        "several rows of a dated object on the day asked for",
        "end one of them before the other begins; every run looks again",
    ),
    reason("empty-range", "a row of a dated object that ends before it starts", "mend one of its dates"),
    reason(
        "changed-after-event",
        "a row of a sync that captures on an event: it was changed after the event, which was not raised again",
        "let the source raise the event again, or set the row aside",
    ),
    reason("lookup-ambiguous", "several records with the key that was looked up", "remove the double one"),
    reason(
        "currency-mismatch",
        "an amount in another currency than the one computed with",
        "mend the currency in the source",
    ),
    reason(
        "currency-changed",
        "an amount, or a fixed currency, in another currency than before",
        "mend the currency in the source",
    ),
    reason("division-by-zero", "a division by zero", "mend the value, or say what holds then with `else`"),
    reason(
        "requirement-not-met",
        "a `require` that does not hold and names no reason of its own",
        "mend what it asks for",
    ),
    reason(
        "key-conflict",
        "a version, a key or a line that another record has already",
        "find out which of both is right, and remove the other",
    ),
    reason(
        "key-changed",
        "a row that became another record than before",
        "give it its old key, or export it under a new one",
    ),
    reason("fixed-changed", "a `fixed` field that would get another value", "give it its old value"),
    reason("outside-claim", "a value that the system does not own at the moment", "change it where it is owned"),
    reason(
        "illegal-transition",
        "a state that cannot be reached by what the system moves",
        "mend the state in the source",
    ),
    reason(
        "invariant-broken",
        "a record for which an invariant of its object would not hold",
        "mend the record in the source, or the `invariant` in the specs",
    ),
    reason(
        "circular",
        "a record that would lead back to itself by an `acyclic` field",
        "mend one of the records on the way",
    ),
    reason(
        "overlapping",
        "a record whose days overlap those of another one that they must not",
        "mend the days of one of them",
    ),
    reason(
        "possible-duplicate",
        "a record that may be another one: they are alike in what `same when` compares",
        "`exceptions release`: they are two; `exceptions dismiss`: it is the same",
    ),
    reason(
        "incomplete",
        "a record that lacks a required field when it is to be posted",
        "bring the value from the system that owns it",
    ),
    reason("not-accepted", "a record that the target does not accept", "see what the target accepts: `syncline docs`"),
    reason("target-refused", "a line that the target refused", "read its message; every run tries again"),
    reason(
        "extract-incomplete",
        "a complete extract that lacks more records than `delete by absence` allows",
        "bring the whole extract; if the records are really deleted, `syncline exceptions release`",
    ),
    reason(
        "left-scope",
        "a posted record that no longer belongs into the target",
        "`syncline exceptions release` reverses its line, `dismiss` leaves it",
    ),
    reason(
        "dependency-changed",
        "a posted record of which something it was computed from has changed",
        "`syncline exceptions release` corrects the line, `dismiss` leaves it",
    ),
    reason(
        "target-unreachable",
        "a record whose target could not be reached, however often it was tried",
        "see that the target is back; every run tries again",
    ),
    reason("outcome-unknown", "a call whose answer was lost", "look in the target, then `syncline exceptions settle`"),
    reason(
        "stored-differently",
        "a line under the right key that is not the one posted",
        "find out who changed it in the target",
    ),
];

/// The reason of this name.
pub(super) fn find(name: &str) -> Option<&'static Reason> {
    REASONS.iter().find(|reason| reason.name == name)
}
