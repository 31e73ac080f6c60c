//! Writing to disk so that a batch of lines is there whole or not at all, whenever the process or the machine dies.
//!
//! - **journal**: the file `<file>.pending` beside a file, written and synced before lines are added: how long the file was, and what
//!   is being added. Found at the next opening, it says what of the end of the file is the beginning of a batch, which is cut off.
//! - **rewriting**: lines that change are written into `<file>.rewriting`, which takes the file's name when it is synced.
//! - **folder lock**: two programs that post into one folder take turns.

use crate::error::Outcome;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long another program may take with the folder.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a journal begins with.
const MARK: &str = "syncline pending 1";

/// The file beside a file with a suffix of its own.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    path.with_file_name(name)
}

/// The files that may stand beside a target's file.
pub(super) const SUFFIXES: [&str; 2] = [".pending", ".rewriting"];

fn journal_of(path: &Path) -> PathBuf {
    beside(path, ".pending")
}

fn rewriting(path: &Path) -> PathBuf {
    beside(path, ".rewriting")
}

/// The lock of a folder, given back when dropped.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(super) fn take(folder: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(".syncline.lock"))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(std::fs::TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    return Err(io::Error::other("another program is writing in this folder"));
                }
                Err(std::fs::TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

/// Makes names in a folder as durable as the files they name.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn remove(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a journal says: how long the file was, and what is added. None for a journal that was itself not written to its end.
fn journalled(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, text) = bytes.split_at_checked(end + 1)?;
    let head = std::str::from_utf8(head).ok()?.trim_end().strip_prefix(MARK)?.trim_start();
    let (length, digest) = head.split_once(' ')?;
    (hash(text) == digest).then_some((length.parse().ok()?, text))
}

/// Brings a file back to whole batches after a write that did not end.
pub(super) fn settle(path: &Path) -> io::Result<()> {
    let mut changed = remove(&rewriting(path))?;
    let journal = journal_of(path);
    let written = match std::fs::read(&journal) {
        Ok(written) => written,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if changed { sync_folder(path) } else { Ok(()) };
        }
        Err(error) => return Err(error),
    };
    if let Some((length, text)) = journalled(&written) {
        changed |= cut(path, length, text)?;
    }
    remove(&journal)?;
    let _ = changed;
    sync_folder(path)
}

/// Cuts off the beginning of a batch; keeps a whole one, and what others added after it.
fn cut(path: &Path, length: u64, text: &[u8]) -> io::Result<bool> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(length))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    if tail.starts_with(text) {
        return Ok(false);
    }
    if !text.starts_with(&tail) {
        let message = "a write was interrupted and the file was changed before it could be repaired: see the file `.pending` beside \
                       it, take out what is incomplete, and remove `.pending`";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    if tail.is_empty() {
        return Ok(false);
    }
    file.set_len(length)?;
    file.sync_all()?;
    Ok(true)
}

