//! Parameters whose octets consist of bit fields: declared once, read, written and described from
//! that.

use crate::describe::Description;

/// What a bit field of up to 8 bits can hold.
pub(crate) trait Bits: Copy {
    /// Takes the bits, which stand at the low end of `bits`.
    fn from_bits(bits: u8) -> Self;

    /// The bits, at the low end; those beyond the field are cut off.
    fn bits(self) -> u8;

    /// What it says. `words` are those for no and yes.
    fn words(self, words: Option<[&'static str; 2]>) -> String;
}

impl Bits for bool {
    fn from_bits(bits: u8) -> Self {
        bits & 1 == 1
    }

    fn bits(self) -> u8 {
        self.into()
    }

    fn words(self, words: Option<[&'static str; 2]>) -> String {
        words.unwrap_or(["no", "yes"])[usize::from(self)].to_owned()
    }
}

impl Bits for u8 {
    fn from_bits(bits: u8) -> Self {
        bits
    }

    fn bits(self) -> u8 {
        self
    }

    fn words(self, _: Option<[&'static str; 2]>) -> String {
        self.to_string()
    }
}

/// The bits `from..to` of an octet, counted from 0 for A, the lowest.
pub(crate) const fn take(octet: u8, from: u8, to: u8) -> u8 {
    octet >> from & mask(to - from)
}

/// Bits in the place `from..to` of an octet.
pub(crate) const fn put(bits: u8, from: u8, to: u8) -> u8 {
    (bits & mask(to - from)) << from
}

const fn mask(width: u8) -> u8 {
    u8::MAX >> (8 - width)
}

/// The description of one field alone is the description of the parameter.
pub(crate) fn flatten(mut description: Description) -> Description {
    if description.value.is_none() && description.fields.len() == 1 {
        description.value = description.fields.pop().map(|field| field.value);
    }
    description
}

/// Declares a parameter of bit fields and implements [`Parameter`](crate::Parameter),
/// [`FixedParameter`](crate::FixedParameter) and `Default` (all bits 0) for it:
///
/// ```text
/// indicators! {
///     /// Nature of connection indicators (Q.763 3.35).
///     pub struct NatureOfConnection: NATURE_OF_CONNECTION_INDICATORS {
///         0 {
///             /// Satellite indicator.
///             satellite: Satellite, 0..2, "satellite indicator";
///             /// An outgoing echo control device is included.
///             echo_control: bool, 4..5, "echo control device indicator",
///                 ["not included", "included"];
///         }
///     }
/// }
/// ```
///
/// `0` is the octet of the contents, `0..2` are the bits A and B. The type of a field is `bool`,
/// `u8` or an enumeration made by `codes!`. Bits that no field names are spare: they are not
/// examined and written as 0 (Q.763 1.10). `0 | 0x80` instead of `0` writes the bits of `0x80` as
/// 1: the extension indicator of an octet that is the last. `"reserved", unless 0` after the bits
/// of a field leaves it out of the description while it is 0.
macro_rules! indicators {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident: $code:ident {
            $($octet:literal $(| $ones:literal)? {
                $(
                    $(#[$field_meta:meta])*
                    $field:ident: $type:ty, $from:literal..$to:literal, $text:literal
                        $(, [$no:literal, $yes:literal])? $(, unless $silent:literal)?;
                )*
            })+
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            $($($(#[$field_meta])* pub $field: $type,)*)+
        }

        impl $name {
            const OCTETS: usize = {
                let mut octets = 0;
                $(if $octet >= octets { octets = $octet + 1; })+
                octets
            };

            fn octets(&self) -> [u8; <$name>::OCTETS] {
                let mut octets = [0; <$name>::OCTETS];
                $($(octets[$octet] |= $ones;)?)+
                $($(octets[$octet] |= $crate::param::indicators::put(
                    $crate::param::Bits::bits(self.$field), $from, $to,
                );)*)+
                octets
            }
        }

        /// All bits 0.
        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($($field: <$type as $crate::param::Bits>::from_bits(0),)*)+
                }
            }
        }

        impl $crate::param::Parameter for $name {
            const CODE: $crate::param::ParameterCode = $crate::param::ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, $crate::error::Problem> {
                let octets: [u8; <$name>::OCTETS] = $crate::param::first(octets)?;
                Ok(Self {
                    $($($field: <$type as $crate::param::Bits>::from_bits(
                        $crate::param::indicators::take(octets[$octet], $from, $to),
                    ),)*)+
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.octets());
            }

            fn is_written_as(&self, contents: &[u8]) -> bool {
                contents == self.octets()
            }

            fn describe(&self) -> $crate::describe::Description {
                let description = $crate::describe::Description::default();
                $($(
                    #[allow(unused_mut, unused_assignments)]
                    let mut words = None;
                    $(words = Some([$no, $yes]);)?
                    let silent = false $(|| $crate::param::Bits::bits(self.$field) == $silent)?;
                    let description = if silent {
                        description
                    } else {
                        description.field(
                            $octet, $text, $crate::param::Bits::words(self.$field, words),
                        )
                    };
                )*)+
                $crate::param::indicators::flatten(description)
            }
        }

        impl $crate::param::FixedParameter for $name {
            const LENGTH: usize = <$name>::OCTETS;
        }
    )+};
}

/// Makes an enumeration of `codes!` the whole contents, one octet, of a parameter:
/// `code_parameter!(CallingPartyCategory: CALLING_PARTYS_CATEGORY);`
macro_rules! code_parameter {
    ($name:ident: $code:ident) => {
        impl $crate::param::Parameter for $name {
            const CODE: $crate::param::ParameterCode = $crate::param::ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, $crate::error::Problem> {
                let [octet] = $crate::param::first(octets)?;
                Ok(Self::from_code(octet))
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.push(self.code());
            }

            fn is_written_as(&self, contents: &[u8]) -> bool {
                contents == [self.code()]
            }

            fn describe(&self) -> $crate::describe::Description {
                $crate::describe::Description::of(format!("{} {}", self.code(), self.name()))
            }
        }

        impl $crate::param::FixedParameter for $name {
            const LENGTH: usize = 1;
        }
    };
}

pub(crate) use {code_parameter, indicators};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_its_bits_and_no_others() {
        assert_eq!((take(0b1010_0110, 1, 4), take(0xff, 0, 8)), (0b011, 0xff));
        assert_eq!((put(0xff, 6, 8), put(0b101, 0, 2)), (0b1100_0000, 0b01));
    }
}
