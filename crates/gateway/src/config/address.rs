//! Addresses, ranges of them, and lists of circuits.

use super::problem::Check;
use serde_saphyr::Spanned;
use std::net::{IpAddr, SocketAddr};
use trunkline_isup::{PointCodeFormat, Variant};
use trunkline_mgc::AddressRange;
use trunkline_model::{Cic, NetworkIndicator, PointCode};

pub(super) fn socket(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<SocketAddr> {
    check.parse(
        text,
        key,
        "an address and a port, as 127.0.0.1:5060 or [::1]:5060",
    )
}

pub(super) fn ip(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<IpAddr> {
    check.parse(text, key, "an IP address")
}

pub(super) fn point_code(
    check: &mut Check,
    text: &Spanned<String>,
    key: &str,
    format: PointCodeFormat,
) -> Option<PointCode> {
    let code = format.parse(text.value.trim());
    if code.is_none() {
        let example = PointCode::new(0x1321).map(|code| format.text(code));
        let what = format!(
            "{:?} is no point code: expected a number of {} bits, or its parts of {format} bits \
             as {}",
            text.value,
            format.bits(),
            example.unwrap_or_default()
        );
        check.at(text, key, what);
    }
    code
}

pub(super) fn network_indicator(
    check: &mut Check,
    text: Option<&Spanned<String>>,
    key: &str,
) -> Option<NetworkIndicator> {
    let Some(text) = text else {
        return Some(NetworkIndicator::National);
    };
    let words = [
        ("international", NetworkIndicator::International),
        ("international_spare", NetworkIndicator::InternationalSpare),
        ("national", NetworkIndicator::National),
        ("national_reserved", NetworkIndicator::NationalReserved),
    ];
    check.choose(text, key, &words)
}

/// `192.0.2.0/24`, or one address.
pub(super) fn range(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<AddressRange> {
    let (address, prefix) = match text.value.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text.value.as_str(), None),
    };
    let parsed = address.trim().parse::<IpAddr>().ok().and_then(|address| {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(bits), |prefix| prefix.trim().parse().ok())?;
        (prefix <= bits).then_some(AddressRange { address, prefix })
    });
    if parsed.is_none() {
        let what = format!(
            "{:?} is no address or range of addresses, as 192.0.2.7 or 192.0.2.0/24",
            text.value
        );
        check.at(text, key, what);
    }
    parsed
}

/// `1-15, 17-31`; the variant says which is the largest.
pub(super) fn circuits(
    check: &mut Check,
    text: &Spanned<String>,
    key: &str,
    variant: &Variant,
) -> Option<Vec<Cic>> {
    let mut cics = Vec::new();
    for part in text.value.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Ok(first), Ok(last)) = (first.trim().parse::<u16>(), last.trim().parse::<u16>())
        else {
            check.at(
                text,
                key,
                format_args!("{part:?} is no circuit or range, as 1-31"),
            );
            return None;
        };
        if first > last || u32::from(last) > variant.cic_max() {
            let what = format!(
                "{part:?}: circuits are 0 to {}, the lower one first",
                variant.cic_max()
            );
            check.at(text, key, what);
            return None;
        }
        cics.extend((first..=last).filter_map(Cic::new));
    }
    cics.sort_unstable();
    if let Some(pair) = cics.windows(2).find(|pair| pair[0] == pair[1]) {
        check.at(
            text,
            key,
            format_args!("circuit {} is there twice", pair[0]),
        );
        return None;
    }
    Some(cics)
}
