//! MLPP precedence (Q.763 3.34, Q.735.3).

use super::indicators::{put, take};
use super::{FixedParameter, Parameter, ParameterCode, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Look ahead for busy, LFB (Q.763 3.34 a): 2 bits.
    pub enum LookAheadForBusy {
        Allowed = 0, "LFB allowed";
        PathReserved = 1, "path reserved";
        NotAllowed = 2, "LFB not allowed";
        _ => Spare, "spare LFB"
    }
}

codes! {
    /// Precedence level (Q.763 3.34 b): 4 bits, the highest level first.
    pub enum PrecedenceLevel {
        FlashOverride = 0, "flash override";
        Flash = 1, "flash";
        Immediate = 2, "immediate";
        Priority = 3, "priority";
        Routine = 4, "routine";
        _ => Spare, "spare precedence level"
    }
}

/// MLPP precedence (Q.763 3.34): which calls this one may preempt, and which may preempt it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MlppPrecedence {
    /// Look ahead for busy, LFB.
    pub look_ahead_for_busy: LookAheadForBusy,
    /// Precedence level.
    pub level: PrecedenceLevel,
    /// Network identity, NI: four digits in binary coded decimal, the first in the highest half
    /// octet. It is 0, the second to fourth are the telephone country code: `0x0044`.
    pub network_identity: u16,
    /// MLPP service domain, which the network allots: 24 bits.
    pub service_domain: u32,
}

impl Parameter for MlppPrecedence {
    const CODE: ParameterCode = ParameterCode::MLPP_PRECEDENCE;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [level, network_1, network_2, domain_1, domain_2, domain_3] = first(octets)?;
        Ok(Self {
            look_ahead_for_busy: LookAheadForBusy::from_code(take(level, 5, 7)),
            level: PrecedenceLevel::from_code(take(level, 0, 4)),
            network_identity: u16::from_be_bytes([network_1, network_2]),
            service_domain: u32::from_be_bytes([0, domain_1, domain_2, domain_3]),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put(self.look_ahead_for_busy.code(), 5, 7) | put(self.level.code(), 0, 4));
        out.extend(self.network_identity.to_be_bytes());
        let [_, domain @ ..] = self.service_domain.to_be_bytes();
        out.extend(domain);
    }

    fn describe(&self) -> Description {
        Description::default()
            .field(0, "look ahead for busy", self.look_ahead_for_busy)
            .field(0, "precedence level", self.level)
            .field(
                1,
                "network identity",
                format!("{:04x}", self.network_identity),
            )
            .field(3, "MLPP service domain", self.service_domain)
    }
}

impl FixedParameter for MlppPrecedence {
    const LENGTH: usize = 6;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn mlpp_precedence() {
        // GF 10 LFB not allowed, DCBA 0010 immediate; NI 0, 044; service domain 0x010203.
        let value = MlppPrecedence {
            look_ahead_for_busy: LookAheadForBusy::NotAllowed,
            level: PrecedenceLevel::Immediate,
            network_identity: 0x0044,
            service_domain: 0x01_02_03,
        };
        reads_and_writes(&[0b0100_0010, 0x00, 0x44, 1, 2, 3], value);
        assert_eq!(described(&value)[2], "network identity: 0044");
        refuses_fewer::<MlppPrecedence>(6);
    }
}
