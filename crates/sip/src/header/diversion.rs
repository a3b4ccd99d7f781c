//! Diversion (RFC 5806) and Referred-By (RFC 3892): who sent the call on.

use super::declare::{header, parameterised, tokens};
use super::value::{GenericParams, Text, UriText};

tokens! {
    /// Why a call was diverted (RFC 5806 4).
    DiversionReason, "RFC 5806 4" {
        /// It is not known.
        Unknown "unknown",
        /// The user is busy.
        UserBusy "user-busy",
        /// Nobody answered.
        NoAnswer "no-answer",
        /// The user cannot be reached.
        Unavailable "unavailable",
        /// Always.
        Unconditional "unconditional",
        /// It is that time of day.
        TimeOfDay "time-of-day",
        /// The user is not to be disturbed.
        DoNotDisturb "do-not-disturb",
        /// The user sent it on while it rang.
        Deflection "deflection",
        /// The user is elsewhere.
        FollowMe "follow-me",
        /// The line is out of service.
        OutOfService "out-of-service",
        /// The user is away.
        Away "away",
    }
}

tokens! {
    /// What of a diversion is to be kept private (RFC 5806 4).
    DiversionPrivacy, "RFC 5806 4" {
        /// All of it.
        Full "full",
        /// The display name.
        Name "name",
        /// The URI.
        Uri "uri",
        /// Nothing.
        Off "off",
    }
}

tokens! {
    /// Whether the address was verified (RFC 5806 4).
    DiversionScreen, "RFC 5806 4" {
        /// It was.
        Yes "yes",
        /// It was not.
        No "no",
    }
}

parameterised! {
    /// Who diverted the call (RFC 5806 4). The last one who did stands first.
    Diversion, "RFC 5806 4",
    address
    optional {
        /// Why.
        "reason" reason: DiversionReason<'a>,
        /// How many diversions this entry stands for.
        "counter" counter: u8,
        /// How many there may be.
        "limit" limit: u8,
        /// What is to be kept private.
        "privacy" privacy: DiversionPrivacy<'a>,
        /// Whether the address was verified.
        "screen" screen: DiversionScreen<'a>,
    }
}
header!(Diversion<'a>, Diversion);

impl<'a> Diversion<'a> {
    /// A diversion by that address, of which nothing else is known.
    pub fn new(uri: UriText<'a>) -> Self {
        Self {
            display: None,
            uri,
            reason: None,
            counter: None,
            limit: None,
            privacy: None,
            screen: None,
            others: GenericParams::default(),
        }
    }
}

parameterised! {
    /// Who asked for the request by REFER (RFC 3892 3).
    ReferredBy, "RFC 3892 3",
    address
    optional {
        /// The body that proves it, by its Content-ID.
        "cid" cid: Text<'a>,
    }
}
header!(ReferredBy<'a>, ReferredBy);

parameterised! {
    /// Whom a request is served for (RFC 5502 6).
    PServedUser, "RFC 5502 6",
    address
    optional {
        /// As caller (`orig`) or called (`term`).
        "sescase" sescase: super::Token<'a>,
        /// Whether the user is registered (`reg`) or not (`unreg`).
        "regstate" regstate: super::Token<'a>,
    }
}
header!(PServedUser<'a>, PServedUser);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        // RFC 5806 9.1, RFC 3892 3, RFC 5502 5
        let text =
            "<sip:WeSellPizza@p4.isp.com>;reason=time-of-day;counter=1;privacy=off;screen=no";
        let diversion = Diversion::parse(text).unwrap();
        assert_eq!(diversion.reason, Some(DiversionReason::TimeOfDay));
        assert_eq!(diversion.counter, Some(1));
        assert_eq!(diversion.privacy, Some(DiversionPrivacy::Off));
        assert_eq!(diversion.screen, Some(DiversionScreen::No));
        assert_eq!(diversion.to_string(), text);
        let text = "\"A\" <tel:+4930123>;REASON=\"User-Busy\";limit=05;x";
        let diversion = Diversion::parse(text).unwrap();
        assert_eq!(diversion.reason, Some(DiversionReason::UserBusy));
        assert_eq!(
            diversion.to_string(),
            "\"A\" <tel:+4930123>;reason=user-busy;limit=5;x"
        );
        assert_eq!(diversion.clone().into_owned(), diversion);
        let text = "sip:r@ref.example;cid=\"2UWQFN309shb3@ref.example\"";
        let by = ReferredBy::parse(text).unwrap();
        assert_eq!(by.cid, Some(Text::new("2UWQFN309shb3@ref.example")));
        assert_eq!(
            by.to_string(),
            "<sip:r@ref.example>;cid=\"2UWQFN309shb3@ref.example\""
        );
        let user = PServedUser::parse("<sip:user@example.com>; sescase=orig; regstate=reg");
        assert!(user.unwrap().sescase.unwrap().is("orig"));
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("<sip:a@b", 9),
            ("<sip:a@b>;counter=256", 19),
            ("<sip:a@b>;counter=x", 19),
            ("<sip:a@b>;reason=\"a b\"", 18),
            ("<sip:a@b>;reason", 11),
        ] {
            let error = Diversion::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
