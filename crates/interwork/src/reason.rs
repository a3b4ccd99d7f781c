//! The Reason header field (RFC 3326), with Q.850 causes in requests and responses (RFC 6432) and
//! their location (RFC 8606).

use crate::cause::location::{location_code, location_from_code};
use trunkline_model::{Cause, CauseValue, Location};
use trunkline_sip::Name;
use trunkline_sip::header::{self, Reason, ReasonProtocol, Token};

/// The value of a Reason header field for a cause, with text and location.
///
/// `Q.850;cause=17;text="user busy";location=LN`
pub fn reason_header(cause: Cause) -> String {
    let value = u16::from(cause.value.value());
    let mut reason = Reason::new(ReasonProtocol::Q850, value).with_text(cause.value.name());
    reason.location = Token::new(location_code(cause.location)).ok();
    reason.to_string()
}

/// The Q.850 cause in the value of a Reason header field, which may be a list; the first one counts
/// (RFC 3326 2 allows one of each protocol).
///
/// Without a location, or with one that cannot be, the cause is taken to come from beyond the
/// interworking point, where SIP lies. `None` if there is no Q.850 cause, or none from 1 to 127.
pub fn parse_reason(value: &str) -> Option<Cause> {
    let reasons = header::split(Name::Reason, value);
    let mut reasons = reasons.filter_map(|(_, reason)| Reason::tolerant(reason));
    reasons.find_map(|reason| {
        let cause = CauseValue::new(u8::try_from(reason.q850()?).ok()?)?;
        let location = reason.location;
        let location = location.and_then(|location| location_from_code(location.as_str()));
        Some(Cause::new(
            cause,
            location.unwrap_or(Location::BeyondInterworkingPoint),
        ))
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
