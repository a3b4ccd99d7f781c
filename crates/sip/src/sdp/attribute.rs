//! `a=` lines: kept as they stand, read when asked for.

use super::fields::{Expected, Fields};
use super::{AttributeError, Text};
use core::fmt;

/// `a=` (RFC 8866 5.13), octet for octet as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    text: Text,
    /// Where the first colon is.
    colon: Option<usize>,
}

/// An attribute whose value has a type.
///
/// What writes a value writes what reads as the same value.
pub trait TypedAttribute<'a>: Sized + fmt::Display {
    /// The name of the attribute.
    const NAME: &'static str;
    /// Where its syntax is defined.
    const CLAUSE: &'static str;

    /// Reads the fields of the value.
    ///
    /// # Errors
    /// [`Expected`] where the value is other than the clause says.
    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected>;

    /// Reads the value.
    ///
    /// # Errors
    /// [`AttributeError`] if the value is other than the clause says.
    fn parse(value: &'a str) -> Result<Self, AttributeError> {
        Self::read(&mut Fields::new(value, Self::CLAUSE))
            .map_err(|expected| AttributeError::new(Self::NAME, expected))
    }
}

impl Attribute {
    /// A property attribute.
    pub fn property(name: &str) -> Self {
        Self::new(name.into())
    }

    /// A value attribute.
    pub fn value(name: &str, value: impl fmt::Display) -> Self {
        Self::new(format!("{name}:{value}").into())
    }

    /// A value attribute of a type.
    pub fn typed<'a, T: TypedAttribute<'a>>(value: &T) -> Self {
        Self::value(T::NAME, value)
    }

    /// What stands behind `a=`.
    pub(super) fn new(text: Text) -> Self {
        let colon = text.as_bytes().iter().position(|&octet| octet == b':');
        Self { text, colon }
    }

    /// What stands behind `a=`, octet for octet.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// The name; case matters (RFC 8866 5). Empty if it is no text.
    pub fn name(&self) -> &str {
        core::str::from_utf8(self.name_octets()).unwrap_or("")
    }

    /// The value without spaces at either end. `None` if there is no colon or it is no UTF-8, which
    /// only the values of attributes that `a=charset` applies to may be.
    pub fn get(&self) -> Option<&str> {
        let value = self.text.as_bytes().get(self.colon? + 1..)?;
        core::str::from_utf8(value).ok().map(str::trim)
    }

    fn name_octets(&self) -> &[u8] {
        let octets = self.text.as_bytes();
        octets
            .get(..self.colon.unwrap_or(octets.len()))
            .unwrap_or(octets)
            .trim_ascii()
    }

    fn is_named(&self, name: &str) -> bool {
        self.name_octets() == name.as_bytes()
    }
}

/// Keys and passwords are not shown.
impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if SECRET
            .iter()
            .any(|name| self.name().eq_ignore_ascii_case(name))
        {
            return write!(f, "\"{}:***\"", self.name());
        }
        self.text.fmt(f)
    }
}

/// Attributes whose values are secrets (RFC 4568, RFC 4567, RFC 8839).
const SECRET: [&str; 3] = ["crypto", "key-mgmt", "ice-pwd"];

/// The attributes of a session or of one media description, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(Vec<Attribute>);

impl Attributes {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// All of them, in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Attribute> {
        self.0.iter()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one at the end.
    pub fn push(&mut self, attribute: Attribute) {
        self.0.push(attribute);
    }

    /// Takes out all of a name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|attribute| !attribute.is_named(name));
    }

    /// Whether there is one of that name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|attribute| attribute.is_named(name))
    }

    /// The value of the first of that name: `Some("")` if it has none.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|attribute| attribute.is_named(name))
            .map(|attribute| attribute.get().unwrap_or(""))
    }

    /// The values of all of that name, in order: `""` where there is none.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0
            .iter()
            .filter(move |attribute| attribute.is_named(name))
            .map(|attribute| attribute.get().unwrap_or(""))
    }

    /// The first of a type.
    ///
    /// # Errors
    /// [`AttributeError`] if it cannot be read.
    pub fn first<'a, T: TypedAttribute<'a>>(&'a self) -> Result<Option<T>, AttributeError> {
        self.value(T::NAME).map(T::parse).transpose()
    }

    /// All of a type, in order.
    pub fn every<'a, T: TypedAttribute<'a> + 'a>(
        &'a self,
    ) -> impl Iterator<Item = Result<T, AttributeError>> + use<'a, T> {
        self.values(T::NAME).map(T::parse)
    }
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        Self(attributes.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a Attribute;
    type IntoIter = core::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
