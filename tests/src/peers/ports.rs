//! Ports for one gateway and its peers, all on 127.0.0.1.

use super::until;
use core::time::Duration;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// A block of ports that no other test has while it lives, in this process or another.
#[derive(Debug)]
pub struct Ports {
    base: u16,
    /// Whoever has this port has the block.
    _lock: TcpListener,
}

impl Ports {
    /// Takes a free block; waits if all are taken.
    ///
    /// # Panics
    /// If none gets free.
    pub fn take() -> Self {
        until("a free block of ports", Duration::from_secs(120), || {
            (FIRST..LAST).step_by(usize::from(SIZE)).find_map(block)
        })
    }

    /// The gateway's SIP.
    pub fn sip(&self) -> SocketAddr {
        self.at(2)
    }

    /// The simulated telephone's SIP.
    pub fn phone(&self) -> SocketAddr {
        self.at(4)
    }

    /// Click-to-call's SIP.
    pub fn click_to_call(&self) -> SocketAddr {
        self.at(6)
    }

    /// Click-to-call's HTTP.
    pub fn http(&self) -> SocketAddr {
        self.at(8)
    }

    /// Metrics and health.
    pub fn admin(&self) -> SocketAddr {
        self.at(10)
    }

    /// UDP encapsulation of SCTP at the gateway.
    pub fn asp(&self) -> SocketAddr {
        self.at(12)
    }

    /// UDP encapsulation of SCTP at the exchange.
    pub fn sgp(&self) -> SocketAddr {
        self.at(14)
    }

    /// SIP of the `n`th peer, 0 to 9; the port after it is the peer's too.
    pub fn peer(&self, n: u16) -> SocketAddr {
        self.at(20 + 2 * n)
    }

    /// The first media port of the `n`th peer, which has 20.
    pub fn peer_media(&self, n: u16) -> SocketAddr {
        self.at(PEER_MEDIA + 20 * n)
    }

    /// The gateway's port of circuit 0.
    pub fn gateway_bearers(&self) -> u16 {
        self.at(300).port()
    }

    /// The exchange's port of circuit 0.
    pub fn exchange_bearers(&self) -> u16 {
        self.at(600).port()
    }

    /// The MGW's ports, the first and the last.
    pub fn media(&self) -> (u16, u16) {
        (self.at(900).port(), self.at(SIZE - 1).port())
    }

    fn at(&self, offset: u16) -> SocketAddr {
        local(self.base + offset)
    }
}

/// Where the media ports of the peers begin.
const PEER_MEDIA: u16 = 40;

/// The highest circuit that the ports are enough for.
pub(super) const LAST_CIRCUIT: u16 = 140;

/// The blocks lie below the ports that systems give to whoever asks for any, and apart from those
/// of the default configuration.
const FIRST: u16 = 6_000;
const LAST: u16 = 16_800;
const SIZE: u16 = 1_350;

fn local(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
}

fn block(base: u16) -> Option<Ports> {
    let lock = TcpListener::bind(local(base)).ok()?;
    let ports = Ports { base, _lock: lock };
    let free = (1..SIZE).all(|offset| UdpSocket::bind(ports.at(offset)).is_ok())
        // What speaks TCP, if anything does, lies before the media.
        && (1..PEER_MEDIA).all(|offset| TcpListener::bind(ports.at(offset)).is_ok());
    free.then_some(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_do_not_overlap() {
        let (one, other) = (Ports::take(), Ports::take());
        assert!(one.base.abs_diff(other.base) >= SIZE);
        assert!(one.gateway_bearers() + 2 * LAST_CIRCUIT + 1 < one.exchange_bearers());
        assert!(one.exchange_bearers() + 2 * LAST_CIRCUIT + 1 < one.media().0);
        assert!(one.peer(9).port() < one.peer_media(0).port());
        assert!(one.peer_media(9).port() + 20 <= one.gateway_bearers());
    }
}
