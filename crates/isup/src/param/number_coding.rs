//! The coding that most numbers have in common: odd/even indicator and nature of address in one
//! octet, indicators in the next, then the address signals (Q.763 3.9, 3.10).

use super::indicators::{Bits, put, take};
use super::{AddressDigits, NumberingPlan, Presentation, Screening};
use crate::error::Problem;

/// An indicator of the second octet: where it stands, what it is called and says.
pub(crate) trait Indicator {
    /// What it says.
    type Value;
    /// What `new` sets.
    const DEFAULT: Self::Value;
    /// What the standard calls it.
    const NAME: &'static str;

    /// Takes it from the octet.
    fn take(octet: u8) -> Self::Value;

    /// Its bits in their place in the octet.
    fn put(value: Self::Value) -> u8;

    /// What it says, in words.
    fn words(value: Self::Value) -> String;
}

/// Declares indicators of the second octet: the field is `$default`, the bits `$from..$to`.
macro_rules! second_octet {
    ($(
        $(#[$meta:meta])*
        $name:ident: $value:ty = $default:expr, $from:literal..$to:literal, $text:literal;
    )+) => {$(
        $(#[$meta])*
        pub(crate) enum $name {}

        impl Indicator for $name {
            type Value = $value;
            const DEFAULT: $value = $default;
            const NAME: &'static str = $text;

            fn take(octet: u8) -> $value {
                <$value>::from_bits(take(octet, $from, $to))
            }

            fn put(value: $value) -> u8 {
                put(value.bits(), $from, $to)
            }

            fn words(value: $value) -> String {
                value.words(None)
            }
        }
    )+};
}

second_octet! {
    /// Numbering plan indicator (Q.763 3.9 d).
    Plan: NumberingPlan = NumberingPlan::Isdn, 4..7, "numbering plan indicator";
    /// Address presentation restricted indicator, APRI (Q.763 3.10 e).
    Apri: Presentation = Presentation::Allowed, 2..4, "address presentation restricted indicator";
    /// Screening indicator (Q.763 3.10 f) of a number that the network provides.
    Si: Screening = Screening::NetworkProvided, 0..2, "screening indicator";
    /// Screening indicator (Q.763 3.26 g) of a number that the user provides.
    UserSi: Screening = Screening::UserProvidedNotVerified, 0..2, "screening indicator";
    /// Presentation number preference indicator, PNP (ND1007 3.2.3).
    Pnp: bool = false, 7..8, "presentation number preference indicator";
}

/// Internal network number indicator, INN (Q.763 3.9 c): the field says "allowed", the bit on the
/// wire "not allowed".
pub(crate) enum Inn {}

impl Indicator for Inn {
    type Value = bool;
    const DEFAULT: bool = false;
    const NAME: &'static str = "internal network number indicator";

    fn take(octet: u8) -> bool {
        take(octet, 7, 8) == 0
    }

    fn put(allowed: bool) -> u8 {
        put((!allowed).into(), 7, 8)
    }

    fn words(allowed: bool) -> String {
        allowed.words(Some([
            "not allowed",
            "routing to an internal network number allowed",
        ]))
    }
}

/// Number incomplete indicator, NI (Q.763 3.10 c).
pub(crate) enum Ni {}

impl Indicator for Ni {
    type Value = bool;
    const DEFAULT: bool = false;
    const NAME: &'static str = "number incomplete indicator";

    fn take(octet: u8) -> bool {
        take(octet, 7, 8) == 1
    }

    fn put(incomplete: bool) -> u8 {
        put(incomplete.into(), 7, 8)
    }

    fn words(incomplete: bool) -> String {
        incomplete.words(Some(["number complete", "number incomplete"]))
    }
}

/// Declares numbers and implements [`Parameter`](crate::Parameter) and `new` for them:
///
/// ```text
/// numbers! {
///     /// Generic number (Q.763 3.26).
///     pub struct GenericNumber: GENERIC_NUMBER {
///         /// A number of the ISDN numbering plan, presentation allowed.
///         new;
///         /// Whose number it is.
///         [qualifier: NumberQualifier, "number qualifier indicator"];
///         nature: NatureOfAddress;
///         /// Numbering plan indicator.
///         plan: NumberingPlan as Plan;
///     }
/// }
/// ```
///
/// What stands in brackets is an octet of its own before the number. `Plan` and its like say where
/// in the second octet the field stands; the other bits of that octet are spare.
macro_rules! numbers {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident: $code:ident {
            $(#[$new_meta:meta])*
            new;
            $(
                $(#[$qualifier_meta:meta])*
                [$qualifier:ident: $qualifier_type:ty, $qualifier_text:literal];
            )?
            nature: $nature:ty;
            $(
                $(#[$field_meta:meta])*
                $field:ident: $type:ty as $kind:ident;
            )*
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            $($(#[$qualifier_meta])* pub $qualifier: $qualifier_type,)?
            /// Nature of address indicator.
            pub nature: $nature,
            $($(#[$field_meta])* pub $field: $type,)*
            /// The address signals; none when the address is not available.
            pub digits: $crate::param::AddressDigits,
        }

        impl $name {
            /// How many octets stand before the address signals.
            const HEAD: usize = 2 $(+ $crate::param::number_coding::numbers!(@one $qualifier))?;

            /// The octets before the address signals.
            fn head(&self) -> [u8; <$name>::HEAD] {
                [
                    $(self.$qualifier.code(),)?
                    u8::from(self.digits.is_odd()) << 7 | self.nature.code() & 0x7f,
                    0 $(| <$crate::param::number_coding::$kind
                        as $crate::param::number_coding::Indicator>::put(self.$field))*,
                ]
            }

            $(#[$new_meta])*
            pub const fn new(
                $($qualifier: $qualifier_type,)?
                nature: $nature,
                digits: $crate::param::AddressDigits,
            ) -> Self {
                Self {
                    $($qualifier,)?
                    nature,
                    $($field: <$crate::param::number_coding::$kind
                        as $crate::param::number_coding::Indicator>::DEFAULT,)*
                    digits,
                }
            }
        }

        impl $crate::param::Parameter for $name {
            const CODE: $crate::param::ParameterCode = $crate::param::ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, $crate::error::Problem> {
                let head: [u8; <$name>::HEAD] = $crate::param::first(octets)?;
                let [nature, second] = [head[Self::HEAD - 2], head[Self::HEAD - 1]];
                Ok(Self {
                    $($qualifier: <$qualifier_type>::from_code(head[0]),)?
                    nature: <$nature>::from_code(nature & 0x7f),
                    $($field: <$crate::param::number_coding::$kind
                        as $crate::param::number_coding::Indicator>::take(second),)*
                    digits: $crate::param::number_coding::digits(
                        octets.get(Self::HEAD..).unwrap_or_default(),
                        $crate::param::bit(nature, 7),
                    )?,
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.head());
                out.extend_from_slice(self.digits.octets());
            }

            fn is_written_as(&self, contents: &[u8]) -> bool {
                contents.split_first_chunk() == Some((&self.head(), self.digits.octets()))
            }

            fn describe(&self) -> $crate::describe::Description {
                $crate::describe::Description::of($crate::param::number_coding::words(&self.digits))
                    $(.field(0, $qualifier_text, self.$qualifier))?
                    .field(Self::HEAD - 2, "nature of address indicator", self.nature)
                    $(.field(
                        Self::HEAD - 1,
                        <$crate::param::number_coding::$kind
                            as $crate::param::number_coding::Indicator>::NAME,
                        <$crate::param::number_coding::$kind
                            as $crate::param::number_coding::Indicator>::words(self.$field),
                    ))*
            }
        }
    )+};
    (@one $qualifier:ident) => { 1 };
}

pub(crate) use numbers;

/// The address signals in the rest of a number; `odd` is its odd/even indicator.
pub(crate) fn digits(octets: &[u8], odd: bool) -> Result<AddressDigits, Problem> {
    AddressDigits::read(octets, odd).map_err(|_| Problem::TooManyDigits {
        limit: AddressDigits::MAX,
        have: octets.len(),
    })
}

/// The address signals in clear, and whether they are complete.
pub(crate) fn words(digits: &AddressDigits) -> String {
    match (digits.is_empty(), digits.ends_with_st()) {
        (true, _) => "no digits".to_owned(),
        (false, false) => digits.to_string(),
        (false, true) => format!("{} ST", digits.without_st()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_clear_and_say_whether_they_are_complete() {
        for (digits, expected) in [("", "no digits"), ("4930", "4930"), ("4930F", "4930 ST")] {
            assert_eq!(words(&digits.parse().unwrap()), expected);
        }
    }

    #[test]
    fn indicators_stay_in_their_bits() {
        assert_eq!(Plan::put(NumberingPlan::Spare(0xff)), 0b0111_0000);
        assert_eq!(Apri::put(Presentation::Spare(0xff)), 0b0000_1100);
        assert_eq!(Si::put(Screening::Spare(0xff)), 0b0000_0011);
        assert_eq!((Inn::put(false), Ni::put(true)), (0x80, 0x80));
    }
}
