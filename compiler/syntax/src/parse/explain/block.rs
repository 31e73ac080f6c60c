//! How the statements and headers of the language are written.

use super::Rule;
use crate::ast::ItemWord;

/// The kinds of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Block {
    Team,
    Queue,
    System,
    Entity,
    Object,
    Ownership,
    Codes,
    Map,
    Sync,
    Test,
    Calendar,
    Holidays,
    Wave,
}

impl Block {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Team => "a team",
            Self::Queue => "a queue",
            Self::System => "a system",
            Self::Entity => "an entity",
            Self::Object => "an object",
            Self::Ownership => "an ownership block",
            Self::Codes => "a codes table",
            Self::Map => "a map",
            Self::Sync => "a sync",
            Self::Test => "a test",
            Self::Calendar => "a calendar",
            Self::Holidays => "a set of holidays",
            Self::Wave => "a wave",
        }
    }

    pub(super) fn rule(self) -> Rule {
        match self {
            Self::Team => Rule::only_team,
            Self::Queue => Rule::only_queue,
            Self::System => Rule::only_system,
            Self::Entity => Rule::only_entity,
            Self::Object => Rule::only_object,
            Self::Ownership => Rule::only_ownership,
            Self::Codes => Rule::only_codes,
            Self::Map => Rule::only_map,
            Self::Sync => Rule::only_sync,
            Self::Test => Rule::only_test,
            Self::Calendar => Rule::only_calendar,
            Self::Holidays => Rule::only_holidays,
            Self::Wave => Rule::only_wave,
        }
    }

    /// The words its statements begin with, and how each is written.
    pub(super) fn statements(self) -> &'static [(&'static str, &'static str)] {
        const TITLE: (&str, &str) = ("title", "title \"Finance operations\"");
        const KEY: (&str, &str) = ("key", "key id: text(18)` or `key (origin, source_id)");
        match self {
            Self::Team => &[TITLE, ("contact", "contact \"finance@example.com\"")],
            Self::Queue => {
                &[TITLE, ("owner", "owner finance"), ("respond", "respond within 4h"), ("resolve", "resolve within 2d")]
            }
            Self::System => &[
                TITLE,
                ("category", "category erp"),
                ("limit", "limit 5000 calls per day in \"Europe/Berlin\", batch 200"),
                ("entity", "entity invoice { … }"),
            ],
            Self::Entity => &[
                KEY,
                ("cursor", "cursor modified_at overlap 10m"),
                ("full", "full every 1d"),
                ("delete", "delete when deleted`, `delete by absence at most 1% else hold desk` or `delete never"),
                ("controlled", "controlled by finance"),
                ("accepts", "accepts TimeEntry when state == approved"),
                ("returns", "returns number, status"),
                ("idempotency", "idempotency key for 24h"),
                ("find", "find by external_id"),
                ("additive", "additive hours, amount"),
                ("reverses", "reverses in reversal_of"),
                ("event", "event approved v1 when status == Approved becomes true"),
                ("each", "each lines { … }"),
            ],
            Self::Object => &[
                KEY,
                ("invariant", "invariant ends_on >= begins_on else hold desk"),
                ("acyclic", "acyclic parent"),
                ("no", "no overlap of (begins_on, ends_on) per employee"),
                ("same", "same when tax_id or (folded(name), postal_code) review in desk"),
            ],
            Self::Ownership | Self::Codes | Self::Holidays => &[],
            Self::Wave => &[("syncs", "syncs Projects, Employees")],
            Self::Calendar => &[
                ("zone", "zone \"Europe/Berlin\""),
                ("open", "open mon .. fri 06:00 .. 20:00"),
                ("holidays", "holidays us_federal"),
                ("freeze", "freeze last 2 open days of month"),
            ],
            Self::Map => &[
                ("let", "let rate = …"),
                ("require", "require hours > 0 else quarantine desk no_hours \"no hours\""),
                ("otherwise", "otherwise quarantine data_desk"),
                ("wait", "wait at most 4h"),
                ("outside", "outside claim ignore` or `outside claim quarantine desk"),
                ("ignore", "ignore note, remark"),
            ],
            Self::Sync => &[
                TITLE,
                ("move", "move psa.timecard -> TimeEntry -> erp.project_cost"),
                ("model", "model staged"),
                ("every", "every 1h"),
                ("capture", "capture every 15m` or `capture on psa.timecard.approved"),
                ("post", "post every 15m"),
                ("starts", "starts 2026-07-01 by work_date"),
                ("after", "after Projects, Employees"),
                ("idempotent", "idempotent by source_id"),
                ("order", "order by version within source_id"),
                ("correct", "correct by reversal"),
                ("leave", "leave reverse` or `leave hold desk"),
                ("on", "on change of RateCard ask finance_desk"),
                ("retry", "retry 5 times backoff 30s .. 10m then finance_desk"),
                ("fresh", "fresh within 45m in posting_hours"),
                ("volume", "volume 20000 per day peak 5x"),
                ("reconcile", "reconcile count, sum(hours) every 1d tolerance 0"),
            ],
            Self::Test => &[
                ("for", "for each (hours, amount) in [(8.00 hour, 1600.00 USD)]"),
                ("given", "given psa.timecard { id: \"T-1\", … }"),
                ("run", "run ApprovedTime"),
                ("expect", "expect erp.project_cost [{ amount: 1600.00 USD }]` or `expect no exceptions"),
            ],
        }
    }

    /// What most statements of the block look like.
    pub(super) fn usual_statement(self) -> &'static str {
        match self {
            Self::Entity | Self::Object => "a field is written `name: type`",
            Self::Map => "an assignment is written `field = value`",
            Self::Codes => "a row is written `\"CON1\" <-> consultant`",
            Self::Ownership => "a claim is written `crm owns price, tax_profile`",
            Self::System => "the fields of a system stand in `entity NAME { … }`",
            Self::Holidays => "a holiday is written `\"Christmas Day\" on 25 december`",
            Self::Wave => "the syncs of a wave are written `syncs Projects, Employees`",
            Self::Team | Self::Queue | Self::Sync | Self::Test | Self::Calendar => "one statement stands on each line",
        }
    }
}

/// How the header of an item is written.
pub(super) fn header_shape(word: ItemWord) -> &'static str {
    match word {
        ItemWord::Use => "use services.time.{TimeEntry, RateCard}",
        ItemWord::Unit => "unit story_point",
        ItemWord::Team => "team finance { … }",
        ItemWord::Queue => "queue finance_desk { … }",
        ItemWord::Enum => "enum Region { US, EU }",
        ItemWord::Lifecycle => "lifecycle TimeState { draft -> submitted; submitted -> approved }",
        ItemWord::Product => "product ledger { … }",
        ItemWord::System => "system psa { … }",
        ItemWord::Object => "object TimeEntry: transaction { … }",
        ItemWord::Ownership => "ownership of Contract by sales_ops { … }",
        ItemWord::Codes => "codes Role: psa.timecard.role_code <-> LaborCategory { … }",
        ItemWord::Map => "map psa.timecard -> TimeEntry creates { … }",
        ItemWord::Sync => "sync ApprovedTime by finance { … }",
        ItemWord::Test => "test \"approved hours post once\" { … }",
        ItemWord::Calendar => "calendar posting_hours { … }",
        ItemWord::Holidays => "holidays us_federal { … }",
        ItemWord::Wave => "wave posting after masters { … }",
        ItemWord::Unknown => "object TimeEntry: transaction { … }",
    }
}
