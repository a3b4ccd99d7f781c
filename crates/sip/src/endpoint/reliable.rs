//! Reliable provisional responses (RFC 3262): ours with their repetition until PRACK, and the
//! PRACKs for the peer's.
//!
//! ```text
//!   UAS                                     UAC
//!    |  1xx, Require: 100rel, RSeq: n        |
//!    |-------------------------------------->|  repeated after T1, 2*T1, 4*T1, ...
//!    |  PRACK, RAck: n 1 INVITE              |
//!    |<--------------------------------------|
//!    |  200 (PRACK)                          |
//!    |-------------------------------------->|
//!    |  1xx, RSeq: n+1                       |
//! ```

use super::compose::Draft;
use super::event::{Body, ForkId};
use super::forks::REL100;
use super::outgoing::Purpose;
use super::refusal::Refusal;
use super::session::{Headers, ServerStage, ServerUsage, Session};
use super::table::{Machine, Transaction, TransactionId, top_via};
use super::uas::in_order;
use super::update::Asked;
use super::{Endpoint, Event, ReliableProvisionals, SessionId, WrongState};
use crate::header::{self, RAck};
use crate::message::CSeq;
use crate::sdp::{Carrier, Kind, Refusal as OutOfTurn, Way};
use crate::transaction::{ServerNonInvite, Timer, server_invite};
use crate::{Flow, Message, Method, Name};
use core::time::Duration;
use std::collections::VecDeque;
use trunkline_model::Time;

/// Our reliable provisional responses to one INVITE.
#[derive(Debug)]
pub(super) struct Reliable {
    transaction: TransactionId,
    /// The number of the INVITE.
    cseq: u32,
    /// RSeq of the last one.
    rseq: u32,
    unacknowledged: Option<Unacknowledged>,
    /// Those that wait for the PRACK of the one before.
    queue: VecDeque<Progress>,
    /// The 2xx that waits for a PRACK (RFC 3262 5).
    success: Option<Headers>,
    /// The session description that was given, or is in the queue.
    given: Option<Box<[u8]>>,
    /// The last status.
    status: u16,
}

/// A provisional response to be made.
#[derive(Debug)]
struct Progress {
    status: u16,
    reason: String,
    headers: Headers,
    sdp: Option<Vec<u8>>,
}

/// A response without PRACK.
#[derive(Debug)]
struct Unacknowledged {
    response: Vec<u8>,
    resend: Time,
    interval: Duration,
    deadline: Time,
    /// Whether it has a session description.
    describes: bool,
}

/// What a PRACK may acknowledge of an INVITE that was refused (RFC 3262 3).
#[derive(Debug)]
pub(super) struct LatePrack {
    transaction: TransactionId,
    call_id: String,
    remote_tag: String,
    cseq: u32,
    rseq: u32,
}

/// The peer's reliable provisional responses in one dialog.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    /// RSeq of the last one in order.
    pub(super) last: Option<u32>,
    /// The number of the INVITE.
    pub(super) cseq: u32,
    /// Whether the last one has a session description that counts.
    pub(super) describes: bool,
    pub(super) stage: PrackStage,
}

/// What has become of the last reliable provisional response.
#[derive(Debug, Default)]
pub(super) enum PrackStage {
    /// Its PRACK was answered, or there is none.
    #[default]
    Done,
    /// It has an offer; the application is to give the answer.
    Wanted,
    /// The PRACK with this answer is out.
    Sent(Option<Vec<u8>>),
    /// The PRACK failed; it is sent again if the response is repeated.
    Failed(Option<Vec<u8>>),
}

/// Where a reliable provisional response stands in the order of its dialog (RFC 3262 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Next,
    /// It came before.
    Again,
    /// One before it is missing.
    Wrong,
}

impl Acknowledged {
    pub(super) fn order(&self, rseq: u32) -> Order {
        match self.last {
            None => Order::Next,
            Some(last) if rseq <= last => Order::Again,
            Some(last) if rseq == last + 1 && !matches!(self.stage, PrackStage::Wanted) => {
                Order::Next
            }
            Some(_) => Order::Wrong,
        }
    }

