//! Generic name of ANSI (T1.113 3.20C).

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::indicators::{put, take};
use crate::param::{Parameter, ParameterCode, first};

codes! {
    /// Whose name it is (T1.113 3.20C): 3 bits.
    pub enum NameType {
        Calling = 1, "calling name";
        OriginalCalled = 2, "original called name";
        Redirecting = 3, "redirecting name";
        Connected = 4, "connected name";
        _ => Spare, "spare type of name"
    }
}

codes! {
    /// Presentation of a name (T1.113 3.20C): 2 bits.
    pub enum NamePresentation {
        Allowed = 0, "presentation allowed";
        Restricted = 1, "presentation restricted";
        BlockingToggle = 2, "blocking toggle";
        NoIndication = 3, "no indication";
        _ => Spare, "spare presentation"
    }
}

/// Generic name (T1.113 3.20C).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GenericName {
    /// Bits F to H: type of name.
    pub name_type: NameType,
    /// Bit E: the name is not available; available, or availability unknown, otherwise.
    pub not_available: bool,
    /// Bits A and B: presentation.
    pub presentation: NamePresentation,
    /// The name in IA5: up to 15 characters may be sent, more are read.
    pub name: Octets,
}

impl GenericName {
    /// A name that may be presented.
    pub const fn new(name_type: NameType, name: Octets) -> Self {
        let presentation = NamePresentation::Allowed;
        Self {
            name_type,
            not_available: false,
            presentation,
            name,
        }
    }
}

impl Parameter for GenericName {
    const CODE: ParameterCode = ParameterCode::GENERIC_NAME;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            name_type: NameType::from_code(take(octet, 5, 8)),
            not_available: take(octet, 4, 5) == 1,
            presentation: NamePresentation::from_code(take(octet, 0, 2)),
            name: Octets::copy(octets.get(1..).unwrap_or_default()),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(
            put(self.name_type.code(), 5, 8)
                | put(self.not_available.into(), 4, 5)
                | put(self.presentation.code(), 0, 2),
        );
        out.extend_from_slice(&self.name);
    }

    fn describe(&self) -> Description {
        let availability = [
            "name available or availability unknown",
            "name not available",
        ];
        Description::of(String::from_utf8_lossy(&self.name))
            .field(0, "type of name", self.name_type)
            .field(
                0,
                "availability",
                availability[usize::from(self.not_available)],
            )
            .field(0, "presentation", self.presentation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn calling_name_both_ways_and_masked_in_logs() {
        let name = GenericName {
            presentation: NamePresentation::Restricted,
            ..GenericName::new(NameType::Calling, Octets::from(*b"ALICE"))
        };
        assert!(!format!("{name:?}").contains("ALICE"));
        assert_eq!(described(&name)[0], "ALICE");
        reads_and_writes(&[0x21, b'A', b'L', b'I', b'C', b'E'], name);
        let withheld = GenericName {
            not_available: true,
            presentation: NamePresentation::NoIndication,
            ..GenericName::new(NameType::Connected, Octets::new())
        };
        reads_and_writes(&[0x93], withheld);
        refuses_fewer::<GenericName>(1);
    }
}
