//! `syncline.yaml`: every mistake has its code, its place and its words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::lines;
use syncline::diagnostics::Severity;
use syncline::{Config, Connector, SourceFile, Workspace, check};

/// Two systems, of which one captures and one is posted to.
const SPECS: &str = "\
team sales { title \"Sales\" }
queue desk { owner sales; respond within 4h; resolve within 2d }
system psa { entity client { key id: text(12); name: text(40) } }
system erp { entity customer { key id: text(12); name: text(40); find by id } }
object Client: master { key id: text(12); name: text(40) }
ownership of Client by sales { psa owns * }
map psa.client -> Client creates { id = id; name = name; otherwise quarantine desk }
map Client -> erp.customer { id = id; name = name; otherwise quarantine desk }
sync Clients by sales {
  move psa.client -> Client -> erp.customer
  model batch
  every 1h
  idempotent by id
  order by arrival
  correct by overwrite
  leave hold desk
  on change of plan correct
}
";

const HEAD: &str = "name: x\nedition: 2026\nsources: specs\n";
const SYSTEMS: &str = "profiles:\n  p:\n    systems:\n      psa: { connector: csv, path: a }\n      erp: { connector: sqlite, path: b }\n";

fn found(manifest: &str) -> Vec<String> {
    let files = vec![SourceFile::new("specs/all.syn", SPECS)];
    lines(&check(&Workspace { config: Config::parse(manifest), files }))
}

#[test]
fn a_sound_manifest_is_read() {
    let text = format!("{HEAD}lints: {{ unread-field: off, SYN0512: error }}\n{SYSTEMS}")
        .replace("path: b", "path: b, init: c.sql")
        .replace("  p:\n", "  p:\n    hub: h.db\n");
    assert_eq!(found(&text), [""; 0]);
    let config = Config::parse(text);
    assert_eq!((config.name.as_str(), config.edition, config.sources.as_str()), ("x", 2026, "specs"));
    let profile = &config.profiles["p"];
    assert_eq!(profile.hub.as_deref(), Some("h.db"));
    assert_eq!(profile.systems["erp"].connector, Connector::Sqlite);
    assert_eq!(profile.systems["erp"].init.as_deref(), Some("c.sql"));
    assert_eq!(profile.systems["psa"].path, "a");
}

#[test]
fn enabled_waves_are_declared_and_begin_in_order() {
    let waves = "\
object Site: master { key code: text(12) }
ownership of Site by sales { psa owns * }
map psa.site -> Site creates { code = code; otherwise quarantine desk }
sync Sites by sales { move psa.site -> Site; model batch; every 1h; order by arrival }
wave masters { syncs Sites }
wave posting after masters { syncs Clients }
";
    let specs = format!("{}{waves}", SPECS.replace("system psa {", "system psa { entity site { key code: text(12) };"));
    let found = |profile: &str| {
        let manifest =
            format!("{HEAD}profiles:\n  p:\n{profile}    systems:\n      psa: {{ connector: csv, path: a }}\n");
        let files = vec![SourceFile::new("specs/all.syn", specs.as_str())];
        lines(&check(&Workspace { config: Config::parse(manifest), files }))
    };
    // Nobody posts into the ERP in the first wave, so nobody needs to know where it is.
    assert_eq!(found("    waves: [masters]\n"), [""; 0]);
    assert_eq!(found("    waves: []\n"), [""; 0]);
    let missing =
        |line: u32| format!("missing-profile syncline.yaml:{line}:5 profile `p` does not say where system `erp` lives");
    assert_eq!(found("    waves: [masters, posting]\n"), [missing(7)]);
    assert_eq!(found(""), [missing(6)]);
    let early = found("    waves:\n      - posting\n");
    assert!(
        early[0].contains("profile `p` enables wave `posting` and not `masters`, which begins before it"),
        "{early:?}"
    );
    let unknown = found("    waves: [mastres]\n");
    assert!(unknown[0].contains("there is no wave `mastres`"), "{unknown:?}");
    let no_list = found("    waves: masters\n");
    assert!(no_list[0].contains("`waves` is a list of the waves that are enabled"), "{no_list:?}");
}

#[test]
fn values_keep_their_text() {
    let config = Config::parse("name: 007\nedition: \"2026\"\nsources: ./specs/\n");
    assert!(config.is_clean());
    assert_eq!((config.name.as_str(), config.edition, config.sources.as_str()), ("007", 2026, "specs"));
    assert_eq!(Config::parse("name: x\nedition: 2026\nsources: ./\n").sources, ".");
}

