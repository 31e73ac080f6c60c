//! `limit N calls per PERIOD`: what a system lets itself be called.

use super::calendars::known_zone;
use super::statements::{at_most, missing};
use crate::context::Context;
use syncline_ir as ir;
use syncline_syntax::ast;

/// More is no limit.
const MOST_CALLS: u32 = 1_000_000_000;
/// More lines than a batch of the runtime may have.
const MOST_LINES: u32 = 100_000;

pub(super) fn call_limit(clause: &ast::CallLimit, cx: &Context<'_>) -> Option<ir::CallLimit> {
    let calls = at_most(&clause.calls, "a number of calls", MOST_CALLS, cx);
    let batch = match &clause.batch {
        None => Some(1),
        Some(batch) => at_most(batch, "a number of lines that a call may carry", MOST_LINES, cx),
    };
    let per = match clause.per {
        ast::Period::Minute => ir::Period::Minute,
        ast::Period::Hour => ir::Period::Hour,
        ast::Period::Day => ir::Period::Day,
    };
    let zone = match &clause.zone {
        Some(zone) => known_zone(zone, cx)?,
        None if per == ir::Period::Day => {
            let message = "this limit does not say on which clock a day begins".to_owned();
            missing(cx.span(clause.range), message, "add `in \"Europe/Berlin\"` after `day`", cx);
            return None;
        }
        None => "UTC".to_owned(),
    };
    Some(ir::CallLimit { calls: calls?, per, zone, batch: batch? })
}
