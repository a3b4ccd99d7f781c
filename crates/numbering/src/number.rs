//! Numbers as people and phones write them, brought into one form.

/// Takes visual separators (RFC 3966 5.1.1) and blanks out of a number: `+49 (30) 123-45` becomes
/// `+493012345`. A leading `+` stays: with it the number is a global one (E.164), without it
/// nothing is known but its digits.
///
/// # Errors
/// A character that no number has, no digit at all, or more than 15 digits after a `+`.
pub fn normalise(text: &str) -> Result<String, NumberError> {
    let mut number = String::with_capacity(text.len());
    for found in text.chars() {
        match found {
            '0'..='9' | '*' | '#' => number.push(found),
            'a'..='d' | 'A'..='D' => number.push(found.to_ascii_uppercase()),
            '+' if number.is_empty() => number.push(found),
            ' ' | '\u{a0}' => {}
            _ if is_visual_separator(found) => {}
            _ => return Err(NumberError::Character(found)),
        }
    }
    match number.strip_prefix('+') {
        Some(digits) if !digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Err(NumberError::NotDecimal)
        }
        Some(digits) if digits.len() > E164_MAX_DIGITS => Err(NumberError::TooLong {
            digits: digits.len(),
            most: E164_MAX_DIGITS,
        }),
        None if number.len() > DIALLED_MAX_DIGITS => Err(NumberError::TooLong {
            digits: number.len(),
            most: DIALLED_MAX_DIGITS,
        }),
        Some("") => Err(NumberError::Empty),
        None if number.is_empty() => Err(NumberError::Empty),
        _ => Ok(number),
    }
}

/// Whether RFC 3966 5.1.1 calls the character a visual separator: it helps the reader and counts
/// for nothing.
pub const fn is_visual_separator(character: char) -> bool {
    matches!(character, '-' | '.' | '(' | ')')
}

/// What subscribers dial before a number to say of what kind it is (E.164 annex A, E.123).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialPlan {
    /// The country code, as `49`.
    pub country_code: String,
    /// What is dialled before an international number, as `00`; empty if nothing is.
    pub international_prefix: String,
    /// What is dialled before a national (significant) number, as `0`; empty if nothing is.
    pub national_prefix: String,
    /// The area code, without the national prefix, that a number dialled without any prefix lies
    /// in, as `30`; empty if such numbers are not to be completed.
    pub area_code: String,
}

impl DialPlan {
    /// The E.164 number, `+` first, that was dialled; `None` if the plan does not say.
    ///
    /// It goes by prefixes alone, never by the count of digits. A number with `*` or `#` is a
    /// service code and no E.164 number.
    pub fn globalise(&self, dialled: &str) -> Option<String> {
        let dialled = normalise(dialled).ok()?;
        let global = if dialled.starts_with('+') {
            dialled
        } else if let Some(rest) = strip(&dialled, &self.international_prefix) {
            format!("+{rest}")
        } else if let Some(rest) = strip(&dialled, &self.national_prefix) {
            format!("+{}{rest}", self.country_code)
        } else if !self.area_code.is_empty() {
            format!("+{}{}{dialled}", self.country_code, self.area_code)
        } else {
            return None;
        };
        // A country code never begins with 0 (E.164 6.1).
        normalise(&global)
            .ok()
            .filter(|global| !global.starts_with("+0"))
    }
}

fn strip<'a>(dialled: &'a str, prefix: &str) -> Option<&'a str> {
    if prefix.is_empty() {
        None
    } else {
        dialled.strip_prefix(prefix)
    }
}

/// Why a text is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// It has a character that numbers do not have.
    #[error("{0:?} does not belong in a telephone number")]
    Character(char),
    /// It has no digit.
    #[error("a telephone number has at least one digit")]
    Empty,
    /// It has a `+` and `*`, `#` or letters.
    #[error("a number with + has the digits 0 to 9 only (E.164 6.1)")]
    NotDecimal,
    /// It is too long.
    #[error("{digits} digits are too many: at most {most} (E.164 6.1)")]
    TooLong {
        /// How many it has.
        digits: usize,
        /// How many it may have.
        most: usize,
    },
}

/// E.164 6.1.
const E164_MAX_DIGITS: usize = 15;

/// An E.164 number with prefixes and carrier selection before it, with room to spare.
const DIALLED_MAX_DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn separators_and_blanks_go() {
        assert_eq!(normalise("+49 (30) 123-45.6").unwrap(), "+4930123456");
        assert_eq!(normalise("*21#").unwrap(), "*21#");
        assert_eq!(normalise("0a").unwrap(), "0A");
    }

    #[test]
    fn refuses_what_is_no_number() {
        assert_eq!(normalise(""), Err(NumberError::Empty));
        assert_eq!(normalise("+"), Err(NumberError::Empty));
        assert_eq!(normalise("4+9"), Err(NumberError::Character('+')));
        assert_eq!(normalise("alice"), Err(NumberError::Character('l')));
        assert_eq!(normalise("+49*1"), Err(NumberError::NotDecimal));
        assert_eq!(
            normalise("+1234567890123456"),
            Err(NumberError::TooLong {
                digits: 16,
                most: 15
            })
        );
        assert!(normalise(&"1".repeat(33)).is_err());
    }

    #[test]
    fn prefix_says_the_kind_of_number() {
        let plan = DialPlan {
            country_code: "49".to_owned(),
            international_prefix: "00".to_owned(),
            national_prefix: "0".to_owned(),
            area_code: "30".to_owned(),
        };
        let global = |dialled| plan.globalise(dialled);
        assert_eq!(global("+1 720 888 1000").as_deref(), Some("+17208881000"));
        assert_eq!(global("0017208881000").as_deref(), Some("+17208881000"));
        assert_eq!(global("089 123").as_deref(), Some("+4989123"));
        assert_eq!(global("123").as_deref(), Some("+4930123"));
        assert_eq!(global("*21#"), None);
        assert_eq!(global("0001"), None);
        assert_eq!(
            DialPlan {
                area_code: String::new(),
                ..plan
            }
            .globalise("123"),
            None
        );
    }

    proptest! {
        #[test]
        fn normal_form_is_stable(text in "\\PC*") {
            if let Ok(number) = normalise(&text) {
                prop_assert_eq!(normalise(&number), Ok(number.clone()));
            }
        }
    }
}