#[test]
fn every_mistake_has_its_place() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["invalid-workspace-file syncline.yaml:1:1 a workspace file is a list of keys with values"]),
        ("- a\n", &["invalid-workspace-file syncline.yaml:1:1 a workspace file is a list of keys with values"]),
        (
            "name: [1, 2\nedition: 2026\n",
            &["invalid-workspace-file syncline.yaml:2:8 this is not YAML: illegal placement of ':' indicator"],
        ),
        ("name: x\nsources: specs\n", &["invalid-workspace-file syncline.yaml:1:1 `edition` is missing"]),
        (
            "# é\nname: x\nedition: 2026\nsource: specs\n",
            &["invalid-workspace-file syncline.yaml:4:1 a workspace file has no key `source`"],
        ),
        (
            "name: x\nedition: 2026\nname: y\nsources: specs\n",
            &["invalid-workspace-file syncline.yaml:3:1 `name` stands here twice"],
        ),
        (
            "name:\nedition: 2026\nsources: specs\n",
            &["invalid-workspace-file syncline.yaml:1:6 the name of the workspace is missing here"],
        ),
        (
            "name: x\nedition: 1999\nsources: specs\n",
            &["invalid-workspace-file syncline.yaml:2:10 there is no language edition `1999`"],
        ),
        (
            "name: x\nedition: 2026.0\nsources: specs\n",
            &["invalid-workspace-file syncline.yaml:2:10 there is no language edition `2026.0`"],
        ),
        (
            "name: x\nedition: 2026\nsources: ../specs\n",
            &["invalid-workspace-file syncline.yaml:3:10 `../specs` is no folder of the workspace"],
        ),
        (
            "name: x\nedition: 2026\nsources: /specs\n",
            &["invalid-workspace-file syncline.yaml:3:10 `/specs` is no folder of the workspace"],
        ),
    ];
    for (manifest, expected) in cases {
        assert_eq!(found(manifest), *expected, "{manifest:?}");
    }
}

#[test]
fn lints_are_known_levels_of_known_findings() {
    let cases: &[(&str, &str)] = &[
        ("  unread-feild: warn\n", "unknown-lint syncline.yaml:5:3 there is no diagnostic `unread-feild`"),
        (
            "  unread-field: loud\n",
            "invalid-workspace-file syncline.yaml:5:17 `loud` is no level; levels are `off`, `warn` and `error`",
        ),
        (
            "  ownership-conflict: off\n",
            "invalid-workspace-file syncline.yaml:5:3 `ownership-conflict` is an error and cannot be lowered",
        ),
        ("  unread-field:\n", "invalid-workspace-file syncline.yaml:5:16 the level is missing here"),
    ];
    for (lints, expected) in cases {
        assert_eq!(found(&format!("{HEAD}lints:\n{lints}")), [*expected], "{lints:?}");
    }
}

#[test]
fn coverage_is_a_percentage() {
    assert_eq!(Config::parse(HEAD).coverage, None);
    for (written, expected) in [("0", 0), ("100", 100)] {
        let config = Config::parse(format!("{HEAD}tests: {{ coverage: {written} }}\n"));
        assert!(config.is_clean());
        assert_eq!(config.coverage, Some(expected));
    }
    let cases: &[(&str, &str)] = &[
        ("{ coverage: 101 }", "5:20 `101` is no percentage"),
        ("{ coverage: 80% }", "5:20 `80%` is no percentage"),
        ("{ coverage: -1 }", "5:20 `-1` is no percentage"),
        ("{ covrage: 80 }", "5:10 `tests` has no key `covrage`"),
        ("80", "5:8 `tests` are keys with values, not a list or a single value"),
    ];
    for (tests, expected) in cases {
        let found = found(&format!("# A workspace\n{HEAD}tests: {tests}\n"));
        assert_eq!(found, [format!("invalid-workspace-file syncline.yaml:{expected}")], "{tests}");
    }
}

#[test]
fn levels_reach_the_findings() {
    let specs = SPECS
        .replace("map psa.client -> Client creates { id", "map psa.client -> Client creates { let spare = name; id");
    let severities = |level: &str| {
        let config = Config::parse(format!("{HEAD}lints: {{ unused-let: {level} }}\n"));
        let checked = check(&Workspace { config, files: vec![SourceFile::new("specs/all.syn", specs.as_str())] });
        let found: Vec<_> = checked.diagnostics.iter().map(|one| (one.code.name, one.severity)).collect();
        (found, checked.plan().is_some())
    };
    assert_eq!(severities("warn"), (vec![("unused-let", Severity::Warning)], true));
    assert_eq!(severities("error"), (vec![("unused-let", Severity::Error)], false));
    assert_eq!(severities("off"), (vec![], true));
}

