//! User-to-User (RFC 7433).

use super::declare::{header, parameterised};
use super::value::{Bare, GenValue, GenericParams, Token};

parameterised! {
    /// What the users send each other in signaling (RFC 7433 4.1).
    UserToUser, "RFC 7433 4.1",
    {
        /// The data, in that encoding.
        data: GenValue<'a>,
    }
    optional {
        /// The package: `isdn-uui` (RFC 7434) if there is none.
        "purpose" purpose: Token<'a>,
        /// What the data is: `isdn-uui` if there is none.
        "content" content: Token<'a>,
        /// How it is written: `hex` if there is none.
        "encoding" encoding: Token<'a>,
    }
}
header!(UserToUser<'a>, UserToUser);

impl UserToUser<'static> {
    /// These octets in hexadecimal, the protocol discriminator first (RFC 7434 6).
    ///
    /// # Errors
    /// There is none.
    pub fn isdn(octets: &[u8]) -> Result<Self, crate::ParseError> {
        use core::fmt::Write;
        let mut hex = String::with_capacity(octets.len() * 2);
        for octet in octets {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{octet:02x}");
        }
        const HEX: Token<'static> = Token::literal("hex");
        Ok(Self {
            data: GenValue::Bare(Bare::new(hex)?),
            purpose: None,
            content: None,
            encoding: Some(HEX),
            others: GenericParams::default(),
        })
    }
}

impl UserToUser<'_> {
    /// The octets; `None` if the encoding is none of ours, or the data not in it.
    pub fn octets(&self) -> Option<Vec<u8>> {
        if self.encoding.as_ref().is_some_and(|name| !name.is("hex")) {
            return None;
        }
        let digits = self.data.as_str().as_bytes();
        let digit = |octet: u8| char::from(octet).to_digit(16);
        let pairs = digits.chunks(2).map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        });
        pairs.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        // RFC 7433 4.1, RFC 7434 6
        let text = "56a390f3d2b7310023a2;encoding=hex;purpose=foo;content=bar";
        let uui = UserToUser::parse(text).unwrap();
        assert_eq!(
            uui.octets().unwrap(),
            [0x56, 0xa3, 0x90, 0xf3, 0xd2, 0xb7, 0x31, 0, 0x23, 0xa2]
        );
        assert!(uui.purpose.as_ref().unwrap().is("foo"));
        assert_eq!(
            uui.to_string(),
            "56a390f3d2b7310023a2;purpose=foo;content=bar;encoding=hex"
        );
        let uui = UserToUser::parse("\"00a3\" ; encoding=hex").unwrap();
        assert_eq!(uui.octets().unwrap(), [0, 0xa3]);
        assert_eq!(
            UserToUser::parse("00A3").unwrap().octets().unwrap(),
            [0, 0xa3]
        );
        let written = UserToUser::isdn(&[4, 0xab]).unwrap();
        assert_eq!(written.to_string(), "04ab;encoding=hex");
    }

    #[test]
    fn what_is_no_hexadecimal_has_no_octets() {
        for text in ["0", "0g", "\"\u{e9}\"", "00;encoding=text"] {
            assert_eq!(UserToUser::parse(text).unwrap().octets(), None, "{text}");
        }
        assert!(UserToUser::isdn(&[]).is_err());
        assert_eq!(UserToUser::parse(";encoding=hex").unwrap_err().column, 1);
        assert_eq!(UserToUser::parse("00;encoding").unwrap_err().column, 4);
    }
}
