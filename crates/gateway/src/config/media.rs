//! `media:`

use super::address;
use super::problem::Check;
use super::raw::RawMedia;
use super::trunk_groups::TrunkGroup;
use trunkline_mgw::MgwConfig;

pub(super) fn check(
    check: &mut Check,
    raw: &RawMedia,
    groups: Option<&[TrunkGroup]>,
    max_calls: usize,
) -> Option<MgwConfig> {
    let address = address::ip(check, &raw.address, "media.address");
    let ipv6 = match &raw.address_v6 {
        Some(text) => Some(address::ip(check, text, "media.address_v6")?),
        None => None,
    };
    let ports = raw.ports.value.split_once('-').and_then(|(first, last)| {
        Some(first.trim().parse::<u16>().ok()?..=last.trim().parse::<u16>().ok()?)
    });
    if ports.is_none() {
        let what = format!("{:?} is no range of ports, as 20000-29999", raw.ports.value);
        check.at(&raw.ports, "media.ports", what);
    }
    let mut config = MgwConfig::new(address?);
    // A call that moves to another circuit has two contexts for a moment.
    config.max_contexts = max_calls.saturating_mul(2);
    config.ipv6 = ipv6;
    config.ports = ports?;
    config.latch = raw.latch.unwrap_or(config.latch);
    config.circuits = groups?.iter().map(|group| group.bearers.clone()).collect();
    if let Err(error) = config.check() {
        check.at(&raw.ports, "media", error);
        return None;
    }
    Some(config)
}
