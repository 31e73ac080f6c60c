//! The rules of the grammar in words.

use super::Rule;
use crate::parse::planned::{planned_in_header, planned_in_type, planned_inside};

/// What could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Item,
    Statement,
    Type,
    Value,
}

impl Whole {
    /// What of a later version `token` begins here.
    pub(super) fn planned(self, token: &str) -> Option<&'static str> {
        match self {
            Self::Item => planned_in_header(token),
            Self::Type => planned_in_type(token),
            Self::Statement | Self::Value => planned_inside(token),
        }
    }
}

/// `a type`, `` `by` or `{` ``: what these rules read.
pub(super) fn expected_words(rules: &[Rule], whole: Whole) -> Option<String> {
    let has = |wanted: &[Rule]| wanted.iter().any(|rule| rules.contains(rule));
    if has(&[Rule::expr, Rule::group, Rule::match_block, Rule::call_else_value, Rule::as_of_day]) {
        return Some("an expression".to_owned());
    }
    if has(&[Rule::negative]) {
        return Some("a value".to_owned());
    }
    let may_end = has(&[Rule::EOI, Rule::w_else]);
    let mut words: Vec<String> = Vec::new();
    // After a value in parentheses a version might be meant: too far-fetched, too.
    let in_group = has(&[Rule::end_of_group]);
    let far = |rule: &Rule| in_group && matches!(rule, Rule::as_of | Rule::w_at | Rule::at_baseline);
    for rule in rules.iter().filter(|rule| !far(rule)) {
        // Where a statement may end, a name would be the unit of a number: too far-fetched to be offered.
        if !(may_end && *rule == Rule::name) {
            words.extend(rule_words(*rule).iter().map(|word| (*word).to_owned()));
        }
        words.extend(format!("{rule:?}").strip_prefix("w_").map(|word| format!("`{word}`")));
    }
    // An item ends with its brace: saying so helps only where nothing else may come.
    if has(&[Rule::EOI]) && !has(&[Rule::shut]) && (whole != Whole::Item || words.is_empty()) {
        let whole = if whole == Whole::Item { "item" } else { "statement" };
        words.push(format!("the end of the {whole}"));
    }
    words.dedup();
    let last = words.pop()?;
    Some(if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) })
}

/// What a rule reads, if that can be said in a word or two.
fn rule_words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::name => &["a name"],
        Rule::path => &["a path such as `psa.timecard`"],
        Rule::text => &["a text in quotes"],
        Rule::number => &["a number"],
        Rule::duration => &["a duration such as `15m`"],
        Rule::date => &["a date such as `2026-07-01`"],
        Rule::r#type => &["a type"],
        Rule::argument => &["a number", "a currency"],
        Rule::colon => &["`:`"],
        Rule::equals => &["`=`"],
        Rule::to => &["`->`"],
        Rule::arrow => &["`->`", "`<->`"],
        Rule::open | Rule::routes => &["`{`"],
        Rule::shut => &["`,`", "`}`"],
        Rule::becomes => &["`=>`"],
        Rule::end_of_group => &["`)`"],
        Rule::end_of_call => &["`,`", "`)`"],
        Rule::same_by | Rule::same_term => &["a field"],
        Rule::same_all => &["`(`"],
        Rule::end_of_same => &["`,`", "`)`"],
        Rule::takes => &["`takes`"],
        Rule::times_over => &["a number of times such as `5x`"],
        Rule::end_of_index => &["`,`", "`]`"],
        Rule::map_mode => &["`creates`", "`updates`"],
        Rule::known => &["`known`", "`unknown`"],
        Rule::leave_reverse => &["`reverse`"],
        Rule::leave_hold => &["`hold`"],
        Rule::change_word => &["`keep`", "`correct`"],
        Rule::change_ask => &["`ask`"],
        Rule::claim_ignore => &["`ignore`"],
        Rule::sum_measure => &["`sum(field)`"],
        Rule::count_measure => &["`count`"],
        Rule::guard => &["`while`"],
        Rule::star => &["`*`"],
        Rule::key_names | Rule::case_row => &["`(`"],
        Rule::rows_open | Rule::expected_rows => &["`[`"],
        Rule::fixture | Rule::expected_counts => &["`{`"],
        Rule::fixture_field => &["a field such as `hours: 8.00 hour`"],
        Rule::fixture_rest => &["`…`"],
        Rule::instant => &["an instant such as `2026-08-01T06:00Z`"],
        Rule::event_version => &["a version such as `v1`"],
        Rule::versioned => &["`versioned`"],
        Rule::effective => &["`effective`"],
        Rule::series_from => &["`from`"],
        Rule::range_word => &["`through`", "`until`"],
        Rule::as_of => &["`as of`"],
        Rule::at_baseline => &["`at baseline`"],
        Rule::at_most_old => &["`at most`"],
        Rule::weekday => &["a day such as `mon`"],
        Rule::month => &["a month such as `january`"],
        Rule::time => &["a time such as `06:00`"],
        Rule::dots => &["`..`"],
        Rule::freeze_days => &["`open days`", "`calendar days`"],
        Rule::period => &["`minute`", "`hour`", "`day`"],
        Rule::year => &["a year"],
        Rule::fixed_day | Rule::day_number => &["a day such as `25 december`"],
        Rule::easter_day => &["`easter`"],
        Rule::nth_day | Rule::ordinal => &["`3rd mon of january`"],
        Rule::nearest => &["`nearest`"],
        Rule::next => &["`next`"],
        _ => &[],
    }
}
