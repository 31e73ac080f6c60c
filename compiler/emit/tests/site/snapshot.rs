//! One page as it is, to be read when it changes.

use super::*;

#[test]
fn page_of_a_small_object() {
    let files = emit(&plan(), Some(&sources()));
    let page = files.iter().find(|file| file.path == "object/RateCard.html").unwrap();
    let html = std::str::from_utf8(&page.bytes).unwrap();
    // The navigation and the script are the same on all pages.
    let (head, rest) = html.split_once("<nav class=\"side\"").unwrap();
    let (_, rest) = rest.split_once("</nav>").unwrap();
    let (main, rest) = rest.split_once("<script>").unwrap();
    let (_, tail) = rest.split_once("</script>").unwrap();
    insta::assert_snapshot!(format!("{head}<!-- navigation -->{main}<!-- script -->{tail}"));
}
