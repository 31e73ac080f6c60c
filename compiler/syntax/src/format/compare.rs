//! Whether two files say the same: equal trees apart from their ranges, equal comments in the same order.

use crate::ast::*;
use crate::{Comment, SyntaxFile};

/// Whether both files have the same comments in the same order, of the same kinds.
pub(super) fn same_comments(text: &str, before: &SyntaxFile, result: &str, after: &SyntaxFile) -> bool {
    fn said<'t>(text: &'t str) -> impl Fn(&Comment) -> (crate::CommentKind, &'t str) {
        move |comment| {
            (comment.kind, text.get(comment.range.start as usize..comment.range.end as usize).unwrap_or_default())
        }
    }
    before.comments.len() == after.comments.len()
        && before.comments.iter().map(said(text)).eq(after.comments.iter().map(said(result)))
}

/// Whether both files have the same trees.
pub(super) fn same_meaning(before: &SyntaxFile, after: &SyntaxFile) -> bool {
    let bare = |file: &SyntaxFile| {
        let items = file.items.iter().map(|item| {
            let mut item = Item::clone(&item.item);
            item.erase();
            item
        });
        items.collect::<Vec<_>>()
    };
    before.docs == after.docs && bare(before) == bare(after)
}

/// Sets all ranges of a tree to the same one. A range that were forgotten here would make trees differ that are equal:
/// the formatter would refuse, never damage.
trait Erase {
    fn erase(&mut self);
}

impl Erase for Range {
    fn erase(&mut self) {
        *self = Self::default();
    }
}

impl<T: Erase> Erase for Option<T> {
    fn erase(&mut self) {
        if let Some(value) = self {
            value.erase();
        }
    }
}

impl<T: Erase> Erase for Vec<T> {
    fn erase(&mut self) {
        self.iter_mut().for_each(Erase::erase);
    }
}

impl<T: Erase> Erase for Box<T> {
    fn erase(&mut self) {
        self.as_mut().erase();
    }
}

impl<A: Erase, B: Erase> Erase for (A, B) {
    fn erase(&mut self) {
        self.0.erase();
        self.1.erase();
    }
}

macro_rules! erase_nothing {
    ($($ty:ident)*) => { $(impl Erase for $ty { fn erase(&mut self) {} })* };
}

macro_rules! erase_fields {
    ($($ty:ident { $($field:ident)* })*) => {
        $(impl Erase for $ty { fn erase(&mut self) { $(self.$field.erase();)* } })*
    };
}

macro_rules! erase_variants {
    ($($ty:ident { $($variant:ident)* })*) => {
        $(impl Erase for $ty { fn erase(&mut self) { match self { $(Self::$variant(value) => value.erase(),)* } } })*
    };
}

erase_nothing! { MapMode PercentFrom SmolStr Observed HolidayDay }

