//! What can be found by searching: every named thing of the plan, and the pages themselves.

use super::addresses::Thing;
use super::prose::doc_blocks;
use super::routing;
use super::search_index::Entry;
use super::site::Site;
use crate::names;
use syncline_ir::{Entity, System};

/// Longest text of an entry, in characters: a sentence or two.
const TEXT_MAX: usize = 220;

/// Everything that can be found, in the order of the plan; broad things before their parts.
pub(super) fn entries(site: &Site<'_>) -> Vec<Entry> {
    let mut found = Found { site, entries: Vec::new() };
    found.pages();
    found.objects();
    found.systems();
    found.flows();
    found.people();
    found.values();
    found.entries
}

struct Found<'s, 'a> {
    site: &'s Site<'a>,
    entries: Vec<Entry>,
}

impl Found<'_, '_> {
    fn add(&mut self, kind: &'static str, name: &str, within: String, text: &str, thing: Thing<'_>) {
        let Some(href) = self.site.href(thing) else { return };
        self.entries.push(Entry { name: name.to_owned(), within, kind, text: shortened(text), href });
    }

    fn pages(&mut self) {
        for (name, href, text) in [
            (
                "Overview",
                "index.html",
                "What moves where, controlled entities, objects, systems, how to read these pages",
            ),
            ("Ownership", "ownership.html", "Which system may write which field, and at which stage"),
            ("Lineage", "lineage.html", "What each field depends on and what depends on it"),
            ("Calendar", "calendar.html", "When syncs run in a week, windows, holidays, month ends that stay shut"),
            ("Queues and teams", "queues.html", "Which reasons lead where, who answers and how fast"),
            ("Code tables", "codes.html", "What the codes of a system stand for"),
            ("Value sets", "values.html", "Enumerations, lifecycles and units"),
            ("Sources", "sources.html", "The files that the plan was made from, with their hashes"),
        ] {
            let (name, text, href) = (name.to_owned(), text.to_owned(), href.to_owned());
            self.entries.push(Entry { name, within: String::new(), kind: "page", text, href });
        }
    }

    fn objects(&mut self) {
        let plan = self.site.plan;
        for object in &plan.objects {
            self.add(
                "object",
                &object.name,
                String::new(),
                &first_words(object.doc.as_ref()),
                Thing::Object(&object.name),
            );
        }
        for object in &plan.objects {
            for field in &object.fields {
                let thing = Thing::ObjectField(&object.name, &field.name);
                self.add("field", &field.name, names::quoted(&object.name), &first_words(field.doc.as_ref()), thing);
            }
        }
    }

    fn systems(&mut self) {
        let plan = self.site.plan;
        for system in &plan.systems {
            let mut text = titled(system.title.as_deref(), system.doc.as_ref());
            if let Some(product) = &system.product {
                text = format!("instance of {product}. {text}");
            }
            self.add("system", &system.name, String::new(), &text, Thing::System(&system.name));
        }
        for system in &plan.systems {
            for entity in &system.entities {
                let thing = Thing::Entity(&system.name, &entity.name);
                self.add("entity", &entity.name, names::quoted(&system.name), &first_words(entity.doc.as_ref()), thing);
            }
        }
        for system in &plan.systems {
            for entity in &system.entities {
                self.entity_fields(system, entity);
            }
        }
    }

    fn entity_fields(&mut self, system: &System, entity: &Entity) {
        let within = names::path(&[&system.name, &entity.name]);
        for field in entity.own_fields() {
            let thing = Thing::EntityField(&system.name, &entity.name, &field.name);
            self.add("field", &field.name, within.clone(), &first_words(field.doc.as_ref()), thing);
        }
    }

    fn flows(&mut self) {
        let plan = self.site.plan;
        for sync in &plan.syncs {
            let text = titled(sync.title.as_deref(), sync.doc.as_ref());
            self.add("sync", &sync.name, String::new(), &text, Thing::Sync(&sync.name));
        }
        for wave in &plan.waves {
            let text = first_words(wave.doc.as_ref());
            self.add("wave", &wave.name, String::new(), &text, Thing::Wave(&wave.name));
        }
        for map in &plan.maps {
            let name = map.id.replace(" -> ", " → ");
            self.add("map", &name, String::new(), &first_words(map.doc.as_ref()), Thing::Map(&map.id));
        }
        for calendar in &plan.calendars {
            let thing = Thing::Calendar(&calendar.name);
            let text = format!("{}. {}", calendar.zone, first_words(calendar.doc.as_ref()));
            self.add("calendar", &calendar.name, String::new(), &text, thing);
        }
        for set in &plan.holidays {
            let days: Vec<&str> = set.days.iter().map(|day| day.title.as_str()).collect();
            self.add("holidays", &set.name, String::new(), &days.join(", "), Thing::Holidays(&set.name));
        }
    }

    fn people(&mut self) {
        let plan = self.site.plan;
        for queue in &plan.queues {
            let text = titled(queue.title.as_deref(), queue.doc.as_ref());
            self.add("queue", &queue.name, String::new(), &text, Thing::Queue(&queue.name));
        }
        for team in &plan.teams {
            let text = titled(Some(&team.title), team.doc.as_ref());
            let text = team.contact.iter().fold(text, |text, contact| format!("{text} {contact}"));
            self.add("team", &team.name, String::new(), &text, Thing::Team(&team.name));
        }
        for (reason, queues) in routing::reasons(plan) {
            self.add(
                "reason",
                reason,
                String::new(),
                &format!("leads to {}", Vec::from_iter(queues).join(", ")),
                Thing::Reason(reason),
            );
        }
    }

    fn values(&mut self) {
        let plan = self.site.plan;
        for codes in &plan.codes {
            let pairs: Vec<String> = codes.pairs.iter().map(|pair| format!("{} {}", pair.code, pair.value)).collect();
            // A table of a product is found by each of its systems.
            for system in &codes.systems {
                let within = names::path(&[system, &codes.entity, &codes.field]);
                self.add("code table", &codes.name, within, &pairs.join(", "), Thing::Codes(&codes.name));
            }
        }
        for one in &plan.enums {
            self.add("value set", &one.name, String::new(), &one.values.join(", "), Thing::Values(&one.name));
        }
        for one in &plan.lifecycles {
            self.add("lifecycle", &one.name, String::new(), &one.states.join(", "), Thing::Values(&one.name));
        }
    }
}

/// A title and the beginning of a documentation.
fn titled(title: Option<&str>, doc: Option<&String>) -> String {
    let words = first_words(doc);
    match title {
        Some(title) if words.is_empty() => title.to_owned(),
        Some(title) => format!("{title}. {words}"),
        None => words,
    }
}

/// The first paragraph or list item of a documentation, as text.
fn first_words(doc: Option<&String>) -> String {
    let first = doc_blocks(doc).into_iter().next().and_then(|block| block.items.into_iter().next());
    first.into_iter().flatten().map(|span| span.text).collect()
}

/// At most [`TEXT_MAX`] characters, cut between words where there are any.
fn shortened(text: &str) -> String {
    if text.chars().count() <= TEXT_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(TEXT_MAX).collect();
    let kept = start.rsplit_once(' ').map_or(start.as_str(), |(kept, _)| kept);
    format!("{kept} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(shortened("a b"), "a b");
        let long = "word ".repeat(60);
        assert_eq!(shortened(&long), format!("{}word …", "word ".repeat(43)));
        assert_eq!(shortened(&"ü".repeat(300)), format!("{} …", "ü".repeat(220)));
    }
}
