//! State cookies that only this endpoint can have made (RFC 9260 5.1.3).
//!
//! `dcsctp` writes all that an association needs into its cookies, but does not sign them. So a
//! trailer goes behind each cookie that leaves in an INIT ACK, and comes off when a COOKIE ECHO
//! brings it back: when it was made, for which association (if the peer seemed to restart one),
//! the peer's tag, and a message authentication code over all of that, the cookie and the path.
//! Nothing is kept between INIT and COOKIE ECHO: a flood of INITs takes no memory and keeps
//! nobody out.

use super::Path;
use core::time::Duration;
use rand::TryRng;
use rand::rngs::SysRng;
use std::net::IpAddr;
use trunkline_model::Time;

/// The secrets of an endpoint.
pub(super) struct Cookies {
    key: Key,
    /// Since when the key is used.
    since: Time,
    /// The key before it, for cookies made before `since`.
    previous: Key,
}

/// What a trailer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trailer {
    /// When the cookie was made.
    pub(super) made: Time,
    /// Which association the peer may have restarted; 0 for none. It stands for the Tie-Tags
    /// of RFC 9260 5.2.2.
    pub(super) restarted: u64,
    /// The peer's verification tag.
    pub(super) peer_tag: u32,
}

impl Cookies {
    pub(super) fn new(now: Time) -> Self {
        let key = Key::random();
        Self {
            key,
            since: now,
            previous: key,
        }
    }

    /// The cookie with its trailer.
    pub(super) fn sign(&mut self, path: &Path, cookie: &[u8], trailer: Trailer) -> Vec<u8> {
        if trailer.made.since(self.since) >= KEY_LIFE {
            self.previous = self.key;
            self.key = Key::random();
            self.since = trailer.made;
        }
        let mut signed = Vec::with_capacity(cookie.len() + TRAILER);
        signed.extend_from_slice(cookie);
        signed.extend_from_slice(&trailer.made.as_micros().to_be_bytes());
        signed.extend_from_slice(&trailer.restarted.to_be_bytes());
        signed.extend_from_slice(&trailer.peer_tag.to_be_bytes());
        let code = self.key.code(path, &signed);
        signed.extend_from_slice(&code.to_be_bytes());
        signed
    }

    /// The cookie without its trailer, and what that says; `None` if this endpoint did not make
    /// it for that path.
    pub(super) fn open<'a>(&self, path: &Path, signed: &'a [u8]) -> Option<(&'a [u8], Trailer)> {
        let (rest, code) = signed.split_last_chunk::<8>()?;
        let (rest, peer_tag) = rest.split_last_chunk::<4>()?;
        let (rest, restarted) = rest.split_last_chunk::<8>()?;
        let (cookie, made) = rest.split_last_chunk::<8>()?;
        let made = Time::from_micros(u64::from_be_bytes(*made));
        let key = match made < self.since {
            true => &self.previous,
            false => &self.key,
        };
        let own = key.code(path, &signed[..signed.len() - code.len()]);
        let trailer = Trailer {
            made,
            restarted: u64::from_be_bytes(*restarted),
            peer_tag: u32::from_be_bytes(*peer_tag),
        };
        (own == u64::from_be_bytes(*code)).then_some((cookie, trailer))
    }
}

/// A key of the message authentication code.
#[derive(Clone, Copy)]
struct Key([u64; 2]);

impl Key {
    fn random() -> Self {
        let random = || {
            SysRng
                .try_next_u64()
                .expect("the system has random numbers once it is up")
        };
        Self([random(), random()])
    }