erase_fields! {
    Item { name kind range }
    Name { range }
    Path { names range }
    Number { range }
    Duration { range }
    PlainText { range }
    Text { parts range }
    Use { module names }
    Team { members }
    Contact { text range }
    Queue { members }
    QueueOwner { team range }
    WithinClause { duration range }
    Title { text range }
    Category { word range }
    CallLimit { calls zone batch range }
    System { product members }
    Entity { name members range }
    Object { kind_range versioned effective members }
    Versioned { revision range }
    Invariant { condition hold range }
    NoOverlap { from through per range }
    Same { when review range }
    SameBy { terms range }
    SameTerm { field range }
    Effective { from ending range }
    AsOf { day at_most range }
    Key { kind range }
    Field { name ty range }
    Cursor { field overlap range }
    FullEvery { every range }
    Delete { how range }
    Absence { at_most hold }
    Controlled { team range }
    Accepts { object when range }
    FieldList { fields range }
    FieldRef { field range }
    EventClause { name version when range }
    CaptureOn { event range }
    IdempotencyKey { lifetime range }
    TypeExpr { kind optional fixed range }
    UnitExpr { unit per range }
    Enum { values }
    EnumValue { name }
    Lifecycle { chains }
    LifecycleChain { states range }
    Ownership { object team members }
    Owns { system fields guard range }
    Moves { system field states range }
    Codes { source target members }
    CodesRow { code value range }
    Map { source target mode filter statements }
    Let { name value route range }
    Assign { field value route range }
    Require { predicate route range }
    Route { queue reason message range }
    Wait { at_most range }
    OutsideClaim { quarantine range }
    Ignore { fields range }
    Otherwise { queue range }
    Sync { team clauses }
    Move { stops range }
    MoveArm { target when range }
    Model { range }
    Schedule { every within takes range }
    Calendar { members }
    ZoneClause { zone range }
    OpenHours { days begins ends range }
    DaySpan { range }
    ClockTime { range }
    HolidaysClause { sets range }
    Freeze { days from range }
    Holidays { members }
    Holiday { title on on_range observed from through except range }
    Starts { date_range field range }
    After { syncs range }
    IdempotentBy { fields range }
    Wave { after members }
    WaveSyncs { syncs range }
    Order { by range }
    Correct { range }
    Leave { hold range }
    OnChange { of action range }
    Retry { times first longest queue range }
    Fresh { within calendar range }
    Volume { records peak range }
    Reconcile { measures every tolerance range }
    Test { title statements }
    ForEach { columns rows range }
    CaseRow { values range }
    Given { place fixture range }
    Fixture { fields rest range }
    FixtureField { name value range }
    FixtureRows { rows range }
    TestRun { syncs twice at crash range }
    Expect { what range }
    Expr { kind range }
    LookupKey { key value range }
    MatchArm { pattern value range }
}

erase_variants! {
    TeamMember { Title Contact Broken }
    QueueMember { Title Owner Respond Resolve Broken }
    SystemMember { Title Category Limit Entity Broken }
    EntityMember {
        Key Field Cursor Full Delete Controlled Accepts Returns IdempotencyKey FindBy Additive ReversesIn Event
        Each Broken
    }
    DeleteHow { When Absence Never }
    ObjectMember { Key Field Invariant Acyclic NoOverlap Same Broken }
    KeyKind { Field Names }
    MoneyCurrency { Code In }
    OwnershipMember { Owns Moves Broken }
    CodesMember { Row Broken }
    UseNames { Named All }
    MapStatement { Let Assign Require Wait OutsideClaim Ignore Otherwise Broken }
    SyncClause {
        Title Move Model Schedule CaptureOn Starts After IdempotentBy Order Correct Leave OnChange Retry Fresh
        Volume Reconcile Broken
    }
    FixtureValue { One Rows }
    TestStatement { ForEach Given GivenNo Run Expect Broken }
    MatchPattern { Values Else }
    ChangeOf { Object Plan }
    CalendarMember { Zone Open Holidays Freeze Broken }
    HolidaysMember { Holiday Broken }
    WaveMember { Syncs Broken }
}

impl Erase for ItemKind {
    fn erase(&mut self) {
        match self {
            Self::Unit | Self::Broken(_) => {}
            Self::Use(value) => value.erase(),
            Self::Team(value) => value.erase(),
            Self::Queue(value) => value.erase(),
            Self::Enum(value) => value.erase(),
            Self::Lifecycle(value) => value.erase(),
            Self::Product(value) | Self::System(value) => value.erase(),
            Self::Object(value) => value.erase(),
            Self::Ownership(value) => value.erase(),
            Self::Codes(value) => value.erase(),
            Self::Map(value) => value.erase(),
            Self::Sync(value) => value.erase(),
            Self::Test(value) => value.erase(),
            Self::Calendar(value) => value.erase(),
            Self::Holidays(value) => value.erase(),
            Self::Wave(value) => value.erase(),
        }
    }
}

