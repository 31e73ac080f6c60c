//! The table of codes: one row a code, in blocks of a hundred numbers by area.
//!
//! A new code is one row here and one page, `docs/errors/<name>.md`. A row is
//! `CONSTANT = number severity "name": "title";`, and for codes whose findings show a record,
//! `witness "what that record shows"` before the semicolon. Numbers are never reused: a code that goes leaves a gap.

use crate::{Code, CodeRow, Severity, closest};

macro_rules! table {
    ($($constant:ident = $number:literal $severity:ident $name:literal: $title:literal $(, witness $witness:literal)?;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $title, ".")]
            pub static $constant: CodeRow = CodeRow {
                number: $number,
                name: $name,
                severity: table!(@severity $severity),
                title: $title,
                witness: table!(@witness $($witness)?),
                page: include_str!(concat!("../../../docs/errors/", $name, ".md")),
            };
        )*
        static ALL: &[Code] = &[$(&$constant),*];
    };
    (@severity error) => { Severity::Error };
    (@severity warning) => { Severity::Warning };
    (@witness) => { "for example" };
    (@witness $witness:literal) => { $witness };
}

table! {
    // 1 to 99: syntax
    SYNTAX_ERROR = 1 error "syntax-error": "the text is not in the language";
    UNCLOSED_DELIMITER = 2 error "unclosed-delimiter": "a bracket, brace or quote is not closed";
    UNKNOWN_ITEM = 3 error "unknown-item": "a top-level word that starts no declaration";
    NOT_IN_THIS_RELEASE = 4 error "not-in-this-release": "a construct that this release does not run";
    NESTING_TOO_DEEP = 5 error "nesting-too-deep": "brackets nested more than 128 deep";
    FILE_TOO_LARGE = 6 error "file-too-large": "a source file of more than 16 MiB";
    TOO_MANY_FILES = 7 error "too-many-files": "a workspace of more than 10,000 source files";
    INVALID_LITERAL = 8 error "invalid-literal": "a literal that no value has";
    RESERVED_WORD = 9 error "reserved-word": "a reserved word used as a name";
    UNKNOWN_STATEMENT = 10 error "unknown-statement": "a word that starts no statement of this block";
    NON_ASCII_NAME = 11 error "non-ascii-name": "a name beyond ASCII without backticks";
    UNOPENED_DELIMITER = 12 error "unopened-delimiter": "a bracket or brace that closes nothing";
    STRAY_CHARACTER = 13 error "stray-character": "a character that cannot be seen";
    NOT_UNICODE = 14 error "not-unicode": "a source file that is not UTF-8";
    STRAY_DOCS = 15 warning "stray-docs": "documentation of nothing";
    INVALID_TEXT = 16 error "invalid-text": "a text with an escape or a `{field}` that cannot be read";
    CHAINED_COMPARISON = 17 error "chained-comparison": "comparisons in a chain";

    // 101 to 199: the workspace and its file
    INVALID_WORKSPACE_FILE = 101 error "invalid-workspace-file": "`syncline.yaml` cannot be read as a workspace";
    UNKNOWN_LINT = 102 error "unknown-lint": "a lint level for a diagnostic that does not exist";
    MISSING_PROFILE = 103 error "missing-profile": "a profile that does not say where a system lives";
    UNKNOWN_CONNECTOR_SETTING = 104 error "unknown-connector-setting": "a setting that the connector does not have";
    FILES_RETURN_NOTHING = 105 error "files-return-nothing": "a target in files whose entity says `returns`";

    // 201 to 299: names
    UNKNOWN_NAME = 201 error "unknown-name": "a name that nothing declares";
    DUPLICATE_NAME = 202 error "duplicate-name": "two things with one name";
    UNKNOWN_MODULE = 203 error "unknown-module": "a module that no file holds";
    NOT_IMPORTED = 204 error "not-imported": "a name of another module, used without `use`";
    AMBIGUOUS_NAME = 205 error "ambiguous-name": "a name that means two things where it stands";
    UNUSED_IMPORT = 206 warning "unused-import": "an imported name that the file does not use";
    UNKNOWN_FIELD = 207 error "unknown-field": "a field that the object or entity does not have";
    WRONG_KIND_OF_NAME = 208 error "wrong-kind-of-name": "a name of one kind where another kind is meant";
    DUPLICATE_CLAUSE = 209 error "duplicate-clause": "a clause said twice";
    MISSING_CLAUSE = 210 error "missing-clause": "a clause that must be said and is not";
    UNKNOWN_ZONE = 274 error "unknown-zone": "a time zone that does not exist";
    PRODUCT_WITHOUT_SYSTEM = 275 error "product-without-system": "a product that no system is an instance of";

    // 301 to 399: types
    TYPE_MISMATCH = 301 error "type-mismatch": "a value of one type where another type is needed";
    UNIT_MISMATCH = 302 error "unit-mismatch": "quantities of different units in one operation";
    OPTIONAL_OPERAND = 303 error "optional-operand": "an operation on a value that may be missing";
    CURRENCY_MISMATCH = 304 error "currency-mismatch": "amounts whose currencies are not proved equal";
    PRECISION_OVERFLOW = 305 error "precision-overflow": "a result that needs more than 38 digits";
    LOSSY_CONVERSION = 306 error "lossy-conversion": "decimals that would be cut off without a word";
    UNKNOWN_FUNCTION = 307 error "unknown-function": "a function that the language does not have";
    WRONG_ARGUMENTS = 308 error "wrong-arguments": "a call whose arguments the function does not take";
    POSSIBLE_ZERO_DIVISOR = 309 error "possible-zero-divisor": "a division whose divisor may be zero";
    INVALID_TYPE = 310 error "invalid-type": "a type that cannot exist, or not in this place";
    DIVISION_OUTSIDE_ROUND = 311 error "division-outside-round": "a division that does not say how it rounds";
    CURRENCY_NOT_FIXED = 312 error "currency-not-fixed": "an amount whose currency may change after it is set";
    INVALID_REVISION = 343 error "invalid-revision": "a field that cannot number the versions of an object";
    INVARIANT_LOOKS_UP = 344 error "invariant-looks-up": "an invariant that looks something up";
    NOT_A_PARENT = 345 error "not-a-parent": "a chain over a field by which records cannot follow each other";
    INVALID_OVERLAP = 346 error "invalid-overlap": "days that cannot be kept apart";
    INVALID_SAME = 347 error "invalid-same": "a search for duplicates that finds nothing, or nearly everything";
    NESTED_CLAUSE = 355 error "nested-clause": "a statement that rows in a row do not have";
    NESTED_TARGET = 356 error "nested-target": "a map that writes rows in a row";
    NESTED_ORDER = 357 error "nested-order": "rows in a row with versions of their own";
    INVALID_EFFECTIVE = 367 error "invalid-effective": "dates of an object that cannot date its rows";
    REFERENCE_TO_DATED = 368 error "reference-to-dated": "a reference to an object whose rows change with the day";
    CONVERSION_RATE = 369 error "conversion-rate": "a conversion without a rate from the one currency to the other";
    KNOWN_RESULT = 381 warning "known-result": "an operation whose result is known beforehand";

    // 401 to 499: ownership
    OWNERSHIP_CONFLICT = 401 error "ownership-conflict": "a field that two systems may write",
        witness "a record that both would write";
    UNOWNED_FIELD = 402 error "unowned-field": "a field that nobody may write",
        witness "a record whose field has no owner";
    WRITE_BY_NON_OWNER = 403 error "write-by-non-owner": "a write by a system that does not own the field",
        witness "a record that would be written without owning it";
    OWNERSHIP_GUARD_MOVES = 404 error "ownership-guard-moves": "an ownership guard that the write itself may move";
    TWO_MOVERS = 405 error "two-movers": "a transition that two systems move";
    UNMOVED_TRANSITION = 406 error "unmoved-transition": "a transition that nobody moves";
    OUTSIDE_CLAIM_UNSAID = 407 error "outside-claim-unsaid": "no word on values that arrive outside a claim",
        witness "a record on which the value would be refused";
    CANNOT_PROVE_OWNERSHIP = 408 error "cannot-prove-ownership": "claims that are not provably apart or complete",
        witness "a record that may break the rule";

    // 501 to 599: maps
    INCOMPLETE_MAP = 501 error "incomplete-map": "a map that leaves a required field of its target empty";
    UNREAD_FIELD = 502 warning "unread-field": "a source field that a map neither reads nor ignores";
    UNASSIGNED_BY_ANY_MAP = 503 error "unassigned-by-any-map": "a required field of an object that no map fills";
    DUPLICATE_ASSIGNMENT = 504 error "duplicate-assignment": "a field assigned twice";
    NON_EXHAUSTIVE_MATCH = 505 error "non-exhaustive-match": "a `match` with values that no arm takes";
    NON_EXHAUSTIVE_CODES = 506 error "non-exhaustive-codes": "a code table that leaves values untranslated";
    CODES_NOT_REVERSIBLE = 507 error "codes-not-reversible": "a code table read backwards that has no single answer";
    LOOKUP_NOT_BY_KEY = 508 error "lookup-not-by-key": "a lookup that may find several records";
    NO_CROSSWALK = 509 error "no-crosswalk": "an identifier of a system that never brings the object";
    MISSING_OTHERWISE = 510 error "missing-otherwise": "a map without a last-resort route";
    ASSIGNS_FOREIGN_FIELD = 511 error "assigns-foreign-field": "a map that assigns a field which is another's to fill";
    UNUSED_LET = 512 warning "unused-let": "a `let` that nothing uses";
    UNUSED_IGNORE = 513 warning "unused-ignore": "an ignored field that the map does read";
    AS_OF_MISSING = 567 error "as-of-missing": "a dated object looked up without a day";
    AS_OF_UNDATED = 568 error "as-of-undated": "an object without dates looked up as of a day";
    AGE_WITHOUT_SERIES = 569 error "age-without-series": "an age limit on rows that end by themselves";
    FOREIGN_CODES = 581 error "foreign-codes": "a code translated by the table of another system";

    // 601 to 699: controlled entities
    ACCEPTS_NOT_IMPLIED = 601 error "accepts-not-implied": "a route into a controlled entity that lets too much through",
        witness "a record that would be posted though the target does not accept it";
    NO_ACCEPTS = 602 error "no-accepts": "a controlled entity that does not say what it accepts";
    CONTROLLED_OVERWRITE = 603 error "controlled-overwrite": "a controlled entity corrected by overwriting";
    KEY_TOO_NARROW_FOR_REVERSALS = 604 error "key-too-narrow-for-reversals": "a target key with no room for reversal numbers";
    REVERSAL_WITHOUT_ADDITIVE = 605 error "reversal-without-additive": "a reversal with nothing declared to negate";
    CANNOT_PROVE_ACCEPTS = 606 error "cannot-prove-accepts": "a route that is not provably within what the target accepts",
        witness "a record that may be posted though the target does not accept it";

    // 701 to 799: syncs
    OVERLAPPING_ROUTES = 701 error "overlapping-routes": "two routes that take the same record",
        witness "a record that both routes take";
    UNCOVERED_ROUTES = 702 error "uncovered-routes": "records that no route takes",
        witness "a record that no route takes";
    MISSING_MAP = 703 error "missing-map": "a hop of a sync without a map";
    MAP_NOT_USED = 704 warning "map-not-used": "a map that no sync uses";
    STARTS_MISSING = 705 error "starts-missing": "a sync into a controlled entity without a start date";
    ON_CHANGE_UNSAID = 706 error "on-change-unsaid": "no word on posted lines when what they were computed from changes";
    NO_RETRY_GUARD = 707 error "no-retry-guard": "a target that cannot tell a retry from a second posting";
    UNKNOWN_MEASURE = 708 error "unknown-measure": "a measure that both sides of a reconciliation do not have";
    AFTER_MISSING = 709 error "after-missing": "a sync that uses records which no earlier sync brings";
    SCHEDULE_MISMATCH = 710 error "schedule-mismatch": "a schedule that does not fit the model of the sync";
    UNUSED_CLAUSE = 711 warning "unused-clause": "a clause that has no effect";
    NOT_IDENTIFYING = 712 error "not-identifying": "records told apart by what several of them may share";
    DUPLICATE_FLOW = 713 error "duplicate-flow": "two syncs that move the same records to the same place";
    POSTS_VERSIONS = 743 error "posts-versions": "a sync that posts the versions it captures";
    UNFIT_WAY_BACK = 745 error "unfit-way-back": "a way back to the source that cannot be gone";
    EVENT_WITHOUT_EDGE = 760 error "event-without-edge": "an event whose condition never becomes true";
    WAVE_ORDER = 761 error "wave-order": "a sync that would run before what it comes after has begun";
    TWO_WAVES = 762 error "two-waves": "a sync in two waves";
    CALENDAR_NEVER_OPENS = 774 error "calendar-never-opens": "a calendar that is always shut";
    HOURS_BACKWARDS = 775 error "hours-backwards": "opening hours that end before they begin";

    // 801 to 899: cycles
    REFERENCE_CYCLE = 801 error "reference-cycle": "required references in a circle: no first record can exist";
    LET_CYCLE = 802 error "let-cycle": "`let`s that need each other";
    AFTER_CYCLE = 803 error "after-cycle": "syncs or waves that wait for each other";
    ECHO_LOOP = 804 error "echo-loop": "a value that comes back to where it started";

    // 901 to 999: tests
    EXPECTATION_NOT_MET = 960 error "expectation-not-met": "a test that found something else than it expects";
    INCOMPLETE_FIXTURE = 961 error "incomplete-fixture": "a record of a test without some of its fields";
    RECORD_NOT_GIVEN = 962 error "record-not-given": "a reference of a test to a record that is not there";
    NOTHING_EXPECTED = 963 warning "nothing-expected": "a test that cannot fail";
    NOT_RUN = 964 error "not-run": "an expectation about a sync that the test has not run";
}

/// Every code, in the order of the numbers.
pub fn all() -> &'static [Code] {
    ALL
}

/// The code with this kebab-case name or this number (`SYN0401`, in any case).
///
/// # Errors
/// When there is none; the error carries the nearest name.
pub fn by_name(name: &str) -> Result<Code, UnknownCode> {
    let asked = name.trim();
    let found = ALL.iter().find(|code| code.name == asked || code.id().eq_ignore_ascii_case(asked));
    found.copied().ok_or_else(|| UnknownCode { name: asked.to_owned(), closest: nearest(asked) })
}

fn nearest(asked: &str) -> Option<Code> {
    let name = closest(asked, ALL.iter().map(|code| code.name))?;
    ALL.iter().find(|code| code.name == name).copied()
}

/// A name or number that no code has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// What was asked for.
    pub name: String,
    /// The code that may have been meant.
    pub closest: Option<Code>,
}

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no diagnostic `{}`", self.name)?;
        match self.closest {
            Some(code) => write!(f, "; did you mean `{}`?", code.name),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownCode {}
