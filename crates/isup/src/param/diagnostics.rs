//! The diagnostics of a cause, which depend on the cause value (Q.850 2.2.6, table 1).

use super::access::element_name;
use super::group::{EXTENSION, group, hex};
use super::indicators::{put, take};
use super::{
    AddressDigits, CalledPartyNumber, NatureOfAddress, NumberingPlan, Parameter, ParameterCode,
};
use crate::codes::codes;
use crate::describe::Description;
use crate::message::MessageType;
use crate::octets::Octets;
use trunkline_model::CauseValue;

/// Diagnostics, by the cause value they stand behind (Q.850 table 1).
///
/// They are a view: what makes no sense with its cause value is [`Other`](Self::Other), and
/// [`CauseIndicators::diagnostics`](super::CauseIndicators::diagnostics) holds the octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Diagnostics {
    /// None.
    None,
    /// Behind 1, 3, 16 and 49: who cleared, and how long it will stay so.
    Condition(Condition),
    /// Behind 17 and 34: whether completion of the call is possible.
    Ccbs(CcbsIndicator),
    /// Behind 21.
    CallRejected(CallRejected),
    /// Behind 22 and 23: where the user is reached.
    NewDestination(NewDestination),
    /// Behind 43, 88, 96 and 100: identifiers of information elements of Q.931.
    InformationElements(Vec<u8>),
    /// Behind 97, 98 and 101: message types.
    MessageTypes(Vec<u8>),
    /// Behind 99 and 103, also behind 110 if it is not a pair: names of parameters.
    Parameters(Vec<ParameterCode>),
    /// Behind 110: the message that was discarded, and the first parameter because of which
    /// (Q.764 2.9.5.3.2).
    Discarded {
        /// Message type.
        message_type: u8,
        /// Name of the parameter.
        parameter: ParameterCode,
    },
    /// Behind 102: the number of the timer, in digits of IA5 (`"307"`).
    Timer(String),
    /// Anything else: of 2 a transit network, of 29, 50 and 69 a facility, of 57, 58 and 65 an
    /// attribute, of 66 and 82 a channel.
    Other(Octets),
}

codes! {
    /// How long a condition lasts (Q.850 table 1, note on the condition): 2 bits.
    pub enum Permanence {
        Unknown = 0, "unknown";
        Permanent = 1, "permanent";
        Transient = 2, "transient";
        _ => Spare, "spare condition"
    }
}

codes! {
    /// CCBS indicator (Q.850 table 1, note on cause 17): 7 bits.
    pub enum CcbsIndicator {
        Possible = 1, "CCBS possible";
        NotPossible = 2, "CCBS not possible";
        _ => Spare, "spare CCBS indicator"
    }
}

codes! {
    /// Rejection reason (Q.850 table 1, note on cause 21): 5 bits.
    pub enum RejectionReason {
        UserSpecific = 0, "user specific";
        ElementMissing = 1, "information element missing";
        ElementNotSufficient = 2, "information element contents are not sufficient";
        _ => Reserved, "reserved rejection reason"
    }
}

codes! {
    /// Type of number of a called party number of Q.931 (4.5.8): 3 bits.
    pub enum TypeOfNumber {
        Unknown = 0, "unknown";
        International = 1, "international number";
        National = 2, "national number";
        NetworkSpecific = 3, "network-specific number";
        Subscriber = 4, "subscriber number";
        Abbreviated = 6, "abbreviated number";
        _ => Reserved, "reserved type of number"
    }
}

/// A condition: the octet behind causes 1, 3, 16 and 49.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The user of the network service; its provider otherwise.
    pub user: bool,
    /// Abnormal; normal otherwise.
    pub abnormal: bool,
    /// How long it lasts.
    pub permanence: Permanence,
}

/// Diagnostics of cause 21.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallRejected {
    /// Rejection reason.
    pub reason: RejectionReason,
    /// How long it lasts.
    pub permanence: Permanence,
    /// What the user says if the reason is his, the identifier of the information element
    /// otherwise.
    pub information: Octets,
}

/// Diagnostics of cause 22: a called party number with its name and length indicator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewDestination {
    /// The number.
    pub number: NewNumber,
    /// Further elements as they came, as a transit network selection.
    pub further: Octets,
}

