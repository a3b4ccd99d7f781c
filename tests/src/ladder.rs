//! Call flows in virtual time: one MGC between a SIP peer and an exchange that a test plays line
//! by line. The MGW is played too: it answers each command as the real one does.
//!
//! ```text
//! gw.invite("+493012345");
//! gw.expect(&["SIP 100", "ISUP IAM 1"]);
//! gw.isup(1, acm());
//! gw.expect(&["SIP 180"]);
//! ```

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use trunkline_interwork::{CauseMap, ProfileName, TrunkProfile};
use trunkline_isup::{
    Acm, BackwardCallIndicators, CalledPartyStatus, CircuitGroup, Gra, Iam, Message as Isup, Pdu,
    Rel, Selection, Status, Timers, Variant,
};
use trunkline_mgc::{
    AddressRange, CallEvent, CallTimers, Config, Input, Mgc, Output, SipPeer, Target, TrunkGroup,
};
use trunkline_model::media::{
    Bearer, ContextId, MediaCommand, MediaError, MediaEvent, MediaReply, MediaResult,
    MediaStatistics, RingingTone, Signal,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer, SI_ISUP};
use trunkline_model::{
    Cause, CauseValue, Cic, CircuitId, Location, NetworkIndicator, PointCode, Time, TrunkGroupId,
};
use trunkline_numbering::{Routes, Rules};
use trunkline_sip::endpoint::{EndpointConfig, ReliableProvisionals};
use trunkline_sip::sdp::Capabilities;
use trunkline_sip::{Flow, Kind, Message, Method, Name, Transport};

/// The gateway's SIP address.
pub const GATEWAY: &str = "192.0.2.1:5060";
/// The SIP peer's.
pub const PEER: &str = "192.0.2.2:5060";
/// Our point code: the lower one, so that we control odd circuits.
pub const OPC: u32 = 100;
/// The exchange's point code.
pub const DPC: u32 = 200;
/// Circuits 1 to 4.
pub const CIRCUITS: u16 = 4;

/// An offer or answer of the SIP peer.
pub const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
    m=audio 30000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

/// The MGC and everybody around it.
pub struct Ladder {
    /// The machine under test.
    pub mgc: Mgc,
    /// The time.
    pub now: Time,
    /// What was sent since the last `expect`, in words.
    lines: Vec<String>,
    /// Everything that was sent and received, for the failure message.
    history: Vec<String>,
    /// What the MGC reported.
    pub events: Vec<CallEvent>,
    /// Contexts at the MGW, with the number of their terminations.
    pub contexts: BTreeMap<ContextId, usize>,
    circuits_in_use: BTreeSet<(ContextId, Cic)>,
    /// Media commands since the last `expect_media`, in words.
    media: Vec<String>,
    /// Whether the MGW answers at all.
    pub mgw_answers: bool,
    /// Whether the MGW has resources.
    pub mgw_has_room: bool,
    /// Whether the MGW can play signals.
    pub mgw_has_signals: bool,
    /// The last message of each kind that went to the SIP peer.
    last_request: Option<Message>,
    last_response: Option<Message>,
    /// What the exchange speaks.
    variant: &'static Variant,
    /// The last ISUP message that went to the exchange.
    last_isup: Vec<u8>,
    dialog: Dialog,
    port: u16,
}

/// What the SIP peer remembers as the calling side.
#[derive(Clone, Debug, Default)]
struct Dialog {
    call: u32,
    cseq: u32,
    uri: String,
    to_tag: String,
}

/// What can be set before the machine is made.
pub struct Options {
    /// The cause tables.
    pub causes: CauseMap,
    /// The trunk group's profile.
    pub profile: TrunkProfile,
    /// What the exchange speaks.
    pub variant: &'static Variant,
    /// Whether provisional responses are reliable.
    pub reliable_provisionals: ReliableProvisionals,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            causes: CauseMap::profile(ProfileName::Rfc3398),
            profile: TrunkProfile::new("49"),
            variant: Variant::itu(),
            reliable_provisionals: ReliableProvisionals::Off,
        }
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address of this file")
}

fn point_code(value: u32) -> PointCode {
    PointCode::new(value).expect("a point code of this file")
}

/// A circuit identification code.
pub fn cic(value: u16) -> Cic {
    Cic::new(value).expect("at most 4095")
}

impl Default for Ladder {
    fn default() -> Self {
        Self::with(Options::default())
    }
}

