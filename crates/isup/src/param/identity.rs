//! Identities and texts that exchanges pass on: call transfer reference, SCF id, charged party
//! identification, display information; and delays.

use super::{Parameter, ParameterCode, first};
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use core::time::Duration;

/// Call transfer reference (Q.763 3.65): the call transfer identity, which names a transfer between
/// two exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallTransferReference(pub u8);

impl Parameter for CallTransferReference {
    const CODE: ParameterCode = ParameterCode::CALL_TRANSFER_REFERENCE;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [identity] = first(octets)?;
        Ok(Self(identity))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.0);
    }

    fn describe(&self) -> Description {
        Description::of(self.0)
    }
}

/// Declares octets whose coding is defined elsewhere, with the words for them.
macro_rules! octet_strings {
    ($($(#[$meta:meta])* $name:ident: $code:ident, $words:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub $crate::octets::Octets);

        impl $crate::param::Parameter for $name {
            const CODE: $crate::param::ParameterCode = $crate::param::ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, $crate::error::Problem> {
                Ok(Self($crate::octets::Octets::copy(octets)))
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }

            fn describe(&self) -> $crate::describe::Description {
                let words: fn(&$crate::octets::Octets) -> String = $words;
                $crate::describe::Description::of(words(&self.0))
            }
        }
    )+};
}

pub(crate) use octet_strings;

octet_strings! {
    /// SCF id (Q.763 3.71): the service control function that a
    /// [`CorrelationId`](super::CorrelationId) belongs to, coded as the network operator says
    /// (Q.1218, `ScfID`).
    ScfId: SCF_ID, Octets::to_string;
    /// Charged party identification (Q.763 3.75), national use: coded by the network, like what it
    /// has in the operation FurnishChargingInformation (Q.1218).
    ChargedPartyIdentification: CHARGED_PARTY_IDENTIFICATION, Octets::to_string;
    /// Display information (Q.763 3.77): a display information element (Q.931 4.5.16), or its
    /// characters alone: implementations do not agree.
    DisplayInformation: DISPLAY_INFORMATION, display;
}

/// IA5 characters, others as `\x81`.
pub(crate) fn text(octets: &Octets) -> String {
    octets.escape_ascii().to_string()
}

/// The characters of a display information element, with its identifier and length before them or
/// without.
fn display(octets: &Octets) -> String {
    match &**octets {
        [DISPLAY, length, characters @ ..] if usize::from(*length) == characters.len() => {
            characters.escape_ascii().to_string()
        }
        _ => text(octets),
    }
}

/// Identifier of the display information element (Q.931 table 4-3).
const DISPLAY: u8 = 0x28;

/// Declares a delay in milliseconds.
macro_rules! delays {
    ($($(#[$meta:meta])* $name:ident: $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// How long that is.
            pub const fn delay(self) -> Duration {
                Duration::from_millis(self.0 as u64)
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                first(octets).map(u16::from_be_bytes).map(Self)
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend(self.0.to_be_bytes());
            }

            fn describe(&self) -> Description {
                Description::of(format_args!("{} ms", self.0))
            }
        }
    )+};
}

delays! {
    /// Call history information (Q.763 3.7): the propagation delay of the whole connection, in
    /// milliseconds.
    CallHistoryInformation: CALL_HISTORY_INFORMATION;
    /// Propagation delay counter (Q.763 3.42): the propagation delay of the circuits so far, in
    /// milliseconds; each exchange adds that of the next.
    PropagationDelayCounter: PROPAGATION_DELAY_COUNTER;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn delays_are_milliseconds_in_two_octets() {
        reads_and_writes(&[0x01, 0x02], PropagationDelayCounter(258));
        reads_and_writes(&[0x00, 0x78], CallHistoryInformation(120));
        assert_eq!(described(&CallHistoryInformation(120)), ["120 ms"]);
        assert_eq!(
            PropagationDelayCounter(258).delay(),
            Duration::from_millis(258)
        );
        refuses_fewer::<PropagationDelayCounter>(2);
        refuses_fewer::<CallHistoryInformation>(2);
    }

    #[test]
    fn octets_are_passed_on_and_texts_are_shown() {
        let display = DisplayInformation(Octets::from(*b"Desk 3\x81"));
        reads_and_writes(b"Desk 3\x81", display.clone());
        assert_eq!(described(&display), ["Desk 3\\x81"]);
        assert_eq!(format!("{display:?}"), "DisplayInformation(7 octets)");

        let element = DisplayInformation(Octets::from(*b"\x28\x06Desk 3"));
        reads_and_writes(b"\x28\x06Desk 3", element.clone());
        assert_eq!(described(&element), ["Desk 3"]);

        let scf = ScfId(Octets::from([0x12, 0x34]));
        reads_and_writes(&[0x12, 0x34], scf.clone());
        assert_eq!(described(&scf), ["1234"]);
        reads_and_writes(&[0x07], CallTransferReference(7));
        refuses_fewer::<CallTransferReference>(1);
    }
}
