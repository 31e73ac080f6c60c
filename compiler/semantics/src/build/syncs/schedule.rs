//! `model` with its intervals: a batch has one, a staged sync one for each pass it makes.

use super::Builder;
use crate::build::statements::{Once, missing, seconds, text};
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir as ir;
use syncline_syntax::ast;

impl Builder<'_, '_> {
    /// The interval of a pass, and the calendar it keeps to.
    pub(super) fn timing(&mut self, clause: &ast::Schedule) -> ir::Pass {
        let cx = self.cx;
        let every = seconds(&clause.every, cx);
        let takes_at_most = clause.takes.as_ref().map(|takes| seconds(takes, cx));
        let Some(calendar) = &clause.within else {
            return ir::Pass { takes_at_most, ..ir::Pass::every(every) };
        };
        let known = cx.resolve(calendar, &[NameKind::Calendar], "a calendar").is_some();
        self.poisoned |= !known;
        if clause.pass == ast::SchedulePass::Capture {
            let found = Diagnostic::new(
                &codes::SCHEDULE_MISMATCH,
                cx.span(calendar.range),
                "a capture takes place at any time: it changes nothing outside the hub",
            );
            cx.report(found.help("write `within` after `post every …`"));
        }
        ir::Pass { every, within: known.then(|| text(calendar)), takes_at_most }
    }

    /// `model event` and `capture on` belong together.
    pub(super) fn event_model(&self, schedule: &Option<ir::Schedule>, capture_on: Option<ast::Range>) {
        let report = |span, message: String, help: &str| {
            self.cx.report(Diagnostic::new(&codes::SCHEDULE_MISMATCH, span, message).help(help));
        };
        match (schedule, capture_on) {
            (Some(ir::Schedule::Event(_)), None) if !self.poisoned => report(
                self.span,
                format!("`{}` has `model event` and does not say on which event it captures", self.name),
                "add `capture on SYSTEM.ENTITY.EVENT`",
            ),
            (Some(ir::Schedule::Batch(_) | ir::Schedule::Staged { .. }), Some(range)) => report(
                self.cx.span(range),
                "only `model event` captures on an event".to_owned(),
                "write `model event`, or remove this line",
            ),
            _ => {}
        }
    }

    pub(super) fn schedule(&mut self, captures: bool, posts: bool) -> Option<ir::Schedule> {
        let every = std::mem::replace(&mut self.clauses.every, Once::new("every")).placed();
        let capture = std::mem::replace(&mut self.clauses.capture, Once::new("capture every")).placed();
        let post = std::mem::replace(&mut self.clauses.post, Once::new("post every")).placed();
        let model = std::mem::replace(&mut self.clauses.model, Once::new("model")).placed();
        let Some((model, _)) = model else {
            if !self.poisoned {
                missing(
                    self.span,
                    format!("sync `{}` does not say its model", self.name),
                    "add `model batch` (one pass captures and posts) or `model staged` (the hub holds records in between)",
                    self.cx,
                );
            }
            return None;
        };
        let wrong = |range: ast::Range, message: &str, help: &str| {
            self.cx
                .report(Diagnostic::new(&codes::SCHEDULE_MISMATCH, self.cx.span(range), message.to_owned()).help(help));
        };
        match model {
            ast::ModelKind::Batch | ast::ModelKind::Event => {
                let is_event = model == ast::ModelKind::Event;
                let noun = if is_event { "`model event`" } else { "a batch" };
                for (_, range) in capture.iter().chain(&post) {
                    wrong(
                        *range,
                        &format!("{noun} captures and posts in one pass"),
                        "write `every 1h`, or `model staged`",
                    );
                }
                match every {
                    Some((pass, _)) if is_event => return Some(ir::Schedule::Event(pass)),
                    Some((pass, _)) => return Some(ir::Schedule::Batch(pass)),
                    None if capture.is_none() && post.is_none() && !self.poisoned => {
                        missing(
                            self.span,
                            format!("sync `{}` does not say how often it runs", self.name),
                            "add `every 1h`",
                            self.cx,
                        );
                    }
                    None => {}
                }
                None
            }
            ast::ModelKind::Staged => {
                if let Some((_, range)) = every {
                    wrong(
                        range,
                        "a staged sync has a schedule for each of its passes",
                        "write `capture every 15m` and `post every 15m`",
                    );
                    return None;
                }
                let pairs =
                    [(captures, &capture, "capture every 15m", "captures"), (posts, &post, "post every 15m", "posts")];
                for (does, said, line, what) in pairs {
                    match said {
                        None if does && !self.poisoned => missing(
                            self.span,
                            format!("staged sync `{}` does not say how often it {what}", self.name),
                            &format!("add `{line}`"),
                            self.cx,
                        ),
                        Some((_, range)) if !does && !self.poisoned => {
                            wrong(*range, &format!("this sync never {what}"), "remove this line")
                        }
                        _ => {}
                    }
                }
                Some(ir::Schedule::Staged { capture: capture.map(|(pass, _)| pass), post: post.map(|(pass, _)| pass) })
            }
        }
    }
}
