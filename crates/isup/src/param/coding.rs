//! What joins the code of a parameter to its type.

use super::Parameter;
use crate::describe::Description;
use crate::error::Problem;

/// The coding of a parameter: what can be done with contents of which only the code is known.
#[derive(Clone, Copy)]
pub struct Coding {
    /// The type, by its name in this crate.
    pub name: &'static str,
    describe: fn(&[u8]) -> Result<Description, Problem>,
    rewrite: fn(&[u8], &mut Vec<u8>) -> Result<(), Problem>,
}

impl Coding {
    /// The coding of a type.
    pub const fn of<P: Parameter>(name: &'static str) -> Self {
        Self {
            name,
            describe: |octets| P::read(octets).map(|parameter| parameter.describe()),
            rewrite: |octets, out| P::read(octets).map(|parameter| parameter.write(out)),
        }
    }

    /// What contents say, in words.
    ///
    /// # Errors
    /// [`Problem`] says why they make no sense.
    pub fn describe(&self, octets: &[u8]) -> Result<Description, Problem> {
        (self.describe)(octets)
    }

    /// Appends the contents as they are written here: spare bits 0, nothing behind what is known.
    ///
    /// # Errors
    /// [`Problem`] says why they make no sense; nothing is appended.
    pub fn rewrite(&self, octets: &[u8], out: &mut Vec<u8>) -> Result<(), Problem> {
        (self.rewrite)(octets, out)
    }
}

impl core::fmt::Debug for Coding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Coding({})", self.name)
    }
}
