//! The ISUP messages of a simulated exchange, and what it reads in those of the gateway.

use super::config::{Address, OutgoingCall};
use crate::number::Numbering;
use trunkline_isup::{
    Acm, AddressDigits, Anm, BackwardCallIndicators, CalledPartyCategory, CalledPartyNumber,
    CalledPartyStatus, CallingPartyNumber, Charge, Con, Cpg, Event, ForwardCallIndicators, Iam,
    Message, NatureOfAddress, OptionalBackwardCallIndicators, OptionalParameters, Presentation,
    Rel, Res, Sam, Sus,
};
use trunkline_model::Cause;

/// The international digits of a called number, and whether no more will come (ST).
pub(super) fn called(number: &CalledPartyNumber, numbering: &Numbering) -> (String, bool) {
    let digits = number.digits.without_st().to_string();
    (
        international(number.nature, &digits, numbering),
        number.digits.ends_with_st(),
    )
}

/// The international digits of the calling number, if there is one.
pub(super) fn calling(iam: &Iam, numbering: &Numbering) -> Option<String> {
    let number: CallingPartyNumber = iam.optional.get()?;
    if number.digits.is_empty() {
        return None;
    }
    Some(international(
        number.nature,
        &number.digits.to_string(),
        numbering,
    ))
}

/// Appends the digits of a SAM; whether no more will come.
pub(super) fn append(digits: &mut String, sam: &Sam) -> bool {
    let subsequent = &sam.subsequent.digits;
    let room = MAX_DIGITS.saturating_sub(digits.len());
    digits.extend(subsequent.without_st().chars().take(room));
    subsequent.ends_with_st()
}

/// The IAM of a call from here.
pub(super) fn iam(call: &OutgoingCall) -> Option<Iam> {
    let (nature, digits) = address(&call.called)?;
    let mut iam = Iam::new(CalledPartyNumber::new(nature, digits));
    iam.forward_call = ForwardCallIndicators {
        international_call: call.called.international,
        isdn_user_part_all_the_way: true,
        isdn_access: true,
        ..ForwardCallIndicators::default()
    };
    if let Some(calling) = &call.calling {
        let (nature, digits) = address(calling)?;
        let mut number = CallingPartyNumber::new(nature, digits);
        if call.restricted {
            number.presentation = Presentation::Restricted;
        }
        iam.optional.push(&number);
    }
    Some(iam)
}

/// Whether the called telephone rings (Q.763 3.5 b).
pub(super) fn acm_says_alerting(acm: &Acm) -> bool {
    acm.backward_call.called_status == CalledPartyStatus::SubscriberFree
}

/// Whether the called telephone rings (Q.763 3.21).
pub(super) fn cpg_says_alerting(cpg: &Cpg) -> bool {
    cpg.event.event == Event::Alerting
}

pub(super) fn acm(alerting: bool, in_band: bool) -> Message {
    let mut acm = Acm::new(backward(alerting));
    acm.optional = optional(in_band);
    Message::Acm(acm)
}

pub(super) fn alerting(in_band: bool) -> Message {
    let mut cpg = Cpg::new(Event::Alerting);
    cpg.optional = optional(in_band);
    Message::Cpg(cpg)
}

pub(super) fn in_band() -> Message {
    Message::Cpg(Cpg::new(Event::InBandInformation))
}

pub(super) fn anm() -> Message {
    Message::Anm(Anm::default())
}

pub(super) fn con() -> Message {
    Message::Con(Con::new(backward(false)))
}

pub(super) fn sus() -> Message {
    Message::Sus(Sus::new(true))
}

pub(super) fn res() -> Message {
    Message::Res(Res::new(true))
}

pub(super) fn rel(cause: Cause) -> Rel {
    Rel::new(cause)
}

fn international(nature: NatureOfAddress, digits: &str, numbering: &Numbering) -> String {
    match nature {
        NatureOfAddress::International => digits.to_owned(),
        NatureOfAddress::National => numbering.national(digits),
        NatureOfAddress::Subscriber => numbering.subscriber(digits),
        _ => numbering.dialled(digits),
    }
}

fn address(address: &Address) -> Option<(NatureOfAddress, AddressDigits)> {
    let nature = if address.international {
        NatureOfAddress::International
    } else {
        NatureOfAddress::National
    };
    Some((nature, address.digits.parse().ok()?))
}

/// ISDN all the way, charged, an ordinary subscriber.
fn backward(alerting: bool) -> BackwardCallIndicators {
    BackwardCallIndicators {
        charge: Charge::Charge,
        called_status: if alerting {
            CalledPartyStatus::SubscriberFree
        } else {
            CalledPartyStatus::NoIndication
        },
        called_category: CalledPartyCategory::Ordinary,
        isdn_user_part_all_the_way: true,
        isdn_access: true,
        ..BackwardCallIndicators::default()
    }
}

fn optional(in_band: bool) -> OptionalParameters {
    let indicators = OptionalBackwardCallIndicators {
        in_band_information: true,
        ..OptionalBackwardCallIndicators::default()
    };
    OptionalParameters::new().with_some(in_band.then_some(indicators))
}

/// More digits than any number has are not collected.
const MAX_DIGITS: usize = 32;
