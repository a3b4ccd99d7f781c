//! P-Early-Media (RFC 5009), P-Charging-Vector, P-Access-Network-Info and P-Visited-Network-ID
//! (RFC 7315), and Feature-Caps, Accept-Contact and Reject-Contact, which list features.

use super::declare::{IntoOwned, Lead, header, parameterised, tokens};
use super::parts::Parts;
use super::reader::Reader;
use super::value::{Bare, GenValue, Text, Token};
use crate::error::ParseError;
use core::fmt;

tokens! {
    /// What a network lets pass of early media, or that it is understood (RFC 5009 8).
    PEarlyMedia, "RFC 5009 8" {
        /// Both ways.
        Sendrecv "sendrecv",
        /// From the one who is called only.
        Sendonly "sendonly",
        /// To the one who is called only.
        Recvonly "recvonly",
        /// None.
        Inactive "inactive",
        /// A gate in the network stops it.
        Gated "gated",
        /// Whoever sends this understands the header field.
        Supported "supported",
    }
}
impl<'a> super::Typed<'a> for PEarlyMedia<'a> {
    const NAME: crate::Name = crate::Name::PEarlyMedia;
}

/// `icid-value=`, with which P-Charging-Vector begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icid<'a>(pub GenValue<'a>);

impl<'a> Lead<'a> for Icid<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        if !reader.takes_name(ICID) {
            return Err(reader.expected("`icid-value=`"));
        }
        reader.need(b'=', "`=`")?;
        GenValue::read(reader).map(Self)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ICID}={}", self.0)
    }

    fn show(&self, _: &str, parts: &mut Parts) {
        self.0.show(ICID, parts);
    }
}

const ICID: &str = "icid-value";

impl IntoOwned for Icid<'_> {
    type Owned = Icid<'static>;

    fn into_owned(self) -> Icid<'static> {
        Icid(self.0.into_owned())
    }
}

parameterised! {
    /// What charging records of a call are matched by (RFC 7315 4.6, 5.6).
    PChargingVector, "RFC 7315 5.6",
    {
        /// The charging identity.
        icid: Icid<'a>,
    }
    optional {
        /// Who made it up.
        "icid-generated-at" generated_at: Bare<'a>,
        /// The network of the caller.
        "orig-ioi" orig_ioi: GenValue<'a>,
        /// The network of the called.
        "term-ioi" term_ioi: GenValue<'a>,
        /// The networks between them.
        "transit-ioi" transit_ioi: Text<'a>,
        /// The identity of a call that belongs to this one.
        "related-icid" related_icid: GenValue<'a>,
        /// Who made that up.
        "related-icid-generated-at" related_generated_at: Bare<'a>,
    }
}
header!(PChargingVector<'a>, PChargingVector);

parameterised! {
    /// The access network of a user (RFC 7315 4.4, 5.4).
    PAccessNetworkInfo, "RFC 7315 5.4",
    {
        /// The type or class of the network.
        access: Token<'a>,
    }
    optional {
        /// The cell, of GERAN.
        "cgi-3gpp" cgi_3gpp: GenValue<'a>,
        /// The cell, of UTRAN and E-UTRAN.
        "utran-cell-id-3gpp" utran_cell_id_3gpp: GenValue<'a>,
        /// The line.
        "dsl-location" dsl_location: GenValue<'a>,
        /// The place in a network of telephones.
        "gstn-location" gstn_location: GenValue<'a>,
        /// The time zone.
        "local-time-zone" local_time_zone: GenValue<'a>,
    }
    flags {
        /// The network says so, not the user.
        "network-provided" network_provided,
    }
}
header!(PAccessNetworkInfo<'a>, PAccessNetworkInfo);

parameterised! {
    /// A network that is visited (RFC 7315 5.3).
    PVisitedNetworkId, "RFC 7315 5.3",
    {
        /// Its name.
        network: GenValue<'a>,
    }
}
header!(PVisitedNetworkId<'a>, PVisitedNetworkId);

/// `*`, with which values begin that are nothing but parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Star;

impl Lead<'_> for Star {
    fn read(reader: &mut Reader<'_>) -> Result<Self, ParseError> {
        match reader.take_exactly(b'*') {
            true => Ok(Self),
            false => Err(reader.expected("`*`")),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("*")
    }

    fn show(&self, _: &str, _: &mut Parts) {}
}

impl IntoOwned for Star {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

parameterised! {
    /// What a network offers (RFC 6809 6.2): the features are all parameters.
    FeatureCaps, "RFC 6809 6.2",
    {
        /// `*`.
        star: Star,
    }
}
header!(FeatureCaps<'a>, FeatureCaps);

parameterised! {
    /// The features of a user agent that a caller wants or does not want: a value of
    /// Accept-Contact or Reject-Contact (RFC 3841 9.2). The features are all other parameters.
    ContactFeatures, "RFC 3841 9.2",
    {
        /// `*`.
        star: Star,
    }
    flags {
        /// User agents without all of them are left out.
        "require" require,
        /// User agents that do not state them are treated as if they had them not.
        "explicit" explicit,
    }
}
header!(ContactFeatures<'a>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        assert_eq!(PEarlyMedia::parse("Gated"), Ok(PEarlyMedia::Gated));
        // RFC 7315 6.6, 6.4, 4.3.3
        let text = "icid-value=1234bc9876e;icid-generated-at=192.0.6.8;orig-ioi=home1.net";
        let vector = PChargingVector::parse(text).unwrap();
        assert_eq!(vector.icid.0.as_str(), "1234bc9876e");
        assert_eq!(vector.generated_at.as_ref().unwrap().as_str(), "192.0.6.8");
        assert_eq!(vector.orig_ioi.as_ref().unwrap().as_str(), "home1.net");
        assert_eq!(vector.to_string(), text);
        let text = "icid-value=\"AyretyU0dm+6O2IrT5tAFrbHLso=023551024\";transit-ioi=\"a.1,void\"";
        let vector = PChargingVector::parse(text).unwrap();
        assert_eq!(vector.transit_ioi, Some(Text::new("a.1,void")));
        assert_eq!(vector.to_string(), text);
        let text = "3GPP-UTRAN-TDD;utran-cell-id-3gpp=234151D0FCE11;network-provided";
        let access = PAccessNetworkInfo::parse(text).unwrap();
        assert!(access.network_provided && access.access.is("3gpp-utran-tdd"));
        assert_eq!(access.to_string(), text);
        let visited = PVisitedNetworkId::parse("\"Visited network number 1\"").unwrap();
        assert_eq!(visited.network.as_str(), "Visited network number 1");
        let text = "*;+g.3gpp.srvcc=\"<sip:a@b>\"";
        let caps = FeatureCaps::parse(text).unwrap();
        assert_eq!(caps.others.get("+g.3gpp.srvcc"), Some("<sip:a@b>"));
        assert_eq!(caps.to_string(), text);
        let wanted = ContactFeatures::parse("*;audio;require").unwrap();
        assert!(wanted.require && !wanted.explicit);
        assert_eq!(wanted.to_string(), "*;require;audio");
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("orig-ioi=a", 1),
            ("icid-value", 11),
            ("icid-value=", 12),
            ("icid-value=1;orig-ioi", 14),
            ("icid-value=1 x", 14),
        ] {
            let error = PChargingVector::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        assert_eq!(FeatureCaps::parse("a").unwrap_err().column, 1);
        let error = PAccessNetworkInfo::parse("ADSL2+;network-provided=no").unwrap_err();
        assert_eq!(error.column, 25);
    }
}
