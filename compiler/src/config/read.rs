//! What the tree of a manifest means.

use super::tree::{self, Key, Node, Value};
use super::{Binding, Config, Connector, EDITIONS, ITEM, Profile};
use std::collections::BTreeMap;
use std::sync::Arc;
use syncline_diagnostics::{Code, Diagnostic, Fix, Level, LevelError, Levels, Span, closest, codes};

/// The keys at the top.
const KEYS: [&str; 6] = ["name", "edition", "sources", "lints", "tests", "profiles"];

pub(super) fn config(text: Arc<str>) -> Config {
    let mut reader = Reader { problems: Vec::new() };
    let mut config = Config {
        name: "workspace".to_owned(),
        edition: EDITIONS.iter().copied().max().unwrap_or_default(),
        sources: ".".to_owned(),
        levels: Levels::new(),
        coverage: None,
        profiles: BTreeMap::new(),
        text: Arc::clone(&text),
        sources_span: Span::new(ITEM, 0, 0),
        problems: Vec::new(),
    };
    match tree::parse(&text) {
        Ok(root) => reader.top(root, &mut config),
        Err(found) => {
            let problem = Diagnostic::new(
                &codes::INVALID_WORKSPACE_FILE,
                found.span,
                format!("this is not YAML: {}", found.message),
            );
            reader.problems.push(problem.help("values with `:`, `#`, `{` or `*` in them go into quotes"));
        }
    }
    config.problems = reader.problems;
    config
}

