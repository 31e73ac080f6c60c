//! The scripts of the site. Each page works without them; they add the choice of colours, filters above long tables, and search.
//!
//! No page has a script inside of it, so a site can be served under a policy that forbids those.

use super::search_entries::entries;
use super::search_index;
use super::site::Site;
use crate::OutputFile;

const MINISEARCH: &str = include_str!("../../vendor/minisearch/minisearch.js");
const LICENCE: &str = include_str!("../../vendor/minisearch/LICENSE.txt");

/// All scripts.
pub(super) fn files(site: &Site<'_>) -> Vec<OutputFile> {
    let file = |name: &str, bytes: Vec<u8>| OutputFile { path: format!("script/{name}"), bytes };
    vec![
        file("theme.js", include_bytes!("../../templates/script/theme.js").to_vec()),
        file("filter.js", include_bytes!("../../templates/script/filter.js").to_vec()),
        file("search.js", include_bytes!("../../templates/script/search.js").to_vec()),
        file("minisearch.js", minisearch()),
        file("search-index.js", search_index::script(&entries(site))),
    ]
}

/// MiniSearch under its licence, without the name of a source map that the site does not have.
fn minisearch() -> Vec<u8> {
    let code = MINISEARCH.trim_end();
    let code = code.rsplit_once("\n//# sourceMappingURL=").map_or(code, |(code, _)| code);
    format!("/*! MiniSearch 7.2.0\n\n{}\n*/\n{code}\n", LICENCE.trim()).into_bytes()
}
