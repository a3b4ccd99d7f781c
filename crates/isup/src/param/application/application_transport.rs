//! Application transport (Q.763 3.82, Q.765).

use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::group::{group, kept, write_group};
use crate::param::indicators::{Bits, put, take};
use crate::param::{BatInformation, CalledPartyNumber, Parameter, ParameterCode};
use core::fmt;

/// Application context identifier (Q.763 3.82 a): 14 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationContext(pub u16);

impl ApplicationContext {
    /// Unidentified context and error handling (UCEH) ASE.
    pub const UCEH: Self = Self(0);
    /// PSS1 ASE: virtual private networks (Q.765.1).
    pub const PSS1: Self = Self(1);
    /// Charging ASE (Q.765.4 and others).
    pub const CHARGING: Self = Self(3);
    /// GAT: generic addressing and transport (Q.765.4).
    pub const GAT: Self = Self(4);
    /// BAT ASE: bearer association transport (Q.765.5).
    pub const BAT: Self = Self(5);
    /// Enhanced unidentified context and error handling (EUCEH) ASE.
    pub const EUCEH: Self = Self(6);

    /// What the standard calls it.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "unidentified context and error handling (UCEH) ASE",
            1 => "PSS1 ASE (VPN)",
            3 => "charging ASE",
            4 => "GAT",
            5 => "BAT ASE",
            6 => "enhanced unidentified context and error handling (EUCEH) ASE",
            64..=127 => "reserved for non-standardised application contexts",
            _ => "spare",
        }
    }

    /// Whether address fields stand before the encapsulated information.
    const fn has_addresses(self) -> bool {
        self.0 > Self::CHARGING.0
    }
}

impl fmt::Display for ApplicationContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.name())
    }
}

/// Application transport (Q.763 3.82).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationTransport {
    /// Application context identifier.
    pub context: ApplicationContext,
    /// Release call indicator, RCI: if the context is not known, release the call.
    pub release_call: bool,
    /// Send notification indicator, SNI: if the context is not known, tell so.
    pub send_notification: bool,
    /// Sequence indicator, SI: a new sequence; a segment that follows the first otherwise.
    pub new_sequence: bool,
    /// APM segmentation indicator, 6 bits: how many segments follow, 0 in the last.
    pub following_segments: u8,
    /// Segmentation local reference, SLR, 7 bits: which segments belong together.
    pub local_reference: Option<u8>,
    /// Whom the application information comes from and goes to. Contexts above 3 have addresses,
    /// though they may be empty; `None` in such a context is what could not be read as addresses.
    pub addresses: Option<ApmAddresses>,
    /// Encapsulated application information: all of it or a segment.
    pub information: Octets,
}

/// Originating and destination address of an application transport: the contents without their
/// lengths, as they came. An empty one is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ApmAddresses {
    /// Originating address.
    pub originating: Octets,
    /// Destination address.
    pub destination: Octets,
}

impl ApplicationTransport {
    /// Information in one segment, without addresses: an unknown context releases nothing and is
    /// told of.
    pub fn new(context: ApplicationContext, information: Octets) -> Self {
        Self {
            context,
            release_call: false,
            send_notification: true,
            new_sequence: true,
            following_segments: 0,
            local_reference: None,
            addresses: context.has_addresses().then(ApmAddresses::default),
            information,
        }
    }

    /// Whether the information is whole, not a segment of it.
    pub const fn is_whole(&self) -> bool {
        self.new_sequence && self.following_segments == 0
    }

    /// What the information says if it is whole and that of the BAT ASE (Q.765.5).
    pub fn bat(&self) -> Option<BatInformation> {
        let bat = self.context == ApplicationContext::BAT && self.is_whole();
        bat.then(|| BatInformation::read(&self.information))
    }
}

impl From<&BatInformation> for ApplicationTransport {
    fn from(bat: &BatInformation) -> Self {
        Self::new(ApplicationContext::BAT, bat.octets())
    }
}

