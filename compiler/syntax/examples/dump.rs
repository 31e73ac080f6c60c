//! temporary
fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    let file = syncline_syntax::parse_file(&text);
    for e in file.all_errors() {
        let s = &text[..e.range.start as usize];
        let line = s.matches('\n').count() + 1;
        println!("{}:{} [{}] {} | {:?} | {:?}", line, s.len() - s.rfind('\n').map_or(0, |x| x + 1) + 1, e.kind.name(), e.message, &text[e.range.start as usize..e.range.end as usize], e.help);
    }
    if std::env::args().nth(1).as_deref() == Some("fmt") { match syncline_syntax::format(&text) { Ok(t) => print!("{t}"), Err(e) => println!("{e:?}") } return; } if std::env::args().count() > 1 { println!("{:#?}", file); }
    println!("{} items", file.items.len());
}