impl Ladder {
    /// A gateway with four idle circuits, routes +49 to them and +4480 to the SIP peer.
    pub fn with(options: Options) -> Self {
        let circuits = CircuitGroup {
            variant: options.variant,
            id: TrunkGroupId(0),
            opc: point_code(OPC),
            dpc: point_code(DPC),
            ni: NetworkIndicator::National,
            cics: (1..=CIRCUITS).map(cic).collect(),
            selection: Selection::LeastRecentlyIdle,
            timers: Timers::default(),
        };
        let mut routes = Routes::new();
        routes
            .insert("+49", Target::TrunkGroup(TrunkGroupId(0)))
            .expect("a prefix");
        routes
            .insert("+4980", Target::SipPeer(0))
            .expect("a prefix");
        let config = Config {
            endpoint: EndpointConfig {
                locals: vec![(Transport::Udp, address(GATEWAY))],
                reliable_provisionals: options.reliable_provisionals,
                ..EndpointConfig::new([7; 32])
            },
            admitted: vec![AddressRange {
                address: address(PEER).ip(),
                prefix: 32,
            }],
            peers: vec![SipPeer::udp("peer", address(PEER))],
            trunk_groups: vec![TrunkGroup {
                name: "landline".to_owned(),
                circuits,
                profile: TrunkProfile {
                    variant: options.variant,
                    ..options.profile
                },
                causes: options.causes,
            }],
            rules: Rules::new(Vec::new()).expect("no rules"),
            routes,
            capabilities: Capabilities::default(),
            timers: CallTimers::default(),
            max_calls: 100,
        };
        let mut ladder = Self {
            mgc: Mgc::new(config).expect("a configuration of this file"),
            now: Time::ZERO,
            lines: Vec::new(),
            history: Vec::new(),
            events: Vec::new(),
            contexts: BTreeMap::new(),
            circuits_in_use: BTreeSet::new(),
            media: Vec::new(),
            mgw_answers: true,
            mgw_has_room: true,
            mgw_has_signals: true,
            last_request: None,
            last_response: None,
            variant: options.variant,
            last_isup: Vec::new(),
            dialog: Dialog::default(),
            port: 20_000,
        };
        ladder.input(Input::Mtp(MtpIndication::Resume(point_code(DPC))));
        ladder.expect(&["ISUP GRS 1"]);
        let range = u8::try_from(CIRCUITS - 1).expect("few circuits");
        ladder.isup(
            1,
            Isup::Gra(Gra {
                range,
                status: Status::new(),
            }),
        );
        ladder.expect(&[]);
        ladder
    }

    /// The same with other cause tables.
    pub fn with_causes(profile: ProfileName) -> Self {
        Self::with(Options {
            causes: CauseMap::profile(profile),
            ..Options::default()
        })
    }

    /// Brings one input to the MGC and carries out what it says.
    pub fn input(&mut self, input: Input<'_>) {
        self.mgc.handle(self.now, input);
        self.carry_out();
    }

    /// Lets time pass; timers run when they are due.
    pub fn after(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some((at, _)) = self.mgc.poll_timeout().filter(|&(at, _)| at <= end) {
            self.now = self.now.max(at);
            self.mgc.handle_timeout(self.now);
            self.carry_out();
        }
        self.now = end;
    }

    /// The exchange sends a message.
    pub fn isup(&mut self, circuit: u16, message: Isup) {
        self.note(&format!("{:>40} <-- {}", "", message.name()));
        let pdu = Pdu::new(cic(circuit), message);
        let data = self.variant.encode(&pdu).expect("a message of the variant");
        self.isup_octets(data);
    }

    /// The exchange sends octets, from the CIC on.
    pub fn isup_octets(&mut self, data: Vec<u8>) {
        let transfer = MtpTransfer {
            opc: point_code(DPC),
            dpc: point_code(OPC),
            si: SI_ISUP,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: 0,
            data,
        };
        self.input(Input::Mtp(MtpIndication::Transfer(transfer)));
    }

    /// The SIP peer sends a message.
    pub fn sip(&mut self, text: &str) {
        let first = text.lines().next().unwrap_or_default().to_owned();
        self.note(&format!("{first} -->"));
        let flow = Flow::udp(address(GATEWAY), address(PEER));
        self.input(Input::Sip {
            flow,
            data: text.as_bytes(),
        });
    }

    // ---- the SIP peer calls

    /// INVITE with an offer.
    pub fn invite(&mut self, called: &str) {
        self.invite_with(called, "", SDP);
    }

    /// INVITE with further header lines and another body.
    pub fn invite_with(&mut self, called: &str, headers: &str, body: &str) {
        self.dialog = Dialog {
            call: self.dialog.call + 1,
            cseq: 1,
            uri: format!("sip:{called}@{GATEWAY};user=phone"),
            to_tag: String::new(),
        };
        self.request("INVITE", 1, headers, body);
    }

