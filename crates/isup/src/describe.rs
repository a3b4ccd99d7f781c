//! What a parameter says, in words: for people who read a message.

use std::borrow::Cow;

/// What the contents of a parameter say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// All of it, or the most important: the digits of a number.
    pub value: Option<String>,
    /// Its fields, in the order of the standard.
    pub fields: Vec<Field>,
}

/// One field of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What the standard calls it, in lower case.
    pub name: Cow<'static, str>,
    /// The octet of the contents in which it begins, from 0.
    pub octet: usize,
    /// What it says. Digits are in clear.
    pub value: String,
    /// The fields in it.
    pub fields: Vec<Field>,
}

impl Description {
    /// A description that consists of one value.
    pub fn of(value: impl ToString) -> Self {
        Self {
            value: Some(value.to_string()),
            fields: Vec::new(),
        }
    }

    /// The same with one more field, which begins in that octet of the contents.
    #[must_use]
    pub fn field(
        mut self,
        octet: usize,
        name: impl Into<Cow<'static, str>>,
        value: impl ToString,
    ) -> Self {
        self.fields.push(Field {
            name: name.into(),
            octet,
            value: value.to_string(),
            fields: Vec::new(),
        });
        self
    }

    /// The same with one more field, which is described by itself; its octets are counted from
    /// that octet of the contents.
    #[must_use]
    pub fn nested(mut self, octet: usize, name: impl Into<Cow<'static, str>>, inner: Self) -> Self {
        let mut field = Field {
            name: name.into(),
            octet,
            value: inner.value.unwrap_or_default(),
            fields: inner.fields,
        };
        field.fields.iter_mut().for_each(|inner| inner.shift(octet));
        self.fields.push(field);
        self
    }
}

impl Field {
    fn shift(&mut self, octets: usize) {
        self.octet += octets;
        self.fields.iter_mut().for_each(|inner| inner.shift(octets));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_are_counted_from_the_contents() {
        let inner = Description::of("4711").field(1, "numbering plan", "E.164");
        let outer = Description::default().nested(3, "redirection number", inner);
        let field = &outer.fields[0];
        assert_eq!((field.octet, field.value.as_str()), (3, "4711"));
        assert_eq!(field.fields[0].octet, 4);
    }
}
