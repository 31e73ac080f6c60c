//! `syncline new`

use crate::arguments::New;
use crate::files;
use crate::output::{self, BOLD, GOOD, styled};
use crate::trouble::{Exit, Outcome, Trouble};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The files of a new workspace. `{name}` in them becomes the workspace's name.
const FILES: [(&str, &str); 8] = [
    ("syncline.yaml", include_str!("../../template/syncline.yaml")),
    (".gitignore", include_str!("../../template/gitignore")),
    ("README.md", include_str!("../../template/README.md")),
    ("specs/organisation.syn", include_str!("../../template/specs/organisation.syn")),
    ("specs/systems.syn", include_str!("../../template/specs/systems.syn")),
    ("specs/customers.syn", include_str!("../../template/specs/customers.syn")),
    ("data/shop/customer.csv", include_str!("../../template/data/shop/customer.csv")),
    ("data/books.sql", include_str!("../../template/data/books.sql")),
];

pub(super) fn run(arguments: &New) -> Outcome<Exit> {
    let folder = &arguments.folder;
    let name = name(folder)?;
    if occupied(folder)? {
        return Err(Trouble::new(format!("`{}` exists and is not empty", folder.display()))
            .help("name a folder that does not exist yet"));
    }
    for (path, text) in FILES {
        // Only these two speak of the workspace's name; braces elsewhere are the language's own.
        let text =
            if matches!(path, "syncline.yaml" | "README.md") { text.replace("{name}", &name) } else { text.to_owned() };
        files::write(&folder.join(path), text.as_bytes())?;
    }
    let mut text = format!("{} {}\n", styled(GOOD, "made"), styled(BOLD, folder.display()));
    for (path, _) in FILES {
        let _ = writeln!(text, "  {path}");
    }
    let _ = writeln!(text, "\nnext: {}", styled(BOLD, format_args!("cd {} && syncline run", folder.display())));
    output::print(&text)?;
    Ok(Exit::Fine)
}

/// The workspace is called like its folder.
fn name(folder: &Path) -> Outcome<String> {
    let absolute = std::path::absolute(folder).map_err(|error| Trouble::file("find", folder, &error))?;
    let name = absolute.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !plain {
        return Err(Trouble::new(format!("`{}` cannot name a workspace", folder.display()))
            .help("use letters, digits, `-`, `_` and `.` in the folder's name"));
    }
    Ok(name.to_owned())
}

fn occupied(folder: &Path) -> Outcome<bool> {
    if !folder.exists() {
        return Ok(false);
    }
    let mut entries = fs::read_dir(folder).map_err(|error| Trouble::file("read folder", folder, &error))?;
    Ok(entries.next().is_some())
}
