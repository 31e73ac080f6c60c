//! `explain`: the page of a code, and a helping hand for whoever misspells it.

use crate::codes;

/// The page of the code with this name or number (`ownership-conflict`, `SYN0401`, `syn0401`).
///
/// # Errors
/// When there is no such code; [`codes::UnknownCode`] says which one may have been meant.
pub fn explain(name: &str) -> Result<&'static str, codes::UnknownCode> {
    codes::by_name(name).map(|code| code.page)
}
