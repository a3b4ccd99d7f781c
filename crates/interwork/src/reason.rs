//! The Reason header field (RFC 3326), with Q.850 causes in requests and responses (RFC 6432) and
//! their location (RFC 8606).

use crate::cause::location::{location_code, location_from_code};
use trunkline_model::{Cause, CauseValue, Location};

/// The value of a Reason header field for a cause, with text and location.
///
/// `Q.850;cause=17;text="user busy";location=LN`
pub fn reason_header(cause: Cause) -> String {
    // The names of causes hold neither quotes nor backslashes; a test walks them.
    format!(
        "Q.850;cause={};text=\"{}\";location={}",
        cause.value,
        cause.value.name(),
        location_code(cause.location)
    )
}

/// The Q.850 cause in the value of a Reason header field, which may be a list; the first one counts
/// (RFC 3326 2 allows one of each protocol).
///
/// Without a location, or with one that cannot be, the cause is taken to come from beyond the
/// interworking point, where SIP lies. `None` if there is no Q.850 cause, or none from 1 to 127.
pub fn parse_reason(value: &str) -> Option<Cause> {
    split(value, ',').find_map(|reason| {
        let mut parts = split(reason, ';');
        let protocol = parts.next()?.trim();
        if !protocol.eq_ignore_ascii_case("Q.850") {
            return None;
        }
        let mut cause = None;
        let mut location = Location::BeyondInterworkingPoint;
        for parameter in parts {
            let Some((name, value)) = parameter.split_once('=') else {
                continue;
            };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "cause" => {
                    // `parse` alone would take a sign.
                    let digits = value.bytes().all(|digit| digit.is_ascii_digit());
                    cause = value
                        .parse()
                        .ok()
                        .filter(|_| digits)
                        .and_then(CauseValue::new);
                }
                "location" => location = location_from_code(value).unwrap_or(location),
                _ => {}
            }
        }
        cause.map(|cause| Cause::new(cause, location))
    })
}

/// Splits where the separator stands outside quoted strings.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let mut quoted = false;
        let mut escaped = false;
        let end = text.char_indices().find(|&(_, character)| {
            if escaped {
                escaped = false;
            } else if character == '"' {
                quoted = !quoted;
            } else if quoted {
                escaped = character == '\\';
            } else {
                return character == separator;
            }
            false
        });
        match end {
            Some((end, separator)) => {
                rest = Some(&text[end + separator.len_utf8()..]);
                Some(&text[..end])
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn cause(value: CauseValue, location: Location) -> Option<Cause> {
        Some(Cause::new(value, location))
    }

    #[test]
    fn examples_of_the_rfcs() {
        let beyond = Location::BeyondInterworkingPoint;
        assert_eq!(
            parse_reason("Q.850 ;cause=16 ;text=\"Terminated\""),
            cause(CauseValue::NORMAL_CALL_CLEARING, beyond)
        );
        assert_eq!(
            parse_reason("SIP ;cause=200 ;text=\"Call completed elsewhere\""),
            None
        );
        assert_eq!(
            parse_reason(
                "Q.850;cause=1;text=\"Unallocated (unassigned) number\";\r\n      location=LN"
            ),
            cause(
                CauseValue::UNALLOCATED_NUMBER,
                Location::PublicNetworkLocalUser
            )
        );
    }

    #[test]
    fn q850_is_found_among_others_and_past_quotes() {
        let busy = cause(CauseValue::USER_BUSY, Location::User);
        for text in [
            "SIP;cause=486;text=\"a, Q.850;cause=1\", Q.850;cause=17;location=U",
            "q.850 ; CAUSE = 017 ; location = u",
            "Q.850;text=\"\\\";cause=3;\\\\\";cause=17;location=U;x",
            "preemption;cause=1,Q.850;cause=17;location=LOC-0",
            "Q.850;text=\"no cause\", Q.850;cause=17;location=U",
        ] {
            assert_eq!(parse_reason(text), busy, "{text}");
        }
    }

    #[test]
    fn what_is_no_cause_is_none() {
        for text in [
            "",
            "Q.850",
            "Q.850;cause=0",
            "Q.850;cause=128",
            "Q.850;cause=+16",
            "Q.850;cause=",
            "Q.850;cause=1 7",
            "Q.8500;cause=17",
            "SIP;cause=16",
            "Q.850;cause=999999999999",
        ] {
            assert_eq!(parse_reason(text), None, "{text}");
        }
        assert_eq!(
            parse_reason("Q.850;cause=17;location=MOON"),
            cause(CauseValue::USER_BUSY, Location::BeyondInterworkingPoint)
        );
    }

    #[test]
    fn names_of_causes_need_no_escape() {
        for cause in CauseValue::NAMED {
            assert!(!cause.name().contains(['"', '\\']), "{cause}");
        }
    }

    proptest! {
        #[test]
        fn every_cause_comes_back(value in 1_u8..=127, bits in 0_u8..16) {
            let cause = Cause::new(CauseValue::new(value).unwrap(), Location::from_bits(bits));
            prop_assert_eq!(parse_reason(&reason_header(cause)), Some(cause));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", tail in "[;=,\"\\\\a-z.0-9 ]{0,40}") {
            let _ = parse_reason(&text);
            let _ = parse_reason(&format!("Q.850{tail}"));
        }
    }
}