/// The number of a new destination, in the coding of either signalling system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewNumber {
    /// The parameter of ISUP (Q.763 3.9).
    Isup(CalledPartyNumber),
    /// The information element of Q.931 (4.5.8).
    Q931 {
        /// Type of number.
        kind: TypeOfNumber,
        /// Numbering plan identification, 4 bits: 1 is E.164.
        plan: u8,
        /// The digits, which stand in IA5.
        digits: AddressDigits,
    },
}

impl Diagnostics {
    /// Reads what stands behind a cause value of ITU-T coding.
    pub fn read(value: CauseValue, octets: &[u8]) -> Self {
        if octets.is_empty() {
            return Self::None;
        }
        Self::read_known(value.value(), octets).unwrap_or_else(|| Self::Other(Octets::copy(octets)))
    }

    fn read_known(value: u8, octets: &[u8]) -> Option<Self> {
        let first = *octets.first()?;
        Some(match value {
            1 | 3 | 16 | 49 => Self::Condition(Condition {
                user: take(first, 3, 4) == 1,
                abnormal: take(first, 2, 3) == 1,
                permanence: Permanence::from_code(take(first, 0, 2)),
            }),
            17 | 34 => Self::Ccbs(CcbsIndicator::from_code(take(first, 0, 7))),
            21 => Self::CallRejected(CallRejected {
                reason: RejectionReason::from_code(take(first, 2, 7)),
                permanence: Permanence::from_code(take(first, 0, 2)),
                information: Octets::copy(octets.get(1..)?),
            }),
            22 | 23 => Self::NewDestination(NewDestination::read(octets)?),
            43 | 88 | 96 | 100 => Self::InformationElements(octets.to_vec()),
            97 | 98 | 101 => Self::MessageTypes(octets.to_vec()),
            110 if octets.len() == 2 => Self::Discarded {
                message_type: first,
                parameter: ParameterCode(*octets.get(1)?),
            },
            99 | 103 | 110 => {
                Self::Parameters(octets.iter().map(|code| ParameterCode(*code)).collect())
            }
            102 if octets.iter().all(u8::is_ascii_graphic) => {
                Self::Timer(String::from_utf8_lossy(octets).into_owned())
            }
            _ => return None,
        })
    }

    /// The octets; cut after the 255 that a parameter can hold.
    pub fn octets(&self) -> Octets {
        let mut out = Vec::new();
        match self {
            Self::None => {}
            Self::Condition(condition) => out.push(
                EXTENSION
                    | put(condition.user.into(), 3, 4)
                    | put(condition.abnormal.into(), 2, 3)
                    | put(condition.permanence.code(), 0, 2),
            ),
            Self::Ccbs(indicator) => out.push(EXTENSION | indicator.code()),
            Self::CallRejected(rejected) => {
                let reason = put(rejected.reason.code(), 2, 7);
                out.push(EXTENSION | reason | put(rejected.permanence.code(), 0, 2));
                out.extend_from_slice(&rejected.information);
            }
            Self::NewDestination(destination) => destination.write(&mut out),
            Self::InformationElements(octets) | Self::MessageTypes(octets) => {
                out.extend_from_slice(octets);
            }
            Self::Parameters(codes) => out.extend(codes.iter().map(|code| code.0)),
            Self::Discarded {
                message_type,
                parameter,
            } => out.extend([*message_type, parameter.0]),
            Self::Timer(digits) => out.extend_from_slice(digits.as_bytes()),
            Self::Other(octets) => out.extend_from_slice(octets),
        }
        super::group::kept(out)
    }

    /// What they say, in words.
    pub fn describe(&self) -> Description {
        match self {
            Self::None => Description::default(),
            Self::Condition(condition) => Description::of(condition.permanence)
                .field(
                    0,
                    "network service",
                    ["provider", "user"][usize::from(condition.user)],
                )
                .field(
                    0,
                    "type",
                    ["normal", "abnormal"][usize::from(condition.abnormal)],
                ),
            Self::Ccbs(indicator) => Description::of(indicator),
            Self::CallRejected(rejected) => rejected.describe(),
            Self::NewDestination(destination) => destination.describe(),
            Self::InformationElements(identifiers) => list(identifiers.iter().map(|identifier| {
                let name = element_name(*identifier).map(str::to_owned);
                name.unwrap_or_else(|| format!("information element {identifier:#04x}"))
            })),
            Self::MessageTypes(codes) => list(
                codes
                    .iter()
                    .map(|code| MessageType::from_code(*code).to_string()),
            ),
            Self::Parameters(codes) => list(codes.iter().map(ToString::to_string)),
            Self::Discarded {
                message_type,
                parameter,
            } => {
                let message_type = MessageType::from_code(*message_type);
                Description::of(format!("{message_type}, {parameter}"))
            }
            Self::Timer(digits) => Description::of(format!("timer {digits}")),
            Self::Other(octets) => Description::of(octets),
        }
    }
}

