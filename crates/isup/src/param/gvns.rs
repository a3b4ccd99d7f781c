//! Forward and backward GVNS: global virtual network service (Q.763 3.66, 3.62).

use super::indicators;
use super::indicators::{put, take};
use super::number_coding::{digits, words};
use super::{AddressDigits, NatureOfAddress, NumberingPlan, Parameter, ParameterCode};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

/// Forward GVNS (Q.763 3.66).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForwardGvns {
    /// Originating participating service provider: at most 7 digits by the standard, 30 by the
    /// coding.
    pub originating_provider: AddressDigits,
    /// GVNS user group: at most 16 digits by the standard, 30 by the coding.
    pub user_group: AddressDigits,
    /// Terminating network routing number.
    pub terminating: TerminatingNetworkRoutingNumber,
}

/// Terminating network routing number of a forward GVNS (Q.763 3.66 c).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TerminatingNetworkRoutingNumber {
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Nature of address indicator; `None` if nothing but the numbering plan is there. Digits
    /// without it are not written.
    pub nature: Option<NatureOfAddress>,
    /// The digits: at most 15 by the standard, 28 by the coding.
    pub digits: AddressDigits,
}

impl TerminatingNetworkRoutingNumber {
    /// A number of the ISDN numbering plan.
    pub const fn new(nature: NatureOfAddress, digits: AddressDigits) -> Self {
        Self {
            plan: NumberingPlan::Isdn,
            nature: Some(nature),
            digits,
        }
    }
}

