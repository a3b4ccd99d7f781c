//! What an operator changes in the tables, read from YAML.
//!
//! The most exact row wins: one for a cause before one for its class before one for any cause, and
//! among these one with a location before one without. The order in the file counts for nothing.

use super::location::{LOCATION_NAMES, parse_location};
use super::table::SipAnswer;
use core::fmt;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_saphyr::{Error as YamlError, SnippetMode, Spanned, UserMessageFormatter};
use trunkline_model::{CauseValue, Location};

/// The overrides of one map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Overrides {
    pub(super) isup: Vec<IsupOverride>,
    pub(super) sip: Vec<SipOverride>,
    pub(super) bye: Option<CauseValue>,
    pub(super) cancel: Option<CauseValue>,
    pub(super) retry_after: Option<u16>,
    pub(super) trust_reason: Option<bool>,
}

/// A row from ISUP to SIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IsupOverride {
    key: Key<CauseValue>,
    location: Option<Location>,
    pub(super) answer: SipAnswer,
    pub(super) retry_after: Option<u16>,
    pub(super) line: u64,
}

/// A row from SIP to ISUP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SipOverride {
    key: Key<u16>,
    pub(super) cause: CauseValue,
    pub(super) location: Option<Location>,
    pub(super) line: u64,
}

/// Which codes a row is for. The order is that of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<T> {
    Any,
    Class(u8),
    Code(T),
}

impl<T: Copy + PartialEq> Key<T> {
    fn covers(self, code: T, class: u8) -> bool {
        match self {
            Self::Any => true,
            Self::Class(wanted) => wanted == class,
            Self::Code(wanted) => wanted == code,
        }
    }
}

impl IsupOverride {
    /// The row that decides about a cause at a location.
    pub(super) fn find(rows: &[Self], cause: CauseValue, location: Location) -> Option<&Self> {
        rows.iter()
            .filter(|row| row.key.covers(cause, cause.class()))
            .filter(|row| row.location.is_none_or(|wanted| wanted == location))
            .max_by_key(|row| (row.key, row.location.is_some()))
    }
}

impl SipOverride {
    /// The row that decides about a status.
    pub(super) fn find(rows: &[Self], status: u16) -> Option<&Self> {
        rows.iter()
            .filter(|row| row.key.covers(status, class(status)))
            .max_by_key(|row| row.key)
    }
}

/// The first digit of a status.
fn class(status: u16) -> u8 {
    u8::try_from(status / 100).unwrap_or(u8::MAX)
}

impl Overrides {
    /// Whether a row is for just that status.
    pub(super) fn names_status(&self, status: u16) -> bool {
        self.sip.iter().any(|row| row.key == Key::Code(status))
    }

    pub(super) fn parse(yaml: &str) -> Result<Self, OverrideError> {
        // An empty file, or one of comments alone, changes nothing.
        let file: Option<File> = serde_saphyr::from_str(yaml).map_err(OverrideError::from_yaml)?;
        let file = file.unwrap_or_default();
        let mut overrides = Self {
            bye: file
                .bye
                .as_ref()
                .map(|value| cause("bye", value))
                .transpose()?,
            cancel: file
                .cancel
                .as_ref()
                .map(|value| cause("cancel", value))
                .transpose()?,
            retry_after: file.retry_after.as_ref().map(retry_after).transpose()?,
            trust_reason: file.trust_reason,
            ..Self::default()
        };
        for row in &file.isup_to_sip {
            let row = isup_override(row)?;
            let same =
                |other: &&IsupOverride| (other.key, other.location) == (row.key, row.location);
            if let Some(first) = overrides.isup.iter().find(same) {
                return Err(OverrideError::twice("isup_to_sip", row.line, first.line));
            }
            overrides.isup.push(row);
        }
        for row in &file.sip_to_isup {
            let row = sip_override(row)?;
            if let Some(first) = overrides.sip.iter().find(|other| other.key == row.key) {
                return Err(OverrideError::twice("sip_to_isup", row.line, first.line));
            }
            overrides.sip.push(row);
        }
        Ok(overrides)
    }
}

