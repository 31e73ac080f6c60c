//! A strict reader of the HTML that the site consists of: anything not well nested or not quoted is a failure.

use std::collections::BTreeMap;

/// Elements without content.
const VOID: [&str; 6] = ["meta", "link", "wbr", "br", "input", "img"];

/// An element, or a text when `name` is empty.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// All elements below, in document order.
    pub fn all(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        for child in self.children.iter().filter(|child| !child.name.is_empty()) {
            found.push(child);
            found.extend(child.all());
        }
        found
    }

    /// The elements below with this name.
    pub fn named(&self, name: &str) -> Vec<&Node> {
        self.all().into_iter().filter(|node| node.name == name).collect()
    }

    /// The element below with this id.
    pub fn by_id(&self, id: &str) -> Option<&Node> {
        self.all().into_iter().find(|node| node.attribute("id") == id)
    }

    /// The elements below with this class.
    pub fn classed(&self, class: &str) -> Vec<&Node> {
        self.all().into_iter().filter(|node| node.attribute("class").split(' ').any(|one| one == class)).collect()
    }

    /// An attribute, empty when absent.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// The text of the element, runs of white space and ends of blocks as one blank.
    pub fn words(&self) -> String {
        self.spaced().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn spaced(&self) -> String {
        let end = if ["td", "th", "tr", "div", "li", "dt", "dd", "p", "caption"].contains(&self.name.as_str()) {
            " "
        } else {
            ""
        };
        format!("{}{}{end}", self.text, self.children.iter().map(Node::spaced).collect::<String>())
    }

    /// The text of the element as it stands.
    pub fn raw(&self) -> String {
        self.text.clone() + &self.children.iter().map(Node::raw).collect::<String>()
    }
}

/// The document as a tree below a node without name.
pub fn parse(html: &str) -> Node {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a document type");
    let mut open = vec![Node::default()];
    while !rest.is_empty() {
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            open.last_mut().unwrap().children.push(Node { text: decoded(&rest[..end]), ..Node::default() });
            rest = &rest[end..];
            continue;
        };
        if let Some(name) = tag.strip_prefix('/') {
            let (name, after) = name.split_once('>').expect("an end tag");
            let node = open.pop().unwrap();
            assert_eq!(node.name, name, "ill nested before {:?}", &after[..after.len().min(200)]);
            open.last_mut().expect("an element around").children.push(node);
            rest = after;
            continue;
        }
        let (node, closed, after) = start_tag(tag);
        rest = after;
        if closed || VOID.contains(&node.name.as_str()) {
            open.last_mut().unwrap().children.push(node);
        } else if node.name == "script" {
            let (text, after) = rest.split_once("</script>").expect("the end of a script");
            open.last_mut().unwrap().children.push(Node { text: text.to_owned(), ..node });
            rest = after;
        } else {
            open.push(node);
        }
    }
    assert_eq!(open.len(), 1, "unclosed {}", open.last().unwrap().name);
    open.pop().unwrap()
}

fn start_tag(tag: &str) -> (Node, bool, &str) {
    let end = tag.find([' ', '>', '/']).expect("a tag");
    let mut node = Node { name: tag[..end].to_owned(), ..Node::default() };
    assert!(
        !node.name.is_empty() && node.name.chars().all(|letter| letter.is_ascii_alphanumeric()),
        "not an element: {:?}",
        &tag[..tag.len().min(60)]
    );
    let mut rest = &tag[end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (node, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (node, false, after);
        }
        let end = rest.find(['=', '>', ' ']).expect("an attribute");
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(value) => {
                let (value, after) = value.split_once('"').expect("a closing quote");
                rest = after;
                decoded(value)
            }
            None => {
                assert!(!rest.starts_with('='), "unquoted attribute {name}");
                String::new()
            }
        };
        assert!(node.attributes.insert(name.clone(), value).is_none(), "attribute {name} twice");
    }
}

fn decoded(text: &str) -> String {
    assert!(!text.contains('<') && !text.contains('>'), "bare angle bracket in {text:?}");
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').expect("the end of an entity");
        let letter = match name {
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "amp" => '&',
            "#x27" => '\'',
            "#x60" => '`',
            "#x3D" => '=',
            other => panic!("unexpected entity {other:?}"),
        };
        out.push_str(before);
        out.push(letter);
        rest = after;
    }
    out + rest
}
