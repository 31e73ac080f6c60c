//! Light and dark, scripts, and paper.

use super::*;

fn style() -> String {
    let files = emit(&plan(), None);
    let style = files.iter().find(|file| file.path == "style.css").unwrap();
    String::from_utf8(style.bytes.clone()).unwrap()
}

/// The declarations of the rule that begins with `selector`.
fn rule(style: &str, selector: &str) -> Vec<String> {
    let (_, rest) = style.split_once(&format!("{selector} {{")).unwrap_or_else(|| panic!("no {selector}"));
    let (body, _) = rest.split_once('}').unwrap();
    body.split(';').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

#[test]
fn night_is_the_same_by_system_and_by_choice() {
    let style = style();
    let by_system = rule(&style, "  :root:not([data-theme=\"light\"])");
    assert_eq!(by_system, rule(&style, "  :root[data-theme=\"dark\"]"));
    // Every colour of the day has one of the night: whatever is a variable of `:root` and no typeface.
    let names = |declarations: &[String]| -> Vec<String> {
        let name = |one: &String| one.split(':').next().unwrap().trim().to_owned();
        let typefaces = ["--sans", "--serif", "--mono"];
        declarations.iter().map(name).filter(|name| !typefaces.contains(&name.as_str())).collect()
    };
    assert_eq!(names(&rule(&style, ":root")), names(&by_system));
    // Paper is light whatever was chosen.
    let paper = names(&rule(&style, "  :root, :root[data-theme]"));
    assert!(names(&by_system).iter().all(|name| paper.contains(name)), "{paper:?}");
}

/// Relative luminance of `#rrggbb` by WCAG 2.2.
#[allow(clippy::float_arithmetic, reason = "colours are no values of anybody")]
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
    let linear = |value: f64| if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5))
}

#[test]
#[allow(clippy::float_arithmetic, reason = "colours are no values of anybody")]
fn words_stand_out_from_their_ground() {
    let style = style();
    for selector in [":root", "  :root[data-theme=\"dark\"]"] {
        let colours = rule(&style, selector);
        let colour = |name: &str| {
            let found = colours.iter().find_map(|one| one.strip_prefix(&format!("--{name}: #")));
            format!("#{}", found.unwrap_or_else(|| panic!("no --{name} in {selector}")))
        };
        for words in ["ink", "soft", "link", "warn", "keyword", "text", "number"] {
            for ground in ["paper", "raised", "ground"] {
                let (one, other) = (luminance(&colour(words)), luminance(&colour(ground)));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= 4.5, "{selector}: {words} on {ground} is {contrast:.2}");
            }
        }
        // Lines that carry a meaning: three to one.
        for line in ["ink", "soft", "capture", "post"] {
            let (one, other) = (luminance(&colour(line)), luminance(&colour("ground")));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 3.0, "{selector}: {line} is {contrast:.2}");
        }
    }
}

#[test]
fn each_page_has_the_same_scripts_and_needs_none() {
    for (path, page) in site() {
        let scripts: Vec<&str> = page.named("script").iter().map(|script| script.attribute("src")).collect();
        let names: Vec<&str> = scripts.iter().map(|src| src.trim_start_matches("../")).collect();
        assert_eq!(names, ["script/theme.js", "script/filter.js", "script/search.js"], "{path}");
        let root = page.named("html")[0].attribute("data-root");
        assert_eq!(links::resolved(&path, &format!("{root}index.html")), "index.html");
        // What only scripts can work is out of sight until they run.
        for class in ["search", "theme"] {
            assert!(page.classed(class)[0].attributes.contains_key("hidden"), "{path}: {class}");
        }
    }
}

#[test]
fn the_library_comes_with_its_licence() {
    let files = emit(&plan(), None);
    let library = files.iter().find(|file| file.path == "script/minisearch.js").unwrap();
    let text = std::str::from_utf8(&library.bytes).unwrap();
    assert!(text.starts_with("/*! MiniSearch 7.2.0\n\nCopyright 2022 Luca Ongaro"));
    assert!(text.contains("The above copyright notice and this permission notice shall be included"));
    assert!(!text.contains("sourceMappingURL"));
    // Unchanged but for that: the code stands in it as it was published.
    let published = include_str!("../../vendor/minisearch/minisearch.js");
    let code = published.trim_end().rsplit_once('\n').unwrap();
    assert!(code.1.starts_with("//# sourceMappingURL=") && text.contains(code.0));
    // The vendor's page names the bytes that are here.
    assert!(include_str!("../../vendor/minisearch/README.md").contains("`minisearch` 7.2.0"));
}

#[test]
fn each_printed_page_names_the_workspace_and_the_plan() {
    let (style, plan) = (style(), plan());
    let (_, head) = style.rsplit_once("@page {").unwrap();
    assert!(head.contains("@top-left { content: \"northlight\""), "{head}");
    assert!(head.contains(&plan.hash.replace(':', "\\3a ")), "{head}");
    for (path, page) in site() {
        assert!(page.named("footer")[0].classed("paper")[0].words().contains(&path));
    }
}
