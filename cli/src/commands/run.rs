//! `syncline run`

use super::hub::{Site, failed, instant, moment};
use super::watch::Watch;
use crate::arguments::{Format, Run};
use crate::findings::{counted, plan_or_findings};
use crate::output::{self, BAD, BOLD, DIM, GOOD, WARN, styled, tame};
use crate::progress::Bar;
use crate::trouble::{Exit, Outcome, Trouble};
use crate::{files, tables, workspace};
use std::fmt::Write;
use std::path::Path;
use syncline::ir::Plan;
use syncline_runtime::kill::{Kill, Manner, Trap};
use syncline_runtime::{Options, Passes, RunReport, SyncReport};

/// A test instrument, not part of the command's interface: names a kill point of the runtime, as in `posting.after-call#3`, at which
/// the process aborts. Crash tests use it to prove that nothing is lost and nothing is posted twice.
const KILL_AT: &str = "SYNCLINE_KILL_AT";

pub(super) fn run(arguments: &Run, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let Some(plan) = plan(arguments.plan.as_deref(), &site.root, Some(&site.chosen.name))? else {
        return Ok(Exit::Findings);
    };
    let mut options = Options::at(instant(&arguments.place), &site.root);
    if arguments.due || arguments.watch {
        options.passes = Passes::Due;
    }
    // Clocks are set back: whoever keeps running goes on.
    options.earlier = arguments.earlier || arguments.watch;
    options.kill = trap()?;
    if arguments.watch {
        let too_many = |report: &RunReport| arguments.max_exceptions.is_some_and(|most| open_exceptions(report) > most);
        let has_findings = |report: &RunReport| too_many(report) || report.totals.reconciled == Some(false);
        let profile = &site.chosen.profile;
        let watch = Watch { plan: &plan, profile, options, format: arguments.format, has_findings: &has_findings };
        return watch.until_ended();
    }
    let mut bar = Bar::new();
    let result = syncline_runtime::run(&plan, &site.chosen.profile, &options, &mut bar);
    bar.clear();
    let report = result.map_err(|error| failed(&error))?;
    let open = open_exceptions(&report);
    if arguments.timings {
        output::note(bar.timings().trim_end());
    }
    match arguments.format {
        Format::Json => output::serialized(&report)?,
        Format::Human => output::print(&told(&report, &site, open))?,
    }
    let too_many = arguments.max_exceptions.is_some_and(|allowed| open > allowed);
    if let (true, Some(allowed)) = (too_many, arguments.max_exceptions) {
        output::note(format_args!(
            "{}: {} open, {allowed} allowed",
            styled(BAD, "error"),
            number_of(open, "exception")
        ));
    }
    Ok(Exit::found(too_many || report.totals.reconciled == Some(false)))
}

/// The plan in a file, or that of the specs; none when these have errors. Of the profiles only the one in use is judged:
/// what is wrong with another is for `check` to say.
pub(super) fn plan(file: Option<&Path>, root: &Path, profile: Option<&str>) -> Outcome<Option<Plan>> {
    let Some(path) = file else {
        let mut workspace = workspace::read(root)?;
        workspace.config.profiles.retain(|name, _| Some(name.as_str()) == profile);
        return plan_or_findings(&syncline::check(&workspace));
    };
    let text = files::read_text(path)?;
    let plan = syncline::plan_from_json(&text);
    plan.map(Some).map_err(|problem| {
        Trouble::new(format!("cannot run `{}`: {problem}", path.display())).help("`syncline build` writes a plan")
    })
}

/// The sync that an option names, if it does.
pub(super) fn known_sync<'n>(plan: &Plan, named: Option<&'n str>) -> Outcome<Option<&'n str>> {
    let Some(sync) = named.filter(|sync| !plan.syncs.iter().any(|known| known.name == **sync)) else {
        return Ok(named);
    };
    let trouble = Trouble::new(format!("there is no sync `{}`", tame(sync)));
    let meant = syncline::diagnostics::closest(sync, plan.syncs.iter().map(|known| known.name.as_str()));
    Err(match meant {
        Some(meant) => trouble.help(format!("did you mean `{meant}`?")),
        None => trouble.help("syncs are declared in the specs"),
    })
}

pub(super) fn trap() -> Outcome<Option<Trap>> {
    let Ok(text) = std::env::var(KILL_AT) else { return Ok(None) };
    let kill: Kill = text.parse().map_err(|problem| Trouble::new(format!("{KILL_AT}: {problem}")))?;
    Ok(Some(Trap::new(kill, Manner::Abort)))
}

/// Rows in queues, and posted records about which something is asked.
pub(super) fn open_exceptions(report: &RunReport) -> u64 {
    report.totals.accounts.reasons.values().sum()
}

pub(super) fn told(report: &RunReport, site: &Site, open: u64) -> String {
    let mut text =
        format!("{} {} at {}, profile {}\n\n", styled(BOLD, "run"), report.run, moment(&report.at), site.chosen.name);
    let syncs = report.syncs.iter().map(|sync| (sync.name.as_str(), &sync.accounts, sync.reconciled));
    let done = report.totals.this_run;
    let _ = writeln!(
        text,
        "this run: {} read, {} new, {} posted, {} reversed, {} overwritten, {} resolved\n\nall runs so far:\n",
        done.read, done.new, done.posted, done.reversed, done.overwritten, done.resolved
    );
    text.push_str(&tables::accounts(syncs));
    text.push('\n');
    text.push_str(&shut(&report.syncs));
    for sync in report.syncs.iter().filter(|sync| sync.reconciled == Some(false)) {
        text.push_str(&variance(sync));
    }
    text.push_str(&tables::notices(report.syncs.iter().flat_map(|sync| &sync.notices)));
    if report.totals.reconciled == Some(true) {
        let _ = writeln!(text, "{}: hub, ledger and targets agree in {}", styled(GOOD, "reconciled"), compared(report));
    }
    if open > 0 {
        let records = number_of(open, "record");
        let need = if open == 1 { "needs" } else { "need" };
        let _ = writeln!(
            text,
            "{}: {records} {need} a person: {}",
            styled(WARN, "exceptions"),
            command("exceptions list", site)
        );
    } else {
        let _ = writeln!(text, "no exceptions: {} shows the accounts again", command("status", site));
    }
    text
}

