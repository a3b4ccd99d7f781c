//! `trunk_groups:`

use super::address;
use super::problem::Check;
use super::raw::{RawBearer, RawCauses, RawTrunkGroup};
use super::signaling::Signaling;
use super::variant;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::net::IpAddr;
use trunkline_interwork::{CauseMap, ProfileName, TrunkProfile};
use trunkline_isup::circuit::{CircuitGroup, Selection, Timers};
use trunkline_isup::{PointCodeFormat, Variant};
use trunkline_mgw::CircuitBearers;
use trunkline_model::media::{Law, RingingTone};
use trunkline_model::{NetworkIndicator, PointCode, TrunkGroupId};

pub(super) struct TrunkGroup {
    pub(super) mgc: trunkline_mgc::TrunkGroup,
    pub(super) bearers: CircuitBearers,
}

pub(super) const LAWS: [(&str, Law); 2] = [("a", Law::A), ("mu", Law::Mu)];

const RINGING_TONES: [(&str, Option<RingingTone>); 3] = [
    ("european", Some(RingingTone::European)),
    ("north-american", Some(RingingTone::NorthAmerican)),
    ("none", None),
];

const PROFILES: [(&str, ProfileName); 3] = [
    ("rfc3398", ProfileName::Rfc3398),
    ("q1912.5", ProfileName::Q19125),
    ("legacy-draft", ProfileName::LegacyDraft),
];

