//! Names as the specs write them.
//!
//! A name is **plain** when it is an ASCII identifier and not a reserved word; every other name stands in backticks.

/// Words that cannot be plain names.
pub(crate) const RESERVED: [&str; 19] = [
    "and", "or", "not", "in", "is", "else", "when", "where", "while", "match", "let", "as", "from", "for", "then",
    "true", "false", "null", "self",
];

/// `name`, in backticks unless it is plain. Rows in a row, `opportunity.lines`, and what they have from there, `parent.id`, are two names.
pub(crate) fn quoted(name: &str) -> String {
    if name.split('.').all(is_plain) {
        return name.to_owned();
    }
    match name.strip_prefix(syncline_ir::OF_PARENT) {
        Some(field) => format!("{}{}", syncline_ir::OF_PARENT, quoted(field)),
        None => format!("`{name}`"),
    }
}

/// Names joined by dots, each in backticks unless it is plain.
pub(crate) fn path(names: &[&str]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(".")
}

fn is_plain(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !RESERVED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_that_are_not_reserved_are_plain() {
        assert_eq!(
            path(&["crm", "Billable Hours", "when", "self", "_x1", "1x", ""]),
            "crm.`Billable Hours`.`when`.`self`._x1.`1x`.``"
        );
        assert_eq!(path(&["crm", "opportunity.lines", "parent.id"]), "crm.opportunity.lines.parent.id");
        assert_eq!(quoted("parent.Billable Hours"), "parent.`Billable Hours`");
    }
}
