//! What the mapping has to know of a trunk group and of the SIP peers it works with.

use trunkline_isup::{CallingPartyCategory, NatureOfAddress, ParameterCode, Variant};
use trunkline_model::media::{Law, RingingTone};

/// The settings of a trunk group that the mapping of messages depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkProfile {
    /// What the exchange at the far end speaks.
    pub variant: &'static Variant,
    /// The country code of the exchange at the far end, as `49`. Numbers of that country travel in
    /// national form (RFC 3398 12.2). Empty: every number travels in international form.
    pub country_code: String,
    /// The area code, without a prefix, that completes subscriber numbers from the exchange, as
    /// `30`. Empty: they are not completed.
    pub area_code: String,
    /// The nature of a called number that numbering left without a `+`.
    pub unmarked_nature: NatureOfAddress,
    /// When a called number ends with ST.
    pub send_st: SendSt,
    /// The companding law of the circuits.
    pub law: Law,
    /// What is asked of the connection.
    pub bearer: Bearer,
    /// The category of callers from SIP.
    pub calling_category: CallingPartyCategory,
    /// Tell the exchange that interworking was encountered and that ISUP is not used all the way,
    /// as Q.1912.5 does. RFC 3398 7.2.1.1 and 8.2.3 strongly recommend not to, since the network
    /// then does without release causes.
    pub interworking_encountered: bool,
    /// What a caller from the exchange hears while a SIP phone rings and sends no sound of its own;
    /// `None` where the network plays it (RFC 3398 8.2.3).
    pub ringing_tone: Option<RingingTone>,
    /// Whether the MGW cancels echo on these circuits.
    pub echo_control: bool,
    /// What one exchange counts for in Max-Forwards; 0 sends no hop counter. Each passage of the
    /// gateway makes both strictly smaller.
    pub hop_factor: u8,
    /// Whether the SIP peers are in our trust domain (RFC 3325 2): their P-Asserted-Identity is
    /// believed, and they are told the identity of callers who want it hidden from the called party.
    pub trust_identity: bool,
    /// Take the To of an INVITE for the original called number if it differs from the Request-URI
    /// (RFC 3398 7.2.1.1). Callers can write there what they like.
    pub original_called_from_to: bool,
}

/// When a called number ends with ST, the signal that no more digits follow (Q.763 3.9 c).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendSt {
    /// Always: what an INVITE calls is complete.
    #[default]
    Always,
    /// With international numbers, which need it.
    International,
    /// Never.
    Never,
}

/// What is asked of a connection (Q.763 3.54).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bearer {
    /// Speech; the network may process it.
    Speech,
    /// 3.1 kHz audio: speech, modems and fax.
    #[default]
    Audio3k1,
}

impl TrunkProfile {
    /// The usual settings for exchanges of a country.
    pub fn new(country_code: impl Into<String>) -> Self {
        Self {
            variant: Variant::itu(),
            country_code: country_code.into(),
            area_code: String::new(),
            unmarked_nature: NatureOfAddress::National,
            send_st: SendSt::default(),
            law: Law::default(),
            bearer: Bearer::default(),
            calling_category: CallingPartyCategory::Ordinary,
            interworking_encountered: false,
            ringing_tone: Some(RingingTone::European),
            echo_control: false,
            hop_factor: 4,
            trust_identity: false,
            original_called_from_to: true,
        }
    }

    /// Whether the code of the generic number is that of the generic address, as in ANSI.
    pub(crate) fn has_generic_addresses(&self) -> bool {
        let row = self.variant.parameter(ParameterCode::GENERIC_NUMBER);
        row.and_then(|row| row.coding)
            .is_some_and(|coding| coding.name == "GenericAddress")
    }
}

impl Default for TrunkProfile {
    fn default() -> Self {
        Self::new("")
    }
}
