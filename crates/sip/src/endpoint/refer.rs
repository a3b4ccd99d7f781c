//! REFER and its implicit subscription (RFC 3515, RFC 4488, RFC 7647): who referred is told by
//! NOTIFY what becomes of it.

use super::event::Body;
use super::refusal::Refusal;
use super::table::TransactionId;
use super::{Endpoint, Event, RequestId, SessionId, WrongState};
use crate::builder::reason_phrase;
use crate::header::{self, Substate};
use crate::{Flow, Message, Method, Name};
use core::time::Duration;
use trunkline_model::Time;

/// A REFER of the peer that we tell the progress of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReferralId {
    /// The session whose dialog it came in.
    pub session: SessionId,
    /// The number in CSeq of the REFER, which names the subscription (RFC 3515 2.4.6).
    number: u32,
}

/// The subscription of one REFER.
#[derive(Debug)]
pub(super) struct Referral {
    number: u32,
    role: Role,
}

#[derive(Debug)]
enum Role {
    /// We referred, and are notified.
    Subscriber(RequestId),
    /// We were referred, and notify: the status so far, and until when.
    Notifier(u16, Time),
}

impl Referral {
    /// When the subscription ends by itself.
    pub(super) const fn until(&self) -> Option<Time> {
        match self.role {
            Role::Notifier(_, until) => Some(until),
            Role::Subscriber(_) => None,
        }
    }
}

impl Endpoint {
    /// Asks the peer to turn to somebody else (RFC 3515 2.4.1). [`Event::Response`] follows, and
    /// [`Event::Notified`] for each NOTIFY if `subscribes`; else the peer is asked to send none
    /// (RFC 4488).
    ///
    /// # Errors
    /// As [`Endpoint::request_within`].
    pub fn refer(
        &mut self,
        now: Time,
        id: SessionId,
        refer_to: &str,
        subscribes: bool,
        headers: &[(Name, String)],
    ) -> Result<RequestId, WrongState> {
        let mut all = vec![(Name::ReferTo, refer_to.to_owned())];
        if !subscribes {
            all.push((Name::ReferSub, "false".to_owned()));
            all.push((Name::Supported, "norefersub".to_owned()));
        }
        all.extend_from_slice(headers);
        let request = self.request_within(now, id, Method::Refer, &all, None)?;
        if let Some(session) = self.session_mut(id) {
            // A NOTIFY may come before the 202.
            session.referrals.push(Referral {
                number: session.dialog.local_cseq,
                role: Role::Subscriber(request),
            });
        }
        Ok(request)
    }

    /// Accepts a REFER that [`Event::Request`] reported, and tells the peer so by a first NOTIFY.
    /// `None` if the peer wants none (RFC 4488). A REFER is refused with [`Endpoint::respond`].
    ///
    /// # Errors
    /// [`WrongState`] if it was answered before, or came in no dialog.
    pub fn accept_refer(
        &mut self,
        now: Time,
        transaction: TransactionId,
    ) -> Result<Option<ReferralId>, WrongState> {
        let none = || WrongState::NoRequest(transaction);
        let found = self.table.get(transaction).ok_or_else(none)?;
        let request = found.unanswered.as_ref().ok_or_else(none)?;
        let (number, session) = (request.cseq().number, found.session.ok_or_else(none)?);
        let quiet = header::get::<header::ReferSub<'_>>(request)
            .and_then(Result::ok)
            .is_some_and(|sub| !sub.subscribes);
        if quiet {
            let headers = [(Name::ReferSub, "false".to_owned())];
            self.respond(now, transaction, 200, "", &headers, None)?;
            return Ok(None);
        }
        self.respond(now, transaction, 202, "", &[], None)?;
        let id = ReferralId { session, number };
        if let Some(found) = self.session_mut(session) {
            found.referrals.push(Referral {
                number,
                role: Role::Notifier(100, now + LIFETIME),
            });
        }
        self.notify(now, id, None);
        self.arm_session(session);
        Ok(Some(id))
    }