impl From<Diagnostics> for Octets {
    fn from(diagnostics: Diagnostics) -> Self {
        diagnostics.octets()
    }
}

impl CallRejected {
    fn describe(&self) -> Description {
        let description = Description::of(self.reason).field(0, "condition", self.permanence);
        match (self.reason, &self.information[..]) {
            (_, []) => description,
            (RejectionReason::UserSpecific, _) => {
                description.field(1, "user supplied diagnostic", &self.information)
            }
            (_, [identifier, ..]) => {
                let name = element_name(*identifier).map(str::to_owned);
                let name = name.unwrap_or_else(|| hex(&[*identifier]));
                description.field(1, "information element", name)
            }
        }
    }
}

impl NewDestination {
    /// A new destination, without further elements.
    pub const fn new(number: NewNumber) -> Self {
        Self {
            number,
            further: Octets::new(),
        }
    }

    fn read(octets: &[u8]) -> Option<Self> {
        let [name, length, rest @ ..] = octets else {
            return None;
        };
        let (contents, further) = rest.split_at_checked(usize::from(*length))?;
        let number = if *name == ParameterCode::CALLED_PARTY_NUMBER.0 {
            NewNumber::Isup(CalledPartyNumber::read(contents).ok()?)
        } else if *name == Q931_CALLED_PARTY_NUMBER {
            let (octet_3, digits) = group(contents).ok()?;
            NewNumber::Q931 {
                kind: TypeOfNumber::from_code(take(octet_3.first, 4, 7)),
                plan: take(octet_3.first, 0, 4),
                digits: str::from_utf8(digits).ok()?.parse().ok()?,
            }
        } else {
            return None;
        };
        Some(Self {
            number,
            further: Octets::copy(further),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut contents = Vec::new();
        let name = match &self.number {
            NewNumber::Isup(number) => {
                number.write(&mut contents);
                ParameterCode::CALLED_PARTY_NUMBER.0
            }
            NewNumber::Q931 { kind, plan, digits } => {
                contents.push(EXTENSION | put(kind.code(), 4, 7) | put(*plan, 0, 4));
                contents.extend(digits.to_string().bytes());
                Q931_CALLED_PARTY_NUMBER
            }
        };
        // No number has more than 32 digits.
        out.extend([name, u8::try_from(contents.len()).unwrap_or(u8::MAX)]);
        out.append(&mut contents);
        out.extend_from_slice(&self.further);
    }

    fn describe(&self) -> Description {
        let description = match &self.number {
            NewNumber::Isup(number) => {
                Description::default().nested(2, "called party number", number.describe())
            }
            NewNumber::Q931 { kind, plan, digits } => {
                let number = Description::of(digits)
                    .field(0, "type of number", kind)
                    .field(0, "numbering plan identification", plan);
                Description::default().nested(2, "called party number", number)
            }
        };
        let digits = self.number.digits().to_string();
        Description {
            value: Some(digits),
            ..description
        }
    }
}

impl NewNumber {
    /// The digits.
    pub const fn digits(&self) -> &AddressDigits {
        match self {
            Self::Isup(number) => &number.digits,
            Self::Q931 { digits, .. } => digits,
        }
    }

    /// The numbering plan as ISUP has it.
    pub const fn plan(&self) -> NumberingPlan {
        match self {
            Self::Isup(number) => number.plan,
            Self::Q931 {
                plan: PRIVATE_PLAN, ..
            } => NumberingPlan::Private,
            Self::Q931 { plan, .. } => NumberingPlan::from_code(*plan & 7),
        }
    }

    /// The nature of address as ISUP has it.
    pub const fn nature(&self) -> NatureOfAddress {
        match self {
            Self::Isup(number) => number.nature,
            Self::Q931 { kind, .. } => match kind {
                TypeOfNumber::International => NatureOfAddress::International,
                TypeOfNumber::National => NatureOfAddress::National,
                TypeOfNumber::NetworkSpecific => NatureOfAddress::NetworkSpecific,
                TypeOfNumber::Subscriber => NatureOfAddress::Subscriber,
                _ => NatureOfAddress::Unknown,
            },
        }
    }
}

fn list(names: impl Iterator<Item = String>) -> Description {
    Description::of(names.collect::<Vec<_>>().join(", "))
}

/// The identifier of the called party number of Q.931 (4.5.8).
const Q931_CALLED_PARTY_NUMBER: u8 = 0x70;

/// The private numbering plan in Q.931 (4.5.8).
const PRIVATE_PLAN: u8 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(value: u8, octets: &[u8], diagnostics: &Diagnostics, words: &str) {
        let value = CauseValue::new(value).unwrap();
        assert_eq!(Diagnostics::read(value, octets), *diagnostics, "{value}");
        assert_eq!(&diagnostics.octets()[..], octets, "{value}");
        assert_eq!(
            diagnostics.describe().value.unwrap_or_default(),
            words,
            "{value}"
        );
    }

    #[test]
    fn diagnostics_depend_on_the_cause() {
        let condition = Condition {
            user: true,
            abnormal: false,
            permanence: Permanence::Transient,
        };
        let rejected = CallRejected {
            reason: RejectionReason::ElementMissing,
            permanence: Permanence::Permanent,
            information: Octets::from([0x7d]),
        };
        let parameters = vec![ParameterCode::HOP_COUNTER, ParameterCode(244)];
        for (value, octets, diagnostics, words) in [
            (
                1,
                &[0x8a][..],
                Diagnostics::Condition(condition),
                "transient",
            ),
            (
                17,
                &[0x81],
                Diagnostics::Ccbs(CcbsIndicator::Possible),
                "CCBS possible",
            ),
            (
                21,
                &[0x85, 0x7d],
                Diagnostics::CallRejected(rejected),
                "information element missing",
            ),
            (
                43,
                &[0x7e],
                Diagnostics::InformationElements(vec![0x7e]),
                "user-user",
            ),
            (97, &[0x41], Diagnostics::MessageTypes(vec![0x41]), "APM"),
            (
                99,
                &[61, 244],
                Diagnostics::Parameters(parameters),
                "hop counter, parameter 244",
            ),
            (
                110,
                &[1, 244],
                Diagnostics::Discarded {
                    message_type: 1,
                    parameter: ParameterCode(244),
                },
                "IAM, parameter 244",
            ),
            (
                102,
                b"307",
                Diagnostics::Timer("307".to_owned()),
                "timer 307",
            ),
            (102, &[0x07], Diagnostics::Other(Octets::from([0x07])), "07"),
            (82, &[0xa9], Diagnostics::Other(Octets::from([0xa9])), "a9"),
            (16, &[], Diagnostics::None, ""),
        ] {
            both_ways(value, octets, &diagnostics, words);
        }
    }

    #[test]
    fn a_new_destination_is_a_number_of_isup_or_of_q931() {
        let number = CalledPartyNumber::new(NatureOfAddress::National, "30123".parse().unwrap());
        let isup = NewDestination::new(NewNumber::Isup(number));
        let octets = [0x04, 5, 0x83, 0x90, 0x03, 0x21, 0x03];
        both_ways(22, &octets, &Diagnostics::NewDestination(isup), "30123");
        let q931 = NewDestination {
            number: NewNumber::Q931 {
                kind: TypeOfNumber::International,
                plan: 1,
                digits: "4930".parse().unwrap(),
            },
            // Transit network selection.
            further: Octets::from([0x78, 2, 0xa1, b'1']),
        };
        assert_eq!(q931.number.nature(), NatureOfAddress::International);
        assert_eq!(q931.number.plan(), NumberingPlan::Isdn);
        let octets = [0x70, 5, 0x91, b'4', b'9', b'3', b'0', 0x78, 2, 0xa1, b'1'];
        both_ways(22, &octets, &Diagnostics::NewDestination(q931), "4930");
    }

    #[test]
    fn a_broken_destination_is_octets() {
        let changed = CauseValue::NUMBER_CHANGED;
        for octets in [
            &[0x04][..],
            &[0x04, 5, 0x83],
            &[0x04, 1, 0x83],
            &[0x70, 2, 0x91, 0xff],
        ] {
            let read = Diagnostics::read(changed, octets);
            assert_eq!(read, Diagnostics::Other(Octets::copy(octets)));
        }
    }
}
