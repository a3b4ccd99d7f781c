//! Enumerations of code points that keep the codes they do not know.

/// Declares an enumeration of code points. A code without a name is kept, since a gateway must
/// pass it on or report it.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($variant:ident = $code:literal, $text:literal;)+
            _ => $other:ident, $other_text:literal
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(
                #[doc = concat!("Code ", stringify!($code), ": ", $text, ".")]
                $variant,
            )+
            #[doc = concat!("Any other code, kept as it came: ", $other_text, ".")]
            $other(u8),
        }

        impl $name {
            /// Every named code, in the order of the declaration.
            pub const NAMED: &'static [Self] = &[$(Self::$variant,)+];

            /// The value with that code.
            pub const fn from_code(code: u8) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    other => Self::$other(other),
                }
            }

            /// The code.
            pub const fn code(self) -> u8 {
                match self {
                    $(Self::$variant => $code,)+
                    Self::$other(code) => code,
                }
            }

            /// What the standard calls it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::$other(_) => $other_text,
                }
            }
        }

        impl $crate::param::Bits for $name {
            fn from_bits(bits: u8) -> Self {
                Self::from_code(bits)
            }

            fn bits(self) -> u8 {
                self.code()
            }

            fn words(self, _: Option<[&'static str; 2]>) -> String {
                self.to_string()
            }
        }

        impl From<u8> for $name {
            fn from(code: u8) -> Self {
                Self::from_code(code)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    Self::$other(code) => write!(f, concat!($other_text, " ({})"), code),
                    named => f.write_str(named.name()),
                }
            }
        }
    };
}

pub(crate) use codes;