pub(super) fn check(
    check: &mut Check,
    raw: &[RawTrunkGroup],
    signaling: Option<&Signaling>,
    variants: &[&'static Variant],
    format: PointCodeFormat,
) -> Option<Vec<TrunkGroup>> {
    if raw.is_empty() {
        check.problem(0, "trunk_groups", "must have at least one trunk group");
    }
    let mut names: Vec<&str> = Vec::new();
    let mut circuits = BTreeMap::new();
    // Of a message only the sender's point code says by which variant it is to be read.
    let mut spoken = BTreeMap::new();
    let mut groups = Vec::new();
    for (position, entry) in raw.iter().enumerate() {
        let key = format!("trunk_groups[{position}]");
        if names.contains(&entry.name.value.as_str()) {
            check.at(
                &entry.name,
                format!("{key}.name"),
                "another trunk group has this name",
            );
        }
        names.push(&entry.name.value);
        let variant = variant::of_group(
            check,
            entry.variant.as_ref(),
            &format!("{key}.variant"),
            variants,
            format,
            &entry.name,
        );
        let group = group(check, position, entry, signaling, variant, format, &key);
        if let Some(group) = &group {
            let (dpc, variant) = (group.mgc.circuits.dpc, group.mgc.circuits.variant);
            let first = *spoken.entry(dpc).or_insert(variant);
            if first != variant {
                let what = format!("another trunk group to {dpc} speaks {}", first.name());
                let at = entry.variant.as_ref().unwrap_or(&entry.name);
                check.at(at, format!("{key}.variant"), what);
            }
            for &cic in &group.mgc.circuits.cics {
                if let Some(other) = circuits.insert((dpc, cic), &entry.name.value) {
                    let what =
                        format!("circuit {cic} to {dpc} is in trunk group {other:?} already");
                    check.at(&entry.circuits, format!("{key}.circuits"), what);
                    break;
                }
            }
        }
        groups.extend(group);
    }
    (groups.len() == raw.len()).then_some(groups)
}

fn group(
    check: &mut Check,
    position: usize,
    raw: &RawTrunkGroup,
    signaling: Option<&Signaling>,
    variant: Option<&'static Variant>,
    format: PointCodeFormat,
    key: &str,
) -> Option<TrunkGroup> {
    let id = TrunkGroupId(u16::try_from(position).ok()?);
    let dpc = address::point_code(check, &raw.point_code, &format!("{key}.point_code"), format);
    if let (Some(dpc), Some(signaling)) = (dpc, signaling)
        && !signaling
            .adapter
            .routes
            .iter()
            .any(|route| route.dpc == dpc)
        // The exchange may register itself.
        && signaling.adapter.registration.is_none()
    {
        let what = format!("{dpc} is no destination of any of signaling.gateways");
        check.at(&raw.point_code, format!("{key}.point_code"), what);
    }
    if let (Some(dpc), Some(signaling)) = (dpc, signaling)
        && signaling
            .adapter
            .point_codes
            .iter()
            .any(|own| own.point_code == dpc)
    {
        let what = "is our own point code";
        check.at(&raw.point_code, format!("{key}.point_code"), what);
    }
    let own = own_point_code(check, raw, signaling, format, key);
    let cics = address::circuits(
        check,
        &raw.circuits,
        &format!("{key}.circuits"),
        variant.unwrap_or(Variant::itu()),
    );
    let country = country_code(check, &raw.country_code, &format!("{key}.country_code"));
    let area_code = match &raw.area_code {
        Some(text) => area_code(check, text, &format!("{key}.area_code")),
        None => Some(String::new()),
    };
    let bearer = bearer(check, &raw.bearer, &format!("{key}.bearer"));
    let ringing_tone = match &raw.ringing_tone {
        Some(text) => check.choose(text, &format!("{key}.ringing_tone"), &RINGING_TONES),
        None => Some(Some(RingingTone::default())),
    };
    let causes = causes(check, &raw.causes, &format!("{key}.causes"));
    let timers = timers(check, &raw.timers, &format!("{key}.timers"));

    let (dpc, cics, bearer, (opc, ni)) = (dpc?, cics?, bearer?, own?);
    let variant = variant?;
    let circuits = CircuitGroup {
        variant,
        id,
        opc,
        dpc,
        ni,
        cics: cics.clone(),
        selection: Selection::LeastRecentlyIdle,
        timers,
    };
    let bearers = CircuitBearers {
        group: id,
        local_port_base: bearer.local_port,
        remote: bearer.remote,
        remote_port_base: bearer.remote_port,
        law: bearer.law,
        cics,
    };
    let mgc = trunkline_mgc::TrunkGroup {
        name: raw.name.value.clone(),
        circuits,
        profile: TrunkProfile {
            variant,
            law: bearer.law,
            area_code: area_code?,
            trust_identity: raw.trust_identity.unwrap_or(false),
            ringing_tone: ringing_tone?,
            ..TrunkProfile::new(country?)
        },
        causes: causes?,
    };
    Some(TrunkGroup { mgc, bearers })
}

/// The point code of ours that the exchange knows, and its network.
fn own_point_code(
    check: &mut Check,
    raw: &RawTrunkGroup,
    signaling: Option<&Signaling>,
    format: PointCodeFormat,
    key: &str,
) -> Option<(PointCode, NetworkIndicator)> {
    let signaling = signaling?;
    let Some(text) = &raw.own_point_code else {
        return Some((signaling.point_code, signaling.ni));
    };
    let key = format!("{key}.own_point_code");
    let code = address::point_code(check, text, &key, format)?;
    let ours = &signaling.adapter.point_codes;
    let Some(own) = ours.iter().find(|own| own.point_code == code) else {
        let what = format!(
            "{code} is neither signaling.point_code nor one of signaling.further_point_codes"
        );
        check.at(text, key, what);
        return None;
    };
    Some((code, own.network_indicator.unwrap_or(signaling.ni)))
}

fn country_code(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<String> {
    let code = text.value.trim_start_matches('+');
    // E.164 6.2.1: one to three digits, none begins with 0.
    let valid = (1..=3).contains(&code.len())
        && code.bytes().all(|digit| digit.is_ascii_digit())
        && !code.starts_with('0');
    if !valid {
        check.at(
            text,
            key,
            format_args!("{:?} is no country code, as \"49\"", text.value),
        );
    }
    valid.then(|| code.to_owned())
}

fn area_code(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<String> {
    let code = &text.value;
    let valid = (1..=8).contains(&code.len())
        && code.bytes().all(|digit| digit.is_ascii_digit())
        && !code.starts_with('0');
    if !valid {
        check.at(
            text,
            key,
            format_args!("{code:?} is no area code without its prefix, as \"30\""),
        );
    }
    valid.then(|| code.clone())
}

pub(super) struct Bearer {
    pub(super) remote: IpAddr,
    pub(super) remote_port: u16,
    pub(super) local_port: u16,
    pub(super) law: Law,
}

pub(super) fn bearer(check: &mut Check, raw: &RawBearer, key: &str) -> Option<Bearer> {
    let remote = address::ip(check, &raw.remote, &format!("{key}.remote"));
    for (port, name) in [
        (&raw.remote_port, "remote_port"),
        (&raw.local_port, "local_port"),
    ] {
        if port.value == 0 || port.value % 2 != 0 {
            let what = format!("{} is no even port: circuit n has port + 2 n", port.value);
            check.at(port, format!("{key}.{name}"), what);
        }
    }
    let law = match &raw.law {
        Some(text) => check.choose(text, &format!("{key}.law"), &LAWS),
        None => Some(Law::A),
    };
    Some(Bearer {
        remote: remote?,
        remote_port: raw.remote_port.value,
        local_port: raw.local_port.value,
        law: law?,
    })
}

fn causes(check: &mut Check, raw: &RawCauses, key: &str) -> Option<CauseMap> {
    let profile = match &raw.profile {
        Some(text) => check.choose(text, &format!("{key}.profile"), &PROFILES)?,
        None => ProfileName::Rfc3398,
    };
    let map = CauseMap::profile(profile);
    let Some(overrides) = &raw.overrides else {
        return Some(map);
    };
    let key = format!("{key}.overrides");
    let file = check.folder().join(&overrides.value);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            check.at(overrides, key, format_args!("{}: {error}", file.display()));
            return None;
        }
    };
    match map.with_overrides(&text) {
        Ok(map) => Some(map),
        Err(error) => {
            check.at(overrides, key, format_args!("{}: {error}", file.display()));
            None
        }
    }
}

fn timers(check: &mut Check, raw: &BTreeMap<String, Spanned<u64>>, key: &str) -> Timers {
    let mut timers = Timers::default();
    for (name, value) in raw {
        let key = format!("{key}.{name}");
        match timers.set(name, value.value) {
            Ok(()) => {}
            Err(Some(timer)) => {
                let (low, high) = (timer.min, timer.max);
                let what = format!("{} s is not between {low} and {high} s", value.value);
                check.at(value, key, what);
            }
            Err(None) => check.at(value, key, "is no timer of a trunk group (Q.764 Annex A)"),
        }
    }
    timers
}
