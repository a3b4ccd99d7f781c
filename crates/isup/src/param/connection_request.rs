//! Connection request (Q.763 3.17), with the point codes of both standards.

use super::{Parameter, ParameterCode, first};
use crate::describe::Description;
use crate::error::Problem;
use trunkline_model::PointCode;

/// Declares a connection request: how many octets its point code has and which bits of the last
/// of them.
macro_rules! connection_request {
    ($(#[$meta:meta])* $name:ident: $octets:literal, $bits:literal, $words:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// Local reference that SCCP has given the connection: 24 bits, the first octet the
            /// highest.
            pub local_reference: u32,
            /// Signalling point code of who asks, as wide as the standard has it.
            pub point_code: PointCode,
            /// Protocol class of SCCP, which may be left out.
            pub protocol_class: Option<u8>,
            /// Credit, for protocol class 3. It is written only behind a protocol class.
            pub credit: Option<u8>,
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::CONNECTION_REQUEST;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                let head: [u8; REFERENCE + $octets] = first(octets)?;
                let code = head[REFERENCE..].iter().rev();
                let code = code.fold(0, |code, octet| code << 8 | u32::from(*octet)) & $bits;
                Ok(Self {
                    local_reference: u32::from_be_bytes([0, head[0], head[1], head[2]]),
                    // Never refused: no point code is wider than 24 bits.
                    point_code: PointCode::new(code).ok_or(Problem::TooLong {
                        limit: REFERENCE + $octets,
                        have: octets.len(),
                    })?,
                    protocol_class: octets.get(REFERENCE + $octets).copied(),
                    credit: octets.get(REFERENCE + $octets + 1).copied(),
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                let [_, reference @ ..] = self.local_reference.to_be_bytes();
                out.extend(reference);
                let code = self.point_code.value() & $bits;
                out.extend(code.to_le_bytes().into_iter().take($octets));
                if let Some(class) = self.protocol_class {
                    out.push(class);
                    out.extend(self.credit);
                }
            }

            fn describe(&self) -> Description {
                let words: fn(PointCode) -> String = $words;
                let mut description = Description::default()
                    .field(0, "local reference", format!("{:#08x}", self.local_reference))
                    .field(REFERENCE, "signalling point code", words(self.point_code));
                if let Some(class) = self.protocol_class {
                    description = description.field(REFERENCE + $octets, "protocol class", class);
                }
                if let Some(credit) = self.credit {
                    description = description.field(REFERENCE + $octets + 1, "credit", credit);
                }
                description
            }
        }
    };
}

/// How many octets the local reference has.
const REFERENCE: usize = 3;

connection_request! {
    /// Connection request (Q.763 3.17): an end-to-end connection by SCCP is wanted (Q.730). The
    /// point code has 14 bits.
    ConnectionRequest: 2, 0x3fff, PointCode::itu
}

connection_request! {
    /// Connection request of ANSI (T1.113 3.15): the point code has 24 bits.
    AnsiConnectionRequest: 3, 0x00ff_ffff, |code| {
        let [_, network, cluster, member] = code.value().to_be_bytes();
        format!("{network}-{cluster}-{member}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn protocol_class_and_credit_may_be_left_out() {
        // Local reference 0x010203; point code 0x0a0b, the low octet first.
        let value = ConnectionRequest {
            local_reference: 0x01_02_03,
            point_code: PointCode::new(0x0a0b).unwrap(),
            protocol_class: None,
            credit: None,
        };
        reads_and_writes(&[1, 2, 3, 0x0b, 0x0a], value);
        let class = ConnectionRequest {
            protocol_class: Some(2),
            ..value
        };
        reads_and_writes(&[1, 2, 3, 0x0b, 0x0a, 2], class);
        let credit = ConnectionRequest {
            protocol_class: Some(3),
            credit: Some(7),
            ..value
        };
        reads_and_writes(&[1, 2, 3, 0x0b, 0x0a, 3, 7], credit);
        assert_eq!(
            described(&credit),
            [
                "local reference: 0x010203",
                "signalling point code: 1-65-3",
                "protocol class: 3",
                "credit: 7"
            ]
        );
        refuses_fewer::<ConnectionRequest>(5);
    }

    #[test]
    fn ansi_point_code_has_three_octets() {
        // Local reference 0x010203; member 6, cluster 5, network 244; protocol class 2.
        let value = AnsiConnectionRequest {
            local_reference: 0x01_02_03,
            point_code: PointCode::new(0x00f4_0506).unwrap(),
            protocol_class: Some(2),
            credit: None,
        };
        reads_and_writes(&[1, 2, 3, 6, 5, 244, 2], value);
        assert_eq!(described(&value)[1], "signalling point code: 244-5-6");
        refuses_fewer::<AnsiConnectionRequest>(6);
    }

    #[test]
    fn point_code_that_does_not_fit_is_cut() {
        let value = ConnectionRequest {
            local_reference: 0xff00_0001,
            point_code: PointCode::new(0x00ff_c001).unwrap(),
            protocol_class: None,
            credit: None,
        };
        let mut octets = Vec::new();
        value.write(&mut octets);
        assert_eq!(octets, [0, 0, 1, 0x01, 0x00]);
    }
}
