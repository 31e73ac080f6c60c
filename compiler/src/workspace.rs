//! What is compiled: the manifest and the source files.

use crate::Config;
use std::sync::Arc;
use syncline_syntax::decode;

/// The name of the manifest, at the root of the workspace.
pub const MANIFEST: &str = "syncline.yaml";

/// The most bytes that a source file may have.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The most source files that a workspace may have.
pub const MAX_FILES: usize = 10_000;

/// A workspace as texts.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// What `syncline.yaml` says.
    pub config: Config,
    /// The source files, in any order.
    pub files: Vec<SourceFile>,
}

/// A source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its path from the root of the workspace, with `/`.
    pub path: String,
    /// Its text; of a file that cannot be read, what is known of it.
    pub text: Arc<str>,
    pub(crate) flaw: Option<Flaw>,
}

/// Why a file has no text.
#[derive(Debug, Clone)]
pub(crate) enum Flaw {
    /// It has this many bytes.
    TooLarge(u64),
    /// From the end of the text on it is not UTF-8.
    NotUnicode(syncline_syntax::SyntaxError),
}

impl Workspace {
    /// A workspace of these files, with a manifest that says no more than it must: for tests and examples.
    pub fn of_texts<P, T>(files: impl IntoIterator<Item = (P, T)>) -> Self
    where
        P: Into<String>,
        T: Into<Arc<str>>,
    {
        let files = files.into_iter().map(|(path, text)| SourceFile::new(path, text)).collect();
        Self { config: Config::parse("name: workspace\nedition: 2026\nsources: .\n"), files }
    }
}

impl SourceFile {
    /// A file with this text.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let bytes = text.len() as u64;
        if bytes > MAX_FILE_BYTES {
            return Self::too_large(path, bytes);
        }
        Self { path: path.into(), text, flaw: None }
    }

    /// A file with these bytes. Bytes that are not UTF-8 are reported when the workspace is checked.
    pub fn from_bytes(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(path, text),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let flaw = decode(error.as_bytes()).err().map(Flaw::NotUnicode);
                let text = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
                Self { path: path.into(), text: text.into(), flaw }
            }
        }
    }

    /// A file of more than [`MAX_FILE_BYTES`], which nobody should read.
    pub fn too_large(path: impl Into<String>, bytes: u64) -> Self {
        Self { path: path.into(), text: Arc::from(""), flaw: Some(Flaw::TooLarge(bytes)) }
    }
}
