//! Ports for everything in the demo: the usual ones where they are free, others where not.

use crate::config;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use trunkline_isup::Variant;

/// The ports of one demo, all on 127.0.0.1.
#[derive(Debug)]
pub(super) struct Ports {
    pub(super) sip: u16,
    pub(super) phone: u16,
    pub(super) click_to_call: u16,
    pub(super) http: u16,
    pub(super) admin: u16,
    /// UDP ports of SCTP encapsulation.
    pub(super) asp: u16,
    pub(super) sgp: u16,
    /// RTP ports of circuit 0 at either end.
    pub(super) gateway_bearers: u16,
    pub(super) exchange_bearers: u16,
    /// RTP ports of the MGW: as many as [`MEDIA_PORTS`].
    pub(super) media: u16,
    /// RTP ports of the phone.
    pub(super) phone_media: u16,
    /// What keeps a demo that starts meanwhile from choosing the same.
    _held: Option<UdpSocket>,
}

/// The SCTP ports; there is no kernel that they could be in the way of.
pub(super) const ASP_SCTP: u16 = 2906;
pub(super) const SGP_SCTP: u16 = 2905;

/// The highest circuit of the trunk group.
pub(super) const LAST_CIRCUIT: u16 = 31;
pub(super) const MEDIA_PORTS: u16 = 40;
pub(super) const PHONE_LINES: u16 = 4;

impl Ports {
    /// Looks for free ports. Another program may take one before the demo does; then it says so.
    pub(super) fn choose() -> io::Result<Self> {
        let (slot, held) = slot()?;
        // A second demo does not even try the usual ones: the first may be about to take them.
        let usual = |port| if slot == 0 { port } else { 0 };
        Ok(Self {
            sip: free(usual(5060), both)?,
            phone: free(usual(5070), udp)?,
            click_to_call: free(usual(5080), udp)?,
            http: free(usual(8080), tcp)?,
            admin: free(usual(9090), tcp)?,
            asp: free(usual(9900), udp)?,
            sgp: free(usual(9899), udp)?,
            gateway_bearers: GATEWAY_BEARERS + slot * APART,
            exchange_bearers: EXCHANGE_BEARERS + slot * APART,
            media: MEDIA + slot * APART,
            phone_media: PHONE_MEDIA + slot * APART,
            _held: Some(held),
        })
    }

    /// The built-in configuration with these ports, the phone speaking one codec and G.711, and the
    /// telephone network a variant of ISUP.
    pub(super) fn configuration(&self, codec: &str, variant: &Variant) -> String {
        let last = self.media + MEDIA_PORTS - 1;
        let mut text = config::DEFAULT.to_owned();
        for (from, to) in [
            ("127.0.0.1:5060", format!("127.0.0.1:{}", self.sip)),
            ("127.0.0.1:5070", format!("127.0.0.1:{}", self.phone)),
            (
                "127.0.0.1:5080",
                format!("127.0.0.1:{}", self.click_to_call),
            ),
            ("127.0.0.1:8080", format!("127.0.0.1:{}", self.http)),
            ("127.0.0.1:9090", format!("127.0.0.1:{}", self.admin)),
            (
                "local_udp_port: 9900",
                format!("local_udp_port: {}", self.asp),
            ),
            (
                "remote_udp_port: 9899",
                format!("remote_udp_port: {}", self.sgp),
            ),
            ("udp_port: 9899 }", format!("udp_port: {} }}", self.sgp)),
            ("17000", self.gateway_bearers.to_string()),
            ("18000", self.exchange_bearers.to_string()),
            ("20000-29999", format!("{}-{last}", self.media)),
            // As numbers, which fit every format.
            ("2-100-1", "4897".to_owned()),
            ("2-100-2", "4898".to_owned()),
            ("# variant: itu", format!("variant: {}", variant.name())),
            (
                "# point_code_format: 3-8-3",
                format!("point_code_format: {}", variant.point_code()),
            ),
            (
                "    codecs: [opus, pcma, pcmu, g729]\n    # does: { answers: { answer_after_ms: 2000 } }",
                format!(
                    "    codecs: [{codec}]\n    does: {{ answers: {{ answer_after_ms: 700 }} }}"
                ),
            ),
        ] {
            debug_assert!(text.contains(from), "{from} is not in the configuration");
            text = text.replace(from, &to);
        }
        text
    }
}

fn udp(port: u16) -> io::Result<u16> {
    Ok(UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?
        .local_addr()?
        .port())
}

fn tcp(port: u16) -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, port))?
        .local_addr()?
        .port())
}

