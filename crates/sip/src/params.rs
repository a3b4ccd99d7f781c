//! Semicolon-separated parameters, of header fields and of URIs.

use crate::scan::{skip_quoted, trim};
use std::borrow::Cow;

/// Parameters as they stand in the message, from the first semicolon on; already checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a>(pub(crate) &'a str);

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// The name as it stands; compare without case.
    pub name: &'a str,
    /// The value as it stands (a quoted string with its quotes); `None` if there is no `=`.
    pub value: Option<&'a str>,
}

impl<'a> Params<'a> {
    /// All parameters in order.
    pub fn iter(self) -> impl Iterator<Item = Param<'a>> {
        let mut rest = trim(self.0);
        core::iter::from_fn(move || {
            let text = rest.strip_prefix(';')?;
            let end = end_of_param(text.as_bytes());
            let param = &text[..end];
            rest = &text[end..];
            Some(match param.split_once('=') {
                Some((name, value)) => Param {
                    name: trim(name),
                    value: Some(trim(value)),
                },
                None => Param {
                    name: trim(param),
                    value: None,
                },
            })
        })
    }

    /// The value of the first parameter of that name (no case): `Some("")` if it has no value.
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))
            .map(|param| param.value.unwrap_or(""))
    }

    /// The text as it stands: empty, or starting with a semicolon.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl<'a> Param<'a> {
    /// The value without quotes and escapes.
    pub fn unquoted(&self) -> Option<Cow<'a, str>> {
        self.value.map(unquote)
    }
}

/// A quoted string without its quotes and escapes; any other text as it is.
pub fn unquote(text: &str) -> Cow<'_, str> {
    match text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        Some(inner) => resolve_pairs(inner),
        None => Cow::Borrowed(text),
    }
}

/// Resolves the quoted pairs of RFC 3261 25.1.
pub(crate) fn resolve_pairs(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut resolved = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        resolved.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    Cow::Owned(resolved)
}

fn end_of_param(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b';' => return at,
            b'"' => at = skip_quoted(text, at).unwrap_or(text.len()),
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values_without_regard_to_case_and_space() {
        let params = Params(" ; Tag = abc;lr ;x=\"a;b=\\\"c\\\"\" ");
        assert_eq!(params.get("tag"), Some("abc"));
        assert_eq!(params.get("LR"), Some(""));
        assert_eq!(params.get("b"), None);
        let last = params.iter().last().unwrap();
        assert_eq!(last.unquoted().as_deref(), Some("a;b=\"c\""));
        assert_eq!(params.iter().count(), 3);
    }

    #[test]
    fn unfinished_text_ends_the_iteration() {
        for text in ["", "a=b", ";", ";\"", ";a=\"\\", ";é=ü;\"é"] {
            assert!(Params(text).iter().count() <= 2, "{text}");
        }
    }
}
