//! Networks and what they agree on: transit network selection, network routing number, closed user
//! group interlock code, network specific facility.

use super::indicators::{put, take};
use super::number_coding::{digits, words};
use super::{AddressDigits, FixedParameter, NumberingPlan, Parameter, ParameterCode, bit, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

codes! {
    /// Type of network identification (Q.763 3.36 b, 3.53 b; T1.113 3.8A): 3 bits.
    pub enum NetworkIdentificationType {
        ItuT = 0, "CCITT/ITU-T-standardized identification";
        National = 2, "national network identification";
        International = 3, "international network identification (reserved)";
        _ => Spare, "spare type of network identification"
    }
}

codes! {
    /// Network identification plan of an identification that ITU-T has standardized
    /// (Q.763 3.53 c): 4 bits. That of a national identification is a national matter.
    pub enum NetworkIdentificationPlan {
        Unknown = 0, "unknown";
        Dnic = 3, "public data network identification code (DNIC), X.121";
        Mnic = 6, "public land mobile network identification code (MNIC), E.212";
        _ => Other, "other network identification plan"
    }
}

/// Transit network selection (Q.763 3.53), national use: the network that the caller has chosen to
/// carry the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransitNetworkSelection {
    /// Type of network identification.
    pub kind: NetworkIdentificationType,
    /// Network identification plan.
    pub plan: NetworkIdentificationPlan,
    /// Network identification.
    pub digits: AddressDigits,
}

impl Parameter for TransitNetworkSelection {
    const CODE: ParameterCode = ParameterCode::TRANSIT_NETWORK_SELECTION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [head] = first(octets)?;
        Ok(Self {
            kind: NetworkIdentificationType::from_code(take(head, 4, 7)),
            plan: NetworkIdentificationPlan::from_code(take(head, 0, 4)),
            digits: digits(octets.get(1..).unwrap_or_default(), bit(head, 7))?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(
            u8::from(self.digits.is_odd()) << 7
                | put(self.kind.code(), 4, 7)
                | put(self.plan.code(), 0, 4),
        );
        out.extend_from_slice(self.digits.octets());
    }

    fn describe(&self) -> Description {
        Description::of(words(&self.digits))
            .field(0, "type of network identification", self.kind)
            .field(
                0,
                "network identification plan",
                plan_words(self.kind, self.plan.code()),
            )
    }
}

/// The words for a network identification plan: those of ITU-T hold for its identifications only.
fn plan_words(kind: NetworkIdentificationType, plan: u8) -> String {
    match kind {
        NetworkIdentificationType::ItuT => NetworkIdentificationPlan::from_code(plan).to_string(),
        _ => format!("plan {plan}"),
    }
}

codes! {
    /// Nature of address indicator of the network routing number (Q.763 3.90): 4 bits.
    pub enum RoutingNumberNature {
        National = 1, "network routing number in national (significant) number format";
        NetworkSpecific = 2, "network routing number in network specific number format";
        _ => Spare, "spare nature of address"
    }
}

/// Network routing number (Q.763 3.90), national use: where a ported number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkRoutingNumber {
    /// Numbering plan indicator.
    pub plan: NumberingPlan,
    /// Nature of address indicator.
    pub nature: RoutingNumberNature,
    /// The address signals.
    pub digits: AddressDigits,
}

impl NetworkRoutingNumber {
    /// A number of the ISDN numbering plan.
    pub const fn new(nature: RoutingNumberNature, digits: AddressDigits) -> Self {
        Self {
            plan: NumberingPlan::Isdn,
            nature,
            digits,
        }
    }
}

