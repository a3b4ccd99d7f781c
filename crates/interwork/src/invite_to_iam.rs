//! INVITE to IAM (RFC 3398 7.2.1.1).

use crate::address::{self, e164_of};
use crate::hop_counter;
use crate::trunk::{Bearer, SendSt, TrunkProfile};
use trunkline_isup::{AddressDigits, Iam, Message as Isup, MessageType, Sam};
use trunkline_isup::{
    AddressType, BearerCapability, CalledPartyNumber, CallingPartyNumber, ForwardCallIndicators,
    GenericAddress, GenericNumber, HopCounter, InformationTransferCapability, IsupPreference,
    Layer1Protocol, NatureOfAddress, NatureOfConnection, NumberQualifier, OptionalParameters,
    OriginalCalledNumber, Presentation, TransmissionMedium, UserServiceInformation,
};
use trunkline_model::media::Law;
use trunkline_sip::message::Message;
use trunkline_sip::name::Name;
use trunkline_sip::name_addr::NameAddr;
use trunkline_sip::uri;

/// An INVITE that cannot become an IAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {reason}")]
pub struct Refusal {
    /// The status to answer with.
    pub status: u16,
    /// Why, for people.
    pub reason: &'static str,
}

/// What an INVITE calls: the number of a `tel:` Request-URI or the user of a `sip:` one, without
/// escapes, parameters and, if it is a number, visual separators. A `+` stays.
///
/// # Errors
/// 484 if there is nothing to call, 416 for a scheme other than `sip`, `sips` and `tel`.
pub fn dialled_number(invite: &Message) -> Result<String, Refusal> {
    let nothing = Refusal {
        status: 484,
        reason: "the Request-URI has no user",
    };
    let uri = uri::parse(invite.request_uri().ok_or(nothing)?);
    match uri.map_err(|_| nothing)? {
        uri::Uri::Other { .. } => Err(Refusal {
            status: 416,
            reason: "the Request-URI is neither sip: nor tel:",
        }),
        uri => address::number_in(&uri)
            .filter(|number| !number.is_empty())
            .ok_or(nothing),
    }
}

/// The IAM for an INVITE. `called` is the number that numbering made of what was dialled: E.164
/// with a `+`, or digits of the nature that the trunk group is set to.
///
/// An IAM may carry up to 16 address signals; [`address_messages`] moves the rest to a SAM.
///
/// # Errors
/// 484 if `called` is no number for ISUP, 483 if Max-Forwards is used up.
pub fn iam_from_invite(
    invite: &Message,
    called: &str,
    trunk: &TrunkProfile,
) -> Result<Iam, Refusal> {
    let (nature, mut digits) = address::to_isup(called, trunk).ok_or(Refusal {
        status: 484,
        reason: "the called number is none that ISUP can carry",
    })?;
    let international = nature == NatureOfAddress::International;
    if trunk.send_st == SendSt::Always || (trunk.send_st == SendSt::International && international)
    {
        // Only a number that fills the parameter to its end goes without.
        let _ = digits.push(AddressDigits::ST);
    }
    let hop_counter = match trunk.hop_factor {
        0 => None,
        factor => {
            let max_forwards = invite
                .max_forwards()
                .unwrap_or(hop_counter::INITIAL_MAX_FORWARDS);
            let hops = hop_counter::from_max_forwards(max_forwards, factor);
            Some(HopCounter(hops.ok_or(Refusal {
                status: 483,
                reason: "Max-Forwards is used up",
            })?))
        }
    };
    let caller = Caller::of(invite, trunk);
    let has_addresses = trunk.has_generic_addresses();
    Ok(Iam {
        nature_of_connection: NatureOfConnection {
            echo_control: trunk.echo_control,
            ..NatureOfConnection::default()
        },
        forward_call: ForwardCallIndicators {
            international_call: international,
            interworking: trunk.interworking_encountered,
            isdn_user_part_all_the_way: !trunk.interworking_encountered,
            // Never "required": SIP is not ISUP all the way (expert-checks 25).
            preference: IsupPreference::NotRequired,
            number_translated: number_was_dipped(invite),
            ..ForwardCallIndicators::default()
        },
        calling_category: trunk.calling_category,
        transmission_medium: match trunk.bearer {
            Bearer::Speech => TransmissionMedium::Speech,
            Bearer::Audio3k1 => TransmissionMedium::Audio3k1,
        },
        optional: OptionalParameters::new()
            .with_some(caller.number)
            .with_some(original_called(invite, called, trunk))
            .with(user_service_information(trunk))
            .with_some(caller.additional.filter(|_| !has_addresses))
            .with_some(
                caller
                    .additional
                    .filter(|_| has_addresses)
                    .map(generic_address),
            )
            .with_some(hop_counter),
        ..Iam::new(CalledPartyNumber::new(nature, digits))
    })
}