/// Why a file of overrides cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}{problem}", KeyPrefix(.key))]
pub struct OverrideError {
    /// The line, the first being 1.
    pub line: u64,
    /// The key, where one is to blame.
    pub key: Option<String>,
    /// What is wrong there.
    pub problem: OverrideProblem,
}

/// What is wrong with a file of overrides.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideProblem {
    /// There is no such key.
    #[error("unknown key: expected one of {}", .expected.join(", "))]
    UnknownKey {
        /// The keys that there are.
        expected: Vec<&'static str>,
    },
    /// The key stands twice in one place.
    #[error("key stands twice")]
    DuplicateKey,
    /// Another row is for the same codes.
    #[error("row for the same codes as in line {first_line}")]
    DuplicateRow {
        /// Where the first one stands.
        first_line: u64,
    },
    /// A key must be there and is not.
    #[error("missing: {expected}")]
    MissingKey {
        /// What it would be.
        expected: &'static str,
    },
    /// A value cannot be.
    #[error("{found} cannot be: expected {expected}")]
    Value {
        /// The value.
        found: String,
        /// What could stand there.
        expected: &'static str,
    },
    /// The file is no YAML, or not of this shape.
    #[error("{0}")]
    Yaml(String),
}

struct KeyPrefix<'a>(&'a Option<String>);

impl fmt::Display for KeyPrefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |key| write!(f, "{key}: "))
    }
}

impl OverrideError {
    fn twice(key: &str, line: u64, first_line: u64) -> Self {
        let problem = OverrideProblem::DuplicateRow { first_line };
        Self {
            line,
            key: Some(key.to_owned()),
            problem,
        }
    }

    fn missing(key: &str, line: u64, expected: &'static str) -> Self {
        let problem = OverrideProblem::MissingKey { expected };
        Self {
            line,
            key: Some(key.to_owned()),
            problem,
        }
    }

    fn value(key: &str, value: &Spanned<Scalar>, expected: &'static str) -> Self {
        let problem = OverrideProblem::Value {
            found: value.value.to_string(),
            expected,
        };
        Self {
            line: value.referenced.line(),
            key: Some(key.to_owned()),
            problem,
        }
    }

    fn from_yaml(error: YamlError) -> Self {
        let line = error.location().map_or(0, |location| location.line());
        match error.without_snippet() {
            YamlError::SerdeUnknownField {
                field, expected, ..
            } => Self {
                line,
                key: Some(field.clone()),
                problem: OverrideProblem::UnknownKey {
                    expected: expected.clone(),
                },
            },
            YamlError::DuplicateMappingKey { key, .. } => Self {
                line,
                key: key.clone(),
                problem: OverrideProblem::DuplicateKey,
            },
            other => {
                let options = serde_saphyr::render_options! {
                    formatter: &UserMessageFormatter,
                    snippets: SnippetMode::Off,
                };
                let text = other.render_with_options(options);
                // The place is told already.
                let text = text
                    .split(" at line ")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                Self {
                    line,
                    key: None,
                    problem: OverrideProblem::Yaml(text),
                }
            }
        }
    }
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    isup_to_sip: Vec<Spanned<IsupLine>>,
    sip_to_isup: Vec<Spanned<SipLine>>,
    bye: Option<Spanned<Scalar>>,
    cancel: Option<Spanned<Scalar>>,
    retry_after: Option<Spanned<Scalar>>,
    trust_reason: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IsupLine {
    cause: Option<Spanned<Scalar>>,
    class: Option<Spanned<Scalar>>,
    location: Option<Spanned<Scalar>>,
    status: Option<Spanned<Scalar>>,
    retry_after: Option<Spanned<Scalar>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SipLine {
    status: Option<Spanned<Scalar>>,
    class: Option<Spanned<Scalar>>,
    cause: Option<Spanned<Scalar>>,
    location: Option<Spanned<Scalar>>,
}

/// A value as it is written: a number or a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scalar {
    Number(i64),
    Word(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => write!(f, "{word:?}"),
        }
    }
}

