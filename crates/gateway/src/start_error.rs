//! Which key of the configuration is at fault when a part of the program does not start.

use crate::running::StartError;
use std::net::SocketAddr;
use trunkline_click_to_call::SpawnError;
use trunkline_signaling::{Config, SignalingError, Transport};
use trunkline_simulator::SimulatorError;

/// The signaling adapter of a part of the file: `signaling` or `simulator`.
pub(crate) fn signaling(error: SignalingError, config: &Config, part: &str) -> StartError {
    match key(&error, config) {
        Some(key) => format!("{part}.{key}: {error}").into(),
        None => format!("{part}: {error}").into(),
    }
}

/// The simulated exchange.
pub(crate) fn exchange(error: SimulatorError, config: &Config) -> StartError {
    match error {
        SimulatorError::Signaling(error) => signaling(error, config, "simulator"),
        other => format!("simulator: {other}").into(),
    }
}

/// Click-to-call.
pub(crate) fn click_to_call(error: SpawnError) -> StartError {
    let key = match &error {
        SpawnError::Bind { what: "SIP", .. } => "click_to_call.sip",
        SpawnError::Bind { .. } => "click_to_call.http",
        SpawnError::Config(_) => "click_to_call",
    };
    format!("{key}: {error}").into()
}

fn key(error: &SignalingError, config: &Config) -> Option<String> {
    use SignalingError as E;
    match error {
        E::NoKernelSctp(_) => with(config, &[Transport::Kernel, Transport::Auto]),
        E::RawSocketDenied(_) => with(config, &[Transport::RawIp, Transport::Auto]),
        E::NoSctp { .. } => with(config, &[Transport::Auto]),
        E::Bind { what, address, .. } => bound(config, what, *address),
        E::SameAssociation(name) | E::DuplicatePeer(name) | E::NoListener(name) => {
            Some(format!("gateways.{name}"))
        }
        E::NoApplicationServer(name) => Some(format!("gateways.{name}.application_servers")),
        _ => None,
    }
}

/// The first listener or peer over one of these transports.
fn with(config: &Config, transports: &[Transport]) -> Option<String> {
    let wanted = |transport: &Transport| transports.contains(transport);
    let listen = config.listen.iter().position(|l| wanted(&l.transport));
    if let Some(position) = listen {
        return Some(format!("listen[{position}].transport"));
    }
    let peer = config.peers.iter().find(|peer| wanted(&peer.transport))?;
    Some(format!("gateways.{}.transport", peer.name))
}

/// Who wanted that address: a UDP port of encapsulation, or an address of SCTP or TCP.
fn bound(config: &Config, what: &str, address: SocketAddr) -> Option<String> {
    let udp = what == "UDP";
    let wants = |transport: Transport, addresses: &[SocketAddr]| match transport {
        Transport::UdpEncapsulated { local_port, .. } => {
            let ip = addresses.first().map(SocketAddr::ip);
            udp && ip == Some(address.ip()) && local_port == address.port()
        }
        // A raw socket has no port.
        _ => {
            !udp && addresses
                .iter()
                .any(|own| own.ip() == address.ip() && [own.port(), 0].contains(&address.port()))
        }
    };
    let listen = config.listen.iter();
    if let Some(position) = listen
        .clone()
        .position(|l| wants(l.transport, &l.addresses))
    {
        let name = if udp { "udp_port" } else { "address" };
        return Some(format!("listen[{position}].{name}"));
    }
    let mut peers = config.peers.iter();
    let peer = peers.find(|peer| wants(peer.transport, &peer.local))?;
    let name = if udp { "local_udp_port" } else { "local" };
    Some(format!("gateways.{}.{name}", peer.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use trunkline_model::PointCode;
    use trunkline_signaling::{ListenConfig, PeerConfig};

    fn config() -> Config {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let peer = |name: &str, transport, local: &str| {
            PeerConfig::new(name, transport, address(local), address("192.0.2.9:2905"))
        };
        let udp = Transport::UdpEncapsulated {
            local_port: 9900,
            remote_port: 9899,
        };
        let mut config = Config::new(PointCode::new(1).unwrap());
        config.peers = vec![
            peer("udp", udp, "127.0.0.1:2905"),
            peer("kernel", Transport::Kernel, "127.0.0.1:2906"),
            peer("raw", Transport::RawIp, "127.0.0.2:2905"),
            peer("auto", Transport::Auto, "127.0.0.3:2905"),
        ];
        config.listen = vec![ListenConfig {
            transport: Transport::Tcp,
            addresses: vec![address("127.0.0.1:2905")],
        }];
        config
    }

    fn said(error: SignalingError) -> String {
        signaling(error, &config(), "signaling").to_string()
    }

    fn system() -> io::Error {
        io::Error::from(io::ErrorKind::AddrInUse)
    }

    #[test]
    fn what_does_not_start_is_named_by_its_key() {
        let bind = |what, address: &str| SignalingError::Bind {
            what,
            address: address.parse().unwrap(),
            source: system(),
        };
        for (error, key) in [
            (
                SignalingError::NoKernelSctp(system()),
                "gateways.kernel.transport",
            ),
            (
                SignalingError::RawSocketDenied(system()),
                "gateways.raw.transport",
            ),
            (bind("UDP", "127.0.0.1:9900"), "gateways.udp.local_udp_port"),
            (bind("TCP", "127.0.0.1:2905"), "listen[0].address"),
            (bind("SCTP", "127.0.0.1:2906"), "gateways.kernel.local"),
            (bind("raw IP", "127.0.0.2:0"), "gateways.raw.local"),
            (
                SignalingError::SameAssociation("udp".to_owned()),
                "gateways.udp",
            ),
        ] {
            let said = said(error);
            let expected = format!("signaling.{key}: ");
            assert!(said.starts_with(&expected), "{said}, expected {expected}");
        }
        let no_sctp = SignalingError::NoSctp {
            kernel: Box::new(SignalingError::NoKernelSctp(system())),
            raw: Box::new(SignalingError::RawSocketDenied(system())),
        };
        assert!(said(no_sctp).starts_with("signaling.gateways.auto.transport: "));
    }
}