/// The messages that carry an address: the IAM, and a SAM with what goes beyond the 16 signals of
/// its called party number (expert-checks 31). A network without SAM, as ANSI's, takes addresses as
/// a whole.
pub fn address_messages(mut iam: Iam, trunk: &TrunkProfile) -> Vec<Isup> {
    let has_sam = trunk.variant.message(MessageType::Sam.code()).is_some();
    if iam.called.digits.len() <= MAX_IAM_SIGNALS || !has_sam {
        return vec![Isup::Iam(iam)];
    }
    let mut first = AddressDigits::new();
    let mut rest = AddressDigits::new();
    for (index, signal) in iam.called.digits.chars().enumerate() {
        let part = if index < MAX_IAM_SIGNALS {
            &mut first
        } else {
            &mut rest
        };
        // Each part is shorter than the whole, which fits.
        let _ = part.push(signal);
    }
    iam.called.digits = first;
    vec![Isup::Iam(iam), Isup::Sam(Sam::new(rest))]
}

/// The numbers of the calling party.
#[derive(Debug, Default)]
struct Caller {
    number: Option<CallingPartyNumber>,
    additional: Option<GenericNumber>,
}

impl Caller {
    fn of(invite: &Message, trunk: &TrunkProfile) -> Self {
        let presentation = presentation(invite);
        let isup = |number: &str| address::to_isup(number, trunk);
        let from = e164_of(&invite.from());
        let asserted = if trunk.trust_identity {
            asserted_number(invite)
        } else {
            None
        };
        // Without an assertion that counts, From is all there is; RFC 3398 12.2 calls it network
        // provided, since the network let the caller in.
        let identity = asserted.as_ref().or(from.as_ref());
        let number = identity
            .and_then(|number| isup(number))
            .map(|(nature, digits)| CallingPartyNumber {
                presentation,
                ..CallingPartyNumber::new(nature, digits)
            });
        // What the caller says of himself goes along, marked as such (expert-checks 28).
        let additional = from
            .filter(|from| asserted.as_ref().is_some_and(|asserted| asserted != from))
            .and_then(|from| isup(&from))
            .map(|(nature, digits)| {
                let qualifier = NumberQualifier::AdditionalCallingPartyNumber;
                GenericNumber {
                    presentation,
                    ..GenericNumber::new(qualifier, nature, digits)
                }
            });
        Self { number, additional }
    }
}

/// The same as ANSI says it, where the generic address has the code of the generic number
/// (T1.113 3.20A).
fn generic_address(number: GenericNumber) -> GenericAddress {
    let kind = AddressType::SupplementalNotScreened;
    GenericAddress {
        presentation: number.presentation,
        ..GenericAddress::new(kind, number.nature, number.digits)
    }
}

/// The first E.164 number in P-Asserted-Identity (RFC 3325 9.1).
fn asserted_number(invite: &Message) -> Option<String> {
    invite
        .headers(Name::PAssertedIdentity)
        .filter_map(|value| NameAddr::parse(value).ok())
        .find_map(|address| e164_of(&address))
}

/// The presentation indicator that the caller's Privacy asks for (RFC 3323 4.2, RFC 3325 9.3).
/// `session`, `history`, `critical` and `none` say nothing of the number.
fn presentation(invite: &Message) -> Presentation {
    let hidden = invite
        .headers(Name::Privacy)
        .flat_map(|value| value.split([';', ',']))
        .any(|kind| {
            ["id", "user", "header"]
                .iter()
                .any(|hides| kind.trim().eq_ignore_ascii_case(hides))
        });
    if hidden {
        Presentation::Restricted
    } else {
        Presentation::Allowed
    }
}

/// Whether a portability query was made and the number found not to be ported (RFC 3398 7.2.1.1).
/// With a routing number (`rn`) the number is ported; carrying that is national matter, so the
/// network is left to ask again.
fn number_was_dipped(invite: &Message) -> bool {
    let uri = invite.request_uri().and_then(|uri| uri::parse(uri).ok());
    uri.is_some_and(|uri| address::number_has(&uri, "npdi") && !address::number_has(&uri, "rn"))
}

/// The number in To, if it is not the one that is called.
fn original_called(
    invite: &Message,
    called: &str,
    trunk: &TrunkProfile,
) -> Option<OriginalCalledNumber> {
    if !trunk.original_called_from_to {
        return None;
    }
    let to = e164_of(&invite.to())?;
    if to == called || dialled_number(invite).is_ok_and(|dialled| dialled == to) {
        return None;
    }
    let (nature, digits) = address::to_isup(&to, trunk)?;
    Some(OriginalCalledNumber::new(nature, digits))
}

/// Bearer capability (Q.931 4.5.5): speech or 3.1 kHz audio at 64 kbit/s in circuit mode, by G.711.
fn user_service_information(trunk: &TrunkProfile) -> UserServiceInformation {
    let capability = match trunk.bearer {
        Bearer::Speech => InformationTransferCapability::Speech,
        Bearer::Audio3k1 => InformationTransferCapability::Audio3k1,
    };
    let layer_1 = match trunk.law {
        Law::A => Layer1Protocol::G711ALaw,
        Law::Mu => Layer1Protocol::G711MuLaw,
    };
    UserServiceInformation(BearerCapability::new(capability).with_layer_1(layer_1))
}

/// What the called party number of an IAM carries; further signals come in SAMs (Q.764 2.1.2).
const MAX_IAM_SIGNALS: usize = 16;

#[cfg(test)]
mod tests;
