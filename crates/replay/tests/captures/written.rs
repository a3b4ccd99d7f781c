//! Captures that are written here: SCTP in UDP, IPv6.

use crate::Seen;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_isup::{
    self as isup, Acm, Anm, BackwardCallIndicators, CalledPartyNumber, CallingPartyNumber, Iam,
    NatureOfAddress, Pdu, Rel, Rlc,
};
use trunkline_m3ua as m3ua;
use trunkline_model::mtp::SI_ISUP;
use trunkline_model::{Cause, CauseValue, Cic, Location, NetworkIndicator, PointCode};
use trunkline_replay::capture::Writer;

/// A capture in the making: two hosts, an association between them.
struct Call {
    datagrams: Vec<(usize, Vec<u8>)>,
    tsn: u32,
    hosts: [SocketAddr; 2],
}

impl Call {
    fn new(a: &str, b: &str) -> Self {
        let address = |text: &str| text.parse().expect("an address");
        let hosts = [address(a), address(b)];
        Self {
            datagrams: Vec::new(),
            tsn: u32::MAX - 2,
            hosts,
        }
    }

    /// The capture file, a datagram each tenth of a second.
    fn file(self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).expect("in memory");
        let mut time = Duration::from_secs(1_700_000_000);
        for (from, payload) in self.datagrams {
            let (source, destination) = (self.hosts[from], self.hosts[1 - from]);
            writer
                .udp(time, source, destination, &payload)
                .expect("in memory");
            time += Duration::from_millis(100);
        }
        file
    }

    /// A UDP datagram from one host (0 or 1) to the other.
    fn udp(&mut self, from: usize, payload: &[u8]) {
        self.datagrams.push((from, payload.to_vec()));
    }

    /// An SCTP packet of those chunks.
    fn sctp(&mut self, from: usize, chunks: &[Vec<u8>]) {
        let mut packet = vec![0x0b, 0x59, 0x0b, 0x59, 0, 0, 0, 1, 0, 0, 0, 0];
        packet.extend(chunks.concat());
        self.udp(from, &packet);
    }

    /// A DATA chunk.
    fn data(&mut self, flags: u8, data: &[u8]) -> Vec<u8> {
        self.tsn = self.tsn.wrapping_add(1);
        let length = u16::try_from(16 + data.len()).expect("a short message");
        let mut chunk = vec![0, flags];
        chunk.extend(length.to_be_bytes());
        chunk.extend(self.tsn.to_be_bytes());
        chunk.extend([0, 1, 0, 0, 0, 0, 0, 3]);
        chunk.extend(data);
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        chunk
    }

    /// A DATA chunk with a whole ISUP message.
    fn isup(&mut self, message: isup::Message) -> Vec<u8> {
        let octets = m3ua_data(message);
        self.data(WHOLE, &octets)
    }
}

/// A SACK chunk (RFC 9260 3.3.4).
fn sack() -> Vec<u8> {
    vec![3, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]
}

const WHOLE: u8 = 3;
const FIRST: u8 = 2;
const LAST: u8 = 1;

fn m3ua_data(message: isup::Message) -> Vec<u8> {
    let code = |value| PointCode::new(value).expect("a point code");
    let cic = Cic::new(7).expect("a circuit");
    m3ua::encode(&m3ua::Message::Data(m3ua::msg::Data {
        network_appearance: None,
        routing_context: Some(1),
        protocol_data: m3ua::msg::ProtocolData {
            opc: code(100),
            dpc: code(200),
            si: SI_ISUP,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: 7,
            data: isup::encode(&Pdu::new(cic, message)),
        },
        correlation_id: None,
    }))
}

fn iam() -> Iam {
    let number = |digits: &str| digits.parse().expect("digits");
    let called = CalledPartyNumber::new(NatureOfAddress::National, number("3012345678F"));
    let calling = CallingPartyNumber::new(NatureOfAddress::National, number("8912345678"));
    let mut iam = Iam::new(called);
    iam.optional.push(&calling);
    iam
}