impl Parameter for NetworkRoutingNumber {
    const CODE: ParameterCode = ParameterCode::NETWORK_ROUTING_NUMBER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [head] = first(octets)?;
        Ok(Self {
            plan: NumberingPlan::from_code(take(head, 4, 7)),
            nature: RoutingNumberNature::from_code(take(head, 0, 4)),
            digits: digits(octets.get(1..).unwrap_or_default(), bit(head, 7))?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(
            u8::from(self.digits.is_odd()) << 7
                | put(self.plan.code(), 4, 7)
                | put(self.nature.code(), 0, 4),
        );
        out.extend_from_slice(self.digits.octets());
    }

    fn describe(&self) -> Description {
        Description::of(words(&self.digits))
            .field(0, "numbering plan indicator", self.plan)
            .field(0, "nature of address indicator", self.nature)
    }
}

/// Closed user group interlock code (Q.763 3.15): which closed user group a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClosedUserGroupInterlockCode {
    /// Network identity: four digits, 4 bits each, the first first. If two identify the network,
    /// the others are 0.
    pub network_identity: [u8; 4],
    /// Binary code: the group within that network.
    pub binary_code: u16,
}

impl Parameter for ClosedUserGroupInterlockCode {
    const CODE: ParameterCode = ParameterCode::CLOSED_USER_GROUP_INTERLOCK_CODE;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        // Unlike in numbers, the first digit of two stands in the high half of the octet.
        let [first_two, last_two, high, low] = first(octets)?;
        Ok(Self {
            network_identity: [
                take(first_two, 4, 8),
                take(first_two, 0, 4),
                take(last_two, 4, 8),
                take(last_two, 0, 4),
            ],
            binary_code: u16::from_be_bytes([high, low]),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [a, b, c, d] = self.network_identity;
        out.extend([put(a, 4, 8) | put(b, 0, 4), put(c, 4, 8) | put(d, 0, 4)]);
        out.extend(self.binary_code.to_be_bytes());
    }

    fn describe(&self) -> Description {
        let identity: String = self
            .network_identity
            .iter()
            .map(|digit| format!("{:X}", digit & 0x0f))
            .collect();
        Description::default()
            .field(0, "network identity", identity)
            .field(2, "binary code", self.binary_code)
    }
}

impl FixedParameter for ClosedUserGroupInterlockCode {
    const LENGTH: usize = 4;
}

/// Network specific facility (Q.763 3.36), national use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkSpecificFacility {
    /// The network whose rules the indicator follows; none is that of the circuit.
    pub network: Option<NetworkIdentification>,
    /// Network-specific facility indicator, coded as that network says.
    pub indicator: Octets,
}

/// The network of a [`NetworkSpecificFacility`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkIdentification {
    /// Type of network identification.
    pub kind: NetworkIdentificationType,
    /// Network identification plan, 4 bits: coded nationally.
    pub plan: u8,
    /// Network identification: characters of 7 bits, at most 254.
    pub identification: Octets,
}

