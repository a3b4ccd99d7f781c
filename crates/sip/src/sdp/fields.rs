//! Reads the fields of a value from left to right.

use core::str::FromStr;

/// What was expected, and where in the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Octet in the value, from 1.
    pub column: u32,
    /// What was expected.
    pub what: &'static str,
    /// The clause.
    pub clause: &'static str,
}

/// The fields of a value, which stand between spaces. The RFCs want a single space; more, and some
/// at the end, are known to occur and mean the same.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    whole: &'a str,
    rest: &'a str,
    /// Where the field begins that was taken last.
    last: usize,
    clause: &'static str,
}

impl<'a> Fields<'a> {
    /// The fields of a value that the clause defines.
    pub const fn new(value: &'a str, clause: &'static str) -> Self {
        Self {
            whole: value,
            rest: value,
            last: 0,
            clause,
        }
    }

    /// The next field, if there is one.
    pub fn next_field(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start_matches([' ', '\t']);
        self.last = self.whole.len() - rest.len();
        let (field, rest) = rest.split_at(rest.find([' ', '\t']).unwrap_or(rest.len()));
        self.rest = rest;
        Some(field).filter(|field| !field.is_empty())
    }

    /// The next field, which must be there.
    ///
    /// # Errors
    /// [`Expected`] if there is none.
    pub fn field(&mut self, what: &'static str) -> Result<&'a str, Expected> {
        self.next_field().ok_or_else(|| self.expected(what))
    }

    /// The next field, which must read as the type.
    ///
    /// # Errors
    /// [`Expected`] if there is none, or another.
    pub fn parsed<T: FromStr>(&mut self, what: &'static str) -> Result<T, Expected> {
        let field = self.field(what)?;
        // `FromStr` of numbers takes a sign, which no grammar of SDP has.
        let unsigned = !field.starts_with('+');
        field
            .parse()
            .ok()
            .filter(|_| unsigned)
            .ok_or_else(|| self.expected(what))
    }

    /// What is left, without spaces at either end.
    pub fn remainder(&mut self) -> &'a str {
        let rest = self.rest.trim_start_matches([' ', '\t']);
        self.last = self.whole.len() - rest.len();
        self.rest = "";
        rest.trim_end_matches([' ', '\t'])
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// [`Expected`] if something does.
    pub fn end(&mut self) -> Result<(), Expected> {
        match self.next_field() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the line")),
        }
    }

    /// The complaint about the field that was taken last.
    pub fn expected(&self, what: &'static str) -> Expected {
        Expected {
            column: column(self.last),
            what,
            clause: self.clause,
        }
    }
}

/// An offset as a column.
pub(super) fn column(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX).saturating_add(1)
}