    /// The code over a signed cookie as far as it goes, and the path that it was sent over.
    fn code(self, path: &Path, signed: &[u8]) -> u64 {
        let ip = match path.remote.ip() {
            IpAddr::V4(ip) => ip.to_ipv6_mapped(),
            IpAddr::V6(ip) => ip,
        };
        let ports = [path.remote.port(), path.remote_port, path.local_port];
        let mut text = [0; 22];
        text[..16].copy_from_slice(&ip.octets());
        for (octets, port) in text[16..].chunks_exact_mut(2).zip(ports) {
            octets.copy_from_slice(&port.to_be_bytes());
        }
        siphash(self.0, text.iter().chain(signed).copied())
    }
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012): 64 bits, fast over short texts.
fn siphash([k0, k1]: [u64; 2], text: impl Iterator<Item = u8>) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let absorb = |v: &mut [u64; 4], word: u64| {
        v[3] ^= word;
        rounds(v, 2);
        v[0] ^= word;
    };
    let (mut word, mut length) = (0, 0u64);
    for octet in text {
        word |= u64::from(octet) << (8 * (length % 8));
        length += 1;
        if length.is_multiple_of(8) {
            absorb(&mut v, word);
            word = 0;
        }
    }
    absorb(&mut v, word | length << 56);
    v[2] ^= 0xff;
    rounds(&mut v, 4);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn rounds(v: &mut [u64; 4], count: usize) {
    let [mut a, mut b, mut c, mut d] = *v;
    for _ in 0..count {
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
    }
    *v = [a, b, c, d];
}

/// Valid.Cookie.Life (RFC 9260 16).
pub(super) const COOKIE_LIFE: Duration = Duration::from_secs(60);

/// How long a key is used, at least (RFC 9260 5.1.3). Longer than cookies live.
const KEY_LIFE: Duration = Duration::from_secs(3_600);

/// Octets behind a cookie.
const TRAILER: usize = 28;

#[cfg(test)]
mod tests {
    use super::*;

    fn path(remote: &str) -> Path {
        Path {
            remote: remote.parse().unwrap(),
            remote_port: 2905,
            local_port: 2906,
        }
    }

    fn trailer(made: u64) -> Trailer {
        Trailer {
            made: Time::from_secs(made),
            restarted: 7,
            peer_tag: 0x1234_5678,
        }
    }

    #[test]
    fn siphash_has_the_value_of_its_authors() {
        // Appendix A of the paper: key and text count up from 0, 15 octets of text.
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        assert_eq!(siphash(key, 0..15), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn own_cookies_open_and_no_others() {
        let mut cookies = Cookies::new(Time::from_secs(1));
        let here = path("192.0.2.1:9899");
        let signed = cookies.sign(&here, b"cookie", trailer(5));
        assert_eq!(
            cookies.open(&here, &signed),
            Some((&b"cookie"[..], trailer(5)))
        );
        for at in 0..signed.len() {
            let mut forged = signed.clone();
            forged[at] ^= 1;
            assert_eq!(cookies.open(&here, &forged), None, "octet {at}");
        }
        assert_eq!(cookies.open(&here, &signed[1..]), None);
        assert_eq!(cookies.open(&here, &[]), None);
        for other in ["192.0.2.2:9899", "192.0.2.1:9900", "[2001:db8::1]:9899"] {
            assert_eq!(cookies.open(&path(other), &signed), None);
        }
        let ports = Path {
            remote_port: 1,
            ..here
        };
        assert_eq!(cookies.open(&ports, &signed), None);
        // Another endpoint has another key.
        let other = Cookies::new(Time::from_secs(1));
        assert_eq!(other.open(&here, &signed), None);
    }

    #[test]
    fn keys_change_and_the_one_before_still_opens() {
        let mut cookies = Cookies::new(Time::from_secs(1));
        let here = path("192.0.2.1:9899");
        let first = cookies.sign(&here, b"a", trailer(3_000));
        let second = cookies.sign(&here, b"b", trailer(3_601));
        assert!(cookies.open(&here, &first).is_some());
        assert!(cookies.open(&here, &second).is_some());
        let third = cookies.sign(&here, b"c", trailer(7_300));
        assert!(cookies.open(&here, &first).is_none());
        assert!(cookies.open(&here, &second).is_some());
        assert!(cookies.open(&here, &third).is_some());
    }
}
