//! Semicolon-separated parameters, of header fields and of URIs.

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
        let _ = self.0;
        core::iter::empty()
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
        todo!()
    }
}
