//! One page as it is, to be read when it changes.

use super::*;

#[test]
fn page_of_a_small_object() {
    let files = emit(&plan(), Some(&sources()));
    let page = files.iter().find(|file| file.path == "object/RateCard.html").unwrap();
    let html = std::str::from_utf8(&page.bytes).unwrap();
    // The navigation is the same on all pages.
    let (head, rest) = html.split_once("<nav class=\"side\"").unwrap();
    let (_, main) = rest.split_once("</nav>").unwrap();
    insta::assert_snapshot!(format!("{head}<!-- navigation -->{main}"));
}
