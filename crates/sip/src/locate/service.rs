//! Services: from NAPTR records and transports to the names of SRV records (RFC 3263 4.1, 8).

use super::record::{Naptr, domain};
use crate::flow::Transport;

/// What a domain may serve, and where its SRV records stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) transport: Transport,
    /// The name of the SRV records.
    pub(super) name: Box<str>,
    /// The order of the NAPTR record; 0 without one.
    pub(super) order: u16,
}

/// The services of NAPTR records (RFC 3263 9, RFC 7118 10.2): service field, transport.
const SERVICES: &[(&str, Transport)] = &[
    ("SIP+D2U", Transport::Udp),
    ("SIP+D2T", Transport::Tcp),
    ("SIPS+D2T", Transport::Tls),
    ("SIP+D2W", Transport::Ws),
    ("SIPS+D2W", Transport::Wss),
];

impl Service {
    /// The service of a domain that has no NAPTR records (RFC 3263 4.1, 4.2). `None` if the name
    /// becomes too long.
    pub(super) fn of_domain(transport: Transport, name: &str) -> Option<Self> {
        let service = if transport.is_secure() {
            "_sips"
        } else {
            "_sip"
        };
        Some(Self {
            transport,
            name: domain(&format!("{service}._{}.{name}", transport.uri_param()))?,
            order: 0,
        })
    }

    /// The services in NAPTR records that we can use, first in order and preference first. Equal
    /// ones stand in the order of `ours`.
    pub(super) fn of_records<'a>(
        records: impl Iterator<Item = &'a Naptr>,
        ours: &[Transport],
    ) -> Vec<Self> {
        let mut found: Vec<(u16, u16, usize, Self)> = records
            .filter_map(|record| {
                // RFC 3263 4.1: the expression is empty and the replacement names SRV records.
                // Whatever else there is serves another application.
                if !record.regexp.is_empty() || !record.flags.eq_ignore_ascii_case("s") {
                    return None;
                }
                let (_, transport) = SERVICES
                    .iter()
                    .find(|(service, _)| record.service.eq_ignore_ascii_case(service))?;
                let rank = ours.iter().position(|our| our == transport)?;
                let service = Self {
                    transport: *transport,
                    name: domain(&record.replacement)?,
                    order: record.order,
                };
                Some((record.order, record.preference, rank, service))
            })
            .collect();
        found.sort_by_key(|&(order, preference, rank, _)| (order, preference, rank));
        found.into_iter().map(|(.., service)| service).collect()
    }
}
