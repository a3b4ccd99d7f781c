//! Answers, and how they are printed.

use crate::codes::Given;
use clap::ValueEnum;
use std::io::{self, Write};
use trunkline_interwork::cause::{IsupException, Origin, location_code, location_word};
use trunkline_interwork::{
    CauseMap, Diagnostic, NotMapped, Remedy, ToIsup, ToSip, reason_header, reason_phrase,
};
use trunkline_model::{Cause, CauseValue, Location};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line; tables are one array.
    Json,
    /// Comma-separated values with a line of names first.
    Csv,
}

/// One answer: columns for machines, a line for people.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) columns: Vec<(&'static str, Value)>,
    pub(crate) text: String,
}

/// The value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Number(u32),
    Text(String),
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl<T: Into<String>> From<Option<T>> for Value {
    fn from(text: Option<T>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.into()))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What a cause becomes under the given circumstances.
pub(crate) fn isup(map: &CauseMap, cause: CauseValue, given: &Given<'_>) -> Record {
    let uri = given.new_number.map(|number| format!("tel:{number}"));
    let diagnostic = match (&uri, given.ccbs) {
        (Some(uri), _) => Some(Diagnostic::NewNumber(uri)),
        (None, true) => Some(Diagnostic::CcbsPossible),
        (None, false) => None,
    };
    match given.location {
        Some(location) => {
            let (to_sip, origin) = map.to_sip_from(cause, location, diagnostic);
            isup_record(
                cause,
                &condition(Some(location), diagnostic),
                &to_sip,
                origin,
            )
        }
        None if diagnostic.is_none() => {
            let entry = map.isup_entry(cause);
            isup_record(cause, "", &entry.to_sip, entry.origin)
        }
        None => {
            let location = Location::BeyondInterworkingPoint;
            let (to_sip, origin) = map.to_sip_from(cause, location, diagnostic);
            isup_record(cause, &condition(None, diagnostic), &to_sip, origin)
        }
    }
}

/// What a cause becomes, and the exceptions.
pub(crate) fn isup_entry(map: &CauseMap, cause: CauseValue) -> Vec<Record> {
    let entry = map.isup_entry(cause);
    let mut records = vec![isup_record(cause, "", &entry.to_sip, entry.origin)];
    for (exception, to_sip, origin) in &entry.exceptions {
        records.push(isup_record(
            cause,
            &exception_text(*exception),
            to_sip,
            *origin,
        ));
    }
    records
}

/// An exception as people read it.
pub(crate) fn exception_text(exception: IsupException) -> String {
    match exception {
        IsupException::Location(location) => condition(Some(location), None),
        IsupException::NewNumber => condition(None, Some(Diagnostic::NewNumber(""))),
        IsupException::CcbsPossible => condition(None, Some(Diagnostic::CcbsPossible)),
    }
}

/// What a status becomes, by the Warning if there is one.
pub(crate) fn sip(map: &CauseMap, status: u16, warning: Option<u16>) -> Record {
    let (to_isup, origin) = map.to_isup_from(status, warning);
    let condition = warning.map_or_else(String::new, |code| format!("Warning {code}"));
    sip_record(
        &status.to_string(),
        reason_phrase(status),
        &condition,
        to_isup,
        origin,
    )
}

/// What a status becomes with and without a Warning.
pub(crate) fn sip_entry(map: &CauseMap, status: u16) -> Vec<Record> {
    let mut records = vec![sip(map, status, None)];
    if map.sip_entry(status).bearer_warning.is_some() {
        let (to_isup, origin) = map.to_isup_from(status, Some(304));
        let condition = "Warning 304 or 305";
        let phrase = reason_phrase(status);
        records.push(sip_record(
            &status.to_string(),
            phrase,
            condition,
            to_isup,
            origin,
        ));
    }
    records
}

/// A record of the table from ISUP to SIP.
pub(crate) fn isup_record(
    cause: CauseValue,
    condition: &str,
    to_sip: &ToSip,
    origin: Origin,
) -> Record {
    let code = u16::from(cause.value());
    isup_columns(code.into(), cause.name(), condition, to_sip, origin)
}

