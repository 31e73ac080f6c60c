//! Links of a page: the file is there, and so is the heading.

use super::Tally;
use super::page::Page;
use std::path::Path;

pub fn lead_somewhere(page: &Page, root: &Path, tally: &mut Tally) {
    let file = root.join(&page.path);
    let text = std::fs::read_to_string(&file).unwrap();
    let mut fenced = false;
    for (at, line) in (1..).zip(text.lines()) {
        fenced ^= line.starts_with("```");
        if fenced {
            continue;
        }
        for link in line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if let Some(problem) = broken(link, &file) {
                tally.wrong.push(format!("{}:{at}: {problem}", page.path));
            }
        }
    }
}

fn broken(link: &str, from: &Path) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = if path.is_empty() { from.to_path_buf() } else { from.parent()?.join(path) };
    if !target.exists() {
        return Some(format!("there is no `{path}`"));
    }
    let anchor = anchor?;
    let text = std::fs::read_to_string(&target).ok()?;
    let headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| slug(line.trim_start_matches('#').trim()));
    (!headings.into_iter().any(|slug| slug == anchor)).then(|| format!("`{path}` has no heading `#{anchor}`"))
}

/// The anchor that a heading gets: letters, digits and hyphens in lower case, blanks as hyphens.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
