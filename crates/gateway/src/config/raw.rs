//! The YAML file as it is written: every key, nothing checked but its shape.
//!
//! Unknown keys are refused here; equal keys are refused by the YAML reader. Values that are
//! checked later keep the line on which they stand.

mod either;
mod signaling;
mod sip;

pub(super) use either::{OneOrMany, ScalarOr, at, each};
pub(super) use signaling::{
    RawApplicationServer, RawDestination, RawGateway, RawListen, RawM3uaTimers, RawPointCode,
    RawReconnect, RawRegister, RawSctp, RawSignaling,
};
pub(super) use sip::{
    RawSip, RawSipListen, RawSipPeer, RawSipRegister, RawSipRegistrar, RawSipSessionTimer,
    RawSipTls, RawSipUser,
};

use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use trunkline_simulator::SubscriberConfig;
use trunkline_simulator::exchange::CallerConfig;
use trunkline_simulator::phone::PhoneBehaviour;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) sip: RawSip,
    pub(super) signaling: RawSignaling,
    /// Files of variants, relative to this one.
    #[serde(default)]
    pub(super) variants: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) trunk_groups: Vec<RawTrunkGroup>,
    #[serde(default)]
    pub(super) numbering: RawNumbering,
    pub(super) media: RawMedia,
    pub(super) click_to_call: Option<RawClickToCall>,
    pub(super) admin: Option<RawAdmin>,
    pub(super) simulator: Option<RawSimulator>,
    #[serde(default)]
    pub(super) limits: RawLimits,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTrunkGroup {
    pub(super) name: Spanned<String>,
    pub(super) point_code: Spanned<String>,
    pub(super) own_point_code: Option<Spanned<String>>,
    pub(super) variant: Option<Spanned<String>>,
    pub(super) circuits: Spanned<String>,
    pub(super) country_code: Spanned<String>,
    pub(super) area_code: Option<Spanned<String>>,
    pub(super) trust_identity: Option<bool>,
    pub(super) bearer: RawBearer,
    pub(super) ringing_tone: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) causes: RawCauses,
    #[serde(default)]
    pub(super) timers: BTreeMap<String, Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBearer {
    pub(super) remote: Spanned<String>,
    pub(super) remote_port: Spanned<u16>,
    pub(super) local_port: Spanned<u16>,
    pub(super) law: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCauses {
    pub(super) profile: Option<Spanned<String>>,
    pub(super) overrides: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNumbering {
    #[serde(default)]
    pub(super) rules: Vec<RawRule>,
    #[serde(default)]
    pub(super) routes: Vec<RawRoute>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) pattern: Spanned<String>,
    pub(super) output: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRoute {
    pub(super) prefix: Spanned<String>,
    pub(super) trunk_group: Option<Spanned<String>>,
    pub(super) sip_peer: Option<Spanned<String>>,
    pub(super) sip_users: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMedia {
    pub(super) address: Spanned<String>,
    pub(super) address_v6: Option<Spanned<String>>,
    pub(super) ports: Spanned<String>,
    /// Whether to send to where RTP comes from, not to the address in the SDP.
    pub(super) latch: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClickToCall {
    pub(super) http: Spanned<String>,
    pub(super) sip: Spanned<String>,
    pub(super) identity: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) rules: Vec<RawRule>,
    pub(super) authentication: Option<RawAuthentication>,
    /// Seconds.
    pub(super) no_answer: Option<Spanned<u64>>,
    pub(super) max_calls: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuthentication {
    pub(super) user: String,
    pub(super) password: Option<Secret>,
    pub(super) password_file: Option<Spanned<String>>,
}

/// A password; it does not show in debug output.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Secret(pub(super) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAdmin {
    pub(super) listen: Spanned<String>,
    pub(super) token_file: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSimulator {
    pub(super) point_code: Spanned<String>,
    pub(super) gateway_point_code: Spanned<String>,
    pub(super) variant: Option<Spanned<String>>,
    pub(super) network_indicator: Option<Spanned<String>>,
    pub(super) routing_context: Option<u32>,
    #[serde(default)]
    pub(super) listen: Vec<RawListen>,
    #[serde(default)]
    pub(super) gateways: BTreeMap<String, RawGateway>,
    pub(super) admit: Option<Vec<Spanned<String>>>,
    pub(super) circuits: Spanned<String>,
    pub(super) bearer: RawBearer,
    /// Before those that the simulator has anyway.
    #[serde(default)]
    pub(super) subscribers: Vec<SubscriberConfig>,
    #[serde(default)]
    pub(super) callers: Vec<CallerConfig>,
    pub(super) phone: Option<RawPhone>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPhone {
    pub(super) listen: Spanned<String>,
    pub(super) codecs: Option<Vec<Spanned<String>>>,
    pub(super) does: Option<PhoneBehaviour>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) calls: Option<Spanned<u64>>,
}