struct Reader {
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn invalid(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Diagnostic::new(&codes::INVALID_WORKSPACE_FILE, span, message).help(help));
    }

    fn top(&mut self, root: Node, config: &mut Config) {
        const START: Span = Span::new(ITEM, 0, 0);
        let Value::Map(members) = root.value else {
            let help = "write at least `name`, `edition` and `sources`, each with its value";
            self.invalid(root.span, "a workspace file is a list of keys with values", help);
            return;
        };
        let members = self.distinct(members);
        let mut seen = Vec::new();
        let unknown = members.iter().any(|(key, _)| !KEYS.contains(&key.text.as_str()));
        for (key, value) in members {
            match key.text.as_str() {
                "name" => self.name(&value, config),
                "edition" => self.edition(&value, config),
                "sources" => self.sources(&value, config),
                "lints" => self.lints(value, &mut config.levels),
                "tests" => self.tests(value, config),
                "profiles" => self.profiles(value, config),
                _ => {
                    self.unknown_key(&codes::INVALID_WORKSPACE_FILE, &key, "a workspace file", &KEYS);
                    continue;
                }
            }
            seen.push(key.text);
        }
        // A misspelt key explains the missing one: one mistake, one message.
        if unknown {
            return;
        }
        for (key, example) in [("name", "consulting"), ("edition", "2026"), ("sources", "specs")] {
            if !seen.iter().any(|known| known == key) {
                self.invalid(START, format!("`{key}` is missing"), format!("add a line such as `{key}: {example}`"));
            }
        }
    }

    /// The members with each key once; a second one is reported.
    fn distinct(&mut self, members: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
        let mut kept: Vec<(Key, Node)> = Vec::new();
        for (key, value) in members {
            if let Some((first, _)) = kept.iter().find(|(known, _)| known.text == key.text) {
                let message = format!("`{}` stands here twice", key.text);
                let problem = Diagnostic::new(&codes::INVALID_WORKSPACE_FILE, key.span, message);
                self.problems.push(problem.related(first.span, "first said here", None).help("keep one of them"));
            } else {
                kept.push((key, value));
            }
        }
        kept
    }

    fn unknown_key(&mut self, code: Code, key: &Key, place: &str, known: &[&str]) {
        let mut problem = Diagnostic::new(code, key.span, format!("{place} has no key `{}`", key.text));
        problem = match closest(&key.text, known.iter().copied()) {
            Some(meant) => problem.help(format!("did you mean `{meant}`?")).fix(Fix::replace(
                format!("write `{meant}`"),
                key.span,
                meant,
            )),
            None => problem.help(format!("keys are {}", listed(known))),
        };
        self.problems.push(problem);
    }

    fn scalar(&mut self, node: &Node, what: &str, example: &str) -> Option<String> {
        match &node.value {
            Value::Scalar(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => {
                self.invalid(
                    node.span,
                    format!("{what} is missing here"),
                    format!("write a value such as `{example}`"),
                );
                None
            }
        }
    }

    fn members(&mut self, node: Node, what: &str) -> Option<Vec<(Key, Node)>> {
        match node.value {
            Value::Map(members) => Some(self.distinct(members)),
            Value::Null => Some(Vec::new()),
            Value::Scalar(_) | Value::List(_) => {
                self.invalid(
                    node.span,
                    format!("{what} are keys with values, not a list or a single value"),
                    "write each on a line of its own, as `key: value`",
                );
                None
            }
        }
    }

    fn name(&mut self, value: &Node, config: &mut Config) {
        if let Some(name) = self.scalar(value, "the name of the workspace", "consulting") {
            config.name = name;
        }
    }

    fn edition(&mut self, value: &Node, config: &mut Config) {
        let Some(text) = self.scalar(value, "the edition", "2026") else { return };
        match text.parse::<u16>() {
            Ok(edition) if EDITIONS.contains(&edition) => config.edition = edition,
            _ => {
                let known: Vec<String> = EDITIONS.iter().map(u16::to_string).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.invalid(
                    value.span,
                    format!("there is no language edition `{text}`"),
                    format!("this release knows {}", listed(&known)),
                );
            }
        }
    }

    fn sources(&mut self, value: &Node, config: &mut Config) {
        let Some(text) = self.scalar(value, "the folder of the sources", "specs") else { return };
        config.sources_span = value.span;
        let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if text.starts_with('/') || text.contains('\\') || parts.contains(&"..") {
            let help = "name a folder inside the workspace, with `/` between folders";
            self.invalid(value.span, format!("`{text}` is no folder of the workspace"), help);
            return;
        }
        config.sources = if parts.is_empty() { ".".to_owned() } else { parts.join("/") };
    }

    fn lints(&mut self, value: Node, levels: &mut Levels) {
        for (key, value) in self.members(value, "lints").unwrap_or_default() {
            let Some(word) = self.scalar(&value, "the level", "warn") else { continue };
            let set = word.parse::<Level>().and_then(|level| levels.set(&key.text, level));
            match set {
                Ok(()) => {}
                Err(LevelError::UnknownCode(unknown)) => {
                    let mut problem = Diagnostic::new(
                        &codes::UNKNOWN_LINT,
                        key.span,
                        format!("there is no diagnostic `{}`", unknown.name),
                    );
                    problem = match unknown.closest {
                        Some(meant) => problem.help(format!("did you mean `{}`?", meant.name)).fix(Fix::replace(
                            format!("write `{}`", meant.name),
                            key.span,
                            meant.name,
                        )),
                        None => problem.help("`syncline explain` lists all diagnostics"),
                    };
                    self.problems.push(problem);
                }
                Err(error @ LevelError::UnknownLevel(_)) => {
                    self.invalid(value.span, error.to_string(), "write one of them")
                }
                Err(error @ LevelError::CannotLower(_)) => {
                    let help =
                        "remove the line: a plan built in spite of an error would do what the error says it must not";
                    self.invalid(key.span, error.to_string(), help);
                }
            }
        }
    }

    fn tests(&mut self, value: Node, config: &mut Config) {
        for (key, value) in self.members(value, "`tests`").unwrap_or_default() {
            if key.text != "coverage" {
                self.unknown_key(&codes::INVALID_WORKSPACE_FILE, &key, "`tests`", &["coverage"]);
                continue;
            }
            let Some(text) = self.scalar(&value, "the percentage", "80") else { continue };
            config.coverage = text.parse().ok().filter(|percent| *percent <= 100);
            if config.coverage.is_none() {
                let message = format!("`{text}` is no percentage");
                self.invalid(value.span, message, "write a whole number from 0 to 100, without `%`");
            }
        }
    }

    fn profiles(&mut self, value: Node, config: &mut Config) {
        for (key, value) in self.members(value, "profiles").unwrap_or_default() {
            if !is_file_name(&key.text) {
                let help = "use letters, digits, `-`, `_` and `.`: the hub's folder is named after the profile";
                self.invalid(key.span, format!("`{}` cannot name a profile", key.text), help);
                continue;
            }
            let profile = self.profile(&key, value);
            config.profiles.insert(key.text, profile);
        }
    }

    fn profile(&mut self, name: &Key, value: Node) -> Profile {
        const KEYS: [&str; 3] = ["hub", "systems", "waves"];
        let mut profile = Profile {
            hub: None,
            systems: BTreeMap::new(),
            waves: None,
            poisoned: false,
            span: name.span,
            system_spans: BTreeMap::new(),
        };
        let Some(members) = self.members(value, "profiles") else {
            profile.poisoned = true;
            return profile;
        };
        for (key, value) in members {
            match key.text.as_str() {
                "hub" => profile.hub = self.scalar(&value, "the hub's file", ".syncline/july/hub.db"),
                "waves" => {
                    profile.waves = self.waves(value);
                    profile.poisoned |= profile.waves.is_none();
                }
                "systems" => {
                    profile.span = key.span;
                    for (system, value) in self.members(value, "systems").unwrap_or_default() {
                        profile.system_spans.insert(system.text.clone(), system.span);
                        match self.binding(&system, value) {
                            Some(binding) => drop(profile.systems.insert(system.text, binding)),
                            None => profile.poisoned = true,
                        }
                    }
                }
                _ => {
                    self.unknown_key(&codes::INVALID_WORKSPACE_FILE, &key, "a profile", &KEYS);
                    profile.poisoned = true;
                }
            }
        }
        profile
    }

    fn waves(&mut self, value: Node) -> Option<Vec<(String, Span)>> {
        let Value::List(items) = value.value else {
            let help = "write a list such as `[pilot, posting]`; without the line all waves are enabled";
            self.invalid(value.span, "`waves` is a list of the waves that are enabled", help);
            return None;
        };
        items.iter().map(|item| Some((self.scalar(item, "the name of a wave", "pilot")?, item.span))).collect()
    }

    fn binding(&mut self, system: &Key, value: Node) -> Option<Binding> {
        let members = self.members(value, "the settings of a system")?;
        let connector = members.iter().find(|(key, _)| key.text == "connector");
        let Some((_, connector)) = connector else {
            let help = format!("add `connector: {}`", names());
            self.invalid(system.span, format!("nothing says how system `{}` is reached", system.text), help);
            return None;
        };
        let word = self.scalar(connector, "the connector", "csv")?;
        let Some(kind) = Connector::ALL.into_iter().find(|kind| kind.name() == word) else {
            self.invalid(connector.span, format!("there is no connector `{word}`"), format!("write {}", names()));
            return None;
        };
        let mut settings: BTreeMap<String, String> = BTreeMap::new();
        let mut clean = true;
        for (key, value) in members.iter().filter(|(key, _)| key.text != "connector") {
            if kind.settings().contains(&key.text.as_str()) {
                match self.scalar(value, &format!("the value of `{}`", key.text), "data/july") {
                    Some(text) => drop(settings.insert(key.text.clone(), text)),
                    None => clean = false,
                }
            } else {
                self.unknown_key(
                    &codes::UNKNOWN_CONNECTOR_SETTING,
                    key,
                    &format!("connector `{}`", kind.name()),
                    kind.settings(),
                );
                clean = false;
            }
        }
        let Some(path) = settings.remove("path") else {
            if clean {
                self.invalid(system.span, format!("nothing says where system `{}` is", system.text), "add `path`");
            }
            return None;
        };
        clean.then(|| Binding { connector: kind, path, init: settings.remove("init") })
    }
}

/// Profiles name folders.
fn is_file_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && !name.is_empty()
        && !name.starts_with('.')
}

fn names() -> String {
    let names: Vec<&str> = Connector::ALL.into_iter().map(Connector::name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// `` `a`, `b` and `c` ``
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
