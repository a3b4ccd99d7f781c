//! Numbers as subscribers have them: patterns over international digits.

use core::fmt;
use serde::Deserialize;
use std::str::FromStr;

/// Which numbers an entry stands for: international digits in which `x` is any digit and a `*`
/// at the end any further digits. A leading `+`, spaces and hyphens are for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    places: Vec<Place>,
    open: bool,
}

/// How digits stand to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// They are such a number.
    Whole,
    /// More digits could make them one.
    Part,
    /// They never will be.
    No,
}

impl Pattern {
    /// How `digits` (international, without `+`) stand to the pattern.
    pub fn fit(&self, digits: &str) -> Fit {
        let mut places = self.places.iter();
        for digit in digits.chars() {
            match places.next() {
                Some(Place::Any) if digit.is_ascii_digit() => {}
                Some(Place::Digit(expected)) if *expected == digit => {}
                Some(_) => return Fit::No,
                None if self.open => return Fit::Whole,
                None => return Fit::No,
            }
        }
        if places.next().is_some() {
            Fit::Part
        } else {
            Fit::Whole
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let refuse = |problem| PatternError {
            text: text.to_owned(),
            problem,
        };
        let body = text.strip_prefix('+').unwrap_or(text);
        let (body, open) = match body.strip_suffix('*') {
            Some(body) => (body, true),
            None => (body, false),
        };
        let mut places = Vec::new();
        for character in body.chars() {
            places.push(match character {
                '0'..='9' | 'a'..='w' | 'y' | 'z' | '.' | '_' => Place::Digit(character),
                'x' => Place::Any,
                ' ' | '-' => continue,
                other => return Err(refuse(PatternProblem::Character(other))),
            });
        }
        if places.is_empty() && !open {
            return Err(refuse(PatternProblem::Empty));
        }
        if places.len() > MAX_PLACES {
            return Err(refuse(PatternProblem::Length(places.len())));
        }
        Ok(Self { places, open })
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in &self.places {
            match place {
                Place::Digit(digit) => write!(f, "{digit}")?,
                Place::Any => f.write_str("x")?,
            }
        }
        f.write_str(if self.open { "*" } else { "" })
    }
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no number pattern: {problem}")]
pub struct PatternError {
    text: String,
    problem: PatternProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum PatternProblem {
    #[error("expected digits, lower case letters, x for any digit and * at the end, found {0:?}")]
    Character(char),
    #[error("expected at least one digit")]
    Empty,
    #[error("expected at most {MAX_PLACES} places, found {0}")]
    Length(usize),
}

/// How an exchange reads numbers that are not international, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbering {
    /// Its country code, as `"49"`.
    pub country_code: String,
    /// Its area code without trunk prefix, as `"30"`; empty where there are none.
    pub area_code: String,
    /// What one dials before a national number.
    pub national_prefix: String,
    /// What one dials before an international number.
    pub international_prefix: String,
}

impl Default for Numbering {
    /// Berlin.
    fn default() -> Self {
        Self {
            country_code: "49".into(),
            area_code: "30".into(),
            national_prefix: "0".into(),
            international_prefix: "00".into(),
        }
    }
}

impl Numbering {
    /// The international digits of a number that came as national (significant) number.
    pub fn national(&self, digits: &str) -> String {
        format!("{}{digits}", self.country_code)
    }

    /// The international digits of a number that came as subscriber number.
    pub fn subscriber(&self, digits: &str) -> String {
        format!("{}{}{digits}", self.country_code, self.area_code)
    }

    /// The international digits of a number that came as it was dialled.
    pub fn dialled(&self, digits: &str) -> String {
        let strip = |prefix: &str| {
            if prefix.is_empty() {
                None
            } else {
                digits.strip_prefix(prefix)
            }
        };
        if let Some(rest) = strip(&self.international_prefix) {
            rest.to_owned()
        } else if let Some(rest) = strip(&self.national_prefix) {
            self.national(rest)
        } else {
            self.subscriber(digits)
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Digit(char),
    Any,
}

/// More than the 15 digits of E.164, for the user parts of SIP extensions.
const MAX_PLACES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(pattern: &str, digits: &str) -> Fit {
        pattern.parse::<Pattern>().unwrap().fit(digits)
    }

    #[test]
    fn places_and_open_ends_match() {
        assert_eq!(fit("+49 30 23125-1xx", "493023125107"), Fit::Whole);
        assert_eq!(fit("+49 30 23125-1xx", "49302312510"), Fit::Part);
        assert_eq!(fit("+49 30 23125-1xx", "4930231251070"), Fit::No);
        assert_eq!(fit("+49 30 23125-1xx", "493023125207"), Fit::No);
        assert_eq!(fit("4930*", "4930"), Fit::Whole);
        assert_eq!(fit("4930*", "49301"), Fit::Whole);
        assert_eq!(fit("*", ""), Fit::Whole);
        assert_eq!(fit("x", "#"), Fit::No);
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for text in ["", "+", "49*30", "49#", "4930*1"] {
            assert!(text.parse::<Pattern>().is_err(), "{text}");
        }
        let error = "49#".parse::<Pattern>().unwrap_err().to_string();
        assert!(error.contains("found '#'"), "{error}");
        assert_eq!("+49 3x*".parse::<Pattern>().unwrap().to_string(), "493x*");
    }

    #[test]
    fn every_nature_of_address_becomes_international() {
        let berlin = Numbering::default();
        assert_eq!(berlin.national("3023125100"), "493023125100");
        assert_eq!(berlin.subscriber("23125100"), "493023125100");
        assert_eq!(berlin.dialled("00493023125100"), "493023125100");
        assert_eq!(berlin.dialled("03023125100"), "493023125100");
        assert_eq!(berlin.dialled("23125100"), "493023125100");
    }
}
