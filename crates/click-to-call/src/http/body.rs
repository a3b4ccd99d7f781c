//! The JSON that comes in.

use crate::CallRequest;
use core::fmt;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

/// Why a body is no request for a call.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyError {
    #[error("not a JSON object: {0}")]
    Malformed(String),
    #[error("{0}: unknown field; known are initiator, destination and anchor")]
    Unknown(String),
    #[error("{0}: given twice")]
    Duplicate(&'static str),
    #[error("{0}: missing")]
    Missing(&'static str),
    #[error("{field}: expected {expected}")]
    Type {
        field: &'static str,
        expected: &'static str,
    },
}

impl BodyError {
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed_json",
            Self::Unknown(_) => "unknown_field",
            Self::Duplicate(_) => "duplicate_field",
            Self::Missing(_) => "missing_field",
            Self::Type { .. } => "invalid_field",
        }
    }

    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::Malformed(_) => None,
            Self::Unknown(field) => Some(field),
            Self::Duplicate(field) | Self::Missing(field) | Self::Type { field, .. } => Some(field),
        }
    }
}

/// Reads `{"initiator": "...", "destination": "...", "anchor": true}`; `anchor` may be left out
/// and is true then.
pub(super) fn parse(body: &[u8]) -> Result<CallRequest, BodyError> {
    let Fields(fields) =
        serde_json::from_slice(body).map_err(|error| BodyError::Malformed(error.to_string()))?;
    let (mut initiator, mut destination, mut anchor) = (None, None, None);
    for (name, value) in fields {
        match name.as_str() {
            "initiator" => once(&mut initiator, "initiator", text("initiator", value)?)?,
            "destination" => once(&mut destination, "destination", text("destination", value)?)?,
            "anchor" => {
                let anchored = value.as_bool().ok_or(BodyError::Type {
                    field: "anchor",
                    expected: "true or false",
                })?;
                once(&mut anchor, "anchor", anchored)?;
            }
            _ => {
                let shown = name.chars().take(64).collect();
                return Err(BodyError::Unknown(shown));
            }
        }
    }
    Ok(CallRequest {
        initiator: initiator.ok_or(BodyError::Missing("initiator"))?,
        destination: destination.ok_or(BodyError::Missing("destination"))?,
        anchor: anchor.unwrap_or(true),
    })
}

fn once<T>(slot: &mut Option<T>, field: &'static str, value: T) -> Result<(), BodyError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(BodyError::Duplicate(field)),
    }
}

fn text(field: &'static str, value: Value) -> Result<String, BodyError> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text),
        _ => Err(BodyError::Type {
            field,
            expected: "a string that is not empty",
        }),
    }
}

/// The members of an object in order, doubles included: a map would keep only one of them.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(member) = map.next_entry()? {
            fields.push(member);
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchor_may_be_left_out() {
        let request = parse(br#"{"destination":"2","initiator":"1"}"#).unwrap();
        assert_eq!((request.initiator.as_str(), request.anchor), ("1", true));
        let request = parse(br#"{"initiator":"1","destination":"2","anchor":false}"#).unwrap();
        assert!(!request.anchor);
    }

    #[test]
    fn says_which_field_is_wrong() {
        for (body, code, field) in [
            ("", "malformed_json", None),
            ("[]", "malformed_json", None),
            ("{\"initiator\":", "malformed_json", None),
            ("{} x", "malformed_json", None),
            ("{}", "missing_field", Some("initiator")),
            (r#"{"initiator":"1"}"#, "missing_field", Some("destination")),
            (r#"{"initiator":1}"#, "invalid_field", Some("initiator")),
            (r#"{"initiator":""}"#, "invalid_field", Some("initiator")),
            (r#"{"anchor":"true"}"#, "invalid_field", Some("anchor")),
            (r#"{"Initiator":"1"}"#, "unknown_field", Some("Initiator")),
            (
                r#"{"initiator":"1","initiator":"2"}"#,
                "duplicate_field",
                Some("initiator"),
            ),
        ] {
            let error = parse(body.as_bytes()).unwrap_err();
            assert_eq!((error.code(), error.field()), (code, field), "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(parse(deep.as_bytes()).unwrap_err().code(), "malformed_json");
    }
}