    /// ACK for the last final response.
    pub fn ack(&mut self) {
        self.ack_with("");
    }

    /// ACK with a body.
    pub fn ack_with(&mut self, body: &str) {
        let response = self
            .last_response
            .clone()
            .expect("no response to acknowledge");
        if let Some(tag) = response.to().tag() {
            self.dialog.to_tag = tag.to_owned();
        }
        let cseq = response.cseq().number;
        self.request("ACK", cseq, "", body);
    }

    /// PRACK for the last provisional response.
    pub fn prack(&mut self, body: &str) {
        let response = self.last_response.clone().expect("no response");
        let tag = response.to().tag().expect("a dialog");
        self.dialog.to_tag = tag.to_owned();
        let rseq = response.header(Name::RSeq).expect("a reliable response");
        let rack = format!(
            "RAck: {rseq} {}\r\n",
            response.header(Name::CSeq).expect("CSeq")
        );
        self.dialog.cseq += 1;
        let cseq = self.dialog.cseq;
        self.request("PRACK", cseq, &rack, body);
    }

    /// UPDATE inside the dialog.
    pub fn update(&mut self, body: &str) {
        self.dialog.cseq += 1;
        let cseq = self.dialog.cseq;
        self.request("UPDATE", cseq, "", body);
    }

    /// CANCEL of the INVITE.
    pub fn cancel(&mut self, headers: &str) {
        let cseq = self.dialog.cseq;
        self.request("CANCEL", cseq, headers, "");
    }

    /// BYE.
    pub fn bye(&mut self, headers: &str) {
        self.dialog.cseq += 1;
        let cseq = self.dialog.cseq;
        self.request("BYE", cseq, headers, "");
    }

    /// INVITE inside the dialog.
    pub fn reinvite(&mut self, body: &str) {
        self.dialog.cseq += 1;
        let cseq = self.dialog.cseq;
        self.request("INVITE", cseq, "", body);
    }

    fn request(&mut self, method: &str, cseq: u32, headers: &str, body: &str) {
        let Dialog {
            call, uri, to_tag, ..
        } = self.dialog.clone();
        let tag = if to_tag.is_empty() {
            String::new()
        } else {
            format!(";tag={to_tag}")
        };
        // The ACK of a 2xx is a transaction of its own (RFC 3261 13.2.2.4).
        let success = self.last_response.as_ref().and_then(Message::status) < Some(300);
        let own = method == "ACK" && success || ["BYE", "PRACK", "UPDATE"].contains(&method);
        let branch = format!("z9hG4bK-{call}-{cseq}{}", if own { method } else { "" });
        let content = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {PEER};branch={branch}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+4420123@{PEER};user=phone>;tag=f{call}\r\n\
             To: <{uri}>{tag}\r\nCall-ID: {call}@peer\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:peer@{PEER}>\r\n{headers}{content}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.sip(&text);
    }

    // ---- the SIP peer is called

    /// Answers the last INVITE of the gateway.
    pub fn respond(&mut self, status: u16, headers: &str, body: &str) {
        let request = self.last_request.clone().expect("no INVITE to answer");
        self.respond_to(&request, status, headers, body);
    }

    /// Answers a request of the gateway.
    pub fn respond_to(&mut self, request: &Message, status: u16, headers: &str, body: &str) {
        let get = |name| request.header(name).expect("a mandatory header").to_owned();
        let tag = if request.to().tag().is_some() {
            ""
        } else {
            ";tag=uas"
        };
        let content = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        let text = format!(
            "SIP/2.0 {status} {}\r\nVia: {}\r\nFrom: {}\r\nTo: {}{tag}\r\nCall-ID: {}\r\n\
             CSeq: {}\r\nContact: <sip:peer@{PEER}>\r\n{headers}{content}Content-Length: {}\r\n\r\n{body}",
            trunkline_sip::reason_phrase(status),
            get(Name::Via),
            get(Name::From),
            get(Name::To),
            get(Name::CallId),
            get(Name::CSeq),
            body.len()
        );
        self.sip(&text);
    }

    /// The last request that the gateway sent, other than ACK.
    pub fn sent_request(&self) -> &Message {
        self.last_request
            .as_ref()
            .expect("the gateway sent no request")
    }

    /// The last response that the gateway sent.
    pub fn sent_response(&self) -> &Message {
        self.last_response
            .as_ref()
            .expect("the gateway sent no response")
    }