/// UDP and TCP, as SIP needs.
fn both(port: u16) -> io::Result<u16> {
    // The system chooses a port for TCP, which another program may have for UDP.
    let tries = if port == 0 { 16 } else { 1 };
    let mut last = Err(io::ErrorKind::AddrInUse.into());
    for _ in 0..tries {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        last = udp(held.local_addr()?.port());
        if last.is_ok() {
            break;
        }
    }
    last
}

/// The port itself, or any free one.
fn free(port: u16, bind: fn(u16) -> io::Result<u16>) -> io::Result<u16> {
    bind(port).or_else(|_| bind(0))
}

/// The first slot whose ports are all free, and what holds it: the port of circuit 0, which the
/// trunk group does not have. Media ports are bound only when a call needs them.
fn slot() -> io::Result<(u16, UdpSocket)> {
    for slot in 0..SLOTS {
        let first = |base: u16| base + slot * APART;
        let Ok(held) = UdpSocket::bind(local(first(GATEWAY_BEARERS))) else {
            continue;
        };
        let are_free = |from: u16, count: u16| (from..from + count).all(|port| udp(port).is_ok());
        if are_free(first(GATEWAY_BEARERS) + 1, 2 * LAST_CIRCUIT + 1)
            && are_free(first(EXCHANGE_BEARERS), 2 * LAST_CIRCUIT + 2)
            && are_free(first(MEDIA), MEDIA_PORTS)
            && are_free(first(PHONE_MEDIA), 2 * PHONE_LINES)
        {
            return Ok((slot, held));
        }
    }
    let what = format!("no free UDP ports for media from {PHONE_MEDIA} on");
    Err(io::Error::new(io::ErrorKind::AddrInUse, what))
}

/// Where media ports begin: apart from those of the built-in configuration, so that a gateway may
/// run beside the demo, and below those that systems give away.
const PHONE_MEDIA: u16 = 30_000;
const MEDIA: u16 = 30_020;
const GATEWAY_BEARERS: u16 = 31_000;
const EXCHANGE_BEARERS: u16 = 32_000;
/// Between the ports of two slots.
const APART: u16 = 100;
const SLOTS: u16 = 8;

/// An address of the demo.
pub(super) fn local(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use trunkline_sip::Transport;

    #[test]
    fn configuration_has_the_ports_and_can_be_used() {
        let ports = Ports {
            sip: 15060,
            phone: 15070,
            click_to_call: 15072,
            http: 18080,
            admin: 19090,
            asp: 19900,
            sgp: 19899,
            gateway_bearers: 51_000,
            exchange_bearers: 52_000,
            media: 10_000,
            phone_media: 0,
            _held: None,
        };
        let itu = ["opus", "g729", "pcma", "pcmu"].map(|codec| (codec, "itu"));
        let all = Variant::all().map(|variant| ("opus", variant.name()));
        let all = all.filter(|(_, variant)| *variant != "bicc");
        for (codec, variant) in itu.into_iter().chain(all) {
            let text = ports.configuration(codec, Variant::named(variant).expect("a variant"));
            let settings = config::read(Path::new("demo"), &text)
                .unwrap_or_else(|problems| panic!("{problems}"));
            let sip = [Transport::Udp, Transport::Tcp].map(|of| (of, local(15060)));
            assert_eq!(settings.mgc.endpoint.locals, sip);
            assert_eq!(
                settings.mgc.trunk_groups[0].circuits.variant.name(),
                variant
            );
            assert_eq!(settings.mgw.ports, 10_000..=10_039);
            assert_eq!(settings.mgw.circuits[0].remote_port_base, 52_000);
            let simulator = settings.simulator.expect("a simulator");
            assert_eq!(simulator.exchange.bearers[0].remote_port_base, 51_000);
            assert_eq!(simulator.phone.expect("a phone").sip, local(15070));
            assert_eq!(
                settings.click_to_call.expect("click-to-call").http,
                local(18080)
            );
        }
    }

    #[test]
    fn demos_at_the_same_time_have_ports_of_their_own() {
        let (one, other) = (Ports::choose().unwrap(), Ports::choose().unwrap());
        assert_ne!(one.gateway_bearers, other.gateway_bearers);
        assert_ne!(one.exchange_bearers, other.exchange_bearers);
        assert_ne!(one.media, other.media);
        assert_ne!(one.phone_media, other.phone_media);
        assert_ne!(other.sip, 5060);
    }

    #[test]
    fn taken_ports_are_replaced() {
        let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free(port, udp).unwrap(), port);
    }
}