impl Parameter for ForwardGvns {
    const CODE: ParameterCode = ParameterCode::FORWARD_GVNS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let mut rest = octets;
        let mut next = || {
            let (octet, contents, behind) = part(rest).ok_or(Problem::TooShort {
                need: octets.len() + 1,
                have: octets.len(),
            })?;
            rest = behind;
            Ok((octet, contents))
        };
        let (octet, contents) = next()?;
        let originating_provider = digits(contents, odd(octet))?;
        let (octet, contents) = next()?;
        let user_group = digits(contents, odd(octet))?;
        let (octet, contents) = next()?;
        let (nature, signals) = match contents {
            [nature, signals @ ..] => (Some(*nature), signals),
            [] => (None, contents),
        };
        let terminating = TerminatingNetworkRoutingNumber {
            plan: NumberingPlan::from_code(take(octet, 4, 7)),
            nature: nature.map(|octet| NatureOfAddress::from_code(take(octet, 0, 7))),
            digits: digits(signals, odd(octet))?,
        };
        Ok(Self {
            originating_provider,
            user_group,
            terminating,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        for digits in [&self.originating_provider, &self.user_group] {
            let (signals, odd) = signals(digits, LENGTH);
            out.push(put(odd.into(), 7, 8) | length(signals));
            out.extend_from_slice(signals);
        }
        let plan = put(self.terminating.plan.code(), 4, 7);
        let Some(nature) = self.terminating.nature else {
            return out.push(plan);
        };
        let (signals, odd) = signals(&self.terminating.digits, LENGTH - 1);
        out.push(put(odd.into(), 7, 8) | plan | (length(signals) + 1));
        out.push(put(nature.code(), 0, 7));
        out.extend_from_slice(signals);
    }

    fn describe(&self) -> Description {
        let user_group = 1 + signals(&self.originating_provider, LENGTH).0.len();
        let terminating = user_group + 1 + signals(&self.user_group, LENGTH).0.len();
        let mut number = Description::of(words(&self.terminating.digits)).field(
            0,
            "numbering plan indicator",
            self.terminating.plan,
        );
        if let Some(nature) = self.terminating.nature {
            number = number.field(1, "nature of address indicator", nature);
        }
        Description::default()
            .field(
                0,
                "originating participating service provider",
                words(&self.originating_provider),
            )
            .field(user_group, "GVNS user group", words(&self.user_group))
            .nested(terminating, "terminating network routing number", number)
    }
}

/// One part of a forward GVNS: its first octet, as many octets as that says, and what follows.
fn part(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (octet, rest) = octets.split_first()?;
    let (contents, behind) = rest.split_at_checked(usize::from(take(*octet, 0, 4)))?;
    Some((*octet, contents, behind))
}

fn odd(octet: u8) -> bool {
    take(octet, 7, 8) == 1
}

/// The octets of address signals, cut after that many, and whether the last holds one signal.
fn signals(digits: &AddressDigits, limit: usize) -> (&[u8], bool) {
    match digits.octets().get(..limit) {
        Some(cut) if digits.octets().len() > limit => (cut, false),
        _ => (digits.octets(), digits.is_odd()),
    }
}

/// A length of at most [`LENGTH`] in its place.
fn length(signals: &[u8]) -> u8 {
    u8::try_from(signals.len()).unwrap_or(u8::MAX) & 0x0f
}

/// The most that a length indicator of 4 bits can say.
const LENGTH: usize = 15;

codes! {
    /// Terminating access indicator (Q.763 3.62): 2 bits.
    pub enum TerminatingAccess {
        NoInformation = 0, "no information";
        Dedicated = 1, "dedicated terminating access";
        Switched = 2, "switched terminating access";
        _ => Spare, "spare terminating access indicator"
    }
}

indicators! {
    /// Backward GVNS (Q.763 3.62).
    pub struct BackwardGvns: BACKWARD_GVNS {
        // The extension indicator.
        0 | 0x80 {
            /// Terminating access indicator.
            terminating_access: TerminatingAccess, 0..2, "terminating access indicator";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn forward_gvns_has_three_parts() {
        let gvns = ForwardGvns {
            originating_provider: "123".parse().unwrap(),
            user_group: "4567".parse().unwrap(),
            terminating: TerminatingNetworkRoutingNumber::new(
                NatureOfAddress::International,
                "49301".parse().unwrap(),
            ),
        };
        assert_eq!(
            described(&gvns),
            [
                "originating participating service provider: 123",
                "GVNS user group: 4567",
                "terminating network routing number: 49301",
            ]
        );
        assert_eq!(gvns.describe().fields[2].octet, 6);
        let octets = [
            0x82, 0x21, 0x03, 0x02, 0x54, 0x76, 0x94, 0x04, 0x94, 0x03, 0x01,
        ];
        reads_and_writes(&octets, gvns);
    }

    #[test]
    fn forward_gvns_may_have_empty_parts() {
        let terminating = TerminatingNetworkRoutingNumber {
            plan: NumberingPlan::Isdn,
            nature: None,
            digits: AddressDigits::new(),
        };
        let none = AddressDigits::new();
        let gvns = ForwardGvns {
            originating_provider: none,
            user_group: none,
            terminating,
        };
        reads_and_writes(&[0x00, 0x00, 0x10], gvns);
        for (octets, need) in [
            (&[][..], 1),
            (&[0x00, 0x00], 3),
            (&[0x00, 0x00, 0x12, 0x04], 5),
        ] {
            let problem = Problem::TooShort {
                need,
                have: octets.len(),
            };
            assert_eq!(ForwardGvns::read(octets), Err(problem));
        }
    }

    #[test]
    fn digits_that_a_length_indicator_cannot_say_are_cut() {
        let long: AddressDigits = "12345678901234567890123456789012".parse().unwrap();
        let gvns = ForwardGvns {
            originating_provider: long,
            user_group: AddressDigits::new(),
            terminating: TerminatingNetworkRoutingNumber::new(NatureOfAddress::National, long),
        };
        let mut out = Vec::new();
        gvns.write(&mut out);
        let read = ForwardGvns::read(&out).unwrap();
        assert_eq!(
            (
                read.originating_provider.len(),
                read.terminating.digits.len()
            ),
            (30, 28)
        );
    }

    #[test]
    fn backward_gvns_both_ways() {
        let terminating_access = TerminatingAccess::Switched;
        reads_and_writes(&[0x82], BackwardGvns { terminating_access });
        refuses_fewer::<BackwardGvns>(1);
    }
}
