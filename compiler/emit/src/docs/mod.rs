//! The documentation site of a plan.
//!
//! One page for each object, system, sync and source file; one each for ownership, lineage, calendar, queues and teams, code tables,
//! value sets. The same plan and sources give the same bytes: nothing here asks for the time, the machine or the order of a hash table.
//!
//! Pages need no script and no network. Scripts beside them add search, filters above long tables, and the choice of colours; the
//! index that is searched is made here.
//!
//! Each module named after a page makes that page; the others make what pages share.

mod addresses;
mod calendar_page;
mod codes_page;
mod field_view;
mod frame;
mod highlight;
mod holiday_view;
mod hop_diagram;
mod index_page;
mod lifecycle_view;
mod lineage_page;
mod map_view;
mod object_page;
mod objects_page;
mod ownership_page;
mod places;
mod prose;
mod queues_page;
mod routing;
mod scripts;
mod search_entries;
mod search_index;
mod site;
mod slug;
mod source_page;
mod state_diagram;
mod state_lines;
mod stylesheet;
mod sync_diagram;
mod sync_page;
mod sync_view;
mod system_page;
mod values_page;
mod wave_view;
mod week;
mod week_diagram;
mod window_view;

use crate::OutputFile;
use site::Site;
use std::collections::BTreeMap;
use syncline_ir::Plan;

/// The site of `plan`, sorted by path. `sources` are texts of source files by path relative to the workspace, as places in the plan
/// name them; with them each place is a link to its line, without them it is text.
#[must_use]
pub fn emit(plan: &Plan, sources: Option<&BTreeMap<String, String>>) -> Vec<OutputFile> {
    let site = Site::new(plan, sources);
    let mut files = vec![
        stylesheet::file(plan),
        index_page::page(&site),
        objects_page::page(&site),
        ownership_page::page(&site),
        calendar_page::page(&site),
        queues_page::page(&site),
        codes_page::page(&site),
        values_page::page(&site),
    ];
    files.extend(object_page::pages(&site));
    files.extend(system_page::pages(&site));
    files.extend(sync_page::pages(&site));
    files.extend(lineage_page::pages(&site));
    files.extend(source_page::pages(&site));
    files.extend(scripts::files(&site));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