pub(crate) fn isup_columns(
    cause: Value,
    name: &str,
    condition: &str,
    to_sip: &ToSip,
    origin: Origin,
) -> Record {
    let (status, pending, outcome) = match to_sip {
        ToSip::Status { status, .. } => ((*status).into(), Value::Nothing, "response"),
        ToSip::NotMapped { why, pending } => {
            let outcome = match why {
                NotMapped::Clearing => "clearing",
                NotMapped::RepeatAttempt => "repeat attempt",
                NotMapped::Table => "none",
            };
            (Value::Nothing, (*pending).into(), outcome)
        }
    };
    let (contact, retry_after) = match to_sip {
        ToSip::Status {
            contact,
            retry_after,
            ..
        } => (contact.clone(), *retry_after),
        ToSip::NotMapped { .. } => (None, None),
    };
    let shown = match &cause {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Nothing => String::new(),
    };
    let text = sentence(&shown, name, condition, &response_text(to_sip), origin);
    Record {
        columns: vec![
            ("direction", "isup-to-sip".into()),
            ("cause", cause),
            ("name", name.into()),
            ("condition", condition.into()),
            ("outcome", outcome.into()),
            ("status", status),
            ("reason", reason_phrase(to_sip.status()).into()),
            ("pending", pending),
            ("contact", contact.into()),
            (
                "retry_after",
                retry_after.map_or(Value::Nothing, Value::from),
            ),
            ("source", origin.to_string().into()),
        ],
        text,
    }
}

/// A record of the table from SIP to ISUP. `what` is a status or the name of a request.
pub(crate) fn sip_record(
    what: &str,
    phrase: &str,
    condition: &str,
    to_isup: ToIsup,
    origin: Origin,
) -> Record {
    let cause = to_isup.cause();
    let (outcome, first) = match to_isup {
        ToIsup::Cause(_) => ("cause", None),
        ToIsup::After { remedy, .. } => ("cause", Some(remedy_word(remedy))),
        ToIsup::NotMapped { .. } => ("none", None),
    };
    Record {
        columns: vec![
            ("direction", "sip-to-isup".into()),
            (
                "status",
                what.parse().map_or_else(|_| what.into(), Value::Number),
            ),
            ("reason", phrase.into()),
            ("condition", condition.into()),
            ("outcome", outcome.into()),
            ("first", first.into()),
            ("cause", u16::from(cause.value.value()).into()),
            ("name", cause.value.name().into()),
            (
                "location",
                location_word(cause.location).into_owned().into(),
            ),
            ("reason_header", reason_header(cause).into()),
            ("source", origin.to_string().into()),
        ],
        text: sentence(what, phrase, condition, &cause_text(to_isup), origin),
    }
}

/// A response as people read it.
pub(crate) fn response_text(to_sip: &ToSip) -> String {
    let status = format!("{} {}", to_sip.status(), reason_phrase(to_sip.status()));
    match to_sip {
        ToSip::Status {
            contact,
            retry_after,
            ..
        } => {
            let contact = contact
                .as_ref()
                .map(|to| format!(", Contact: {to}"))
                .unwrap_or_default();
            let retry = retry_after
                .map(|s| format!(", Retry-After: {s}"))
                .unwrap_or_default();
            format!("{status}{contact}{retry}")
        }
        ToSip::NotMapped {
            why: NotMapped::Clearing,
            ..
        } => {
            format!("BYE or CANCEL; to a pending INVITE {status}")
        }
        ToSip::NotMapped {
            why: NotMapped::RepeatAttempt,
            ..
        } => {
            format!("no response: repeat the attempt on another circuit; without one {status}")
        }
        ToSip::NotMapped {
            why: NotMapped::Table,
            ..
        } => {
            format!("no response; to a pending INVITE {status}")
        }
    }
}

/// A cause as people read it.
pub(crate) fn cause_text(to_isup: ToIsup) -> String {
    let Cause { value, location } = to_isup.cause();
    let cause = format!(
        "{value} {}, location {}",
        value.name(),
        location_word(location)
    );
    match to_isup {
        ToIsup::Cause(_) => cause,
        ToIsup::After { remedy, .. } => format!("{} first, else {cause}", remedy_word(remedy)),
        ToIsup::NotMapped { .. } => format!("no cause; without a CANCEL of ours {cause}"),
    }
}

const fn remedy_word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Authenticate => "authenticate",
        Remedy::Mend => "mend and retry",
        Remedy::Retry => "retry",
    }
}

fn sentence(what: &str, name: &str, condition: &str, becomes: &str, origin: Origin) -> String {
    let condition = if condition.is_empty() {
        String::new()
    } else {
        format!(", {condition}")
    };
    format!("{what} {name}{condition}: {becomes} [{origin}]")
}

