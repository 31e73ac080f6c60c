//! Which expected record is which found one.
//!
//! Expected records name some fields only, so one found record may answer several of them. The pairs are a largest matching
//! (augmenting paths), so that no test fails because of the order in which records are tried.

/// For each expected record the found one that is its partner, given which found ones would do.
pub(super) fn pairs(fits: &[Vec<bool>], found: usize) -> Vec<Option<usize>> {
    let mut partner_of_found: Vec<Option<usize>> = vec![None; found];
    for expected in 0..fits.len() {
        let mut tried = vec![false; found];
        augment(expected, fits, &mut partner_of_found, &mut tried);
    }
    let mut pairs = vec![None; fits.len()];
    for (found, expected) in partner_of_found.iter().enumerate() {
        if let Some(slot) = expected.and_then(|expected| pairs.get_mut(expected)) {
            *slot = Some(found);
        }
    }
    pairs
}

fn augment(expected: usize, fits: &[Vec<bool>], partners: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    let candidates = fits.get(expected).map_or(&[][..], Vec::as_slice);
    for (found, fits_it) in candidates.iter().enumerate() {
        if !fits_it || tried.get(found) != Some(&false) {
            continue;
        }
        if let Some(slot) = tried.get_mut(found) {
            *slot = true;
        }
        let current = partners.get(found).copied().flatten();
        if current.is_none_or(|other| augment(other, fits, partners, tried)) {
            if let Some(slot) = partners.get_mut(found) {
                *slot = Some(expected);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_gives_way_to_one_that_has_no_other_partner() {
        // The first takes either, the second only the first found.
        assert_eq!(pairs(&[vec![true, true], vec![true, false]], 2), [Some(1), Some(0)]);
        assert_eq!(pairs(&[vec![true], vec![true]], 1), [Some(0), None]);
        assert_eq!(pairs(&[vec![false, false]], 2), [None]);
    }
}
