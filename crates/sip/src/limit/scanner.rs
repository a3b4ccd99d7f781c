//! Programs that look for servers to abuse.

use crate::message::Message;
use crate::name::Name;

/// What the User-Agent of well-known scanners starts with, and of tools that are met with only in
/// attacks: SIPVicious and its descendants, sipcli, sundayddr, pplsip, VaxSIP dialers, iWar,
/// siparmyknife, SiVuS, smap. Compared without case.
pub const SCANNERS: &[&str] = &[
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sipcli",
    "sip-scan",
    "sipscan",
    "sundayddr",
    "pplsip",
    "VaxSIPUserAgent",
    "VaxIPUserAgent",
    "iWar",
    "siparmyknife",
    "SIVuS",
    "smap",
];

/// Whether the product that User-Agent or Server names starts with one of these.
pub(super) fn is_scanner(message: &Message, scanners: &[Box<str>]) -> bool {
    [Name::UserAgent, Name::Server]
        .into_iter()
        .filter_map(|name| message.header(name))
        .any(|product| {
            scanners.iter().any(|scanner| {
                // A setting that is empty by mistake would match everybody.
                !scanner.is_empty()
                    && product
                        .as_bytes()
                        .get(..scanner.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(scanner.as_bytes()))
            })
        })
}
