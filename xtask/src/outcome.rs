//! What a command comes to: nothing more to say, or why it is not true.

/// `Err` says in one message what is not true.
pub type Outcome<T = ()> = Result<T, String>;

/// Turns any error into an [`Outcome`], saying what was being done.
pub trait Doing<T> {
    /// Says what was being done.
    fn doing(self, what: impl std::fmt::Display) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl std::fmt::Display) -> Outcome<T> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}
