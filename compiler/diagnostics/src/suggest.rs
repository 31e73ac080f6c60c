//! "Did you mean": the known name nearest to a misspelt one.

/// The candidate that a reader most likely meant by `name`, if one is near enough: at most a third of its letters may
/// differ. Of equally near candidates the first in alphabetical order wins, whatever the order in which they come.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let near = wanted.chars().count() / 3;
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= near)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_third_of_the_letters_may_differ() {
        assert_eq!(closest("delivry", ["finance", "delivery"]), Some("delivery"));
        assert_eq!(closest("unread-feild", ["unread-field", "unused-let"]), Some("unread-field"));
        assert_eq!(closest("hours", ["houses"]), None, "two of five");
        assert_eq!(closest("ab", ["ac"]), None, "one of two");
    }

    #[test]
    fn letter_case_does_not_count() {
        assert_eq!(closest("timeentry", ["TimeEntry"]), Some("TimeEntry"));
        assert_eq!(closest("eu", ["EU"]), Some("EU"));
    }

    #[test]
    fn a_name_is_not_proposed_for_itself() {
        assert_eq!(closest("hours", ["hours"]), None);
    }

    #[test]
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(closest("rata", ["rate", "rats"]), Some("rate"));
        assert_eq!(closest("rata", ["rats", "rate"]), Some("rate"));
    }
}
