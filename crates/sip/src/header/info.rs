//! Call-Info, Alert-Info, Error-Info and Geolocation: a URI in brackets, then parameters.

use super::declare::{header, parameterised, tokens};
use super::value::UriText;

tokens! {
    /// What the URI of [`CallInfo`] leads to (RFC 3261 20.9).
    Purpose, "RFC 3261 20.9" {
        /// A picture.
        Icon "icon",
        /// A description.
        Info "info",
        /// A business card.
        Card "card",
    }
}

parameterised! {
    /// More about the caller or the called (RFC 3261 20.9).
    CallInfo, "RFC 3261 20.9",
    {
        /// Where it is.
        uri: UriText<'a>,
    }
    optional {
        /// What it is.
        "purpose" purpose: Purpose<'a>,
    }
}
header!(CallInfo<'a>, CallInfo);

parameterised! {
    /// What to ring with (RFC 3261 20.4, RFC 7462).
    AlertInfo, "RFC 3261 20.4",
    {
        /// A sound, or a URN that says what kind of one.
        uri: UriText<'a>,
    }
}
header!(AlertInfo<'a>, AlertInfo);

parameterised! {
    /// More about an error (RFC 3261 20.18).
    ErrorInfo, "RFC 3261 20.18",
    {
        /// Where it is.
        uri: UriText<'a>,
    }
}
header!(ErrorInfo<'a>, ErrorInfo);

parameterised! {
    /// Where the caller is (RFC 6442 4.1).
    Geolocation, "RFC 6442 4.1",
    {
        /// A body of the message, or where the location can be had.
        uri: UriText<'a>,
    }
}
header!(Geolocation<'a>, Geolocation);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        let text = "<http://www.example.com/alice/photo.jpg> ;purpose=icon";
        let info = CallInfo::parse(text).unwrap();
        assert_eq!(info.purpose, Some(Purpose::Icon));
        assert_eq!(
            info.to_string(),
            "<http://www.example.com/alice/photo.jpg>;purpose=icon"
        );
        let ring = AlertInfo::parse("<urn:alert:source:external>").unwrap();
        assert_eq!(ring.uri.as_str(), "urn:alert:source:external");
        let error = ErrorInfo::parse("<sip:not-in-service-recording@atlanta.com>").unwrap();
        assert!(error.uri.parts().unwrap().sip().is_some());
        let place = Geolocation::parse("<cid:target123@atlanta.example.com>").unwrap();
        assert_eq!(place.uri.as_str(), "cid:target123@atlanta.example.com");
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("http://x", 1),
            ("<http://x", 10),
            ("<x y:z>", 3),
            ("<http://x>;purpose=", 20),
            ("<http://x>x", 11),
        ] {
            let error = CallInfo::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