    /// Tells who referred us what became of it: a status of the request that was sent for it. A
    /// final one ends the subscription (RFC 3515 2.4.5). Nothing happens if it is over.
    pub fn refer_progress(&mut self, now: Time, id: ReferralId, status: u16) {
        let Some(referral) = self.notifier(id) else {
            return;
        };
        let Role::Notifier(last, _) = &mut referral.role else {
            return;
        };
        *last = status;
        let over = (status >= 200).then_some("noresource");
        self.notify(now, id, over);
    }

    /// A final response to a REFER of ours.
    pub(super) fn referred(
        &mut self,
        id: SessionId,
        request: RequestId,
        response: Option<&Message>,
        status: u16,
    ) {
        let quiet = response
            .and_then(header::get::<header::ReferSub<'_>>)
            .and_then(Result::ok)
            .is_some_and(|sub| !sub.subscribes);
        if (status >= 300 || quiet)
            && let Some(session) = self.session_mut(id)
        {
            session
                .referrals
                .retain(|it| !matches!(it.role, Role::Subscriber(its) if its == request));
        }
    }

    /// A REFER, or a NOTIFY or SUBSCRIBE of one. Gives it back if it is for the application.
    pub(super) fn refer_came(
        &mut self,
        now: Time,
        flow: Flow,
        session: Option<SessionId>,
        request: Message,
    ) -> Option<Message> {
        let refusal = match (request.method(), session) {
            (Some(Method::Refer), _) if request.headers(Name::ReferTo).count() != 1 => {
                Refusal::new(400).because("Bad Request (one Refer-To, RFC 3515 2.4.2)")
            }
            (Some(Method::Refer), Some(id)) if self.has_many(id) => Refusal::overload(),
            (Some(Method::Notify), Some(id)) if is_of_refer(&request) => {
                return self.notify_came(now, flow, id, request);
            }
            (Some(Method::Subscribe), Some(id)) if is_of_refer(&request) => {
                return self.subscribe_came(now, flow, id, request);
            }
            (Some(Method::Notify), None) if is_of_refer(&request) => Refusal::new(481),
            _ => return Some(request),
        };
        self.refuse(now, flow, &request, refusal);
        None
    }

    /// The subscription that lasts the shortest is over.
    pub(super) fn referral_expired(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session(id) else {
            return;
        };
        let due = session
            .referrals
            .iter()
            .filter(|it| it.until().is_some_and(|until| until <= now));
        let due: Vec<u32> = due.map(|it| it.number).collect();
        for number in due {
            let id = ReferralId {
                session: id,
                number,
            };
            self.notify(now, id, Some("timeout"));
        }
    }

    fn has_many(&self, id: SessionId) -> bool {
        let session = self.session(id);
        session.is_some_and(|session| session.referrals.len() >= MAX_REFERRALS)
    }

    fn notifier(&mut self, id: ReferralId) -> Option<&mut Referral> {
        let session = self.session_mut(id.session)?;
        let mut referrals = session.referrals.iter_mut();
        referrals.find(|it| it.number == id.number && it.until().is_some())
    }

    /// Sends a NOTIFY; with a reason it is the last.
    fn notify(&mut self, now: Time, id: ReferralId, over: Option<&str>) {
        let Some(Referral {
            role: Role::Notifier(status, until),
            ..
        }) = self.notifier(id)
        else {
            return;
        };
        let (status, left) = (*status, until.since(now).as_secs());
        let state = match over {
            Some(reason) => format!("terminated;reason={reason}"),
            None => format!("active;expires={left}"),
        };
        let headers = [
            (Name::Event, format!("refer;id={}", id.number)),
            (Name::SubscriptionState, state),
        ];
        let body = Body {
            content_type: "message/sipfrag;version=2.0".to_owned(),
            data: format!("SIP/2.0 {status} {}\r\n", reason_phrase(status)).into_bytes(),
        };
        if over.is_some()
            && let Some(session) = self.session_mut(id.session)
        {
            session.referrals.retain(|it| it.number != id.number);
        }
        // If the dialog is being ended, nobody wants to know any more.
        let sent = self.request_within(now, id.session, Method::Notify, &headers, Some(body));
        if let Ok(request) = sent
            && let Some(outgoing) = self.outgoing.get_mut(request.0)
        {
            outgoing.purpose = super::outgoing::Purpose::Alone;
        }
        self.arm_session(id.session);
    }

    fn notify_came(
        &mut self,
        now: Time,
        flow: Flow,
        id: SessionId,
        request: Message,
    ) -> Option<Message> {
        let number = subscription(&request);
        let referrals = self.session(id).map(|session| &session.referrals[..]);
        // Of the first REFER in a dialog the id may be left out (RFC 3515 2.4.6).
        let found = referrals.unwrap_or_default().iter().find_map(|it| {
            let Role::Subscriber(of) = it.role else {
                return None;
            };
            number
                .is_none_or(|number| number == it.number)
                .then_some(of)
        });
        let Some(of) = found else {
            self.refuse(now, flow, &request, Refusal::new(481));
            return None;
        };
        let Some(Ok(state)) = header::get::<header::SubscriptionState<'_>>(&request) else {
            self.refuse(now, flow, &request, Refusal::new(400));
            return None;
        };
        let is_over = state.state == Substate::Terminated;
        if let Some((builder, back)) = self.response(&request, flow, 200, "", None) {
            let data = self.product(builder, &[], Name::Server).build();
            self.answer_non_invite(now, back, &request, data);
        }
        if let Some(session) = self.session_mut(id) {
            session.dialog.remote_cseq = Some(request.cseq().number);
            if is_over {
                session
                    .referrals
                    .retain(|it| !matches!(it.role, Role::Subscriber(its) if its == of));
            }
        }
        self.emit(Event::Notified {
            id,
            refer: of,
            status: fragment_status(request.body()),
            is_over,
            request,
        });
        None
    }

