//! What a path may hold, and the vocabulary that declares the paths of a query.
//!
//! Terms:
//! - **path**: a root variable (`self`, `t`, or a bare field) and the fields that lead on from it, as in
//!   `t.project.state`;
//! - **domain**: the values which a path can hold when it is known;
//! - **optional**: the path itself may be null. A path is **nullable** when it is optional or continues a nullable
//!   path: a field of nothing is nothing;
//! - **step**: numbers of a domain are its multiples. Callers scale decimals to integers, and a `decimal(6, 2)` that is
//!   compared with a `decimal(8, 4)` becomes an integer of step 100 beside one of step 1;
//! - **origin**: the number that a witness stays nearest to: zero for quantities, some recent day for dates.

use std::collections::BTreeMap;

use super::table::Id;

/// A declared path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(u32);

impl Id for PathId {
    fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// The values a path can hold when it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// True or false.
    Bool,
    /// Named values, in the order declared. An open enum may hold values beyond those declared.
    Enum {
        /// The declared values.
        values: Vec<String>,
        /// Whether other values can occur.
        open: bool,
    },
    /// Whole numbers; decimals, dates and instants are scaled to them by the caller.
    Integer(Integers),
    /// Any text; compared for equality only.
    Text,
    /// Identities that no constant names, such as references. Only paths of one sort are compared with each other.
    Opaque {
        /// The kind of thing referred to.
        sort: String,
    },
}

/// A range of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integers {
    /// The least number, if there is one.
    pub min: Option<i128>,
    /// The greatest number, if there is one.
    pub max: Option<i128>,
    /// Only multiples of the step are held; at least 1.
    pub step: i128,
    /// The number that a witness stays nearest to.
    pub origin: i128,
}

impl Integers {
    /// All whole numbers.
    pub const ALL: Self = Self { min: None, max: None, step: 1, origin: 0 };

    /// The numbers from `min` to `max`, both held.
    pub const fn between(min: i128, max: i128) -> Self {
        Self { min: Some(min), max: Some(max), ..Self::ALL }
    }

    /// The same range with multiples of `step` only.
    #[must_use]
    pub const fn step(self, step: i128) -> Self {
        Self { step, ..self }
    }

    /// The same range with another origin.
    #[must_use]
    pub const fn near(self, origin: i128) -> Self {
        Self { origin, ..self }
    }
}

/// A value that a formula can name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constant {
    /// A truth value.
    Bool(bool),
    /// A value of an enum.
    Symbol(String),
    /// A scaled number.
    Integer(i128),
    /// A text.
    Text(String),
}

/// A value that a witness assigns to a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A value with a name.
    Constant(Constant),
    /// A value of an open enum that is not declared; equal numbers are equal values.
    Outside(u32),
    /// Something of an opaque domain; equal numbers are the same thing.
    Identity(u32),
    /// Nothing.
    Null,
}

/// One declared path.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    parent: Option<(PathId, String)>,
    domain: Domain,
    optional: bool,
    nullable: bool,
}

/// The paths that formulas may speak about, and how much work a query may take.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    entries: Vec<Entry>,
    by_name: BTreeMap<String, PathId>,
    nodes: u64,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { entries: Vec::new(), by_name: BTreeMap::new(), nodes: Self::NODES }
    }
}

impl Vocabulary {
    /// The nodes (decisions and conflicts) that a query may take unless [`Vocabulary::limit_nodes`] says otherwise.
    /// Questions out of real specifications take some hundreds.
    pub const NODES: u64 = 100_000;

    /// A vocabulary without paths.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the nodes that each query may take before it answers "unknown".
    pub fn limit_nodes(&mut self, nodes: u64) {
        self.nodes = nodes;
    }

    /// The nodes that each query may take.
    pub fn node_limit(&self) -> u64 {
        self.nodes
    }

    /// Declares a root variable. A name that is declared already keeps its first declaration.
    pub fn root(&mut self, name: &str, domain: Domain, optional: bool) -> PathId {
        self.declare(name.to_owned(), None, domain, optional)
    }

    /// Declares a field of what `parent` refers to. Fields of the same name on references of one sort are one function:
    /// equal references have equal fields.
    pub fn field(&mut self, parent: PathId, field: &str, domain: Domain, optional: bool) -> PathId {
        let name = format!("{}.{field}", self.name(parent));
        self.declare(name, Some((parent, field.to_owned())), domain, optional)
    }

    fn declare(&mut self, name: String, parent: Option<(PathId, String)>, domain: Domain, optional: bool) -> PathId {
        if let Some(&id) = self.by_name.get(&name) {
            return id;
        }
        let nullable = optional || parent.as_ref().is_some_and(|(parent, _)| self.nullable(*parent));
        let id = PathId::from_index(self.entries.len());
        self.by_name.insert(name.clone(), id);
        self.entries.push(Entry { name, parent, domain, optional, nullable });
        id
    }

    /// The path declared under `name`, as in `t.project.state`.
    pub fn find(&self, name: &str) -> Option<PathId> {
        self.by_name.get(name).copied()
    }

    /// The full name of a path; empty when the path belongs to another vocabulary.
    pub fn name(&self, path: PathId) -> &str {
        self.entry(path).map_or("", |entry| &entry.name)
    }

    /// The domain of a path; nothing when the path belongs to another vocabulary.
    pub fn domain(&self, path: PathId) -> Option<&Domain> {
        self.entry(path).map(|entry| &entry.domain)
    }

    /// The path that this one is a field of, and the field.
    pub fn parent(&self, path: PathId) -> Option<(PathId, &str)> {
        self.entry(path)?.parent.as_ref().map(|(parent, field)| (*parent, field.as_str()))
    }

    /// Whether the path can be null by itself.
    pub fn optional(&self, path: PathId) -> bool {
        self.entry(path).is_some_and(|entry| entry.optional)
    }

    /// Whether the path, or one that it continues, can be null.
    pub fn nullable(&self, path: PathId) -> bool {
        self.entry(path).is_some_and(|entry| entry.nullable)
    }

    fn entry(&self, path: PathId) -> Option<&Entry> {
        self.entries.get(path.index())
    }
}
