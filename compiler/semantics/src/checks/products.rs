//! Products have systems, and what is wrong with a product is said once.

use crate::model::Model;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, codes};

pub(super) fn every_product_has_a_system(model: &Model, found: &mut Vec<Diagnostic>) {
    for (name, product) in &model.products {
        if model.instances(name).next().is_none() {
            let message = format!("no system is an instance of the product `{name}`");
            found.push(
                Diagnostic::new(&codes::PRODUCT_WITHOUT_SYSTEM, product.span, message)
                    .why("its entities are nowhere, and its maps move nothing")
                    .help(format!("declare one: `system NAME is {name} {{ … }}`; or remove the product"))
                    .element(name.clone()),
            );
        }
    }
}

/// A map of a product is checked for each instance. What is found for all of them alike, with nothing but another name of the
/// system, is kept for the first.
pub(super) fn one_finding_for_all_instances(model: &Model, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if model.products.is_empty() {
        return found;
    }
    let mut seen = BTreeSet::new();
    let is_new = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary.span;
        seen.insert((diagnostic.code.name, span, of_product(model, &diagnostic.message)))
    };
    let mut is_new = is_new;
    found.into_iter().filter(|diagnostic| is_new(diagnostic)).collect()
}

/// A message with the product's name for those of its systems.
fn of_product(model: &Model, message: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut text = String::with_capacity(message.len());
    for word in message.split_inclusive(|c| !is_part(c)) {
        let name = word.trim_end_matches(|c| !is_part(c));
        let product = model.systems.get(name).and_then(|system| system.product.as_deref());
        text.push_str(product.unwrap_or(name));
        text.push_str(word.get(name.len()..).unwrap_or_default());
    }
    text
}
