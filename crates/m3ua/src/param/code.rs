//! What all parameters have in common that hold a code of a list.

/// An enum of the codes that RFC 4666 defines, which keeps all others as they came.
///
/// The name of the last line is the variant of the others and its text their name.
macro_rules! codes {
    (
        $(#[$attribute:meta])*
        $type:ident: $int:ident;
        $($(#[$extra:meta])* $name:ident = $value:literal, $text:literal;)*
        _ = $other:ident, $unknown:literal;
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $(
                #[doc = concat!($text, ", ", stringify!($value), ".")]
                $(#[$extra])*
                $name,
            )*
            /// A value that RFC 4666 does not define, kept as it came.
            $other($int),
        }

        impl $type {
            /// Every value that RFC 4666 defines, in order.
            pub const NAMED: &'static [Self] = &[$(Self::$name,)*];

            /// What that value means.
            pub const fn from_value(value: $int) -> Self {
                match value {
                    $($value => Self::$name,)*
                    other => Self::$other(other),
                }
            }

            /// The value on the wire.
            pub const fn value(self) -> $int {
                match self {
                    $(Self::$name => $value,)*
                    Self::$other(value) => value,
                }
            }

            #[doc = concat!("The name in the standard, or `\"", $unknown, "\"`.")]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::$other(_) => $unknown,
                }
            }
        }
    };
}
pub(crate) use codes;

#[cfg(test)]
mod tests {
    use crate::msg::UnavailabilityCause;
    use crate::param::{DeregistrationStatus, ErrorCode, RegistrationStatus, TrafficMode};

    #[test]
    fn every_code_is_itself_and_unknown_ones_are_kept() {
        macro_rules! check {
            ($($type:ident $other:ident $count:literal;)*) => {$(
                assert_eq!($type::NAMED.len(), $count, stringify!($type));
                for value in (0..=40).chain([0xffff]) {
                    let code = $type::from_value(value);
                    let named = $type::NAMED.iter().filter(|named| named.value() == value);
                    assert_eq!(code.value(), value, "{code:?}");
                    assert_eq!(named.count(), usize::from(code != $type::$other(value)));
                }
            )*};
        }
        check! {
            ErrorCode Unknown 18;
            TrafficMode Unknown 3;
            RegistrationStatus Unknown 13;
            DeregistrationStatus Unknown 6;
            UnavailabilityCause Other 3;
        }
    }
}
