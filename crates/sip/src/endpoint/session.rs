//! One INVITE usage: the dialog and the INVITEs that are in progress in it.

use super::forks::Forks;
use super::outgoing::RequestId;
use super::refer::Referral;
use super::reliable::{Acknowledged, Reliable};
use super::session_timer::Clock;
use super::table::TransactionId;
use super::update::{Asked, OwnUpdate};
use crate::dialog::Dialog;
use crate::digest::{Authorizer, Credentials};
use crate::sdp::{Carrier, Kind, Turns, Way};
use crate::transaction::Timer;
use crate::{Flow, Message, Name};
use core::time::Duration;
use std::sync::Arc;
use trunkline_model::Time;

/// Header fields that the application gave.
pub(super) type Headers = Vec<(Name, String)>;

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) dialog: Dialog,
    /// How the peer's messages come: over its connection while that lasts, and where requests go
    /// when the URI to be asked leads nowhere.
    pub(super) flow: Flow,
    pub(super) phase: Phase,
    /// Our INVITE in progress.
    pub(super) client: Option<ClientUsage>,
    /// The peer's INVITE in progress.
    pub(super) server: Option<ServerUsage>,
    /// `bye` was called when no BYE could be sent yet; its header fields.
    pub(super) hang_up: Option<Headers>,
    /// A re-INVITE that was answered 491, and when it is tried again.
    pub(super) glare: Option<(Time, Reinvite)>,
    /// Whose turn it is to offer and to answer, once the dialog is known.
    pub(super) turns: Turns,
    /// The early dialogs of our INVITE.
    pub(super) forks: Forks,
    /// The peer's reliable provisional responses in the dialog.
    pub(super) acknowledged: Acknowledged,
    /// Our reliable provisional responses.
    pub(super) reliable: Option<Box<Reliable>>,
    /// Our UPDATE in progress.
    pub(super) update: Option<Box<OwnUpdate>>,
    /// PRACKs and UPDATEs of the peer that the application has to answer.
    pub(super) asked: Vec<Asked>,
    /// REFERs that one side tells the other about.
    pub(super) referrals: Vec<Referral>,
    /// When it is refreshed, and when it is over.
    pub(super) clock: Clock,
    /// What challenges are answered with.
    pub(super) credentials: Option<Arc<[Credentials]>>,
    /// The challenges so far.
    pub(super) authorizer: Option<Box<Authorizer>>,
    /// The timer that stands in the queue for it.
    pub(super) armed: Option<(Time, Timer)>,
}

/// How far the dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The first INVITE has no final answer.
    Early,
    /// It was answered with 2xx.
    Confirmed,
    /// Our BYE is out.
    Ending,
}

/// Our INVITE in progress.
#[derive(Debug)]
pub(super) struct ClientUsage {
    pub(super) request: RequestId,
    /// The transaction that carries it now; `None` while it is not known where to.
    pub(super) transaction: Option<TransactionId>,
    pub(super) cseq: u32,
    pub(super) stage: ClientStage,
    /// What to send again after 491; `None` for the first INVITE.
    pub(super) reinvite: Option<Reinvite>,
}

/// How far our INVITE is.
#[derive(Debug)]
pub(super) enum ClientStage {
    /// Nothing came but perhaps a 1xx.
    Pending {
        /// Whether a 1xx came, so that CANCEL may be sent (RFC 3261 9.1).
        provisional: bool,
        cancel: Cancel,
    },
    /// The 2xx was reported and waits for `ack`.
    Answered,
}

/// Whether our INVITE is being cancelled.
#[derive(Debug)]
pub(super) enum Cancel {
    No,
    /// As soon as a 1xx comes, with these header fields.
    Held(Headers),
    Sent,
}

/// The content of our re-INVITE.
#[derive(Debug)]
pub(super) struct Reinvite {
    pub(super) sdp: Option<Vec<u8>>,
    pub(super) headers: Headers,
    /// How often it was sent.
    pub(super) tries: u8,
    /// Whether it is ours alone, to refresh the session.
    pub(super) is_refresh: bool,
}

/// The peer's INVITE in progress.
#[derive(Debug)]
pub(super) struct ServerUsage {
    pub(super) transaction: TransactionId,
    pub(super) cseq: u32,
    /// Whether it is the one that made the session.
    pub(super) initial: bool,
    pub(super) stage: ServerStage,
}

/// How far the peer's INVITE is.
#[derive(Debug)]
pub(super) enum ServerStage {
    /// Not answered.
    Proceeding {
        request: Box<Message>,
        flow: Flow,
        /// When the last provisional response is due again (RFC 3261 13.3.1.1).
        progress: Option<Time>,
    },
    /// Answered with this 2xx, not acknowledged (RFC 3261 13.3.1.4).
    Accepted {
        response: Vec<u8>,
        resend: Time,
        interval: Duration,
        deadline: Time,
    },
}

impl ClientUsage {
    /// Whether the INVITE is being cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        matches!(
            self.stage,
            ClientStage::Pending {
                cancel: Cancel::Held(_) | Cancel::Sent,
                ..
            }
        )
    }
}

impl Session {
    /// A session whose first INVITE is still to be sent, or to be answered.
    pub(super) fn new(dialog: Dialog, flow: Flow) -> Self {
        Self {
            dialog,
            flow,
            phase: Phase::Early,
            client: None,
            server: None,
            hang_up: None,
            glare: None,
            turns: Turns::default(),
            forks: Forks::default(),
            acknowledged: Acknowledged::default(),
            reliable: None,
            update: None,
            asked: Vec::new(),
            referrals: Vec::new(),
            clock: Clock::default(),
            credentials: None,
            authorizer: None,
            armed: None,
        }
    }

    /// An INVITE of the peer begins, whose time was found right.
    pub(super) fn take_invite(&mut self, invite: &Message) {
        let (way, carrier) = (Way::Received, Carrier::Invite);
        let kind = self.turns.classify(way, carrier, invite.sdp().is_some());
        self.turns.step(way, carrier, kind.unwrap_or(Kind::Absent));
    }

    /// The next timer of the core.
    pub(super) fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let server = match self.server.as_ref().map(|usage| &usage.stage) {
            Some(ServerStage::Proceeding { progress, .. }) => {
                let progress = progress.map(|at| (at, Timer::Progress));
                let invite = self.server.as_ref().map(|usage| usage.transaction);
                let reliable = self.reliable.as_ref().zip(invite);
                let reliable =
                    reliable.and_then(|(reliable, invite)| reliable.poll_timeout(invite));
                progress.into_iter().chain(reliable).min()
            }
            Some(ServerStage::Accepted {
                resend, deadline, ..
            }) if resend < deadline => Some((*resend, Timer::Success)),
            Some(ServerStage::Accepted { deadline, .. }) => Some((*deadline, Timer::Ack)),
            None => None,
        };
        let glare = self.glare.as_ref().map(|(at, _)| (*at, Timer::Glare));
        let update = self.update.as_ref().and_then(|update| update.due);
        let update = update.map(|at| (at, Timer::UpdateGlare));
        let clock = (self.phase == Phase::Confirmed).then(|| self.clock.poll_timeout());
        let referral = self.referrals.iter().filter_map(Referral::until).min();
        let referral = referral.map(|at| (at, Timer::Referral));
        let timers = [server, glare, update, clock.flatten(), referral];
        timers.into_iter().flatten().min()
    }
}