    /// A SUBSCRIBE that prolongs or ends the subscription of a REFER (RFC 6665 4.2.1).
    fn subscribe_came(
        &mut self,
        now: Time,
        flow: Flow,
        session: SessionId,
        request: Message,
    ) -> Option<Message> {
        let expires = request
            .header(Name::Expires)
            .map_or(Ok(LIFETIME.as_secs()), str::parse);
        let (Some(number), Ok(expires)) = (subscription(&request), expires) else {
            self.refuse(now, flow, &request, Refusal::new(400));
            return None;
        };
        let id = ReferralId { session, number };
        let expires = expires.min(LIFETIME.as_secs());
        let Some(referral) = self.notifier(id) else {
            self.refuse(now, flow, &request, Refusal::new(481));
            return None;
        };
        if let Role::Notifier(_, until) = &mut referral.role {
            *until = now + Duration::from_secs(expires);
        }
        if let Some(session) = self.session_mut(session) {
            session.dialog.remote_cseq = Some(request.cseq().number);
        }
        if let Some((builder, back)) = self.response(&request, flow, 200, "", None) {
            let builder = builder.header(Name::Expires, expires);
            let secure = false;
            let builder = self.capabilities(builder, flow, secure, &[], Name::Server);
            self.answer_non_invite(now, back, &request, builder.build());
        }
        self.notify(now, id, (expires == 0).then_some("timeout"));
        None
    }
}

/// Whether the event package is that of REFER (RFC 3515 3.1).
fn is_of_refer(request: &Message) -> bool {
    header::get::<header::Event<'_>>(request)
        .and_then(Result::ok)
        .is_some_and(|event| event.package.is("refer"))
}

/// Which subscription of the dialog a request is of.
fn subscription(request: &Message) -> Option<u32> {
    let event = header::get::<header::Event<'_>>(request)?.ok()?;
    event.id?.as_str().parse().ok()
}

/// The status line of a message/sipfrag (RFC 3515 2.4.5).
fn fragment_status(body: &[u8]) -> Option<u16> {
    let text = str::from_utf8(body).ok()?.trim_start();
    let status = text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
    (100..700).contains(&status).then_some(status)
}

/// How long a subscription lasts unless it is prolonged: longer than a call takes to be answered.
const LIFETIME: Duration = Duration::from_secs(300);

/// The most REFERs that go on in one dialog.
const MAX_REFERRALS: usize = 8;
