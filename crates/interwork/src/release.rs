//! REL and the ends of a call in SIP, both ways (RFC 3398 7.2.3, 7.2.4, 8.2.5, 8.2.6, 10).

use crate::address::{self, e164_of};
use crate::cause::{CauseMap, Diagnostic, ToSip};
use crate::reason::parse_reason;
use crate::trunk::TrunkProfile;
use trunkline_isup::{CauseIndicators, CcbsIndicator, Diagnostics, RedirectionNumber, Rel};
use trunkline_model::{Cause, CauseValue};
use trunkline_sip::message::Message;
use trunkline_sip::method::Method;
use trunkline_sip::name::Name;

/// A REL with a cause.
pub fn rel(cause: Cause) -> Rel {
    Rel::new(cause)
}

/// The REL for a BYE or CANCEL: the cause of its Reason if it has one of Q.850, else that of the
/// map (RFC 3398 7.2.3, 10.1).
pub fn rel_from_request(map: &CauseMap, request: &Message) -> Rel {
    let usual = if request.method() == Some(Method::Cancel) {
        map.cancel()
    } else {
        map.bye()
    };
    rel(reason(request).unwrap_or(usual))
}

/// The REL for a final response of failure (RFC 3398 8.2.5, 8.2.6). `response` is absent if the
/// status is our own, as 408 when timer B ran out.
///
/// A Reason of Q.850 wins where the map trusts it (RFC 6432). A redirection to a telephone number
/// that is not followed gives cause 23 and the redirection number.
pub fn rel_from_response(
    map: &CauseMap,
    trunk: &TrunkProfile,
    status: u16,
    response: Option<&Message>,
) -> Rel {
    if let Some(cause) = response.filter(|_| map.trusts_reason()).and_then(reason) {
        return rel(cause);
    }
    let warning = response.and_then(warning);
    let mapped = map.to_isup(status, warning).cause();
    let Some(number) = response
        .filter(|_| status / 100 == 3)
        .and_then(|r| contact(r, trunk))
    else {
        return rel(mapped);
    };
    let cause = Cause::new(CauseValue::REDIRECTION_TO_NEW_DESTINATION, mapped.location);
    let mut rel = rel(cause);
    rel.optional.push(&number);
    rel
}

/// What a REL becomes that came before the INVITE had its final response (RFC 3398 7.2.4).
///
/// The number that a subscriber has moved to (cause 22) becomes a Contact; it comes in the
/// redirection number or in the diagnostics (expert-checks 22).
pub fn status_from_rel(map: &CauseMap, trunk: &TrunkProfile, rel: &Rel) -> ToSip {
    let cause = rel.cause.cause();
    let new_number = if cause.value == CauseValue::NUMBER_CHANGED {
        new_number(rel, trunk).map(|number| tel_uri(&number, trunk))
    } else {
        None
    };
    let diagnostic = match &new_number {
        Some(uri) => Some(Diagnostic::NewNumber(uri)),
        None => ccbs_is_possible(&rel.cause).then_some(Diagnostic::CcbsPossible),
    };
    map.to_sip(cause.value, cause.location, diagnostic)
}

/// The cause that a Reason of Q.850 gives.
fn reason(message: &Message) -> Option<Cause> {
    message.headers(Name::Reason).find_map(parse_reason)
}

/// The code of the first Warning (RFC 3261 20.43).
fn warning(response: &Message) -> Option<u16> {
    let value = response.headers(Name::Warning).next()?;
    value.split_ascii_whitespace().next()?.parse().ok()
}

/// The first telephone number that a redirection offers.
fn contact(response: &Message, trunk: &TrunkProfile) -> Option<RedirectionNumber> {
    let addresses = response.headers(Name::Contact);
    let number = addresses
        .filter_map(|value| trunkline_sip::NameAddr::parse(value).ok())
        .find_map(|address| e164_of(&address))?;
    let (nature, digits) = address::to_isup(&number, trunk)?;
    Some(RedirectionNumber::new(nature, digits))
}

fn new_number(rel: &Rel, trunk: &TrunkProfile) -> Option<String> {
    let of_parameter = rel.optional.get().and_then(|number: RedirectionNumber| {
        address::from_isup(number.nature, number.plan, &number.digits, trunk)
    });
    of_parameter.or_else(|| number_in_diagnostics(&rel.cause, trunk))
}

/// A URI for a number: a local one says where it means something (RFC 3966 5.1.5).
fn tel_uri(number: &str, trunk: &TrunkProfile) -> String {
    if number.starts_with('+') {
        format!("tel:{number}")
    } else {
        format!("tel:{number};phone-context=+{}", trunk.country_code)
    }
}

/// The called party number in the diagnostics of cause 22 (Q.850 table 1).
fn number_in_diagnostics(cause: &CauseIndicators, trunk: &TrunkProfile) -> Option<String> {
    let Diagnostics::NewDestination(destination) = cause.read_diagnostics() else {
        return None;
    };
    let number = destination.number;
    address::from_isup(number.nature(), number.plan(), number.digits(), trunk)
}

/// The CCBS indicator in the diagnostics of causes 17 and 34.
fn ccbs_is_possible(cause: &CauseIndicators) -> bool {
    cause.read_diagnostics() == Diagnostics::Ccbs(CcbsIndicator::Possible)
}

#[cfg(test)]
mod tests;
