//! Everybody around the MGC: a SIP peer, an exchange, and an MGW that grants everything.

use crate::messages::{ACM, ANM, RLC, SDP, invite};
use core::time::Duration;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use trunkline_isup::{Gra, Message as Isup, Pdu, Status};
use trunkline_mgc::{Direction, Input, Mgc, Output};
use trunkline_model::media::{
    MediaCommand, MediaEvent, MediaReply, MediaResult, MediaStatistics, TransactionId,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer, SI_ISUP};
use trunkline_model::{Cic, NetworkIndicator, PointCode, Time};
use trunkline_sip::{Flow, Message, Method, Name};

/// The gateway's SIP address.
pub const GATEWAY: SocketAddr =
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 5060));
/// The SIP peer's.
pub const PEER: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 5060));

/// Something that happens to the MGC.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A datagram from [`PEER`].
    Sip(Vec<u8>),
    /// From the exchange.
    Mtp(MtpIndication),
    /// From the MGW.
    Media(MediaEvent),
    /// A timer of the MGC is due.
    Timeout,
}

impl Happening {
    /// Brings it to the MGC, as the shell would: all outputs are taken, and the next timer is asked
    /// for.
    pub fn reach(self, mgc: &mut Mgc, now: Time, mut take: impl FnMut(Output)) {
        match self {
            Self::Sip(data) => {
                mgc.handle(
                    now,
                    Input::Sip {
                        flow: Flow::udp(GATEWAY, PEER),
                        data: &data,
                    },
                );
            }
            Self::Mtp(indication) => mgc.handle(now, Input::Mtp(indication)),
            Self::Media(event) => mgc.handle(now, Input::Media(event)),
            Self::Timeout => mgc.handle_timeout(now),
        }
        while let Some(output) = mgc.poll_output() {
            take(output);
        }
        divan::black_box(mgc.poll_timeout());
    }
}

/// What will happen, and how much later.
pub type Reaction = (Duration, Happening);

/// The peers. Those who are called ring after 100 ms and answer after two seconds; who calls on
/// the SIP side acknowledges after 20 ms; the SIP side hangs up; circuits are released after 20 ms.
#[derive(Clone, Debug)]
pub struct Peers {
    /// How long calls are talked; `None` for ever.
    pub hold: Option<Duration>,
    /// The last port of the MGW that was given away.
    port: u16,
}

impl Peers {
    /// Peers that talk for `hold`.
    pub const fn new(hold: Option<Duration>) -> Self {
        Self {
            hold,
            port: FIRST_PORT,
        }
    }

    /// What call number `call` begins with.
    pub fn begin(direction: Direction, call: usize, circuits: u16) -> Happening {
        match direction {
            Direction::SipToIsup => Happening::Sip(invite(call).into_bytes()),
            Direction::IsupToSip => {
                // By turns, so that the one whose turn it is has long been idle.
                let number = u16::try_from(call % usize::from(circuits)).unwrap_or_default();
                from_exchange(crate::messages::IAM, cic(number + 1))
            }
        }
    }

    /// What follows from an output of the MGC.
    pub fn react(&mut self, output: Output) -> Vec<Reaction> {
        match output {
            Output::Sip { data, .. } => self.sip(data),
            Output::Mtp(transfer) => isup(&transfer.data),
            Output::Media(command) => vec![(Duration::ZERO, self.media(command))],
            Output::Event(_) | Output::Resolve(_) => Vec::new(),
        }
    }

    fn sip(&self, data: Vec<u8>) -> Vec<Reaction> {
        let message = Message::parse(data).expect("a message of the gateway");
        if message.method() == Some(Method::Invite) {
            return self.called(&message);
        }
        if message.status() == Some(200) && message.cseq().method == Method::Invite {
            return self.answered(&message);
        }
        Vec::new()
    }

    /// The gateway calls the SIP peer.
    fn called(&self, invite: &Message) -> Vec<Reaction> {
        let response = |status, sdp| Happening::Sip(response_to(invite, status, sdp).into_bytes());
        let mut reactions = vec![
            (TRYING, response(100, "")),
            (RINGING, response(180, "")),
            (ANSWER, response(200, SDP)),
        ];
        if let Some(hold) = self.hold {
            let from = format!("{};tag={CALLEE_TAG}", header(invite, Name::To));
            let (to, call_id) = (header(invite, Name::From), header(invite, Name::CallId));
            let uri = format!("sip:{GATEWAY}");
            let bye = in_dialog("BYE", &uri, from.as_str(), to, call_id, 1);
            reactions.push((ANSWER + hold, Happening::Sip(bye.into_bytes())));
        }
        reactions
    }