    /// Whether a PRACK that belongs to an exchange of offer and answer has no 2xx yet.
    pub(super) fn is_exchanging(&self) -> bool {
        self.describes && !matches!(self.stage, PrackStage::Done)
    }
}

impl Reliable {
    /// The next timer while that INVITE waits for its answer.
    pub(super) fn poll_timeout(&self, invite: TransactionId) -> Option<(Time, Timer)> {
        if self.transaction != invite {
            return None;
        }
        let waiting = self.unacknowledged.as_ref()?;
        Some(if waiting.resend < waiting.deadline {
            (waiting.resend, Timer::Reliable)
        } else {
            (waiting.deadline, Timer::Prack)
        })
    }

    /// Whether a session description has no PRACK yet.
    pub(super) fn is_exchanging(&self) -> bool {
        let waiting = self.unacknowledged.as_ref();
        waiting.is_some_and(|waiting| waiting.describes)
    }

    /// Whether a 2xx has to wait.
    fn holds_success(&self) -> bool {
        self.is_exchanging() || self.queue.iter().any(|next| next.sdp.is_some())
    }
}

impl Session {
    /// Our reliable provisional responses to the INVITE that waits.
    pub(super) fn reliable_now(&mut self) -> Option<&mut Reliable> {
        let server = self.server.as_ref()?;
        let reliable = self.reliable.as_deref_mut()?;
        (reliable.transaction == server.transaction).then_some(reliable)
    }

    /// Whether the application has accepted the INVITE that waits.
    fn is_accepted(&mut self) -> bool {
        self.reliable_now()
            .is_some_and(|reliable| reliable.success.is_some())
    }
}

impl Endpoint {
    /// Acknowledges the reliable provisional response with an offer that [`Event::Provisional`]
    /// reported for that fork, with the answer (RFC 3262 5).
    ///
    /// # Errors
    /// [`WrongState`] if no such response waits.
    pub fn prack(
        &mut self,
        now: Time,
        id: SessionId,
        fork: ForkId,
        sdp: &[u8],
    ) -> Result<(), WrongState> {
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        let strand = session.strand(fork).ok_or(WrongState::NoFork(id, fork))?;
        if !matches!(strand.acknowledged.stage, PrackStage::Wanted) {
            return Err(WrongState::NothingToAcknowledge(id));
        }
        let kind = strand.turns.classify(Way::Sent, Carrier::Prack, true);
        let kind = kind.map_err(|refusal| WrongState::OutOfTurn { id, refusal })?;
        strand.turns.step(Way::Sent, Carrier::Prack, kind);
        self.send_prack(now, id, fork, Some(sdp.to_vec()));
        Ok(())
    }

