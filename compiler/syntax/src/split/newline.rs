//! Which tokens hold the next newline back, and which the one before them.

/// What stands last on a line, as far as its newline is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Nothing yet, or something after which a newline ends nothing: `;`, `{`.
    Nothing,
    /// Something that wants more: a comma, an operator.
    WantsMore,
    /// A word; whether it wants more is asked at the newline only.
    Word {
        /// Where it starts.
        start: usize,
    },
    /// Anything else.
    Whole,
}

/// Whether a line that ends in this word goes on in the next one.
pub(super) fn word_wants_more(word: &[u8]) -> bool {
    matches!(word, b"and" | b"or" | b"in" | b"is")
}

/// Whether a line that starts with this word continues the one before.
pub(super) fn word_continues(word: &[u8]) -> bool {
    matches!(word, b"and" | b"or" | b"else" | b"as" | b"in" | b"is")
}

/// The length of the operator at the start of `rest`, and whether it wants an operand after it and continues the line
/// before it. Zero when there is none.
pub(super) fn operator(rest: &[u8]) -> (usize, bool, bool) {
    match rest {
        [b'<', b'-', b'>', ..] => (3, true, true),
        [b'-', b'>', ..] | [b'=', b'>', ..] | [b'.', b'.', ..] => (2, true, true),
        [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'?', b'?', ..] => (2, true, true),
        [b'<' | b'>' | b'+' | b'-' | b'*' | b'/', ..] => (1, true, true),
        // A line may end in `=` but not start with it.
        [b'=', ..] => (1, true, false),
        [b',', ..] => (1, true, true),
        _ => (0, false, false),
    }
}
