//! Parameters that name a signalling point: call reference, signalling point code, origination ISC
//! point code.

use super::{Parameter, ParameterCode, first};
use crate::describe::Description;
use crate::error::Problem;
use core::fmt;
use trunkline_model::PointCode;

/// A point code as parameters carry it: the number of its octets says how wide it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointCodeField {
    /// Two octets: 14 bits (Q.763 3.8, 3.50).
    Itu(u16),
    /// Three octets: 24 bits, network, cluster and member (T1.113 3.5).
    Ansi(u32),
}

impl PointCodeField {
    /// The point code.
    pub const fn point_code(self) -> Option<PointCode> {
        PointCode::new(self.value())
    }

    const fn value(self) -> u32 {
        match self {
            Self::Itu(code) => code as u32 & 0x3fff,
            Self::Ansi(code) => code & PointCode::MAX,
        }
    }

    /// Reads what there is: the third octet makes it a code of 24 bits.
    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [low, high] = first(octets)?;
        Ok(match octets.get(2) {
            None => Self::Itu(u16::from_le_bytes([low, high & 0x3f])),
            Some(network) => Self::Ansi(u32::from_le_bytes([low, high, *network, 0])),
        })
    }

    fn write(self, out: &mut Vec<u8>) {
        let octets = self.value().to_le_bytes();
        out.extend_from_slice(match self {
            Self::Itu(_) => &octets[..2],
            Self::Ansi(_) => &octets[..3],
        });
    }
}

/// As a number, then in the notation of its width: zone-area-point or network-cluster-member.
impl fmt::Display for PointCodeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.value();
        let (a, b, c) = match self {
            Self::Itu(_) => (code >> 11, code >> 3 & 0xff, code & 7),
            Self::Ansi(_) => (code >> 16, code >> 8 & 0xff, code & 0xff),
        };
        write!(f, "{code} ({a}-{b}-{c})")
    }
}

/// Call reference (Q.763 3.8), national use: names a call, whatever circuits it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallReference {
    /// Call identity, 24 bits, given by that signalling point.
    pub identity: u32,
    /// The signalling point that gave the identity.
    pub point_code: PointCodeField,
}

impl Parameter for CallReference {
    const CODE: ParameterCode = ParameterCode::CALL_REFERENCE;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [a, b, c, _, _] = first(octets)?;
        Ok(Self {
            identity: u32::from_be_bytes([0, a, b, c]),
            point_code: PointCodeField::read(octets.get(3..).unwrap_or_default())?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [_, a, b, c] = self.identity.to_be_bytes();
        out.extend([a, b, c]);
        self.point_code.write(out);
    }

    fn describe(&self) -> Description {
        Description::default()
            .field(0, "call identity", self.identity & 0x00ff_ffff)
            .field(3, "signalling point code", self.point_code)
    }
}

/// Declares a parameter that is a point code.
macro_rules! point_codes {
    ($($(#[$meta:meta])* $name:ident = $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub PointCodeField);

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                PointCodeField::read(octets).map(Self)
            }

            fn write(&self, out: &mut Vec<u8>) {
                self.0.write(out);
            }

            fn describe(&self) -> Description {
                Description::of(self.0)
            }
        }
    )+};
}

point_codes! {
    /// Signalling point code (Q.763 3.50), national use.
    SignallingPointCode = SIGNALLING_POINT_CODE;
    /// Origination ISC point code (Q.763 3.40): the international switching centre where the call
    /// entered the international network.
    OriginationIscPointCode = ORIGINATION_ISC_POINT_CODE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn length_says_how_wide_the_point_code_is() {
        // 14 bits, the low octet first: 4897 is 2-100-1
        reads_and_writes(
            &[0x21, 0x13],
            SignallingPointCode(PointCodeField::Itu(4897)),
        );
        // 24 bits: member, cluster, network
        reads_and_writes(
            &[3, 2, 1],
            SignallingPointCode(PointCodeField::Ansi(0x01_02_03)),
        );
        reads_and_writes(&[1, 0], OriginationIscPointCode(PointCodeField::Itu(1)));
        assert_eq!(PointCodeField::Itu(4897).to_string(), "4897 (2-100-1)");
        assert_eq!(
            PointCodeField::Ansi(0x01_02_03).to_string(),
            "66051 (1-2-3)"
        );
        refuses_fewer::<OriginationIscPointCode>(2);
    }

    #[test]
    fn spare_bits_are_no_part_of_the_point_code() {
        let code = SignallingPointCode::read(&[0xff, 0xff]).unwrap();
        assert_eq!(code.0.point_code(), PointCode::new(0x3fff));
    }

    #[test]
    fn call_reference_is_an_identity_at_a_point() {
        let reference = CallReference {
            identity: 0x01_02_03,
            point_code: PointCodeField::Itu(4897),
        };
        reads_and_writes(&[1, 2, 3, 0x21, 0x13], reference);
        assert_eq!(
            described(&reference),
            [
                "call identity: 66051",
                "signalling point code: 4897 (2-100-1)"
            ]
        );
        reads_and_writes(
            &[1, 2, 3, 3, 2, 1],
            CallReference {
                point_code: PointCodeField::Ansi(0x01_02_03),
                ..reference
            },
        );
        refuses_fewer::<CallReference>(5);
    }
}
