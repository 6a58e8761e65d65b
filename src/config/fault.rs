//! What is wrong in a configuration file: where, what, and what would be right.
//!
//! All the faults of a file are told at once, in the order of its lines.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

/// Every fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultList {
    /// The file.
    pub path: PathBuf,
    /// Its faults, by line.
    pub faults: Vec<Fault>,
}

impl fmt::Display for FaultList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}, ligne {} : {} ; {}", self.path.display(), fault.line, fault.what, fault.remedy)?;
        }
        Ok(())
    }
}

/// Gathers faults while a file is checked.
#[derive(Debug)]
pub(super) struct Faults<'t> {
    text: &'t str,
    found: Vec<Fault>,
}

impl<'t> Faults<'t> {
    /// None yet, in this text.
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// How many so far.
    pub(super) const fn count(&self) -> usize {
        self.found.len()
    }

    /// The line of a place of the text, from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        line_of(self.text, span.start)
    }

    /// A fault at a place of the text.
    pub(super) fn at(&mut self, span: &Range<usize>, what: String, remedy: String) {
        self.found.push(Fault { line: line_of(self.text, span.start), what, remedy });
    }

    /// What was found, if anything.
    pub(super) fn into_list(mut self, path: &Path) -> Option<FaultList> {
        self.found.sort_by_key(|fault| fault.line);
        (!self.found.is_empty()).then(|| FaultList { path: path.to_owned(), faults: self.found })
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
