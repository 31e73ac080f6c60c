//! The commands, each in a file of its own.

mod audit;
mod build;
mod check;
mod docs;
mod exceptions;
mod explain;
mod fmt;
mod hub;
mod lineage;
mod new;
mod preview;
mod reconcile;
mod replay;
mod run;
mod status;
mod test;
mod trace;
mod upkeep;
mod watch;

use crate::arguments::{Arguments, Command};
use crate::trouble::{Exit, Outcome};

/// Carries out what the command line says.
pub(crate) fn dispatch(arguments: &Arguments) -> Outcome<Exit> {
    let workspace = arguments.workspace.as_deref();
    match &arguments.command {
        Command::New(new) => new::run(new),
        Command::Check(check) => check::run(check, workspace),
        Command::Build(build) => build::run(build, workspace),
        Command::Preview(preview) => preview::run(preview, workspace),
        Command::Test(test) => test::run(test, workspace),
        Command::Run(run) => run::run(run, workspace),
        Command::Replay(replay) => replay::run(replay, workspace),
        Command::Reconcile(reconcile) => reconcile::run(reconcile, workspace),
        Command::Status(status) => status::run(status, workspace),
        Command::Exceptions(exceptions) => exceptions::run(exceptions, workspace),
        Command::Audit(audit) => audit::run(audit, workspace),
        Command::Hub(hub) => upkeep::run(hub, workspace),
        Command::Trace(trace) => trace::run(trace, workspace),
        Command::Lineage(lineage) => lineage::run(lineage, workspace),
        Command::Docs(docs) => docs::run(docs, workspace),
        Command::Fmt(fmt) => fmt::run(fmt, workspace),
        Command::Explain(explain) => explain::run(explain),
    }
}