/// A whole call, with what SCTP may do to its messages: bundled, in fragments, sent twice.
pub(crate) fn whole_call(a: &str, b: &str) -> Vec<u8> {
    let mut call = Call::new(a, b);
    call.sctp(0, &[vec![1, 0, 0, 4]]);
    let octets = m3ua_data(isup::Message::Iam(iam()));
    let (head, tail) = octets.split_at(40);
    let (head, tail) = (call.data(FIRST, head), call.data(LAST, tail));
    call.sctp(0, &[head]);
    call.sctp(0, &[tail]);
    let acm = call.isup(isup::Message::Acm(Acm::new(
        BackwardCallIndicators::default(),
    )));
    call.sctp(1, core::slice::from_ref(&acm));
    let anm = call.isup(isup::Message::Anm(Anm::default()));
    call.sctp(1, &[acm, sack(), anm]);
    let cause = Cause::new(CauseValue::USER_BUSY, Location::User);
    let rel = call.isup(isup::Message::Rel(Rel::new(cause)));
    call.sctp(0, &[rel]);
    let rlc = call.isup(isup::Message::Rlc(Rlc::default()));
    call.sctp(1, &[rlc]);
    call.file()
}

#[test]
fn isup_call_over_sctp_in_udp() {
    for (a, b) in [
        ("192.0.2.1:9899", "192.0.2.2:9899"),
        ("[2001:db8::1]:9899", "[2001:db8::2]:9899"),
    ] {
        let seen = Seen::in_octets(&whole_call(a, b)[..]);
        assert!(seen.error.is_none(), "{:?}", seen.error);
        assert_eq!(
            seen.texts(),
            [
                "INIT",
                "IAM to 3012******* from 8912****** (CIC 7, 100 to 200)",
                "ACM (CIC 7, 100 to 200)",
                "ANM (CIC 7, 100 to 200)",
                "REL cause 17 user busy (U) (CIC 7, 100 to 200)",
                "RLC (CIC 7, 100 to 200)",
            ]
        );
        let frames: Vec<_> = seen
            .sightings
            .iter()
            .map(|sighting| sighting.frame)
            .collect();
        assert_eq!(frames, [1, 3, 4, 5, 6, 7]);
        let from = seen.sightings[1].from;
        assert_eq!(from.port(), 2905, "the port of SCTP, not that of UDP");
    }
}

/// Three SIP messages and one that is malformed.
pub(crate) fn sip_over_ipv6() -> Vec<u8> {
    let mut call = Call::new("[2001:db8::1]:5060", "[2001:db8::2]:5060");
    let headers = "Via: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
                   To: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
    let invite = format!("INVITE sip:+493012345678@[2001:db8::2] SIP/2.0\r\n{headers}");
    call.udp(0, invite.as_bytes());
    call.udp(1, format!("SIP/2.0 486 Busy Here\r\n{headers}").as_bytes());
    call.udp(
        0,
        format!(
            "ACK sip:b@h SIP/2.0\r\n{}",
            headers.replace("1 INV", "1 ACK;INV")
        )
        .as_bytes(),
    );
    call.udp(1, b"\r\n\r\n");
    call.file()
}

#[test]
fn sip_call_over_ipv6() {
    let seen = Seen::in_octets(&sip_over_ipv6()[..]);
    let texts = seen.texts();
    assert_eq!(texts[0], "INVITE sip:+4930********@[2001:db8::2]");
    assert_eq!(texts[1], "486 Busy Here (INVITE)");
    assert!(
        texts[2].starts_with("ACK, malformed: line 6, column "),
        "{}",
        texts[2]
    );
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert_eq!(seen.names(), ["INVITE", "486", "ACK"]);
    assert!(
        seen.ladder()
            .contains("  |--------------------->|  SIP  INVITE"),
        "{}",
        seen.ladder()
    );
}
