//! Streams that belong together.

use super::TypedAttribute;
use super::fields::{Expected, Fields};
use core::fmt;

/// `a=mid` (RFC 5888 4): the name of a stream in its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mid<'a>(pub &'a str);

/// `a=group` (RFC 5888 5), as `BUNDLE 0 1` (RFC 9143).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// What the group means.
    pub semantics: &'a str,
    /// The names of its streams, in order.
    pub mids: Vec<&'a str>,
}

impl<'a> TypedAttribute<'a> for Mid<'a> {
    const NAME: &'static str = "mid";
    const CLAUSE: &'static str = "RFC 5888 4";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        let mid = fields.field("a name")?;
        fields.end()?;
        Ok(Self(mid))
    }
}

impl fmt::Display for Mid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Group<'_> {
    /// Whether its streams share one transport (RFC 9143).
    pub fn is_bundle(&self) -> bool {
        self.semantics == "BUNDLE"
    }
}

impl<'a> TypedAttribute<'a> for Group<'a> {
    const NAME: &'static str = "group";
    const CLAUSE: &'static str = "RFC 5888 5";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        let semantics = fields.field("semantics, as `BUNDLE`")?;
        let mids = core::iter::from_fn(|| fields.next_field()).collect();
        Ok(Self { semantics, mids })
    }
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.semantics)?;
        self.mids.iter().try_for_each(|mid| write!(f, " {mid}"))
    }
}
