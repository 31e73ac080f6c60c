//! Waves: the syncs of a wave that the profile does not enable rest. They read nothing, judge nothing and call nothing; what they
//! have posted stays as it is.

use super::prepare::ReadySync;
use crate::error::{Outcome, RuntimeError};
use syncline_ir::{Plan, Wave};

/// Notes which syncs rest. `enabled` are the waves that the profile names; none is all of them.
pub(super) fn rest<'p>(plan: &'p Plan, enabled: Option<&[String]>, syncs: &mut [ReadySync<'p>]) -> Outcome {
    let Some(enabled) = enabled else { return Ok(()) };
    let is_enabled = |wave: &String| enabled.contains(wave);
    if let Some(unknown) = enabled.iter().find(|name| !plan.waves.iter().any(|wave| wave.name == **name)) {
        return Err(RuntimeError::plan(format!("the profile enables wave `{unknown}`, which the plan does not have")));
    }
    for wave in plan.waves.iter().filter(|wave| is_enabled(&wave.name)) {
        if let Some(before) = wave.after.iter().find(|before| !is_enabled(before)) {
            let message =
                format!("the profile enables wave `{}` and not `{before}`, which begins before it", wave.name);
            return Err(RuntimeError::plan(message));
        }
    }
    let resting = || plan.waves.iter().filter(|wave| !is_enabled(&wave.name));
    for sync in syncs {
        let is_mine = |wave: &&Wave| wave.syncs.contains(&sync.sync.name);
        sync.resting = resting().find(is_mine).map(|wave| wave.name.as_str());
    }
    Ok(())
}