    /// Sends the PRACK for the last response of that fork.
    pub(super) fn send_prack(
        &mut self,
        now: Time,
        id: SessionId,
        fork: ForkId,
        sdp: Option<Vec<u8>>,
    ) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let (flow, credentials) = (session.flow, session.credentials.clone());
        let Some(strand) = session.strand(fork) else {
            return;
        };
        let Some(rseq) = strand.acknowledged.last else {
            return;
        };
        let rack = RAck {
            rseq,
            cseq: CSeq {
                number: strand.acknowledged.cseq,
                method: Method::Invite,
            },
        };
        strand.acknowledged.stage = PrackStage::Sent(sdp.clone());
        let cseq = strand.dialog.next_cseq();
        let draft = Draft::within(strand.dialog, Method::Prack, cseq);
        let draft = draft.with(&[(Name::RAck, rack.to_string())], sdp.map(Body::sdp));
        let hop = strand.dialog.routing().next_hop.to_owned();
        let route = self.route_within(&hop, flow, &draft);
        let purpose = Purpose::Prack(fork, rseq);
        self.send(now, draft, route, purpose, Some(id), credentials);
    }

    /// A reliable provisional response came again. Its PRACK is under way, or was refused, mostly
    /// because another request overtook it: then it gets another one.
    pub(super) fn prack_again(&mut self, now: Time, id: SessionId, fork: ForkId, rseq: u32) {
        let Some(strand) = self.session_mut(id).and_then(|it| it.strand(fork)) else {
            return;
        };
        if strand.acknowledged.last == Some(rseq)
            && let PrackStage::Failed(sdp) = &mut strand.acknowledged.stage
        {
            let sdp = sdp.take();
            self.send_prack(now, id, fork, sdp);
        }
    }

    /// Our PRACK has come to its end.
    pub(super) fn prack_finished(&mut self, id: SessionId, fork: ForkId, rseq: u32, status: u16) {
        let Some(strand) = self.session_mut(id).and_then(|it| it.strand(fork)) else {
            return;
        };
        if strand.acknowledged.last == Some(rseq)
            && let PrackStage::Sent(sdp) = &mut strand.acknowledged.stage
        {
            strand.acknowledged.stage = match status {
                200..300 => PrackStage::Done,
                _ => PrackStage::Failed(sdp.take()),
            };
        }
    }

    /// Whether a provisional response to the INVITE that waits is to be reliable.
    pub(super) fn goes_reliably(&mut self, id: SessionId, sdp: Option<&[u8]>) -> bool {
        if self.config.reliable_provisionals == ReliableProvisionals::Off {
            return false;
        }
        let Some(session) = self.session_mut(id) else {
            return false;
        };
        let Some(ServerUsage {
            stage: ServerStage::Proceeding { request, .. },
            ..
        }) = &session.server
        else {
            return false;
        };
        let supported = request.lists(Name::Supported, REL100);
        // The first one must have the offer that the INVITE has not (RFC 3262 5). Who has none
        // yet sends it unreliably, unless that is forbidden.
        let possible = supported && (sdp.is_some() || !session.turns.wants_offer(Way::Sent));
        possible || request.lists(Name::Require, REL100)
    }

    /// Sends a provisional response reliably, when those before it have their PRACKs.
    pub(super) fn provisional_reliably(
        &mut self,
        now: Time,
        id: SessionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        let first = 1 + (self.random.below((1 << 31) - 1) as u32);
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        let server = session.server.as_ref();
        let server = server.ok_or(WrongState::NothingToAnswer(id))?;
        let (transaction, cseq) = (server.transaction, server.cseq);
        let is_new = session
            .reliable
            .as_ref()
            .is_none_or(|reliable| reliable.transaction != transaction);
        if is_new {
            session.reliable = Some(Box::new(Reliable {
                transaction,
                cseq,
                rseq: first - 1,
                unacknowledged: None,
                queue: VecDeque::new(),
                success: None,
                given: None,
                status,
            }));
        }
        let reliable = session.reliable.as_deref_mut();
        let reliable = reliable.ok_or(WrongState::NothingToAnswer(id))?;
        // Once is enough (RFC 6337 3.1.1).
        let sdp = sdp.filter(|sdp| reliable.given.as_deref() != Some(sdp));
        let out_of_turn = |refusal| WrongState::OutOfTurn { id, refusal };
        if sdp.is_some() {
            if reliable.queue.iter().any(|next| next.sdp.is_some()) {
                return Err(out_of_turn(OutOfTurn::NoOfferHere));
            }
            let turns = &session.turns;
            let kind = turns.classify(Way::Sent, Carrier::ReliableProvisional, true);
            kind.map_err(out_of_turn)?;
        } else if session.turns.wants_offer(Way::Sent) && reliable.given.is_none() {
            return Err(out_of_turn(OutOfTurn::Missing));
        }
        if reliable.queue.len() >= MAX_QUEUED {
            return Err(WrongState::TooManyProvisionals(id));
        }
        reliable.queue.push_back(Progress {
            status,
            reason: reason.to_owned(),
            headers: headers.to_vec(),
            sdp: sdp.map(<[u8]>::to_vec),
        });
        if let Some(sdp) = sdp {
            reliable.given = Some(sdp.into());
        }
        self.send_queued(now, id);
        Ok(())
    }

    /// Sends what waited for a PRACK: the next provisional response, or the 2xx.
    pub(super) fn send_queued(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        // The answer to an offer in a PRACK comes first.
        let asked = session.asked.iter();
        if asked.clone().any(|asked| asked.carrier == Carrier::Prack) {
            return;
        }
        let Some(reliable) = session.reliable_now() else {
            return;
        };
        if reliable.unacknowledged.is_some() {
            return;
        }
        let Some(next) = reliable.queue.pop_front() else {
            if let Some(headers) = reliable.success.take() {
                // That it may go was checked when it was given.
                let _ = self.accept(now, id, &headers, None);
            }
            return;
        };
        reliable.rseq += 1;
        reliable.status = next.status;
        let rseq = reliable.rseq;
        let carrier = Carrier::ReliableProvisional;
        let is_there = next.sdp.is_some();
        let kind = session.turns.classify(Way::Sent, carrier, is_there);
        let sdp = next.sdp.filter(|_| kind.is_ok());
        session
            .turns
            .step(Way::Sent, carrier, kind.unwrap_or(Kind::Absent));
        let mut headers = next.headers;
        headers.push((Name::Require, REL100.to_owned()));
        headers.push((Name::RSeq, rseq.to_string()));
        let data = self.answer(id, next.status, &next.reason, &headers, sdp.as_deref());
        let (Ok(data), timers) = (data, self.config.timers) else {
            return;
        };
        if let Some(session) = self.session_mut(id)
            && let Some(usage) = &mut session.server
            && let ServerStage::Proceeding { progress, .. } = &mut usage.stage
        {
            *progress = Some(now + PROGRESS_INTERVAL);
            let transaction = usage.transaction;
            if let Some(reliable) = &mut session.reliable {
                reliable.unacknowledged = Some(Unacknowledged {
                    response: data.clone(),
                    resend: now + timers.t1,
                    interval: timers.t1,
                    deadline: now + timers.sixty_four_t1(),
                    describes: sdp.is_some(),
                });
            }
            self.answer_invite(now, transaction, server_invite::Event::Provisional, data);
        }
        self.arm_session(id);
    }

    /// The INVITE is accepted. Whether its 2xx has to wait for a PRACK; `sdp` becomes `None` where
    /// a reliable provisional response had it.
    pub(super) fn success_waits(
        &mut self,
        id: SessionId,
        headers: &[(Name, String)],
        sdp: &mut Option<&[u8]>,
    ) -> Result<bool, WrongState> {
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        let Some(reliable) = session.reliable_now() else {
            return Ok(false);
        };
        *sdp = sdp.filter(|sdp| reliable.given.as_deref() != Some(sdp));
        // What says less than the 2xx need not go (RFC 3262 3).
        reliable.queue.retain(|next| next.sdp.is_some());
        let waits = reliable.holds_success();
        let is_asked = session.asked.iter().any(|it| it.carrier == Carrier::Prack);
        if !waits && !is_asked {
            return Ok(false);
        }
        if sdp.is_some() {
            let refusal = OutOfTurn::NoOfferHere;
            return Err(WrongState::OutOfTurn { id, refusal });
        }
        if let Some(reliable) = session.reliable_now() {
            reliable.success = Some(headers.to_vec());
        }
        Ok(true)
    }

    /// An INVITE that the application has accepted already cannot be answered once more.
    pub(super) fn not_accepted(&mut self, id: SessionId) -> Result<(), WrongState> {
        if self.session_mut(id).is_some_and(Session::is_accepted) {
            Err(WrongState::NothingToAnswer(id))
        } else {
            Ok(())
        }
    }

    /// Sends the response without PRACK again. The interval has no upper limit (RFC 3262 3).
    pub(super) fn repeat_reliable(&mut self, now: Time, id: SessionId) {
        let Some(reliable) = self.session_mut(id).and_then(Session::reliable_now) else {
            return;
        };
        if let Some(waiting) = &mut reliable.unacknowledged {
            waiting.interval = waiting.interval.saturating_mul(2);
            waiting.resend = now + waiting.interval;
            let (transaction, data) = (reliable.transaction, waiting.response.clone());
            self.answer_invite(now, transaction, server_invite::Event::Provisional, data);
        }
    }

    /// The peer is told that the call goes on; a new response, for the last one has its PRACK
    /// (RFC 3262 3). `false` if the last one was not reliable.
    pub(super) fn progress_reliably(&mut self, now: Time, id: SessionId) -> bool {
        let Some(reliable) = self.session_mut(id).and_then(Session::reliable_now) else {
            return false;
        };
        let status = reliable.status;
        let is_idle = reliable.unacknowledged.is_none()
            && reliable.success.is_none()
            && reliable.queue.is_empty();
        if let Some(session) = self.session_mut(id)
            && let Some(usage) = &mut session.server
            && let ServerStage::Proceeding { progress, .. } = &mut usage.stage
        {
            *progress = Some(now + PROGRESS_INTERVAL);
        }
        // The one that waits for its PRACK does as well.
        if is_idle {
            let _ = self.provisional_reliably(now, id, status, "", &[], None);
        }
        true
    }

    /// No PRACK came.
    pub(super) fn prack_missed(&mut self, now: Time, id: SessionId) {
        let session = self.session(id);
        let Some(usage) = session.and_then(|session| session.server.as_ref()) else {
            return;
        };
        let initial = usage.initial;
        self.refuse_pending(now, id, 504, &[]);
        if initial {
            self.remove_session(now, id);
            self.emit(Event::PrackTimeout { id });
        } else {
            self.emit(Event::ReinviteCancelled { id });
        }
    }

    /// A PRACK came (RFC 3262 3).
    pub(super) fn prack_came(
        &mut self,
        now: Time,
        flow: Flow,
        id: Option<SessionId>,
        request: Message,
    ) {
        let outcome = match rack(&request) {
            Ok(rack) => self.take_prack(id, &rack, &request),
            Err(refusal) => Err(refusal),
        };
        match (outcome, id) {
            (Err(refusal), _) => self.refuse(now, flow, &request, refusal),
            (Ok(kind), Some(id)) => {
                let transaction = if kind == Kind::Offer {
                    let fork = self.session(id).map(Session::winner).unwrap_or_default();
                    self.ask(flow, id, fork, Carrier::Prack, &request)
                } else {
                    self.accept_prack(now, flow, &request);
                    None
                };
                self.arm_session(id);
                self.emit(Event::Pracked {
                    id,
                    description: kind.into(),
                    request,
                    transaction,
                });
                self.send_queued(now, id);
            }
            (Ok(_), None) => {}
        }
    }

    fn take_prack(
        &mut self,
        id: Option<SessionId>,
        rack: &RAck,
        request: &Message,
    ) -> Result<Kind, Refusal> {
        let is_full = self.table.len() >= self.config.max_transactions;
        let unmatched = || Refusal::new(481);
        let session = id.and_then(|id| self.session_mut(id));
        let session = session.ok_or_else(unmatched)?;
        let reliable = session.reliable.as_mut().filter(|reliable| {
            reliable.unacknowledged.is_some()
                && (reliable.rseq, reliable.cseq) == (rack.rseq, rack.cseq.number)
        });
        let reliable = reliable.ok_or_else(unmatched)?;
        in_order(&session.dialog, request)?;
        let is_there = request.sdp().is_some();
        let kind = session
            .turns
            .classify(Way::Received, Carrier::Prack, is_there);
        // An answer that is not there, or a description that may not be (RFC 3262 5).
        let kind = kind.map_err(|refusal| Refusal::new(refusal.status()))?;
        if is_full && kind == Kind::Offer {
            return Err(Refusal::overload());
        }
        reliable.unacknowledged = None;
        session.dialog.remote_cseq = Some(request.cseq().number);
        session.turns.step(Way::Received, Carrier::Prack, kind);
        Ok(kind)
    }

    fn accept_prack(&mut self, now: Time, flow: Flow, request: &Message) {
        if let Some((builder, back)) = self.response(request, flow, 200, "", None) {
            let data = self.product(builder, &[], Name::Server).build();
            self.answer_non_invite(now, back, request, data);
        }
    }

    /// A request that only the application can answer: for [`Endpoint::respond`].
    pub(super) fn ask(
        &mut self,
        flow: Flow,
        id: SessionId,
        fork: ForkId,
        carrier: Carrier,
        request: &Message,
    ) -> Option<TransactionId> {
        let (via, method) = (top_via(request)?, request.method()?);
        let machine = ServerNonInvite::new(flow.transport.is_reliable());
        let machine = Machine::ServerNonInvite(machine);
        let mut transaction = Transaction::new(machine, flow, None, Vec::new());
        transaction.session = Some(id);
        transaction.unanswered = Some(Box::new(request.clone()));
        let transaction = self
            .table
            .insert_server(transaction, request, &via, &method);
        if let Some(session) = self.session_mut(id) {
            session.asked.push(Asked {
                transaction,
                fork,
                carrier,
                has_offer: request.sdp().is_some(),
            });
        }
        Some(transaction)
    }

    /// A session ends whose INVITE was refused before its PRACK came.
    pub(super) fn await_late_prack(&mut self, id: SessionId) {
        let Some(session) = self.session(id) else {
            return;
        };
        let Some(reliable) = &session.reliable else {
            return;
        };
        if reliable.unacknowledged.is_none() {
            return;
        }
        let dialog = &session.dialog;
        let tag: Box<str> = dialog.local_tag.as_str().into();
        let late = LatePrack {
            transaction: reliable.transaction,
            call_id: dialog.call_id.clone(),
            remote_tag: dialog.remote_tag.clone(),
            cseq: reliable.cseq,
            rseq: reliable.rseq,
        };
        if let Some(transaction) = self.table.get_mut(late.transaction) {
            transaction.late_prack = Some(tag.clone());
            self.late_pracks.insert(tag, late);
        }
    }

    /// A PRACK for an INVITE that was refused meanwhile (RFC 3262 3). `false` if it is not that.
    pub(super) fn late_prack_came(&mut self, now: Time, flow: Flow, request: &Message) -> bool {
        let (Ok(rack), Some(tag)) = (rack(request), request.to().tag()) else {
            return false;
        };
        let from_tag = request.from().tag().unwrap_or_default();
        let awaited = self.late_pracks.get(tag).is_some_and(|late| {
            late.call_id == request.call_id()
                && late.remote_tag == from_tag
                && (late.rseq, late.cseq) == (rack.rseq, rack.cseq.number)
        });
        if awaited && let Some(late) = self.late_pracks.remove(tag) {
            if let Some(transaction) = self.table.get_mut(late.transaction) {
                transaction.late_prack = None;
            }
            self.accept_prack(now, flow, request);
        }
        awaited
    }
}

/// RAck of a PRACK for an INVITE.
fn rack(request: &Message) -> Result<RAck, Refusal> {
    match header::get::<RAck>(request) {
        Some(Ok(rack)) if rack.cseq.method == Method::Invite => Ok(rack),
        Some(Ok(_)) => Err(Refusal::new(481)),
        Some(Err(_)) | None => Err(Refusal::new(400).because("Bad Request (RAck)")),
    }
}

/// How many provisional responses may wait for the PRACK of an earlier one.
const MAX_QUEUED: usize = 8;

/// How often a reliable provisional response says that the call goes on (RFC 3262 3).
const PROGRESS_INTERVAL: Duration = Duration::from_secs(150);
