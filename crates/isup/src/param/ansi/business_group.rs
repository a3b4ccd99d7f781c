//! Business group of ANSI (T1.113 3.3A).

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::param::indicators::{Bits, put, take};
use crate::param::{Parameter, ParameterCode, first};

codes! {
    /// Whom the business group is said of (T1.113 3.3A): 4 bits.
    pub enum PartySelector {
        NoIndication = 0, "no indication";
        CallingPartyNumber = 1, "calling party number";
        CalledPartyNumber = 2, "called party number";
        ConnectedPartyNumber = 3, "connected party number";
        RedirectingNumber = 4, "redirecting number";
        OriginalCalledNumber = 5, "original called number";
        _ => Spare, "spare party selector"
    }
}

codes! {
    /// Fixed line privileges of calls from or to a line (T1.113 3.3A): 4 bits.
    pub enum LinePrivileges {
        Unrestricted = 0, "unrestricted";
        SemiRestricted = 1, "semi-restricted";
        FullyRestricted = 2, "fully restricted";
        FullyRestrictedIntraSwitch = 3, "fully restricted, intraswitch";
        Denied = 4, "denied";
        _ => Spare, "spare line privileges"
    }
}

/// Business group (T1.113 3.3A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BusinessGroup {
    /// Bit G: the line is one of an attendant.
    pub attendant: bool,
    /// Bit F: the identifier is one for interworking with private networks; a multi-location
    /// business group identifier otherwise.
    pub private_network: bool,
    /// Bit E: the line privileges are defined by the customer; fixed otherwise.
    pub customer_defined: bool,
    /// Bits A to D.
    pub party: PartySelector,
    /// Business group identifier: 24 bits.
    pub group: u32,
    /// Sub-group identifier.
    pub sub_group: u16,
    /// Line privileges. Fixed ones are [`Self::originating`] and [`Self::terminating`].
    pub line_privileges: u8,
}

impl BusinessGroup {
    /// Fixed privileges of calls from the line.
    pub fn originating(&self) -> LinePrivileges {
        LinePrivileges::from_code(take(self.line_privileges, 4, 8))
    }

    /// Fixed privileges of calls to the line.
    pub fn terminating(&self) -> LinePrivileges {
        LinePrivileges::from_code(take(self.line_privileges, 0, 4))
    }

    /// The same with fixed privileges.
    #[must_use]
    pub fn with_privileges(self, originating: LinePrivileges, terminating: LinePrivileges) -> Self {
        Self {
            customer_defined: false,
            line_privileges: put(originating.code(), 4, 8) | put(terminating.code(), 0, 4),
            ..self
        }
    }
}

impl Parameter for BusinessGroup {
    const CODE: ParameterCode = ParameterCode::BUSINESS_GROUP;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet, high, middle, low, sub_high, sub_low, line_privileges] = first(octets)?;
        Ok(Self {
            attendant: take(octet, 6, 7) == 1,
            private_network: take(octet, 5, 6) == 1,
            customer_defined: take(octet, 4, 5) == 1,
            party: PartySelector::from_code(take(octet, 0, 4)),
            group: u32::from_be_bytes([0, high, middle, low]),
            sub_group: u16::from_be_bytes([sub_high, sub_low]),
            line_privileges,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [_, group @ ..] = self.group.to_be_bytes();
        out.push(
            put(self.attendant.into(), 6, 7)
                | put(self.private_network.into(), 5, 6)
                | put(self.customer_defined.into(), 4, 5)
                | put(self.party.code(), 0, 4),
        );
        out.extend(group);
        out.extend(self.sub_group.to_be_bytes());
        out.push(self.line_privileges);
    }

    fn describe(&self) -> Description {
        let kind = [
            "multi-location business group",
            "interworking with private networks",
        ];
        let description = Description::default()
            .field(
                0,
                "attendant status",
                self.attendant
                    .words(Some(["no indication", "attendant line"])),
            )
            .field(
                0,
                "business group identifier type",
                self.private_network.words(Some(kind)),
            )
            .field(
                0,
                "line privileges information indicator",
                self.customer_defined
                    .words(Some(["fixed", "customer defined"])),
            )
            .field(0, "party selector", self.party)
            .field(1, "business group identifier", self.group)
            .field(4, "sub-group identifier", self.sub_group);
        if self.customer_defined {
            return description.field(6, "line privileges", self.line_privileges);
        }
        description
            .field(6, "originating line privileges", self.originating())
            .field(6, "terminating line privileges", self.terminating())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn attendant_of_a_group_with_fixed_privileges() {
        let group = BusinessGroup {
            attendant: true,
            private_network: false,
            customer_defined: false,
            party: PartySelector::CallingPartyNumber,
            group: 0x01_0203,
            sub_group: 0x0405,
            line_privileges: 0,
        }
        .with_privileges(LinePrivileges::SemiRestricted, LinePrivileges::Denied);
        assert_eq!(
            described(&group)[6],
            "originating line privileges: semi-restricted"
        );
        assert_eq!(described(&group)[7], "terminating line privileges: denied");
        reads_and_writes(&[0x41, 1, 2, 3, 4, 5, 0x14], group);
        let customer = BusinessGroup {
            customer_defined: true,
            line_privileges: 200,
            ..group
        };
        assert_eq!(described(&customer)[6], "line privileges: 200");
        refuses_fewer::<BusinessGroup>(7);
    }
}
