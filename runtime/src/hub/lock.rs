//! The lock that makes one runner at a time: an operating system lock on `<hub>.lock`, which goes with the process however it ends.

use super::copy::beside;
use crate::error::{Outcome, RuntimeError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// A held lock.
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock of a hub.
    pub(super) fn take(hub: &Path) -> Outcome<Self> {
        let failed = |error: &dyn std::fmt::Display| RuntimeError::hub(hub, error);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(hub, ".lock"))
            .map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(RuntimeError::HubInUse { hub: hub.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(&error)),
        }
    }

    /// Takes the lock if that makes no file; true when nobody runs and nobody can begin before the lock is dropped, or when nobody ever
    /// ran here.
    pub(super) fn is_free(hub: &Path) -> (bool, Option<Self>) {
        let Ok(file) = OpenOptions::new().write(true).open(beside(hub, ".lock")) else { return (true, None) };
        match file.try_lock() {
            Ok(()) => (true, Some(Self(file))),
            Err(_) => (false, None),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that is just being started still has it, and the lock with it.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_lock_goes_with_its_holder_even_if_a_child_process_has_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let hub = folder.path().join("hub.db");
        let held = Lock::take(&hub).unwrap();
        assert!(matches!(Lock::take(&hub), Err(RuntimeError::HubInUse { .. })));
        let _of_a_child = held.0.try_clone().unwrap();
        drop(held);
        Lock::take(&hub).unwrap();
    }
}
