//! User-to-user information (Q.763 3.61).

use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::{Parameter, ParameterCode, first};
use core::fmt;

/// Protocol discriminator (Q.931 4.5.30, table 4-26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProtocolDiscriminator(pub u8);

impl ProtocolDiscriminator {
    /// User-specific protocol.
    pub const USER_SPECIFIC: Self = Self(0);
    /// OSI high layer protocols.
    pub const OSI_HIGH_LAYER: Self = Self(1);
    /// X.244.
    pub const X244: Self = Self(2);
    /// Reserved for system management convergence function.
    pub const SYSTEM_MANAGEMENT: Self = Self(3);
    /// IA5 characters.
    pub const IA5: Self = Self(4);
    /// X.208 and X.209 coded user information.
    pub const X208: Self = Self(5);
    /// V.120 rate adaption.
    pub const V120: Self = Self(7);
    /// Q.931 user-network call control messages.
    pub const Q931: Self = Self(8);

    /// What table 4-26 says of it.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "user-specific protocol",
            1 => "OSI high layer protocols",
            2 => "X.244",
            3 => "reserved for system management convergence function",
            4 => "IA5 characters",
            5 => "X.208 and X.209 coded user information",
            7 => "V.120 rate adaption",
            8 => "Q.931 user-network call control messages",
            0x10..=0x3f | 0x50..=0xfe => "other network layer or layer 3 protocol",
            0x40..=0x4f => "national use",
            _ => "reserved",
        }
    }
}

impl fmt::Display for ProtocolDiscriminator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.name())
    }
}

/// User-to-user information (Q.763 3.61).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserToUserInformation {
    /// Protocol discriminator: what the octets of the user are.
    pub protocol_discriminator: ProtocolDiscriminator,
    /// User information: up to 128 octets may be sent (Q.763 table 32), more are read.
    pub information: Octets,
}

impl UserToUserInformation {
    /// The octets of the user, which are of that protocol.
    pub const fn new(protocol_discriminator: ProtocolDiscriminator, information: Octets) -> Self {
        Self {
            protocol_discriminator,
            information,
        }
    }

    /// The octets of the user as text, if they are IA5 characters.
    pub fn text(&self) -> Option<&str> {
        let text = str::from_utf8(&self.information).ok()?;
        let ia5 = self.protocol_discriminator == ProtocolDiscriminator::IA5 && text.is_ascii();
        ia5.then_some(text)
    }
}

impl Parameter for UserToUserInformation {
    const CODE: ParameterCode = ParameterCode::USER_TO_USER_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [discriminator] = first(octets)?;
        let information = Octets::copy(octets.get(1..).unwrap_or_default());
        Ok(Self::new(ProtocolDiscriminator(discriminator), information))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.protocol_discriminator.0);
        out.extend_from_slice(&self.information);
    }

    fn describe(&self) -> Description {
        let description =
            Description::default().field(0, "protocol discriminator", self.protocol_discriminator);
        match self.text() {
            Some(text) => description.field(1, "text", text),
            None if self.information.is_empty() => description,
            None => description.field(1, "user information", &self.information),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_both_ways_and_masked_in_logs() {
        let octets = [4, b'h', b'i'];
        let read = UserToUserInformation::read(&octets).unwrap();
        let information = Octets::from([b'h', b'i']);
        assert_eq!(
            read,
            UserToUserInformation::new(ProtocolDiscriminator::IA5, information)
        );
        let mut out = Vec::new();
        read.write(&mut out);
        assert_eq!(out, octets);
        assert_eq!(read.text(), Some("hi"));
        assert_eq!(read.describe().fields[0].value, "4 IA5 characters");
        assert_eq!(read.describe().fields[1].value, "hi");
        assert!(!format!("{read:?}").contains("hi"));
    }

    #[test]
    fn octets_of_another_protocol_are_no_text() {
        let read = UserToUserInformation::read(&[0x44, b'h']).unwrap();
        assert_eq!(
            (read.text(), read.describe().fields[1].value.as_str()),
            (None, "68")
        );
        assert_eq!(read.protocol_discriminator.name(), "national use");
    }

    #[test]
    fn the_discriminator_must_be_there() {
        assert_eq!(
            UserToUserInformation::read(&[]),
            Err(Problem::TooShort { need: 1, have: 0 })
        );
    }
}
