//! The kinds of trouble that timecards get into, and how many of each a thousand cards hold.

/// One kind of trouble; a card has one at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    Draft,
    Submitted,
    Rejected,
    BeforeStart,
    UnknownRole,
    EmployeeLate,
    EmployeeMissing,
    ProjectMissing,
    ProjectClosed,
    ProjectOpensLater,
    HoursOver24,
    HoursNotPositive,
    HoursMalformed,
    HoursTooWide,
    DateMalformed,
    RequiredMissing,
    EmptyResource,
    Duplicate,
    KeyConflict,
    KeyConflictLate,
    OutOfOrder,
    LateVersion,
    CorrectedHours,
    CorrectedProject,
    CorrectedNote,
    Unapproved,
    ThereAndBack,
    BadCorrection,
    ClosedBeforeCorrection,
    MissingRate,
    RateLate,
    Repriced,
    SameImage,
    SameMeaning,
    Reread,
    BeforeOverlap,
    VersionGap,
    QuotedNote,
    DecomposedNote,
    EmptyNote,
    NoteTooLong,
    NoKey,
    VersionMalformed,
    MalformedRow,
    ApprovedLater,
    TwoReasons,
    MissingThenFixed,
    FixedLater,
    RateHole,
    RateOverlap,
    RepricedLater,
    Deleted,
    DeletedReturned,
    Reapproved,
    EmployeeDeleted,
    EmployeeAway,
    CostMissing,
    FxGap,
    Recosted,
    MovedProject,
    Weekend,
    ClosedTask,
    NotAssigned,
    AssignmentLater,
    TaskUnknown,
}

use Trouble::*;

impl Trouble {
    /// In which of the three months a card of this kind may be written first. What goes on in later months needs an early one, and what
    /// rests on the changes of masters needs the month before them, or the one in which they take place.
    pub(super) fn months(self) -> &'static [usize] {
        match self {
            EmployeeLate
            | ProjectOpensLater
            | RateLate
            | Repriced
            | RepricedLater
            | ClosedBeforeCorrection
            | RateHole
            | RateOverlap
            | DeletedReturned
            | Reapproved
            | Recosted
            | AssignmentLater
            | MovedProject => &[0],
            EmployeeDeleted | EmployeeAway | FxGap => &[1],
            KeyConflictLate | LateVersion | CorrectedHours | CorrectedProject | CorrectedNote | Unapproved
            | ThereAndBack | BadCorrection | SameImage | SameMeaning | Reread | BeforeOverlap | VersionGap
            | ApprovedLater | MissingThenFixed | FixedLater | Deleted => &[0, 1],
            _ => &[0, 1, 2],
        }
    }
}

/// Kind, name in the manifest, cards in a thousand.
const KINDS: &[(Trouble, &str, u64)] = &[
    (Draft, "draft", 20),
    (Submitted, "submitted", 15),
    (Rejected, "rejected", 10),
    (BeforeStart, "before_start", 10),
    (UnknownRole, "unknown_role", 8),
    (EmployeeLate, "employee_late", 8),
    (EmployeeMissing, "employee_missing", 5),
    (ProjectMissing, "project_missing", 5),
    (ProjectClosed, "project_closed", 6),
    (ProjectOpensLater, "project_opens_later", 6),
    (HoursOver24, "hours_over_24", 5),
    (HoursNotPositive, "hours_not_positive", 4),
    (HoursMalformed, "hours_malformed", 6),
    (HoursTooWide, "hours_too_wide", 2),
    (DateMalformed, "date_malformed", 5),
    (RequiredMissing, "required_missing", 4),
    (EmptyResource, "empty_resource", 3),
    (Duplicate, "duplicate", 8),
    (KeyConflict, "key_conflict", 4),
    (KeyConflictLate, "key_conflict_late", 3),
    (OutOfOrder, "out_of_order", 6),
    (LateVersion, "late_version", 4),
    (CorrectedHours, "corrected_hours", 10),
    (CorrectedProject, "corrected_project", 5),
    (CorrectedNote, "corrected_note", 3),
    (Unapproved, "unapproved", 6),
    (ThereAndBack, "there_and_back", 3),
    (BadCorrection, "bad_correction", 4),
    (ClosedBeforeCorrection, "closed_before_correction", 3),
    (MissingRate, "missing_rate", 6),
    (RateLate, "rate_late", 4),
    (Repriced, "repriced", 6),
    (SameImage, "same_image", 5),
    (SameMeaning, "same_meaning", 4),
    (Reread, "reread", 6),
    (BeforeOverlap, "before_overlap", 3),
    (VersionGap, "version_gap", 5),
    (QuotedNote, "quoted_note", 10),
    (DecomposedNote, "decomposed_note", 5),
    (EmptyNote, "empty_note", 8),
    (NoteTooLong, "note_too_long", 2),
    (NoKey, "no_key", 2),
    (VersionMalformed, "version_malformed", 2),
    (MalformedRow, "malformed_row", 2),
    (ApprovedLater, "approved_later", 10),
    (TwoReasons, "two_reasons", 3),
    (MissingThenFixed, "missing_then_fixed", 3),
    (FixedLater, "fixed_later", 3),
    (RateHole, "rate_hole", 4),
    (RateOverlap, "rate_overlap", 3),
    (RepricedLater, "repriced_later", 4),
    (Deleted, "deleted", 6),
    (DeletedReturned, "deleted_returned", 3),
    (Reapproved, "reapproved", 3),
    (EmployeeDeleted, "employee_deleted", 3),
    (EmployeeAway, "employee_away", 3),
    (CostMissing, "cost_missing", 3),
    (FxGap, "fx_gap", 3),
    (Recosted, "recosted", 4),
    (MovedProject, "moved_project", 4),
    (Weekend, "weekend", 10),
    (ClosedTask, "closed_task", 5),
    (NotAssigned, "not_assigned", 6),
    (AssignmentLater, "assignment_later", 4),
    (TaskUnknown, "task_unknown", 3),
];

/// The fewest entries that leave most cards without trouble.
pub(super) const FEWEST: u64 = 200;

/// Every kind with its name and its number among so many entries: in proportion, and at least one.
pub(super) fn kinds(entries: u64) -> impl Iterator<Item = (Trouble, &'static str, u64)> {
    KINDS.iter().map(move |(kind, name, share)| (*kind, *name, 1.max(share * entries / 1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_cards_are_without_trouble() {
        let of = |entries| kinds(entries).map(|(_, _, count)| count).sum::<u64>();
        assert!(of(FEWEST) < FEWEST / 2);
        assert!(of(1000) < 400);
    }
}