impl ApmAddresses {
    /// Addresses, which are coded as a called party number is.
    pub fn new(
        originating: Option<&CalledPartyNumber>,
        destination: Option<&CalledPartyNumber>,
    ) -> Self {
        let octets = |number: Option<&CalledPartyNumber>| {
            let mut octets = Vec::new();
            if let Some(number) = number {
                number.write(&mut octets);
            }
            kept(octets)
        };
        Self {
            originating: octets(originating),
            destination: octets(destination),
        }
    }

    /// The originating address, if there is one that makes sense.
    pub fn originating(&self) -> Option<CalledPartyNumber> {
        CalledPartyNumber::read(&self.originating).ok()
    }

    /// The destination address, if there is one that makes sense.
    pub fn destination(&self) -> Option<CalledPartyNumber> {
        CalledPartyNumber::read(&self.destination).ok()
    }

    fn take(octets: &[u8]) -> Option<(Self, &[u8])> {
        let (originating, rest) = take_address(octets)?;
        let (destination, rest) = take_address(rest)?;
        Some((
            Self {
                originating,
                destination,
            },
            rest,
        ))
    }
}

impl Parameter for ApplicationTransport {
    const CODE: ParameterCode = ParameterCode::APPLICATION_TRANSPORT;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let short = |_| Problem::TooShort {
            need: octets.len() + 1,
            have: octets.len(),
        };
        let (context, rest) = group(octets)?;
        let (instruction, rest) = group(rest).map_err(short)?;
        let (segmentation, rest) = group(rest).map_err(short)?;
        // Octet 1a has the high bits.
        let high = context.extension.first().copied().unwrap_or(0);
        let context = ApplicationContext(u16::from(high) << 7 | u16::from(context.first));
        let addresses = Some(rest)
            .filter(|_| context.has_addresses())
            .and_then(ApmAddresses::take);
        let (addresses, information) = match addresses {
            Some((addresses, information)) => (Some(addresses), information),
            None => (None, rest),
        };
        Ok(Self {
            context,
            release_call: take(instruction.first, 0, 1) == 1,
            send_notification: take(instruction.first, 1, 2) == 1,
            new_sequence: take(segmentation.first, 6, 7) == 1,
            following_segments: take(segmentation.first, 0, 6),
            local_reference: segmentation.extension.first().copied(),
            addresses,
            information: Octets::copy(information),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [_, low] = self.context.0.to_be_bytes();
        let high = (self.context.0 >> 7).to_be_bytes()[1];
        write_group(
            low,
            if high == 0 {
                &[]
            } else {
                core::slice::from_ref(&high)
            },
            out,
        );
        let instruction =
            put(self.send_notification.into(), 1, 2) | put(self.release_call.into(), 0, 1);
        write_group(instruction, &[], out);
        let segmentation = put(self.new_sequence.into(), 6, 7) | put(self.following_segments, 0, 6);
        write_group(segmentation, self.local_reference.as_slice(), out);
        if let Some(addresses) = self
            .addresses
            .as_ref()
            .filter(|_| self.context.has_addresses())
        {
            for address in [&addresses.originating, &addresses.destination] {
                // An address is at most 255 octets.
                out.push(u8::try_from(address.len()).unwrap_or(u8::MAX));
                out.extend_from_slice(address);
            }
        }
        out.extend_from_slice(&self.information);
    }

    fn describe(&self) -> Description {
        let instruction = if self.context.0 < 0x80 { 1 } else { 2 };
        let segmentation = instruction + 1;
        let mut octet = segmentation + 1;
        let sequence = ["subsequent segment to first segment", "new sequence"];
        let segments = match self.following_segments {
            0 => "final segment".to_owned(),
            more => format!("{more} segments follow"),
        };
        let mut description = Description::of(self.context.name())
            .field(0, "application context identifier", self.context)
            .field(
                instruction,
                "release call indicator",
                self.release_call
                    .words(Some(["do not release call", "release call"])),
            )
            .field(
                instruction,
                "send notification indicator",
                self.send_notification
                    .words(Some(["do not send notification", "send notification"])),
            )
            .field(
                segmentation,
                "sequence indicator",
                self.new_sequence.words(Some(sequence)),
            )
            .field(segmentation, "APM segmentation indicator", segments);
        if let Some(reference) = self.local_reference {
            description = description.field(octet, "segmentation local reference", reference);
            octet += 1;
        }
        if let Some(addresses) = self
            .addresses
            .as_ref()
            .filter(|_| self.context.has_addresses())
        {
            for (name, address) in [
                ("originating address", &addresses.originating),
                ("destination address", &addresses.destination),
            ] {
                description = match CalledPartyNumber::read(address) {
                    Ok(number) => description.nested(octet + 1, name, number.describe()),
                    Err(_) if address.is_empty() => description.field(octet, name, "none"),
                    Err(_) => description.field(octet + 1, name, address),
                };
                octet += 1 + address.len();
            }
        }
        const INFORMATION: &str = "encapsulated application information";
        match self.bat() {
            Some(bat) => description.nested(octet, INFORMATION, bat.describe()),
            None if self.information.is_empty() => description,
            None => description.field(octet, INFORMATION, &self.information),
        }
    }
}

/// One address, its length before it.
fn take_address(octets: &[u8]) -> Option<(Octets, &[u8])> {
    let (length, rest) = octets.split_first()?;
    let (address, behind) = rest.split_at_checked(usize::from(*length))?;
    Some((Octets::copy(address), behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes};
    use crate::param::{BatAction, BatContents, NatureOfAddress};

    #[test]
    fn bat_ase_with_addresses() {
        let number = CalledPartyNumber::new(NatureOfAddress::National, "301".parse().unwrap());
        let bat = BatInformation::default().with(&BatContents::Action(BatAction::ConnectForward));
        let transport = ApplicationTransport {
            addresses: Some(ApmAddresses::new(None, Some(&number))),
            ..ApplicationTransport::from(&bat)
        };
        assert_eq!(transport.bat(), Some(bat));
        let addresses = transport.addresses.as_ref().unwrap();
        assert_eq!(
            (addresses.originating(), addresses.destination()),
            (None, Some(number))
        );
        assert_eq!(
            described(&transport),
            [
                "BAT ASE",
                "application context identifier: 5 BAT ASE",
                "release call indicator: do not release call",
                "send notification indicator: send notification",
                "sequence indicator: new sequence",
                "APM segmentation indicator: final segment",
                "originating address: none",
                "destination address: 301",
                "encapsulated application information: ",
            ]
        );
        assert_eq!(transport.describe().fields[7].octet, 9);
        let octets = [
            0x85, 0x82, 0xc0, // BAT ASE, send notification, new sequence in one segment
            0, 4, 0x83, 0x90, 0x03, 0x01, // no originating address, destination 301
            1, 0x82, 0x90, 2, // action indicator, connect forward
        ];
        reads_and_writes(&octets, transport);
    }

    #[test]
    fn a_segment_has_a_reference() {
        // Context 200 in two octets, release call; two segments follow, reference 5.
        let transport = ApplicationTransport {
            release_call: true,
            send_notification: false,
            following_segments: 2,
            local_reference: Some(5),
            ..ApplicationTransport::new(ApplicationContext(200), Octets::from([9, 9]))
        };
        assert_eq!((transport.is_whole(), transport.bat()), (false, None));
        reads_and_writes(&[0x48, 0x81, 0x81, 0x42, 0x85, 0, 0, 9, 9], transport);
    }

    #[test]
    fn contexts_up_to_3_have_no_addresses() {
        let information = Octets::from([0, 0, 1]);
        let transport = ApplicationTransport::new(ApplicationContext::CHARGING, information);
        assert_eq!(transport.addresses, None);
        reads_and_writes(&[0x83, 0x82, 0xc0, 0, 0, 1], transport);
    }

    #[test]
    fn addresses_that_are_cut_are_left_to_the_information() {
        for octets in [&[0x85, 0x82, 0xc0][..], &[0x85, 0x82, 0xc0, 9, 1]] {
            let transport = ApplicationTransport::read(octets).unwrap();
            assert_eq!(transport.addresses, None);
            reads_and_writes(octets, transport);
        }
        for octets in [&[][..], &[0x85], &[0x85, 0x82], &[0x85, 0x82, 0x40]] {
            let problem = Problem::TooShort {
                need: octets.len() + 1,
                have: octets.len(),
            };
            assert_eq!(ApplicationTransport::read(octets), Err(problem));
        }
    }
}