/// The circumstances as people read them.
fn condition(location: Option<Location>, diagnostic: Option<Diagnostic<'_>>) -> String {
    let location = location.map(|location| {
        let (word, code) = (location_word(location), location_code(location));
        if word == code {
            format!("location {word}")
        } else {
            format!("location {word} ({code})")
        }
    });
    let diagnostic = diagnostic.map(|diagnostic| match diagnostic {
        Diagnostic::NewNumber(_) => "with a new number".to_owned(),
        Diagnostic::CcbsPossible => "CCBS possible".to_owned(),
    });
    location
        .into_iter()
        .chain(diagnostic)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Writes records in one format.
pub(crate) struct Printer<W> {
    format: Format,
    out: W,
    /// The names of the columns that were printed last (CSV).
    names: Vec<&'static str>,
}

impl<W: Write> Printer<W> {
    pub(crate) fn new(format: Format, out: W) -> Self {
        Self {
            format,
            out,
            names: Vec::new(),
        }
    }

    /// One record by itself.
    pub(crate) fn record(&mut self, record: &Record) -> io::Result<()> {
        match self.format {
            Format::Text => writeln!(self.out, "{}", record.text),
            Format::Json => writeln!(self.out, "{}", json(record)),
            Format::Csv => self.csv(record),
        }
    }

    /// Records that belong together.
    pub(crate) fn list(&mut self, records: Vec<Record>) -> io::Result<()> {
        if self.format != Format::Json {
            return records.iter().try_for_each(|record| self.record(record));
        }
        let rows: Vec<String> = records
            .iter()
            .map(|record| json(record).to_string())
            .collect();
        writeln!(
            self.out,
            "[{}{}\n]",
            if rows.is_empty() { "" } else { "\n" },
            rows.join(",\n")
        )
    }

    /// Text as it stands.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn csv(&mut self, record: &Record) -> io::Result<()> {
        let names: Vec<&'static str> = record.columns.iter().map(|(name, _)| *name).collect();
        if names != self.names {
            // The two directions have columns of their own.
            if !self.names.is_empty() {
                writeln!(self.out)?;
            }
            writeln!(self.out, "{}", names.join(","))?;
            self.names = names;
        }
        let values: Vec<String> = record
            .columns
            .iter()
            .map(|(_, value)| csv_value(value))
            .collect();
        writeln!(self.out, "{}", values.join(","))
    }
}

fn json(record: &Record) -> serde_json::Value {
    let columns = record.columns.iter().map(|(name, value)| {
        let value = match value {
            Value::Nothing => serde_json::Value::Null,
            Value::Number(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
        };
        ((*name).to_owned(), value)
    });
    serde_json::Value::Object(columns.collect())
}

/// A value as RFC 4180 writes it.
fn csv_value(value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) if text.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Value::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(format: Format, records: &[Record]) -> String {
        let mut out = Vec::new();
        let mut printer = Printer::new(format, &mut out);
        for record in records {
            printer.record(record).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let record = Record {
            columns: vec![
                ("a", "x,\"y\"".into()),
                ("b", Value::Nothing),
                ("c", 7_u32.into()),
            ],
            text: String::new(),
        };
        assert_eq!(
            printed(Format::Csv, &[record]),
            "a,b,c\n\"x,\"\"y\"\"\",,7\n"
        );
    }

    #[test]
    fn exceptions_follow_the_rule() {
        let records = isup_entry(&CauseMap::default(), CauseValue::CALL_REJECTED);
        assert_eq!(
            printed(Format::Text, &records),
            "21 call rejected: 403 Forbidden [RFC 3398 7.2.4.1, normal event]\n\
             21 call rejected, location user (U): 603 Decline [RFC 3398 7.2.4.1, note (+)]\n"
        );
    }

    #[test]
    fn list_is_one_json_document() {
        let mut out = Vec::new();
        let records = sip_entry(&CauseMap::default(), 488);
        Printer::new(Format::Json, &mut out).list(records).unwrap();
        let parsed: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(parsed[0]["cause"], 31);
        assert_eq!(parsed[1]["cause"], 65);
        let mut out = Vec::new();
        Printer::new(Format::Json, &mut out)
            .list(Vec::new())
            .unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&out).unwrap(),
            serde_json::json!([])
        );
    }
}