impl Erase for Expectation {
    fn erase(&mut self) {
        match self {
            Self::NoExceptions => {}
            Self::Rows { place, rows } => {
                place.erase();
                rows.erase();
            }
            Self::Exception { key, reason, queue } => {
                key.erase();
                reason.erase();
                queue.erase();
            }
            Self::Counts { sync, counts } => {
                sync.erase();
                counts.erase();
            }
            Self::Reconciled { sync } => sync.erase(),
        }
    }
}

impl Erase for TextPart {
    fn erase(&mut self) {
        if let Self::Field(path) = self {
            path.erase();
        }
    }
}

impl Erase for OwnedFields {
    fn erase(&mut self) {
        match self {
            Self::Named(names) => names.erase(),
            Self::AllExcept { star, except } => {
                star.erase();
                except.erase();
            }
        }
    }
}

impl Erase for TypeKind {
    fn erase(&mut self) {
        match self {
            Self::Bool | Self::Int | Self::Date | Self::Instant | Self::Currency | Self::Broken => {}
            Self::Text { width } => width.erase(),
            Self::Decimal { precision, scale, unit } => {
                precision.erase();
                scale.erase();
                unit.erase();
            }
            Self::Money { size, currency, per } => {
                size.erase();
                currency.erase();
                per.erase();
            }
            Self::Percent { from } => from.erase(),
            Self::Enum(values) => values.erase(),
            Self::Lifecycle(states) => states.erase(),
            Self::Name(name) => name.erase(),
        }
    }
}

impl Erase for Stop {
    fn erase(&mut self) {
        match self {
            Self::Place(path) => path.erase(),
            Self::Routes { arms, range } => {
                arms.erase();
                range.erase();
            }
        }
    }
}

impl Erase for OrderBy {
    fn erase(&mut self) {
        if let Self::Field { field, within } = self {
            field.erase();
            within.erase();
        }
    }
}

impl Erase for ChangeAction {
    fn erase(&mut self) {
        if let Self::Ask(queue) = self {
            queue.erase();
        }
    }
}

impl Erase for Measure {
    fn erase(&mut self) {
        match self {
            Self::Count(range) => range.erase(),
            Self::Sum { field, range } => {
                field.erase();
                range.erase();
            }
        }
    }
}

impl Erase for Ending {
    fn erase(&mut self) {
        match self {
            Self::Through(name) | Self::Until(name) => name.erase(),
            Self::Next => {}
        }
    }
}

impl Erase for ExprKind {
    fn erase(&mut self) {
        match self {
            Self::Number(_)
            | Self::Percent(_)
            | Self::Date(_)
            | Self::Instant(_)
            | Self::Bool(_)
            | Self::Null
            | Self::SelfRef
            | Self::Broken => {}
            Self::Quantity { number, unit } => {
                number.erase();
                unit.erase();
            }
            Self::Duration(duration) => duration.erase(),
            Self::Text(text) => text.erase(),
            Self::Path(path) => path.erase(),
            Self::Field { base, names } => {
                base.erase();
                names.erase();
            }
            Self::Lookup { object, keys, as_of } => {
                object.erase();
                keys.erase();
                as_of.erase();
            }
            Self::Version { base, which } => {
                base.erase();
                match which {
                    WhichVersion::AsOf(as_of) => as_of.erase(),
                    WhichVersion::Baseline(range) => range.erase(),
                }
            }
            Self::Index { table, value } => {
                table.erase();
                value.erase();
            }
            Self::Call { function, arguments, otherwise } => {
                function.erase();
                arguments.erase();
                otherwise.erase();
            }
            Self::Match { subject, arms } => {
                subject.erase();
                arms.erase();
            }
            Self::Unary { operand, .. } => operand.erase(),
            Self::Binary { left, right, .. } => {
                left.erase();
                right.erase();
            }
            Self::In { value, set } => {
                value.erase();
                set.erase();
            }
            Self::Is { value, .. } => value.erase(),
        }
    }
}