/// The syncs that post nothing or not all, for the time being: their wave is not enabled, their window is shut, a target cannot be
/// reached or is not called any more. And those that posted too late.
pub(super) fn shut(syncs: &[SyncReport]) -> String {
    let mut text = String::new();
    for sync in syncs {
        text.push_str(&held_back(sync));
        for raised in sync.events.iter().filter(|raised| raised.new > 0) {
            let (event, version, new) = (&raised.event, raised.version, number_of(raised.new, "time"));
            let _ = writeln!(text, "event: `{event}` v{version} raised {new}, {} in all", raised.count);
        }
        text.push_str(&resting(&sync.name, sync.resting.as_deref()));
        let Some(opens) = &sync.opens else { continue };
        let staged = number_of(sync.accounts.staged, "record");
        let word = styled(WARN, "shut");
        let _ = writeln!(text, "{word}: `{}` posts nothing before {}, {staged} staged", sync.name, moment(opens));
    }
    text
}

/// That a sync does nothing because of its wave.
pub(super) fn resting(sync: &str, wave: Option<&str>) -> String {
    let Some(wave) = wave else { return String::new() };
    format!("{}: `{sync}` rests, because the profile does not enable wave `{wave}`\n", styled(WARN, "wave"))
}

fn held_back(sync: &SyncReport) -> String {
    let mut text = String::new();
    if let Some(found) = &sync.unreachable {
        let word = styled(WARN, "out of reach");
        let _ = writeln!(text, "{word}: `{}` cannot post: {}", sync.name, tame(&found.message));
        if let (1.., Some(next)) = (found.records, &found.next) {
            let records = number_of(found.records, "record");
            let _ = writeln!(text, "  {records} tried again from {} on, or by the next plain run", moment(next));
        }
    }
    for limited in &sync.limited {
        let (word, staged) = (styled(WARN, "limit"), number_of(sync.accounts.staged, "record"));
        let (system, next) = (&limited.system, moment(&limited.next));
        let _ = writeln!(text, "{word}: `{}` may not call `{system}` again before {next}, {staged} staged", sync.name);
    }
    for one in &sync.exceeded {
        let _ = writeln!(text, "{}: {}", styled(WARN, "beyond"), tables::beyond(&sync.name, one));
    }
    if let Some(late) = &sync.late {
        let (posted, waiting) = (number_of(late.posted, "record"), number_of(late.waiting, "record"));
        let word = styled(WARN, "late");
        let _ = writeln!(
            text,
            "{word}: `{}` posted {posted} later than promised, {waiting} late and not posted",
            sync.name
        );
        if !late.keys.is_empty() {
            let _ = writeln!(text, "  posted late: {}", tame(&late.keys.join(", ")));
        }
    }
    text
}

fn number_of(count: u64, noun: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), noun)
}

fn command(words: &str, site: &Site) -> String {
    styled(BOLD, format_args!("syncline {words}{}", site.profile_option()))
}

/// What was compared, and for which syncs: only that is known to agree.
fn compared(report: &RunReport) -> String {
    let mut by_measures: Vec<(String, Vec<&str>)> = Vec::new();
    for sync in report.syncs.iter().filter(|sync| sync.reconciled.is_some()) {
        let mut measures: Vec<&str> = Vec::new();
        for line in &sync.reconciliation {
            if !measures.contains(&line.measure.as_str()) {
                measures.push(&line.measure);
            }
        }
        let measures = measures.join(", ");
        match by_measures.iter_mut().find(|(known, _)| *known == measures) {
            Some((_, syncs)) => syncs.push(&sync.name),
            None => by_measures.push((measures, vec![&sync.name])),
        }
    }
    let parts = by_measures.iter().map(|(measures, syncs)| format!("{measures} ({})", syncs.join(", ")));
    parts.collect::<Vec<_>>().join("; ")
}

/// The lines of a sync that do not agree.
pub(super) fn variance(sync: &SyncReport) -> String {
    let mut text = format!("{}: `{}` does not agree with its target\n", styled(BAD, "not reconciled"), sync.name);
    let shown = |number: &Option<String>| number.clone().unwrap_or_else(|| "-".to_owned());
    for line in sync
        .reconciliation
        .iter()
        .filter(|line| line.difference.as_deref().is_some_and(|difference| !is_zero(difference)))
    {
        let group = if line.group.is_empty() { String::new() } else { format!(" {}", line.group) };
        let (ledger, target, difference) = (shown(&line.ledger), shown(&line.target), shown(&line.difference));
        let _ = writeln!(text, "  {}{group}: ledger {ledger}, target {target}, difference {difference}", line.measure);
    }
    if !sync.differing.is_empty() {
        let _ = writeln!(text, "  lines that are not as posted: {}", sync.differing.join(", "));
    }
    let _ = writeln!(
        text,
        "  {}",
        styled(
            DIM,
            "somebody changed the target by hand, or a posting was lost there: compare these lines with the ledger"
        )
    );
    text
}

fn is_zero(number: &str) -> bool {
    !number.contains(|digit: char| matches!(digit, '1'..='9'))
}
