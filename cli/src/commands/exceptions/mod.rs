//! `syncline exceptions`

mod list;
mod show;

use crate::arguments::Exceptions;
use crate::trouble::{Exit, Outcome};
use std::path::Path;

pub(super) fn run(arguments: &Exceptions, named: Option<&Path>) -> Outcome<Exit> {
    match arguments {
        Exceptions::List(arguments) => list::run(arguments, named),
        Exceptions::Show(arguments) => show::run(arguments, named),
    }
}
