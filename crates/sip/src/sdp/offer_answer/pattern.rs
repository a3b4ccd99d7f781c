//! Which messages of SIP carry offers and answers (RFC 6337 2.2).

/// A message that may carry a session description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// INVITE, the first or a later one.
    Invite,
    /// A provisional response to INVITE that is not sent reliably.
    Provisional,
    /// A provisional response to INVITE that is sent reliably (RFC 3262).
    ReliableProvisional,
    /// A 2xx to INVITE.
    Success,
    /// ACK of a 2xx.
    Ack,
    /// PRACK (RFC 3262).
    Prack,
    /// A 2xx to PRACK.
    PrackSuccess,
    /// UPDATE (RFC 3311).
    Update,
    /// A 2xx to UPDATE.
    UpdateSuccess,
}

impl Carrier {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Invite,
        Self::Provisional,
        Self::ReliableProvisional,
        Self::Success,
        Self::Ack,
        Self::Prack,
        Self::PrackSuccess,
        Self::Update,
        Self::UpdateSuccess,
    ];

    /// Whether an offer in this message can be refused by a response (RFC 6337 2.3, table 2). If
    /// not, it must be answered, and the session ended or changed afterwards.
    pub const fn can_be_refused(self) -> bool {
        matches!(self, Self::Invite | Self::Update)
    }

    /// Whether a message is the one in which the answer to an offer in this message must be, if it
    /// was not before.
    pub(super) fn is_last_answer(self, answer: Self) -> bool {
        is_answer(self, answer) && answer != Self::ReliableProvisional
    }
}

/// A way to exchange an offer and an answer: a row of RFC 6337 2.2, table 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What carries the offer.
    pub offer: Carrier,
    /// What carries the answer.
    pub answer: Carrier,
    /// Where the pattern is defined.
    pub clause: &'static str,
    /// Whether it can begin a session.
    pub initial: bool,
    /// Whether it can change the session of an early dialog.
    pub early: bool,
}

/// RFC 6337 2.2, table 1. All patterns can change an established session.
pub const PATTERNS: [Pattern; 6] = [
    Pattern {
        offer: Carrier::Invite,
        answer: Carrier::Success,
        clause: "RFC 3261 13.2.1",
        initial: true,
        early: false,
    },
    Pattern {
        offer: Carrier::Success,
        answer: Carrier::Ack,
        clause: "RFC 3261 13.2.1",
        initial: true,
        early: false,
    },
    Pattern {
        offer: Carrier::Invite,
        answer: Carrier::ReliableProvisional,
        clause: "RFC 3262 5",
        initial: true,
        early: false,
    },
    Pattern {
        offer: Carrier::ReliableProvisional,
        answer: Carrier::Prack,
        clause: "RFC 3262 5",
        initial: true,
        early: false,
    },
    Pattern {
        offer: Carrier::Prack,
        answer: Carrier::PrackSuccess,
        clause: "RFC 3262 5",
        initial: false,
        early: true,
    },
    Pattern {
        offer: Carrier::Update,
        answer: Carrier::UpdateSuccess,
        clause: "RFC 3311 5",
        initial: false,
        early: true,
    },
];

/// Whether a message may carry the answer to an offer in another.
pub(super) fn is_answer(offer: Carrier, answer: Carrier) -> bool {
    PATTERNS
        .iter()
        .any(|pattern| (pattern.offer, pattern.answer) == (offer, answer))
}
