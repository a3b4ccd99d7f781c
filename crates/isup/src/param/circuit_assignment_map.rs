//! Circuit assignment map (Q.763 3.69).

use super::group::kept;
use super::indicators::{put, take};
use super::{Parameter, ParameterCode, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

codes! {
    /// Map type (Q.763 3.69): 6 bits.
    pub enum MapType {
        Kbit1544 = 1, "1544 kbit/s digital path map format (64 kbit/s base rate)";
        Kbit2048 = 2, "2048 kbit/s digital path map format (64 kbit/s base rate)";
        _ => Spare, "spare map type"
    }
}

/// Circuit assignment map (Q.763 3.69): which circuits of a digital path an N x 64 kbit/s
/// connection uses, if they are not contiguous.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CircuitAssignmentMap {
    /// Map type.
    pub map_type: MapType,
    /// The map: a bit for each circuit, circuit 1 in the lowest of the first octet. Of 1544 kbit/s
    /// 3 octets for 24 circuits, of 2048 kbit/s 4 octets for 31.
    pub map: Octets,
}

impl CircuitAssignmentMap {
    /// A map in which no circuit is used, of the length that the map type has.
    pub fn new(map_type: MapType) -> Self {
        let map = match map_type {
            MapType::Kbit1544 => Octets::from([0; 3]),
            MapType::Kbit2048 => Octets::from([0; 4]),
            MapType::Spare(_) => Octets::new(),
        };
        Self { map_type, map }
    }

    /// Whether a circuit, counted from 1, is used.
    pub fn uses(&self, circuit: u8) -> bool {
        let octet = circuit
            .checked_sub(1)
            .and_then(|index| self.map.get(usize::from(index) / 8));
        octet.is_some_and(|octet| octet >> ((circuit - 1) % 8) & 1 == 1)
    }

    /// Takes a circuit, counted from 1, into the map or out of it. Circuit 0 is none.
    pub fn set(&mut self, circuit: u8, used: bool) {
        let Some(index) = circuit.checked_sub(1) else {
            return;
        };
        let mut map = self.map.to_vec();
        let octet = usize::from(index) / 8;
        if map.len() <= octet {
            map.resize(octet + 1, 0);
        }
        if let Some(octet) = map.get_mut(octet) {
            let bit = 1 << (index % 8);
            *octet = if used { *octet | bit } else { *octet & !bit };
        }
        self.map = kept(map);
    }

    /// The circuits that are used, in order, counted from 1.
    pub fn circuits(&self) -> impl Iterator<Item = u8> + '_ {
        (1..=u8::MAX).filter(|circuit| self.uses(*circuit))
    }
}

impl Parameter for CircuitAssignmentMap {
    const CODE: ParameterCode = ParameterCode::CIRCUIT_ASSIGNMENT_MAP;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [map_type] = first(octets)?;
        let map_type = MapType::from_code(take(map_type, 0, 6));
        let map = octets.get(1..).unwrap_or_default();
        Ok(Self {
            map_type,
            map: Octets::copy(map),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put(self.map_type.code(), 0, 6));
        out.extend_from_slice(&self.map);
    }

    fn describe(&self) -> Description {
        let circuits: Vec<_> = self.circuits().map(|circuit| circuit.to_string()).collect();
        Description::default()
            .field(0, "map type", self.map_type)
            .field(1, "circuits used", circuits.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn a_bit_stands_for_a_circuit() {
        let mut map = CircuitAssignmentMap::new(MapType::Kbit2048);
        for circuit in [0, 1, 8, 9, 31] {
            map.set(circuit, true);
        }
        map.set(8, false);
        assert_eq!(map.circuits().collect::<Vec<_>>(), [1, 9, 31]);
        assert!(!map.uses(0));
        assert_eq!(described(&map)[1], "circuits used: 1, 9, 31");
        reads_and_writes(&[0x02, 0x01, 0x01, 0x00, 0x40], map);
        refuses_fewer::<CircuitAssignmentMap>(1);
    }

    #[test]
    fn the_length_depends_on_the_map_type() {
        reads_and_writes(
            &[0x01, 0, 0, 0],
            CircuitAssignmentMap::new(MapType::Kbit1544),
        );
        reads_and_writes(&[0x3f], CircuitAssignmentMap::new(MapType::Spare(0x3f)));
    }
}
