//! Profiles for the runtime: chosen, with variables of the environment put in, and paths from the workspace.

use crate::trouble::{Outcome, Trouble};
use std::path::PathBuf;
use syncline::{Binding, Config, Connector, MANIFEST};
use syncline_runtime::{ConnectorKind, Profile, SystemBinding};

/// A profile and its name.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub name: String,
    pub profile: Profile,
}

/// The profile named, or the only one.
pub(crate) fn profile(
    config: &Config,
    named: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Outcome<Chosen> {
    let name = match (named, config.profiles.keys().collect::<Vec<_>>().as_slice()) {
        (Some(name), _) => name.to_owned(),
        (None, [only]) => (*only).clone(),
        (None, []) => {
            return Err(Trouble::new(format!("`{MANIFEST}` has no profile"))
                .help("a profile says where each system lives: add one under `profiles:`"));
        }
        (None, many) => {
            let names: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
            return Err(Trouble::new("which profile is meant?")
                .help(format!("say `--profile NAME`; there are {}", names.join(", "))));
        }
    };
    let Some(written) = config.profiles.get(&name) else {
        let trouble = Trouble::new(format!("`{MANIFEST}` has no profile `{name}`"));
        let meant = syncline::diagnostics::closest(&name, config.profiles.keys().map(String::as_str));
        let names: Vec<String> = config.profiles.keys().map(|name| format!("`{name}`")).collect();
        return Err(match meant {
            Some(meant) => trouble.help(format!("did you mean `{meant}`?")),
            None if names.is_empty() => trouble.help("add it under `profiles:`"),
            None => trouble.help(format!("there are {}", names.join(", "))),
        });
    };
    let fill = Fill { profile: &name, variable };
    let hub = match &written.hub {
        Some(hub) => fill.path(hub)?,
        None => PathBuf::from(format!(".syncline/{name}/hub.db")),
    };
    let systems = written.systems.iter().map(|(system, binding)| Ok((system.clone(), fill.binding(binding)?)));
    let systems = systems.collect::<Outcome<_>>()?;
    let waves = written.waves.as_ref().map(|waves| waves.iter().map(|(wave, _)| wave.clone()).collect());
    Ok(Chosen { profile: Profile { hub, systems, waves }, name })
}

struct Fill<'a> {
    profile: &'a str,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Fill<'_> {
    fn binding(&self, written: &Binding) -> Outcome<SystemBinding> {
        let connector = match written.connector {
            Connector::Csv => ConnectorKind::Csv,
            Connector::Jsonl => ConnectorKind::Jsonl,
            Connector::Sqlite => ConnectorKind::Sqlite,
        };
        let init = written.init.as_deref().map(|init| self.path(init)).transpose()?;
        Ok(SystemBinding { connector, path: self.path(&written.path)?, init })
    }

    fn path(&self, text: &str) -> Outcome<PathBuf> {
        self.text(text).map(PathBuf::from)
    }

    /// A text with each `${NAME}` replaced. What is put in is not looked at again.
    fn text(&self, text: &str) -> Outcome<String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                return Err(Trouble::new(format!("profile `{}`: `{text}` has a `${{` without `}}`", self.profile))
                    .help("write `${NAME}`"));
            };
            let Some(value) = (self.variable)(name) else {
                let message = format!(
                    "profile `{}`: the environment has no variable `{name}`, which `{text}` names",
                    self.profile
                );
                return Err(Trouble::new(message).help(format!("set it, as in `{name}=… syncline run`")));
            };
            filled.push_str(before);
            filled.push_str(&value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// A variable of the process's environment.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const TEXT: &str = "name: x\nedition: 2026\nsources: .\nprofiles:\n  one:\n    hub: ${HUB}/h.db\n    systems:\n      psa: { connector: csv, path: '${DIR}/${DIR}-$x' }\n";

    fn chosen(text: &str, named: Option<&str>) -> Outcome<Chosen> {
        profile(&Config::parse(text), named, &|name| {
            (name == "DIR").then(|| "${HUB}".to_owned()).or((name == "HUB").then(|| "h".to_owned()))
        })
    }

    #[test]
    fn variables_are_put_in_once() {
        let found = chosen(TEXT, None).unwrap();
        assert_eq!(found.name, "one");
        assert_eq!(found.profile.hub, PathBuf::from("h/h.db"));
        assert_eq!(found.profile.systems["psa"].path, PathBuf::from("${HUB}/${HUB}-$x"));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let found = profile(&Config::parse(TEXT), Some("one"), &|_| None).unwrap_err();
        assert_eq!(found.message, "profile `one`: the environment has no variable `HUB`, which `${HUB}/h.db` names");
    }

    #[test]
    fn an_open_brace_is_refused() {
        let found = chosen(&TEXT.replace("${HUB}", "${HUB"), Some("one")).unwrap_err();
        assert_eq!(found.message, "profile `one`: `${HUB/h.db` has a `${` without `}`");
    }

    #[test]
    fn the_hub_has_a_place_of_its_own_by_default() {
        let found = chosen(&TEXT.replace("    hub: ${HUB}/h.db\n", ""), Some("one")).unwrap();
        assert_eq!(found.profile.hub, PathBuf::from(".syncline/one/hub.db"));
    }

    #[test]
    fn profiles_that_are_not_there_are_refused() {
        let found = chosen(TEXT, Some("oen")).unwrap_err();
        assert_eq!(
            (found.message.as_str(), found.help.as_deref()),
            ("`syncline.yaml` has no profile `oen`", Some("did you mean `one`?"))
        );
        let two = format!("{TEXT}  two: {{ systems: {{}} }}\n");
        let found = chosen(&two, None).unwrap_err();
        assert_eq!(found.help.as_deref(), Some("say `--profile NAME`; there are `one`, `two`"));
        let none = chosen("name: x\nedition: 2026\nsources: .\n", None).unwrap_err();
        assert_eq!(none.message, "`syncline.yaml` has no profile");
    }
}
