//! The names of offices and circuits in ANSI T1.113: CLLI code and circuit identification name.

use crate::describe::Description;
use crate::error::Problem;
use crate::param::{Parameter, ParameterCode, first};
use core::fmt;

/// A COMMON LANGUAGE location identification (CLLI) code: eleven IA5 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clli(pub [u8; 11]);

impl Clli {
    /// The town: four characters.
    pub fn town(&self) -> &[u8] {
        &self.0[..4]
    }

    /// The state: two characters.
    pub fn state(&self) -> &[u8] {
        &self.0[4..6]
    }

    /// The building: two characters.
    pub fn building(&self) -> &[u8] {
        &self.0[6..8]
    }

    /// The subdivision of the building: three characters.
    pub fn subdivision(&self) -> &[u8] {
        &self.0[8..]
    }
}

impl fmt::Display for Clli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

/// COMMON LANGUAGE location identification code: the office that sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommonLanguageLocationIdentification(pub Clli);

impl Parameter for CommonLanguageLocationIdentification {
    const CODE: ParameterCode = ParameterCode::CLLI_CODE;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        first(octets).map(Clli).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0.0);
    }

    fn describe(&self) -> Description {
        let clli = &self.0;
        Description::of(clli)
            .field(0, "town", clli.town().escape_ascii())
            .field(4, "state", clli.state().escape_ascii())
            .field(6, "building", clli.building().escape_ascii())
            .field(8, "building subdivision", clli.subdivision().escape_ascii())
    }
}

/// Circuit identification name (T1.113 3.11A): what the maintenance calls a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CircuitIdentificationName {
    /// Trunk number: four IA5 characters.
    pub trunk_number: [u8; 4],
    /// CLLI code of office A.
    pub office_a: Clli,
    /// CLLI code of office Z.
    pub office_z: Clli,
}

impl Parameter for CircuitIdentificationName {
    const CODE: ParameterCode = ParameterCode::CIRCUIT_IDENTIFICATION_NAME;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let octets: [u8; 26] = first(octets)?;
        Ok(Self {
            trunk_number: first(&octets)?,
            office_a: first(&octets[4..]).map(Clli)?,
            office_z: first(&octets[15..]).map(Clli)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.trunk_number);
        out.extend(self.office_a.0);
        out.extend(self.office_z.0);
    }

    fn describe(&self) -> Description {
        Description::default()
            .field(0, "trunk number", self.trunk_number.escape_ascii())
            .field(4, "CLLI code of office A", self.office_a)
            .field(15, "CLLI code of office Z", self.office_z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn clli_code_has_four_parts() {
        let clli = CommonLanguageLocationIdentification(Clli(*b"DLLSTX01DS0"));
        reads_and_writes(b"DLLSTX01DS0", clli);
        assert_eq!(
            described(&clli),
            [
                "DLLSTX01DS0",
                "town: DLLS",
                "state: TX",
                "building: 01",
                "building subdivision: DS0"
            ]
        );
        refuses_fewer::<CommonLanguageLocationIdentification>(11);
    }

    #[test]
    fn circuit_is_a_trunk_between_two_offices() {
        let name = CircuitIdentificationName {
            trunk_number: *b"0042",
            office_a: Clli(*b"DLLSTX01DS0"),
            office_z: Clli(*b"CHCGIL024GT"),
        };
        reads_and_writes(b"0042DLLSTX01DS0CHCGIL024GT", name);
        assert_eq!(
            described(&name),
            [
                "trunk number: 0042",
                "CLLI code of office A: DLLSTX01DS0",
                "CLLI code of office Z: CHCGIL024GT"
            ]
        );
        refuses_fewer::<CircuitIdentificationName>(26);
    }
}
