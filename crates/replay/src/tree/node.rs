//! One field of a message.

use core::fmt::{self, Write};
use serde_json::{Map, Value, json};

/// A field, with the fields in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// What the standard calls it.
    pub name: String,
    /// Where its contents begin, as the protocol counts; not for parts of an octet, and not in
    /// text.
    pub octet: Option<usize>,
    /// Its code on the wire, if it is named by one.
    pub code: Option<u32>,
    /// The clause that defines it.
    pub clause: Option<&'static str>,
    /// What it says.
    pub value: Option<String>,
    /// Its contents.
    pub hex: Option<Vec<u8>>,
    /// What is odd about it.
    pub remark: Option<String>,
    /// Its own fields.
    pub fields: Vec<Self>,
}

impl Node {
    /// A field with a name alone.
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// A field that says something.
    pub(super) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// The same, at an octet and with those contents.
    pub(super) fn at(mut self, octet: usize, hex: &[u8]) -> Self {
        (self.octet, self.hex) = (Some(octet), Some(hex.to_vec()));
        self
    }

    /// The same, with the clause that defines it.
    pub(super) const fn by(mut self, clause: &'static str) -> Self {
        self.clause = Some(clause);
        self
    }

    /// The same, with fields in it.
    pub(super) fn with(mut self, fields: Vec<Self>) -> Self {
        self.fields = fields;
        self
    }

    /// Counts the octets of the field and those in it on.
    pub(super) fn shift(&mut self, octets: usize) {
        self.octet = self.octet.map(|octet| octet + octets);
        self.fields.iter_mut().for_each(|field| field.shift(octets));
    }

    /// The field as an object.
    pub(super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                object.insert(key.to_owned(), value);
            }
        };
        set("name", Some(json!(self.name)));
        set("octet", self.octet.map(|octet| json!(octet)));
        set("code", self.code.map(|code| json!(code)));
        set("clause", self.clause.map(|clause| json!(clause)));
        set("value", self.value.as_ref().map(|value| json!(value)));
        set(
            "hex",
            self.hex.as_ref().map(|octets| json!(hex(octets, ""))),
        );
        set("remark", self.remark.as_ref().map(|remark| json!(remark)));
        let fields: Vec<_> = self.fields.iter().map(Self::to_json).collect();
        set(
            "fields",
            (!fields.is_empty()).then_some(Value::Array(fields)),
        );
        Value::Object(object)
    }

    /// Writes the lines of the field, so many characters to the right; before that its octet if
    /// there is room for it.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
        match self.octet {
            Some(octet) if indent > OCTET => {
                write!(f, "{octet:>OCTET$}{:1$}", "", indent - OCTET)?;
            }
            _ => write!(f, "{:indent$}", "")?,
        }
        f.write_str(&printable(&self.name))?;
        if let Some(value) = &self.value {
            write!(f, ": {}", printable(value))?;
        }
        match (self.clause, self.code) {
            (Some(clause), Some(code)) => write!(f, " ({clause}, code {code})")?,
            (Some(clause), None) => write!(f, " ({clause})")?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        let indent = indent + 2;
        match self.hex.as_deref() {
            None => writeln!(f)?,
            Some(octets @ ([] | [_, ..])) if octets.len() <= SHORT => {
                writeln!(f, "  [{}]", hex(octets, " "))?;
            }
            Some(octets) => {
                writeln!(f)?;
                for row in octets.chunks(16) {
                    writeln!(f, "{:indent$}[{}]", "", hex(row, " "))?;
                }
            }
        }
        if let Some(remark) = &self.remark {
            writeln!(f, "{:indent$}remark: {}", "", printable(remark))?;
        }
        self.fields
            .iter()
            .try_for_each(|field| field.write(f, indent))
    }
}

/// The width of the column of octets.
pub(super) const OCTET: usize = 6;

/// Contents up to that many octets stand behind the value, longer ones below it.
const SHORT: usize = 12;

/// Hexadecimal.
pub(super) fn hex(octets: &[u8], separator: &str) -> String {
    let mut text = String::with_capacity(octets.len() * 3);
    for (index, octet) in octets.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        let _ = write!(text, "{octet:02x}");
    }
    text
}

/// Text without what terminals obey.
pub(super) fn printable(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    let escape = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.into()
        }
    };
    text.chars().map(escape).collect()
}
