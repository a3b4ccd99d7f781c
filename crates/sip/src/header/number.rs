//! Header fields that are one number: Expires, Min-Expires, Max-Forwards, Content-Length, RSeq,
//! Max-Breadth, Flow-Timer.

use super::declare::{header, one_part};
use super::reader::Reader;
use crate::error::ParseError;
use core::fmt;

macro_rules! numbers {
    ($($(#[$doc:meta])* $type:ident($number:ty), $maximum:expr, $clause:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub $number);

        header!($type, $type);
        one_part!($type);

        impl $type {
            /// Parses the value.
            ///
            /// # Errors
            /// It is no number, or too large.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                let mut reader = Reader::new(text, $clause);
                let number = reader.number($maximum)?;
                reader.end()?;
                Ok(Self(number))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

numbers! {
    /// How long something is valid, in seconds (RFC 3261 20.19).
    Expires(u32), u32::MAX, "RFC 3261 20.19";
    /// The shortest time that a registrar or notifier takes, in seconds (RFC 3261 20.23).
    MinExpires(u32), u32::MAX, "RFC 3261 20.23";
    /// How many hops a request may still take (RFC 3261 20.22).
    MaxForwards(u8), 255, "RFC 3261 20.22";
    /// The octets of the body (RFC 3261 20.14).
    ContentLength(u32), u32::MAX, "RFC 3261 20.14";
    /// The number of a reliable provisional response (RFC 3262 7.1).
    RSeq(u32), u32::MAX, "RFC 3262 7.1";
    /// How many branches a request may still be forked to (RFC 5393 5).
    MaxBreadth(u32), u32::MAX, "RFC 5393 5";
    /// After how many seconds without keep-alive the server takes a flow for dead (RFC 5626 4.4.1).
    FlowTimer(u32), u32::MAX, "RFC 5626 4.4.1";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_bounded() {
        assert_eq!(Expires::parse("5"), Ok(Expires(5)));
        assert_eq!(MaxForwards::parse("0068"), Ok(MaxForwards(68)));
        assert_eq!(RSeq::parse("988789"), Ok(RSeq(988_789)));
        for text in ["", "-1", "a", "1 2", "4294967296", "1;a"] {
            assert!(Expires::parse(text).is_err(), "{text}");
        }
        assert!(MaxForwards::parse("256").is_err());
        let error = MinExpires::parse("60 s").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 1, column 4: expected the end of the value (RFC 3261 20.23)"
        );
    }
}
