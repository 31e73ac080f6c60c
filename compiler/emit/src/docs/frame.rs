//! The frame of every page: title, breadcrumbs, navigation, footer; and the templates.

use super::addresses::Thing;
use super::site::{Link, Site};
use crate::OutputFile;
use handlebars::Handlebars;
use serde::Serialize;
use std::sync::LazyLock;

/// Every template by name. Parts of other templates come after the pages.
const TEMPLATES: [(&str, &str); 34] = [
    ("page", include_str!("../../templates/page.hbs")),
    ("index", include_str!("../../templates/index.hbs")),
    ("objects", include_str!("../../templates/objects.hbs")),
    ("object", include_str!("../../templates/object.hbs")),
    ("ownership", include_str!("../../templates/ownership.hbs")),
    ("systems", include_str!("../../templates/systems.hbs")),
    ("system", include_str!("../../templates/system.hbs")),
    ("syncs", include_str!("../../templates/syncs.hbs")),
    ("sync", include_str!("../../templates/sync.hbs")),
    ("calendar", include_str!("../../templates/calendar.hbs")),
    ("queues", include_str!("../../templates/queues.hbs")),
    ("codes", include_str!("../../templates/codes.hbs")),
    ("values", include_str!("../../templates/values.hbs")),
    ("lineage_index", include_str!("../../templates/lineage_index.hbs")),
    ("lineage", include_str!("../../templates/lineage.hbs")),
    ("sources", include_str!("../../templates/sources.hbs")),
    ("source", include_str!("../../templates/source.hbs")),
    ("at", include_str!("../../templates/parts/at.hbs")),
    ("chip", include_str!("../../templates/parts/chip.hbs")),
    ("code", include_str!("../../templates/parts/code.hbs")),
    ("contact", include_str!("../../templates/parts/contact.hbs")),
    ("diagram", include_str!("../../templates/parts/diagram.hbs")),
    ("doc", include_str!("../../templates/parts/doc.hbs")),
    ("ends", include_str!("../../templates/parts/ends.hbs")),
    ("entity", include_str!("../../templates/parts/entity.hbs")),
    ("flow", include_str!("../../templates/parts/flow.hbs")),
    ("hops", include_str!("../../templates/parts/hops.hbs")),
    ("lifecycle", include_str!("../../templates/parts/lifecycle.hbs")),
    ("link", include_str!("../../templates/parts/link.hbs")),
    ("map", include_str!("../../templates/parts/map.hbs")),
    ("route", include_str!("../../templates/parts/route.hbs")),
    ("sync_flow", include_str!("../../templates/parts/sync_flow.hbs")),
    ("type", include_str!("../../templates/parts/type.hbs")),
    ("week", include_str!("../../templates/parts/week.hbs")),
];

/// Groups of the navigation with more entries than this name only the entry at hand and lead to the list of all.
const NAVIGATION_MAX: usize = 40;

static ENGINE: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut engine = Handlebars::new();
    // A template that names a member which its page does not have is a mistake, not an empty cell.
    engine.set_strict_mode(true);
    // Texts of sources stand in `pre`, where indentation shows.
    engine.set_prevent_indent(true);
    for (name, text) in TEMPLATES {
        #[expect(
            clippy::expect_used,
            reason = "the templates are part of the program, and every one is rendered by the tests"
        )]
        engine.register_template_string(name, text.trim_end()).expect("a template that can be read");
    }
    engine
});

/// What the frame is told about a page.
pub(super) struct Page<'a> {
    /// Path from the root of the site.
    pub(super) path: &'a str,
    /// Its name, first in the title of the window.
    pub(super) title: &'a str,
    /// The pages above it, outermost first; the overview is added.
    pub(super) above: Vec<Link>,
    /// The name of its template.
    pub(super) template: &'static str,
    /// Whether it is printed across the paper.
    pub(super) wide: bool,
}

#[derive(Serialize)]
struct Body<'a, T: Serialize> {
    root: &'a str,
    path: &'a str,
    #[serde(flatten)]
    content: &'a T,
}

