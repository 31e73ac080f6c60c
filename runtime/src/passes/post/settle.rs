//! What became of the rows of a record: their states, and the exceptions that open, change or close.

use crate::error::Outcome;
use crate::hub::{OpenException, Problem, Row, Standing, State};
use crate::passes::decide::{Ask, Current, Decision};
use crate::passes::{Own, Pass, capture};

/// Notes what became of the rows of a record.
pub(super) fn settle(pass: &Pass<'_>, decision: &Decision, refused: Option<&Problem>) -> Outcome {
    let hub = pass.hub();
    let problem = refused.or(decision.blocked.as_ref());
    if let (Some((posting, reads)), None, Some(current)) = (&decision.take_over, problem, &decision.current) {
        hub.take_over(*posting, current.row, reads, pass.run.plan())?;
    }
    let may_have_exceptions =
        decision.track.live.is_some() || decision.rows.iter().any(|row| row.state == State::Quarantined);
    let known = if may_have_exceptions { hub.open_exceptions(decision.track.id)? } else { Vec::new() };
    let mut open = decision.postponed;
    for row in &decision.rows {
        let Some((state, problem)) = outcome(pass, row, decision, problem) else { continue };
        if state != row.state {
            hub.set_state(row.id, state)?;
            if matches!(row.state, State::Waiting | State::Quarantined)
                && !state.is_unsettled()
                && row.run != pass.run.id
            {
                pass.this_run.borrow_mut().resolved += 1;
            }
        }
        open |= state.is_unsettled() && row.standing == Standing::Holder;
        let exception = known.iter().find(|known| !known.asks && known.row == row.id);
        exceptional(pass, decision, row, false, exception, problem.as_ref())?;
    }
    open |= asked(pass, decision, &known, problem.is_some())?;
    if open != decision.track.open || decision.acts {
        hub.set_open(decision.track.id, open)?;
    }
    Ok(())
}

/// The state a row takes; none when it stays what it is.
fn outcome(
    pass: &Pass<'_>,
    row: &Row,
    decision: &Decision,
    refused: Option<&Problem>,
) -> Option<(State, Option<Problem>)> {
    if matches!(row.standing, Standing::Unreadable | Standing::Malformed) || row.state == State::Dismissed {
        return None;
    }
    if let Some(current) = &decision.current {
        if row.id == current.row {
            return Some(refused.map_or((current.state, None), |problem| (State::Quarantined, Some(problem.clone()))));
        }
        if row.rank < current.rank {
            return Some((State::Superseded, None));
        }
    }
    if row.standing == Standing::Conflict {
        // Its exception was made when it was captured; only a row above it takes it away.
        let queue = pass.sync.inbound.as_ref().map_or("", |inbound| &inbound.map.otherwise);
        let problem = capture::conflict(row.version.as_deref().unwrap_or_default(), queue);
        return (row.state == State::Superseded).then_some((State::Quarantined, Some(problem)));
    }
    match decision.own.get(&row.id)? {
        Own::Waiting => Some((State::Waiting, None)),
        Own::Quarantined(problem) => Some((State::Quarantined, Some(problem.clone()))),
    }
}

/// Opens, changes or closes an exception.
fn exceptional(
    pass: &Pass<'_>,
    decision: &Decision,
    row: &Row,
    asks: bool,
    known: Option<&OpenException>,
    problem: Option<&Problem>,
) -> Outcome {
    let hub = pass.hub();
    match (known, problem) {
        (None, None) => Ok(()),
        (Some(known), None) => hub.close_exception(known.id, &pass.run.at),
        (Some(known), Some(problem)) if known.reasons == problem.text() && known.queue == problem.queue => Ok(()),
        (Some(known), Some(problem)) => {
            hub.change_exception(known.id, problem, pass.run.due(&problem.queue, &known.since).as_deref())
        }
        (None, Some(problem)) => {
            let due = pass.run.due(&problem.queue, &pass.run.at);
            hub.open_exception(pass.mark.id, decision.track.id, row.id, asks, problem, &pass.run.at, due.as_deref())
        }
    }
}

/// Opens, changes or closes what is asked about the posted row. Whether something is asked.
fn asked(pass: &Pass<'_>, decision: &Decision, known: &[OpenException], refused: bool) -> Outcome<bool> {
    let open = known.iter().find(|known| known.asks);
    let ask = if refused { &Ask::Stays } else { &decision.ask };
    let current =
        decision.current.as_ref().and_then(|Current { row, .. }| decision.rows.iter().find(|known| known.id == *row));
    match (ask, current) {
        (Ask::Stays, _) | (_, None) => Ok(open.is_some()),
        (Ask::Closes, Some(row)) => {
            if open.is_some() {
                pass.this_run.borrow_mut().resolved += 1;
            }
            exceptional(pass, decision, row, true, open, None)?;
            Ok(false)
        }
        (Ask::Is(problem), Some(row)) => {
            exceptional(pass, decision, row, true, open, Some(problem))?;
            Ok(true)
        }
    }
}