/// Adds text to a file of this length; whole or not at all. `pass` is told each step after which a process may die.
pub(super) fn append(path: &Path, length: u64, text: &[u8], pass: &dyn Fn(&str) -> Outcome) -> Outcome<io::Result<()>> {
    let journal = journal_of(path);
    let prepare = || -> io::Result<File> {
        let mut pending = File::create(&journal)?;
        pending.write_all(format!("{MARK} {length} {}\n", hash(text)).as_bytes())?;
        pending.write_all(text)?;
        pending.sync_all()?;
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        sync_folder(path)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(file)
    };
    let mut file = match prepare() {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    pass("file.before-write")?;
    let (first, second) = text.split_at_checked(text.len() / 2).unwrap_or((text, &[]));
    if let Err(error) = file.write_all(first) {
        return Ok(Err(error));
    }
    pass("file.half-written")?;
    if let Err(error) = file.write_all(second) {
        return Ok(Err(error));
    }
    pass("file.before-sync")?;
    let finish = || -> io::Result<()> {
        file.sync_all()?;
        remove(&journal)?;
        sync_folder(path)
    };
    Ok(finish())
}

/// Gives a file another content; whole or not at all. `write` writes it.
pub(super) fn rewrite(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    pass: &dyn Fn(&str) -> Outcome,
) -> Outcome<io::Result<()>> {
    let scratch = rewriting(path);
    let prepare = || -> io::Result<()> {
        let mut file = io::BufWriter::new(File::create(&scratch)?);
        write(&mut file)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Ok(known) = std::fs::metadata(path) {
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()
    };
    if let Err(error) = prepare() {
        return Ok(Err(error));
    }
    pass("file.before-rename")?;
    Ok(std::fs::rename(&scratch, path).and_then(|()| sync_folder(path)))
}

/// Makes a folder by copying another, when it is not there: whole or not at all.
pub(super) fn create(folder: &Path, from: &Path, before_use: &dyn Fn(&str) -> Outcome) -> Outcome<io::Result<()>> {
    let scratch = beside(folder, ".creating");
    let prepare = || -> io::Result<()> {
        match std::fs::remove_dir_all(&scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        std::fs::create_dir_all(&scratch)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let copy = scratch.join(entry.file_name());
                std::fs::copy(entry.path(), &copy)?;
                File::open(&copy)?.sync_all()?;
            }
        }
        Ok(())
    };
    if let Err(error) = prepare() {
        return Ok(Err(error));
    }
    before_use("target.after-init")?;
    Ok(std::fs::rename(&scratch, folder).and_then(|()| sync_folder(folder)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::error::RuntimeError;
    use crate::kill::{Kill, Manner, Trap};

    const BEFORE: &str = "one\n";
    const TEXT: &str = "two\nthree\n";

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.jsonl");
        std::fs::write(&path, BEFORE).unwrap();
        (folder, path)
    }

    fn dies_at(path: &Path, point: &'static str) {
        let trap = Trap::new(Kill { point, passing: 1 }, Manner::Return);
        let outcome = append(path, BEFORE.len() as u64, TEXT.as_bytes(), &|point| trap.pass(point));
        assert!(matches!(outcome, Err(RuntimeError::Killed(_))), "{point}");
    }

    fn text(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap()
    }

    fn alone(path: &Path) -> bool {
        SUFFIXES.iter().all(|suffix| !beside(path, suffix).exists())
    }

    #[test]
    fn a_batch_is_there_whole_or_not_at_all() {
        for (point, after) in [
            ("file.before-write", BEFORE.to_owned()),
            ("file.half-written", BEFORE.to_owned()),
            // Every byte is there, and only the answer is missing.
            ("file.before-sync", format!("{BEFORE}{TEXT}")),
        ] {
            let (_folder, path) = file();
            dies_at(&path, point);
            assert!(!alone(&path), "{point}");
            settle(&path).unwrap();
            assert_eq!(text(&path), after, "{point}");
            assert!(alone(&path), "{point}");
        }
        let (_folder, path) = file();
        append(&path, BEFORE.len() as u64, TEXT.as_bytes(), &|_| Ok(())).unwrap().unwrap();
        assert_eq!((text(&path), alone(&path)), (format!("{BEFORE}{TEXT}"), true));
    }

    /// Whatever length a torn write has, the file is what it was before.
    #[test]
    fn any_torn_end_is_cut_off() {
        for torn in 0..TEXT.len() {
            let (_folder, path) = file();
            dies_at(&path, "file.before-write");
            std::fs::write(&path, format!("{BEFORE}{}", TEXT.split_at(torn).0)).unwrap();
            settle(&path).unwrap();
            assert_eq!(text(&path), BEFORE, "{torn} bytes");
        }
    }

    #[test]
    fn a_journal_that_was_not_written_to_its_end_says_nothing() {
        let (_folder, path) = file();
        dies_at(&path, "file.before-write");
        let journal = journal_of(&path);
        let whole = std::fs::read(&journal).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&journal, whole.split_at(length).0).unwrap();
            settle(&path).unwrap();
            assert_eq!((text(&path).as_str(), journal.exists()), (BEFORE, false), "{length} bytes");
        }
    }

    #[test]
    fn what_others_wrote_is_never_cut_off() {
        let (_folder, path) = file();
        dies_at(&path, "file.before-sync");
        std::fs::write(&path, format!("{BEFORE}{TEXT}theirs\n")).unwrap();
        settle(&path).unwrap();
        assert_eq!(text(&path), format!("{BEFORE}{TEXT}theirs\n"));
        dies_at(&path, "file.half-written");
        std::fs::write(&path, format!("{BEFORE}theirs\n")).unwrap();
        let said = settle(&path).unwrap_err().to_string();
        assert!(said.starts_with("a write was interrupted and the file was changed"), "{said}");
        assert_eq!(text(&path), format!("{BEFORE}theirs\n"));
    }

    #[test]
    fn another_content_is_taken_whole_or_not_at_all() {
        let (_folder, path) = file();
        let trap = Trap::new(Kill { point: "file.before-rename", passing: 1 }, Manner::Return);
        let write = |out: &mut dyn Write| out.write_all(b"new\n");
        assert!(rewrite(&path, write, &|point| trap.pass(point)).is_err());
        assert_eq!((text(&path).as_str(), alone(&path)), (BEFORE, false));
        settle(&path).unwrap();
        assert_eq!((text(&path).as_str(), alone(&path)), (BEFORE, true));
        rewrite(&path, write, &|_| Ok(())).unwrap().unwrap();
        assert_eq!((text(&path).as_str(), alone(&path)), ("new\n", true));
    }
}
