//! What is wrong with a configuration: which key, on which line, and what was expected.

use core::fmt;
use serde_saphyr::Spanned;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line, from 1; 0 where it concerns no single line.
    pub(crate) line: u64,
    /// The key, as `trunk_groups[0].circuits`; empty where the file cannot be read as YAML.
    pub(crate) key: String,
    /// What is wrong, and what was expected.
    pub(crate) what: String,
}

/// Everything that is wrong with a file.
#[derive(Debug)]
pub(crate) struct Problems {
    pub(crate) file: PathBuf,
    pub(crate) list: Vec<Problem>,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.list.iter().enumerate() {
            if position > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:", self.file.display())?;
            if problem.line > 0 {
                write!(f, "{}:", problem.line)?;
            }
            if !problem.key.is_empty() {
                write!(f, " {}:", problem.key)?;
            }
            write!(f, " {}", problem.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Collects problems while values are checked.
#[derive(Debug)]
pub(super) struct Check {
    file: PathBuf,
    list: Vec<Problem>,
}

impl Check {
    pub(super) fn new(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            list: Vec::new(),
        }
    }

    /// The file's folder: paths in it are relative to that.
    pub(super) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    pub(super) fn problem(&mut self, line: u64, key: impl Into<String>, what: impl fmt::Display) {
        self.list.push(Problem {
            line,
            key: key.into(),
            what: what.to_string(),
        });
    }

    /// A problem with a value that knows its line.
    pub(super) fn at<T>(
        &mut self,
        value: &Spanned<T>,
        key: impl Into<String>,
        what: impl fmt::Display,
    ) {
        self.problem(value.referenced.line(), key, what);
    }

    /// Parses a text, or notes what was expected and gives `None`.
    pub(super) fn parse<T: core::str::FromStr>(
        &mut self,
        text: &Spanned<String>,
        key: &str,
        expected: &str,
    ) -> Option<T> {
        let parsed = text.value.trim().parse().ok();
        if parsed.is_none() {
            self.at(
                text,
                key,
                format_args!("{:?} is not {expected}", text.value),
            );
        }
        parsed
    }

    /// Picks one of several words, or notes which there are and gives `None`.
    pub(super) fn choose<T: Copy>(
        &mut self,
        text: &Spanned<String>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let expected = all.join(", ");
            self.at(
                text,
                key,
                format_args!("{:?} is none of: {expected}", text.value),
            );
        }
        found.map(|&(_, value)| value)
    }

    /// A number within bounds, or the default.
    pub(super) fn within(
        &mut self,
        value: Option<&Spanned<u64>>,
        key: &str,
        default: u64,
        range: core::ops::RangeInclusive<u64>,
    ) -> u64 {
        let Some(number) = value else { return default };
        if !range.contains(&number.value) {
            let (low, high) = (range.start(), range.end());
            self.at(
                number,
                key,
                format_args!("{} is not between {low} and {high}", number.value),
            );
            return default;
        }
        number.value
    }

    /// `value` if nothing was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.list.is_empty() => Ok(value),
            _ => Err(Problems {
                file: self.file,
                list: self.list,
            }),
        }
    }
}