    /// BYE from the called SIP peer.
    pub fn bye_from_callee(&mut self) {
        let invite = self.sent_request().clone();
        assert_eq!(invite.method(), Some(Method::Invite));
        let get = |name| invite.header(name).expect("a mandatory header").to_owned();
        let text = format!(
            "BYE sip:gw@{GATEWAY} SIP/2.0\r\nVia: SIP/2.0/UDP {PEER};branch=z9hG4bK-callee-bye\r\n\
             Max-Forwards: 70\r\nFrom: {};tag=uas\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: 9 BYE\r\n\
             Content-Length: 0\r\n\r\n",
            get(Name::To),
            get(Name::From),
            get(Name::CallId)
        );
        self.sip(&text);
    }

    /// The octets of the last ISUP message that the gateway sent, from the CIC on.
    pub fn sent_isup(&self) -> &[u8] {
        &self.last_isup
    }

    // ---- what is checked

    /// Exactly these messages were sent since the last call, in this order.
    #[track_caller]
    pub fn expect(&mut self, expected: &[&str]) {
        let actual = core::mem::take(&mut self.lines);
        assert!(
            actual == expected,
            "expected: {expected:#?}\nactual:   {actual:#?}\nall of it:\n{}",
            self.history.join("\n")
        );
    }

    /// Exactly these media commands were given since the last call.
    #[track_caller]
    pub fn expect_media(&mut self, expected: &[&str]) {
        let actual = core::mem::take(&mut self.media);
        assert_eq!(actual, expected, "all of it:\n{}", self.history.join("\n"));
    }

    /// Forgets what was sent.
    pub fn skip(&mut self) {
        self.lines.clear();
        self.media.clear();
    }

    /// The cause of the last release.
    #[track_caller]
    pub fn released(&self) -> Cause {
        let released = self.events.iter().rev().find_map(|event| match event {
            CallEvent::Released { cause, .. } => Some(*cause),
            _ => None,
        });
        released.expect("no call was released")
    }

    /// Nothing is left of any call: circuits, contexts, sessions, transactions.
    #[track_caller]
    pub fn finish(&mut self) {
        // Transactions linger for 64*T1 so that late repetitions find them.
        self.after(Duration::from_secs(40));
        self.skip();
        assert_eq!(
            self.mgc.calls(),
            0,
            "calls left:\n{}",
            self.history.join("\n")
        );
        assert!(
            self.contexts.is_empty(),
            "contexts left: {:?}",
            self.contexts
        );
        let census = self.mgc.census(TrunkGroupId(0));
        assert_eq!(
            census.idle,
            usize::from(CIRCUITS),
            "{census:?}\n{}",
            self.history.join("\n")
        );
        assert_eq!(self.mgc.sip_load(), (0, 0), "{}", self.history.join("\n"));
    }