#[test]
fn profiles_say_where_every_system_is() {
    let erp = "      erp: { connector: sqlite, path: b }\n";
    let cases: &[(String, &[&str])] = &[
        (
            SYSTEMS.replace(erp, ""),
            &["missing-profile syncline.yaml:6:5 profile `p` does not say where system `erp` lives"],
        ),
        (
            "profiles:\n  p:\n".to_owned(),
            &["missing-profile syncline.yaml:5:3 profile `p` does not say where systems `erp` and `psa` live"],
        ),
        (
            SYSTEMS.replace("erp:", "epr:"),
            &[
                "missing-profile syncline.yaml:6:5 profile `p` does not say where system `erp` lives",
                "unknown-name syncline.yaml:8:7 there is no system `epr`",
            ],
        ),
        (
            SYSTEMS.replace("path: b", "file: b"),
            &["unknown-connector-setting syncline.yaml:8:33 connector `sqlite` has no key `file`"],
        ),
        (
            SYSTEMS.replace("path: a", "path: a, header: x"),
            &["unknown-connector-setting syncline.yaml:7:39 connector `csv` has no key `header`"],
        ),
        (
            SYSTEMS.replace("connector: csv", "connector: tsv"),
            &["invalid-workspace-file syncline.yaml:7:25 there is no connector `tsv`"],
        ),
        (
            SYSTEMS.replace("connector: csv, ", ""),
            &["invalid-workspace-file syncline.yaml:7:7 nothing says how system `psa` is reached"],
        ),
        (
            SYSTEMS.replace(", path: a", ""),
            &["invalid-workspace-file syncline.yaml:7:7 nothing says where system `psa` is"],
        ),
        (
            SYSTEMS.replace("path: a", "path:"),
            &["invalid-workspace-file syncline.yaml:7:35 the value of `path` is missing here"],
        ),
        (
            SYSTEMS.replace("  p:\n", "  p/q:\n"),
            &["invalid-workspace-file syncline.yaml:5:3 `p/q` cannot name a profile"],
        ),
        (
            SYSTEMS.replace("    systems:", "    system:"),
            &["invalid-workspace-file syncline.yaml:6:5 a profile has no key `system`"],
        ),
    ];
    for (profiles, expected) in cases {
        assert_eq!(found(&format!("{HEAD}{profiles}")), *expected, "{profiles}");
    }
}

/// Only what is posted into answers, and only where it says so.
#[test]
fn a_target_in_files_whose_entity_returns_something_is_found() {
    let specs = |returns: &str| {
        SPECS.replace(
            "name: text(40); find by id }",
            &format!("name: text(40); number: text(9){returns}; find by id }}"),
        )
    };
    let found = |specs: String, profile: &str| {
        let files = vec![SourceFile::new("specs/all.syn", specs)];
        lines(&check(&Workspace { config: Config::parse(format!("{HEAD}{profile}")), files }))
    };
    let in_files = SYSTEMS.replace("connector: sqlite", "connector: csv");
    assert_eq!(
        found(specs("; returns number"), &in_files),
        [
            "files-return-nothing syncline.yaml:8:7 `erp.customer` returns `number`, and a `csv` target fills in nothing by itself"
        ]
    );
    assert_eq!(found(specs("; returns number"), SYSTEMS), [""; 0]);
    assert_eq!(found(specs("?"), &in_files), [""; 0]);
    assert_eq!(found(SPECS.to_owned(), &in_files), [""; 0]);
}

#[test]
fn profiles_are_not_judged_by_specs_that_cannot_be_read() {
    let files = vec![SourceFile::new("specs/all.syn", SPECS.replace("system erp {", "system erp { nonsense;"))];
    let manifest = format!("{HEAD}{}", SYSTEMS.replace("erp:", "epr:"));
    let found = lines(&check(&Workspace { config: Config::parse(manifest), files }));
    assert!(found.iter().all(|line| !line.contains("syncline.yaml")), "{found:#?}");
    assert!(!found.is_empty());
}

/// A document that refers to itself must not blow up.
#[test]
fn references_in_a_circle_are_refused_in_time() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        text.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    let found = found(&text);
    assert!(found.iter().all(|line| line.starts_with("invalid-workspace-file")), "{found:#?}");
    assert!(!found.is_empty());
}
