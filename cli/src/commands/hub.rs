//! What the commands that look into a hub share: where it is, and what failures of the runtime mean to people.

use crate::arguments::Place;
use crate::environment::{self, Chosen};
use crate::trouble::{Outcome, Trouble};
use crate::workspace;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use syncline::Config;
use syncline_runtime::RuntimeError;

/// A workspace's folder and one of its profiles.
pub(super) struct Site {
    pub root: PathBuf,
    pub config: Config,
    pub chosen: Chosen,
}

impl Site {
    pub fn find(named: Option<&Path>, place: &Place) -> Outcome<Self> {
        let root = workspace::root(named)?;
        let config = workspace::config(&root)?;
        let chosen = environment::profile(&config, place.profile.as_deref(), &environment::variable)?;
        Ok(Self { root, config, chosen })
    }

    /// The hub's file.
    pub fn hub(&self) -> PathBuf {
        self.root.join(&self.chosen.profile.hub)
    }

    /// The hub's file, which must be there.
    pub fn existing_hub(&self) -> Outcome<PathBuf> {
        let hub = self.hub();
        if hub.is_file() {
            return Ok(hub);
        }
        Err(Trouble::new(format!("there is no hub `{}` yet", hub.display()))
            .help(format!("`syncline run --profile {}` makes it", self.chosen.name)))
    }

    /// ` --profile NAME`, as long as it has to be said.
    pub fn profile_option(&self) -> String {
        if self.config.profiles.len() > 1 { format!(" --profile {}", self.chosen.name) } else { String::new() }
    }
}

/// The instant a command takes place at.
pub(super) fn instant(place: &Place) -> Timestamp {
    place.at.unwrap_or_else(Timestamp::now)
}

/// An instant of the hub for people: `2026-08-01 06:00Z`.
pub(super) fn moment(text: &str) -> String {
    let Ok(instant) = text.parse::<Timestamp>() else { return text.to_owned() };
    let utc = instant.to_zoned(jiff::tz::TimeZone::UTC);
    if utc.second() == 0 {
        utc.strftime("%Y-%m-%d %H:%MZ").to_string()
    } else {
        utc.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}

/// A failure of the runtime, and what to do.
pub(super) fn failed(error: &RuntimeError) -> Trouble {
    let trouble = Trouble::new(error.to_string());
    match error {
        RuntimeError::Decision { help, .. } => trouble.help(help),
        RuntimeError::HubInUse { .. } => trouble.help("wait until the other run is over; one run at a time uses a hub"),
        RuntimeError::Profile { .. } => trouble.help("mend the profile in `syncline.yaml`"),
        RuntimeError::Plan { .. } => trouble.help("build the plan again with this release: `syncline build`"),
        RuntimeError::Source { .. } => trouble.help("nothing is lost: mend the file and run again"),
        RuntimeError::Unreachable { .. } => trouble
            .help("nothing is posted twice: run again when it can be reached; `retry` in the sync lets the rest go on"),
        RuntimeError::Target { .. } => trouble.help("nothing is posted twice: mend the target and run again"),
        _ => trouble,
    }
}
