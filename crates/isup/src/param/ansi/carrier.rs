//! The carriers of ANSI T1.113: carrier identification and transit network selection.

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::param::indicators::{put, take};
use crate::param::number_coding::{digits, words};
use crate::param::{AddressDigits, NetworkIdentificationType, Parameter, ParameterCode, first};

codes! {
    /// Network identification plan of a carrier (T1.113 3.8A): 4 bits.
    pub enum CarrierPlan {
        Unknown = 0, "unknown";
        ThreeDigits = 1, "three-digit carrier identification";
        FourDigits = 2, "four-digit carrier identification";
        _ => Spare, "spare network identification plan"
    }
}

codes! {
    /// Circuit code (T1.113 3.31C): 4 bits.
    pub enum CircuitCode {
        Unspecified = 0, "unspecified";
        International = 1, "international call, no operator requested";
        InternationalOperator = 2, "international call, operator requested";
        _ => Other, "other circuit code"
    }
}

/// A carrier (T1.113 3.8A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Carrier {
    /// Type of network identification.
    pub kind: NetworkIdentificationType,
    /// Network identification plan.
    pub plan: CarrierPlan,
    /// The carrier identification code: three digits if the plan says so, else four.
    pub digits: AddressDigits,
}

impl Carrier {
    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [head, low, high] = first(octets)?;
        let plan = CarrierPlan::from_code(take(head, 0, 4));
        Ok(Self {
            kind: NetworkIdentificationType::from_code(take(head, 4, 7)),
            plan,
            digits: digits(&[low, high], plan == CarrierPlan::ThreeDigits)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put(self.kind.code(), 4, 7) | put(self.plan.code(), 0, 4));
        out.extend((0..2).map(|index| self.digits.octets().get(index).copied().unwrap_or(0)));
    }

    fn describe(&self) -> Description {
        Description::of(words(&self.digits))
            .field(0, "type of network identification", self.kind)
            .field(0, "network identification plan", self.plan)
    }
}

/// Carrier identification (T1.113 3.8A): the carrier that the caller has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CarrierIdentification(pub Carrier);

impl Parameter for CarrierIdentification {
    const CODE: ParameterCode = ParameterCode::CARRIER_IDENTIFICATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Carrier::read(octets).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn describe(&self) -> Description {
        self.0.describe()
    }
}

/// Transit network selection (T1.113 3.31C): the carrier that is to get the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnsiTransitNetworkSelection {
    /// The carrier.
    pub carrier: Carrier,
    /// Circuit code: which of its circuits; the octet may be left out.
    pub circuit_code: Option<CircuitCode>,
}

impl Parameter for AnsiTransitNetworkSelection {
    const CODE: ParameterCode = ParameterCode::ANSI_TRANSIT_NETWORK_SELECTION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Ok(Self {
            carrier: Carrier::read(octets)?,
            circuit_code: octets
                .get(3)
                .map(|octet| CircuitCode::from_code(take(*octet, 4, 8))),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.carrier.write(out);
        out.extend(self.circuit_code.map(|code| put(code.code(), 4, 8)));
    }

    fn describe(&self) -> Description {
        let description = self.carrier.describe();
        match self.circuit_code {
            Some(code) => description.field(3, "circuit code", code),
            None => description,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    const FOUR: &str = "network identification plan: four-digit carrier identification";

    fn carrier(plan: CarrierPlan, digits: &str) -> Carrier {
        let digits = digits.parse().unwrap();
        Carrier {
            kind: NetworkIdentificationType::National,
            plan,
            digits,
        }
    }

    #[test]
    fn plan_says_how_many_digits_a_carrier_has() {
        let four = CarrierIdentification(carrier(CarrierPlan::FourDigits, "0432"));
        // national, four digits; 0 4 3 2
        reads_and_writes(&[0x22, 0x40, 0x23], four);
        assert_eq!(
            described(&four)[..],
            [
                "0432",
                "type of network identification: national network identification",
                FOUR
            ]
        );
        // national, three digits; 2 8 8, filler
        let three = CarrierIdentification(carrier(CarrierPlan::ThreeDigits, "288"));
        reads_and_writes(&[0x21, 0x82, 0x08], three);
        refuses_fewer::<CarrierIdentification>(3);
    }

    #[test]
    fn circuit_code_may_be_left_out() {
        let selection = AnsiTransitNetworkSelection {
            carrier: carrier(CarrierPlan::FourDigits, "0432"),
            circuit_code: Some(CircuitCode::International),
        };
        reads_and_writes(&[0x22, 0x40, 0x23, 0x10], selection);
        assert_eq!(
            described(&selection)[3],
            "circuit code: international call, no operator requested"
        );
        reads_and_writes(
            &[0x22, 0x40, 0x23],
            AnsiTransitNetworkSelection {
                circuit_code: None,
                ..selection
            },
        );
        refuses_fewer::<AnsiTransitNetworkSelection>(3);
    }
}