    fn note(&mut self, line: &str) {
        self.history.push(format!("{} {line}", self.now));
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.mgc.poll_output() {
            match output {
                Output::Sip { data, .. } => self.sip_sent(data),
                Output::Resolve(question) => panic!("{question:?}"),
                Output::Mtp(transfer) => {
                    let pdu = self
                        .variant
                        .decode(&transfer.data)
                        .expect("our own message");
                    self.last_isup = transfer.data;
                    let line = describe(&pdu);
                    self.note(&format!("{:>40} --> {line}", ""));
                    self.lines.push(line);
                }
                Output::Media(command) => self.media_command(command),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    fn sip_sent(&mut self, data: Vec<u8>) {
        let message = Message::parse(data).expect("our own message");
        let line = match message.kind() {
            Kind::Request { method, .. } => format!("SIP {method}"),
            Kind::Response { status, .. } if message.cseq().method == Method::Invite => {
                format!("SIP {status}")
            }
            Kind::Response { status, .. } => format!("SIP {status} {}", message.cseq().method),
        };
        let line = if message.sdp().is_some() {
            format!("{line} SDP")
        } else {
            line
        };
        self.note(&format!("<-- {line}"));
        self.lines.push(line);
        if message.is_request() {
            if message.method() != Some(Method::Ack) {
                self.last_request = Some(message);
            }
        } else if message.cseq().method == Method::Invite {
            self.last_response = Some(message);
        }
    }

    /// What the MGW would do.
    fn media_command(&mut self, command: MediaCommand) {
        let result = match command {
            MediaCommand::Add {
                context,
                termination,
                bearer,
                mode,
                ..
            } => {
                let what = match bearer {
                    Bearer::Rtp { .. } => "rtp".to_owned(),
                    Bearer::Circuit { cic, .. } => {
                        let fresh = !self.circuits_in_use.iter().any(|(_, used)| *used == cic);
                        assert!(fresh, "circuit {cic} is in two contexts");
                        self.circuits_in_use.insert((context, cic));
                        format!("circuit {cic}")
                    }
                };
                self.media
                    .push(format!("Add {termination:?} {what} {mode:?}"));
                if self.mgw_has_room {
                    *self.contexts.entry(context).or_default() += 1;
                    self.port += 2;
                    Ok(MediaResult::Added(SocketAddr::new(
                        [192, 0, 2, 1].into(),
                        self.port,
                    )))
                } else {
                    Err(MediaError::InsufficientResources)
                }
            }
            MediaCommand::Modify {
                context,
                termination,
                remote,
                mode,
                ..
            } => {
                let remote = remote.map_or_else(String::new, |to| format!(" {}", to.codec));
                self.media
                    .push(format!("Modify {termination:?}{remote} {mode:?}"));
                if self.contexts.contains_key(&context) {
                    Ok(MediaResult::Modified)
                } else {
                    Err(MediaError::UnknownContext)
                }
            }
            MediaCommand::Signal {
                context,
                termination,
                signal,
                ..
            } => {
                let what = match signal {
                    None => "none".to_owned(),
                    Some(Signal::RingingTone(RingingTone::European)) => "RingingTone".to_owned(),
                    Some(Signal::RingingTone(tone)) => format!("RingingTone {tone:?}"),
                };
                self.media.push(format!("Signal {termination:?} {what}"));
                if !self.mgw_has_signals {
                    Err(MediaError::Unsupported)
                } else if self.contexts.contains_key(&context) {
                    Ok(MediaResult::Modified)
                } else {
                    Err(MediaError::UnknownContext)
                }
            }
            MediaCommand::Subtract { context, .. } => {
                self.media.push("Subtract".to_owned());
                self.circuits_in_use.retain(|(of, _)| *of != context);
                match self.contexts.remove(&context) {
                    Some(_) => Ok(MediaResult::Subtracted(MediaStatistics::default())),
                    None => Err(MediaError::UnknownContext),
                }
            }
        };
        if self.mgw_answers {
            let transaction = command.transaction();
            let reply = MediaEvent::Reply(MediaReply {
                transaction,
                result,
            });
            self.mgc.handle(self.now, Input::Media(reply));
        }
    }
}

fn describe(pdu: &Pdu) -> String {
    let name = pdu.message.name();
    match &pdu.message {
        Isup::Rel(rel) => format!("ISUP REL {} cause {}", pdu.cic, rel.cause.value),
        Isup::Cpg(cpg) => format!("ISUP CPG {} event {}", pdu.cic, cpg.event.event.code()),
        Isup::Acm(acm) => {
            format!(
                "ISUP ACM {} status {}",
                pdu.cic,
                acm.backward_call.called_status.code()
            )
        }
        _ => format!("ISUP {name} {}", pdu.cic),
    }
}

// ---- messages of the exchange

/// ACM "subscriber free".
pub fn acm() -> Isup {
    acm_of(CalledPartyStatus::SubscriberFree)
}

/// ACM with another status.
pub fn acm_of(called_status: CalledPartyStatus) -> Isup {
    let backward = BackwardCallIndicators {
        called_status,
        isdn_user_part_all_the_way: true,
        ..BackwardCallIndicators::default()
    };
    Isup::Acm(Acm::new(backward))
}

/// ANM.
pub fn anm() -> Isup {
    Isup::Anm(trunkline_isup::Anm::default())
}

/// REL with a cause, from the user.
pub fn rel(value: u8) -> Isup {
    rel_from(value, Location::User)
}

/// REL with a cause from a location.
pub fn rel_from(value: u8, location: Location) -> Isup {
    let value = CauseValue::new(value).expect("1 to 127");
    Isup::Rel(Rel::new(Cause::new(value, location)))
}

/// RLC.
pub fn rlc() -> Isup {
    Isup::Rlc(trunkline_isup::Rlc::default())
}

/// IAM to +49 80 12345, which is the SIP peer.
pub fn iam() -> Isup {
    iam_to("8012345F")
}

/// IAM to national digits; `F` is ST.
pub fn iam_to(digits: &str) -> Isup {
    let called = trunkline_isup::CalledPartyNumber::new(
        trunkline_isup::NatureOfAddress::National,
        digits.parse().expect("digits"),
    );
    Isup::Iam(Iam::new(called))
}

/// The name of a circuit to the exchange.
pub fn circuit(value: u16) -> CircuitId {
    CircuitId {
        dpc: point_code(DPC),
        cic: cic(value),
    }
}