impl Parameter for NetworkSpecificFacility {
    const CODE: ParameterCode = ParameterCode::NETWORK_SPECIFIC_FACILITY;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [length] = first(octets)?;
        let rest = octets.get(1..).unwrap_or_default();
        let (network, indicator) =
            rest.split_at_checked(length.into())
                .ok_or(Problem::TooShort {
                    need: usize::from(length) + 1,
                    have: octets.len(),
                })?;
        let network = network
            .split_first()
            .map(|(head, identification)| NetworkIdentification {
                kind: NetworkIdentificationType::from_code(take(*head, 4, 7)),
                plan: take(*head, 0, 4),
                identification: identification_octets(identification),
            });
        Ok(Self {
            network,
            indicator: Octets::copy(indicator),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match &self.network {
            None => out.push(0),
            Some(network) => {
                // The length indicator of the parameter leaves room for no more.
                let identification = network.identification.iter().take(Octets::MAX - 1);
                out.push(identification.len() as u8 + 1);
                out.push(EXTENSION | put(network.kind.code(), 4, 7) | put(network.plan, 0, 4));
                out.extend(identification.map(|octet| octet & !EXTENSION));
            }
        }
        out.extend_from_slice(&self.indicator);
    }

    fn describe(&self) -> Description {
        let mut description = Description::default();
        let mut octet = 1;
        if let Some(network) = &self.network {
            description = description
                .field(1, "type of network identification", network.kind)
                .field(1, "network identification plan", network.plan)
                .field(
                    2,
                    "network identification",
                    network.identification.escape_ascii(),
                );
            octet += 1 + network.identification.len();
        }
        description.field(
            octet,
            "network-specific facility indicator",
            &self.indicator,
        )
    }
}

/// The extension bit, 1 in the only octet of its group. In the octets that follow it is spare.
const EXTENSION: u8 = 0x80;

fn identification_octets(octets: &[u8]) -> Octets {
    Octets::copy(
        &octets
            .iter()
            .map(|octet| octet & !EXTENSION)
            .collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn transit_network_is_chosen_by_type_plan_and_digits() {
        let selection = TransitNetworkSelection {
            kind: NetworkIdentificationType::ItuT,
            plan: NetworkIdentificationPlan::Dnic,
            digits: "262".parse().unwrap(),
        };
        // odd, ITU-T-standardized, DNIC; 2 6 2
        reads_and_writes(&[0x83, 0x62, 0x02], selection);
        assert_eq!(
            described(&selection)[..2],
            [
                "262",
                "type of network identification: CCITT/ITU-T-standardized identification"
            ]
        );
        // The plan of a national identification has no name here.
        let national = TransitNetworkSelection {
            kind: NetworkIdentificationType::National,
            ..selection
        };
        reads_and_writes(&[0xa3, 0x62, 0x02], national);
        assert_eq!(
            described(&national)[2],
            "network identification plan: plan 3"
        );
        refuses_fewer::<TransitNetworkSelection>(1);
    }

    #[test]
    fn network_routing_number_has_one_octet_before_its_digits() {
        let digits = "47110".parse().unwrap();
        let number = NetworkRoutingNumber::new(RoutingNumberNature::NetworkSpecific, digits);
        // odd, E.164, network specific format; 4 7 1 1 0
        reads_and_writes(&[0x92, 0x74, 0x11, 0x00], number);
        assert_eq!(described(&number)[0], "47110");
        refuses_fewer::<NetworkRoutingNumber>(1);
    }

    #[test]
    fn interlock_code_begins_with_the_high_half() {
        let code = ClosedUserGroupInterlockCode {
            network_identity: [4, 9, 0, 1],
            binary_code: 0x1234,
        };
        reads_and_writes(&[0x49, 0x01, 0x12, 0x34], code);
        assert_eq!(
            described(&code),
            ["network identity: 4901", "binary code: 4660"]
        );
        refuses_fewer::<ClosedUserGroupInterlockCode>(4);
    }

    #[test]
    fn facility_says_whose_it_is() {
        let facility = NetworkSpecificFacility {
            network: Some(NetworkIdentification {
                kind: NetworkIdentificationType::National,
                plan: 1,
                identification: Octets::from(*b"AB"),
            }),
            indicator: Octets::from([1, 2]),
        };
        // 3 octets: last of its group, national, plan 1; "AB"; then the indicator
        reads_and_writes(&[3, 0xa1, b'A', b'B', 1, 2], facility.clone());
        let indicator = &facility.describe().fields[3];
        assert_eq!((indicator.octet, indicator.value.as_str()), (4, "0102"));
        reads_and_writes(
            &[0, 7],
            NetworkSpecificFacility {
                network: None,
                indicator: Octets::from([7]),
            },
        );
    }

    #[test]
    fn facility_shorter_than_its_network_is_refused() {
        assert_eq!(
            NetworkSpecificFacility::read(&[3, 0xa1, b'A']),
            Err(Problem::TooShort { need: 4, have: 3 })
        );
        refuses_fewer::<NetworkSpecificFacility>(1);
    }
}