#[derive(Serialize)]
struct Frame<'a> {
    root: &'a str,
    path: &'a str,
    title: &'a str,
    workspace: &'a str,
    edition: u16,
    hash: &'a str,
    short_hash: String,
    wide: bool,
    home: bool,
    above: &'a [Link],
    groups: Vec<Group>,
    body: String,
}

#[derive(Serialize)]
struct Group {
    title: Option<&'static str>,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    text: String,
    href: String,
    current: bool,
    /// Colour of a system; 0 for everything else.
    hue: usize,
    /// Whether the text is a name from the specs.
    name: bool,
}

impl Site<'_> {
    /// The page with `content` in its template, inside the frame.
    pub(super) fn page(&self, page: &Page<'_>, content: &impl Serialize) -> OutputFile {
        let root = "../".repeat(page.path.matches('/').count());
        let body = render(page.template, &Body { root: &root, path: page.path, content });
        let frame = Frame {
            root: &root,
            path: page.path,
            title: page.title,
            workspace: &self.plan.workspace.name,
            edition: self.plan.workspace.edition,
            hash: &self.plan.hash,
            short_hash: short_hash(&self.plan.hash),
            wide: page.wide,
            home: page.path == "index.html",
            above: &page.above,
            groups: self.navigation(page.path),
            body,
        };
        OutputFile { path: page.path.to_owned(), bytes: render("page", &frame).into_bytes() }
    }

    fn navigation(&self, path: &str) -> Vec<Group> {
        let fixed = |text: &str, href: &str| Entry {
            text: text.to_owned(),
            href: href.to_owned(),
            current: href == path,
            hue: 0,
            name: false,
        };
        let plan = self.plan;
        let objects = plan.objects.iter().map(|object| (object.name.as_str(), Thing::Object(&object.name)));
        let systems = plan.systems.iter().map(|system| (system.name.as_str(), Thing::System(&system.name)));
        let syncs = plan.syncs.iter().map(|sync| (sync.name.as_str(), Thing::Sync(&sync.name)));
        vec![
            Group {
                title: None,
                entries: vec![
                    fixed("Overview", "index.html"),
                    fixed("Ownership", "ownership.html"),
                    fixed("Lineage", "lineage.html"),
                    fixed("Calendar", "calendar.html"),
                    fixed("Queues and teams", "queues.html"),
                ],
            },
            self.group("Objects", fixed("All objects", "objects.html"), objects, path),
            self.group("Systems", fixed("All systems", "systems.html"), systems, path),
            self.group("Syncs", fixed("All syncs, in order", "syncs.html"), syncs, path),
            Group {
                title: Some("Reference"),
                entries: vec![
                    fixed("Code tables", "codes.html"),
                    fixed("Value sets", "values.html"),
                    fixed("Sources", "sources.html"),
                ],
            },
        ]
    }

    fn group<'p>(
        &self,
        title: &'static str,
        all: Entry,
        things: impl ExactSizeIterator<Item = (&'p str, Thing<'p>)>,
        path: &str,
    ) -> Group {
        let short = things.len() <= NAVIGATION_MAX;
        let entries = things.filter_map(|(name, thing)| {
            let href = self.href(thing)?;
            let hue = if matches!(thing, Thing::System(_)) { self.chip(name).hue } else { 0 };
            Some(Entry { text: name.to_owned(), current: href == path, href, hue, name: true })
        });
        Group {
            title: Some(title),
            entries: std::iter::once(all).chain(entries.filter(|entry| short || entry.current)).collect(),
        }
    }
}

fn render(template: &str, data: &impl Serialize) -> String {
    #[expect(
        clippy::expect_used,
        reason = "pages are plain data, and the tests render every template with every member it names"
    )]
    ENGINE.render(template, data).expect("a template with its members")
}

/// `sha256:` and the first twelve digits: enough to tell plans apart by eye.
pub(super) fn short_hash(hash: &str) -> String {
    match hash.split_once(':') {
        Some((method, digits)) => format!("{method}:{}", digits.chars().take(12).collect::<String>()),
        None => hash.chars().take(12).collect(),
    }
}