impl Scalar {
    fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(wanted))
    }

    /// The number, if it lies in the range.
    fn within<T: TryFrom<i64>>(&self, range: core::ops::RangeInclusive<i64>) -> Option<T> {
        match self {
            Self::Number(number) if range.contains(number) => T::try_from(*number).ok(),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;

        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a word")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(i64::try_from(number).unwrap_or(i64::MAX)))
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Scalar, E> {
                Ok(Scalar::Word(word.to_owned()))
            }
        }

        deserializer.deserialize_any(ScalarVisitor)
    }
}

fn isup_override(row: &Spanned<IsupLine>) -> Result<IsupOverride, OverrideError> {
    let line = row.referenced.line();
    let row = &row.value;
    let key = match (&row.cause, &row.class) {
        (Some(value), None) if value.value.is("any") => Key::Any,
        (Some(value), None) => Key::Code(cause("cause", value)?),
        (None, Some(value)) => {
            let class = value.value.within(0..=7);
            Key::Class(class.ok_or_else(|| {
                OverrideError::value("class", value, "0 to 7, the class of Q.850: cause / 16")
            })?)
        }
        _ => {
            return Err(OverrideError::missing(
                "cause",
                line,
                "either cause or class",
            ));
        }
    };
    let status = row.status.as_ref();
    let status = status.ok_or_else(|| OverrideError::missing("status", line, FINAL_OR_REPEAT))?;
    let answer = if status.value.is("repeat") {
        SipAnswer::RepeatAttempt
    } else {
        let code = status.value.within(300..=699);
        SipAnswer::Status(
            code.ok_or_else(|| OverrideError::value("status", status, FINAL_OR_REPEAT))?,
        )
    };
    Ok(IsupOverride {
        key,
        location: location(row.location.as_ref())?,
        answer,
        retry_after: row.retry_after.as_ref().map(retry_after).transpose()?,
        line,
    })
}

fn sip_override(row: &Spanned<SipLine>) -> Result<SipOverride, OverrideError> {
    let line = row.referenced.line();
    let row = &row.value;
    let key = match (&row.status, &row.class) {
        (Some(value), None) if value.value.is("any") => Key::Any,
        (Some(value), None) => {
            let status = value.value.within(300..=699);
            Key::Code(status.ok_or_else(|| OverrideError::value("status", value, FINAL))?)
        }
        (None, Some(value)) => {
            let class = value.value.within(3..=6);
            Key::Class(class.ok_or_else(|| {
                OverrideError::value("class", value, "3 to 6, the first digit of the status")
            })?)
        }
        _ => {
            return Err(OverrideError::missing(
                "status",
                line,
                "either status or class",
            ));
        }
    };
    let value = row.cause.as_ref();
    let value = value.ok_or_else(|| OverrideError::missing("cause", line, CAUSE))?;
    Ok(SipOverride {
        key,
        cause: cause("cause", value)?,
        location: location(row.location.as_ref())?,
        line,
    })
}

fn cause(key: &str, value: &Spanned<Scalar>) -> Result<CauseValue, OverrideError> {
    value
        .value
        .within(1..=127)
        .and_then(CauseValue::new)
        .ok_or_else(|| OverrideError::value(key, value, CAUSE))
}

fn location(value: Option<&Spanned<Scalar>>) -> Result<Option<Location>, OverrideError> {
    let Some(value) = value.filter(|value| !value.value.is("any")) else {
        return Ok(None);
    };
    let location = match &value.value {
        Scalar::Number(_) => value.value.within(0..=15).map(Location::from_bits),
        Scalar::Word(word) => parse_location(word),
    };
    location
        .map(Some)
        .ok_or_else(|| OverrideError::value("location", value, LOCATION_NAMES))
}

fn retry_after(value: &Spanned<Scalar>) -> Result<u16, OverrideError> {
    let seconds = value.value.within(0..=3600);
    seconds.ok_or_else(|| OverrideError::value("retry_after", value, "0 to 3600 seconds"))
}

const CAUSE: &str = "a cause value, 1 to 127 (Q.850)";
const FINAL: &str = "a final status of failure, 300 to 699, or any";
const FINAL_OR_REPEAT: &str = "a final status of failure, 300 to 699, or repeat";
