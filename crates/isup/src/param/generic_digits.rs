//! Generic digits: account codes and other digits that are no number; correlation id.

use super::indicators::{put, take};
use super::{AddressDigits, Parameter, ParameterCode, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

codes! {
    /// Encoding scheme (Q.763 3.24 a): 3 bits.
    pub enum DigitsEncoding {
        BcdEven = 0, "BCD, even number of digits";
        BcdOdd = 1, "BCD, odd number of digits";
        Ia5 = 2, "IA5 characters";
        Binary = 3, "binary coded";
        _ => Spare, "spare encoding scheme"
    }
}

codes! {
    /// Type of digits (Q.763 3.24 b; T1.113 3.20B): 5 bits. Q.763 reserves them.
    pub enum DigitsType {
        AccountCode = 0, "account code";
        AuthorizationCode = 1, "authorization code";
        PrivateNetworkTravellingClassMark = 2, "private networking travelling class mark";
        BusinessCommunicationGroup = 3, "business communication group identity";
        Extension = 31, "reserved for extension";
        _ => National, "reserved for national use"
    }
}

/// Declares digits with an encoding scheme and a type.
macro_rules! generic_digits {
    ($($(#[$meta:meta])* $name:ident: $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// Encoding scheme.
            pub encoding: DigitsEncoding,
            /// Type of digits.
            pub kind: DigitsType,
            /// The digits as the encoding scheme says: in BCD the first digit in the low half.
            pub octets: Octets,
        }

        impl $name {
            /// Digits in BCD.
            pub fn bcd(kind: DigitsType, digits: &AddressDigits) -> Self {
                let encoding = match digits.is_odd() {
                    true => DigitsEncoding::BcdOdd,
                    false => DigitsEncoding::BcdEven,
                };
                Self { encoding, kind, octets: Octets::copy(digits.octets()) }
            }

            /// The digits as characters, if their encoding has any: `A` to `F` stand for the codes
            /// 10 to 15 of BCD.
            pub fn text(&self) -> Option<String> {
                text(self.encoding, &self.octets)
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                let [head] = first(octets)?;
                let encoding = DigitsEncoding::from_code(take(head, 5, 8));
                let mut digits = octets.get(1..).unwrap_or_default().to_vec();
                clear_filler(encoding, &mut digits);
                Ok(Self {
                    encoding,
                    kind: DigitsType::from_code(take(head, 0, 5)),
                    octets: Octets::copy(&digits),
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.push(put(self.encoding.code(), 5, 8) | put(self.kind.code(), 0, 5));
                let begin = out.len();
                out.extend_from_slice(&self.octets);
                clear_filler(self.encoding, out.get_mut(begin..).unwrap_or_default());
            }

            fn describe(&self) -> Description {
                Description::of(match self.text() {
                    Some(text) if text.is_empty() => "no digits".to_owned(),
                    Some(text) => text,
                    None => self.octets.to_string(),
                })
                .field(0, "encoding scheme", self.encoding)
                .field(0, "type of digits", self.kind)
            }
        }
    )+};
}

generic_digits! {
    /// Generic digits (Q.763 3.24), national use.
    GenericDigits: GENERIC_DIGITS;
    /// Correlation id (Q.763 3.70): joins a call to the dialogue of an intelligent network that it
    /// belongs to. It is that of the operation EstablishTemporaryConnection (Q.1218), which is
    /// coded like generic digits, in BCD; the network operator says what type of digits it has
    /// (3GPP TS 29.078, `Digits`).
    CorrelationId: CORRELATION_ID;
}

fn text(encoding: DigitsEncoding, octets: &Octets) -> Option<String> {
    let nibbles = octets.iter().flat_map(|octet| [octet & 0x0f, octet >> 4]);
    let hex = |nibble: u8| char::from_digit(nibble.into(), 16).map(|c| c.to_ascii_uppercase());
    let digits = octets.len() * 2;
    match encoding {
        DigitsEncoding::BcdEven => nibbles.map(hex).collect(),
        DigitsEncoding::BcdOdd => nibbles.take(digits.saturating_sub(1)).map(hex).collect(),
        DigitsEncoding::Ia5 => Some(octets.escape_ascii().to_string()),
        DigitsEncoding::Binary | DigitsEncoding::Spare(_) => None,
    }
}

/// The filler behind an odd number of digits is 0000.
fn clear_filler(encoding: DigitsEncoding, digits: &mut [u8]) {
    if let (DigitsEncoding::BcdOdd, Some(last)) = (encoding, digits.last_mut()) {
        *last &= 0x0f;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn bcd_counts_its_digits() {
        for (octets, text) in [
            (&[0x00, 0x21, 0x43][..], "1234"),
            // odd; the high half of the last octet is filler
            (&[0x20, 0x21, 0x03], "123"),
            (&[0x20, 0xcb], "B"),
        ] {
            let digits = GenericDigits::read(octets).unwrap();
            assert_eq!(digits.text().as_deref(), Some(text));
            assert_eq!(
                digits,
                GenericDigits::bcd(DigitsType::AccountCode, &text.parse().unwrap())
            );
        }
        refuses_fewer::<GenericDigits>(1);
    }

    #[test]
    fn each_encoding_is_kept() {
        // IA5 characters, type 1
        let code = GenericDigits {
            encoding: DigitsEncoding::Ia5,
            kind: DigitsType::AuthorizationCode,
            octets: Octets::from(*b"42#"),
        };
        reads_and_writes(&[0x41, b'4', b'2', b'#'], code.clone());
        assert_eq!(
            described(&code),
            [
                "42#",
                "encoding scheme: IA5 characters",
                "type of digits: authorization code"
            ]
        );
        // binary coded, national type 4
        let binary = GenericDigits {
            encoding: DigitsEncoding::Binary,
            kind: DigitsType::National(4),
            octets: Octets::from([0xab]),
        };
        reads_and_writes(&[0x64, 0xab], binary.clone());
        assert_eq!(described(&binary)[0], "ab");
    }

    #[test]
    fn correlation_id_is_coded_like_generic_digits() {
        // BCD, odd number of digits, type 0; 1 2 3
        let id = CorrelationId::bcd(DigitsType::AccountCode, &"123".parse().unwrap());
        reads_and_writes(&[0x20, 0x21, 0x03], id.clone());
        assert_eq!(described(&id)[0], "123");
        refuses_fewer::<CorrelationId>(1);
    }
}
