//! `syncline exceptions`

mod decide;
mod list;
mod show;

use crate::arguments::Exceptions;
use crate::trouble::{Exit, Outcome};
use std::path::Path;
use syncline_runtime::Resolution;

pub(super) fn run(arguments: &Exceptions, named: Option<&Path>) -> Outcome<Exit> {
    match arguments {
        Exceptions::List(arguments) => list::run(arguments, named),
        Exceptions::Show(arguments) => show::run(arguments, named),
        Exceptions::Release(arguments) => decide::run(&arguments.decision, Resolution::Release, named),
        Exceptions::Dismiss(arguments) => decide::run(&arguments.decision, Resolution::Dismiss, named),
        Exceptions::Reopen(arguments) => decide::run(&arguments.decision, Resolution::Reopen, named),
        Exceptions::Settle(arguments) => {
            let resolution = if arguments.posted { Resolution::Posted } else { Resolution::NotPosted };
            decide::run(&arguments.decision, resolution, named)
        }
    }
}