    /// The gateway answers the SIP peer.
    fn answered(&self, response: &Message) -> Vec<Reaction> {
        let contact = response.contact().and_then(Result::ok).expect("a contact");
        let [from, to, call_id] =
            [Name::From, Name::To, Name::CallId].map(|name| header(response, name));
        let request = |method, cseq| {
            let text = in_dialog(method, contact.uri, from, to, call_id, cseq);
            Happening::Sip(text.into_bytes())
        };
        let mut reactions = vec![(PROMPT, request("ACK", 1))];
        reactions.extend(self.hold.map(|hold| (hold, request("BYE", 2))));
        reactions
    }

    fn media(&mut self, command: MediaCommand) -> Happening {
        let result = match command {
            MediaCommand::Add { .. } => {
                self.port = if self.port >= LAST_PORT {
                    FIRST_PORT
                } else {
                    self.port + 2
                };
                MediaResult::Added(SocketAddr::new(GATEWAY.ip(), self.port))
            }
            MediaCommand::Modify { .. } | MediaCommand::Signal { .. } => MediaResult::Modified,
            MediaCommand::Subtract { .. } => MediaResult::Subtracted(MediaStatistics::default()),
        };
        let transaction: TransactionId = command.transaction();
        Happening::Media(MediaEvent::Reply(MediaReply {
            transaction,
            result: Ok(result),
        }))
    }
}

/// What the exchange does about a message.
fn isup(data: &[u8]) -> Vec<Reaction> {
    let Pdu { cic, message, .. } = trunkline_isup::decode(data).expect("a message of the gateway");
    match message {
        Isup::Iam(_) => {
            vec![
                (RINGING, from_exchange(ACM, cic)),
                (ANSWER, from_exchange(ANM, cic)),
            ]
        }
        Isup::Rel(_) => vec![(PROMPT, from_exchange(RLC, cic))],
        Isup::Grs(grs) => {
            let gra = Isup::Gra(Gra {
                range: grs.range,
                status: Status::new(),
            });
            let octets = trunkline_isup::encode(&Pdu::new(cic, gra));
            vec![(PROMPT, from_exchange(&octets, cic))]
        }
        _ => Vec::new(),
    }
}

fn from_exchange(octets: &[u8], cic: Cic) -> Happening {
    let mut data = octets.to_vec();
    data[..2].copy_from_slice(&cic.value().to_le_bytes()[..2]);
    Happening::Mtp(MtpIndication::Transfer(MtpTransfer {
        opc: exchange(),
        dpc: own(),
        si: SI_ISUP,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: cic.sls(),
        data,
    }))
}

fn response_to(request: &Message, status: u16, sdp: &str) -> String {
    let tag = if status == 100 {
        String::new()
    } else {
        format!(";tag={CALLEE_TAG}")
    };
    let [via, from, to, call_id, cseq] =
        [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq]
            .map(|name| header(request, name));
    let reason = trunkline_sip::reason_phrase(status);
    let content = if sdp.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    format!(
        "SIP/2.0 {status} {reason}\r\nVia: {via}\r\nFrom: {from}\r\nTo: {to}{tag}\r\n\
         Call-ID: {call_id}\r\nCSeq: {cseq}\r\nContact: <sip:bob@{PEER};transport=udp>\r\n\
         Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\nServer: Border/7.4\r\n\
         {content}Content-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    )
}

fn in_dialog(method: &str, uri: &str, from: &str, to: &str, call_id: &str, cseq: u32) -> String {
    // The branch must differ from call to call: the Call-ID does.
    let unique = call_id
        .get(..call_id.len().min(12))
        .unwrap_or(call_id)
        .replace('@', "-");
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {PEER};branch=z9hG4bK{unique}-{cseq}{method}\r\n\
         Max-Forwards: 69\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n\
         CSeq: {cseq} {method}\r\nUser-Agent: Border/7.4\r\nContent-Length: 0\r\n\r\n"
    )
}

fn header(message: &Message, name: Name) -> &str {
    message
        .header(name)
        .expect("a header field that must be there")
}

/// A circuit identification code.
pub fn cic(value: u16) -> Cic {
    Cic::new(value).expect("at most 4095")
}

/// The gateway's point code.
pub fn own() -> PointCode {
    PointCode::new(100).expect("14 bits")
}

/// The exchange's.
pub fn exchange() -> PointCode {
    PointCode::new(200).expect("14 bits")
}

const CALLEE_TAG: &str = "8321234356";
const TRYING: Duration = Duration::from_millis(5);
const PROMPT: Duration = Duration::from_millis(20);
const RINGING: Duration = Duration::from_millis(100);
const ANSWER: Duration = Duration::from_secs(2);
const FIRST_PORT: u16 = 20_000;
const LAST_PORT: u16 = 60_000;
