//! Simple segmentation: what does not fit into a message follows in an SGM (Q.764 2.1.12).
//!
//! [`split`] makes two messages of one that is too long for MTP, [`merge`] makes one of them again,
//! and [`Reassembly`] waits for the second, as long as T34 runs. None of them knows a circuit.

use crate::error::EncodeError;
use crate::message::{Message, MessageType, Pdu};
use crate::msg::Sgm;
use crate::optional::OptionalParameters;
use crate::param::{OptionalBackwardCallIndicators, OptionalForwardCallIndicators, ParameterCode};
use crate::variant::Variant;
use core::time::Duration;
use trunkline_model::Time;

/// What may be carried by an SGM instead of the message before it (Q.764 2.1.12, Q.763 table 49).
pub const MOVABLE: &[ParameterCode] = &[
    ParameterCode::ACCESS_TRANSPORT,
    ParameterCode::USER_TO_USER_INFORMATION,
    ParameterCode::GENERIC_DIGITS,
    ParameterCode::GENERIC_NOTIFICATION_INDICATOR,
    ParameterCode::GENERIC_NUMBER,
];

/// Octets that MTP carries as signalling information, the routing label among them (Q.703 2.3.8).
const SIGNALLING_INFORMATION: usize = 272;

/// The most octets from the CIC on that MTP carries: what the routing label leaves of 272
/// (Q.704 2.2, T1.111.4), which is 268 with point codes of 14 bits.
pub fn message_limit(variant: &Variant) -> usize {
    // Two point codes and at least four bits of signalling link selection.
    let label = (2 * usize::from(variant.point_code().bits()) + 4).div_ceil(8);
    SIGNALLING_INFORMATION - label
}

/// What [`split`] has made of a message.
#[allow(
    clippy::large_enum_variant,
    reason = "it lives for one function call; boxing would cost each IAM an allocation"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Split {
    /// It fits as it is.
    Whole(Message),
    /// It goes as two, both without the [form](crate::Form) of the message.
    Segmented {
        /// What goes first, and says that more follows.
        first: Message,
        /// What follows at once.
        second: Sgm,
        /// Whether the user-to-user information found no room beside access transport and was left
        /// out, as 2.1.12 b) has it.
        without_user_information: bool,
    },
}

/// Why a message that is too long cannot go in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// It is none of those that can announce a second segment.
    #[error(
        "{} of {length} octets cannot be segmented, and MTP carries {limit} (Q.764 2.1.12)",
        message.name()
    )]
    NotSegmentable {
        /// The message.
        message: MessageType,
        /// Its octets from the CIC on.
        length: usize,
        /// How many there may be.
        limit: usize,
    },
    /// What an SGM may carry is too little, or too much for one.
    #[error(
        "{} of {length} octets does not fit into two segments of {limit} (Q.764 2.1.12)",
        message.name()
    )]
    TooLong {
        /// The message.
        message: MessageType,
        /// Its octets from the CIC on.
        length: usize,
        /// How many there may be in a segment.
        limit: usize,
    },
    /// The variant cannot write it at all.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Brings a message into the limit, which is that of its octets from the CIC on: usually
/// [`message_limit`]. As little as possible moves into the second segment.
///
/// # Errors
/// [`SplitError`] says why it cannot be brought there.
pub fn split(variant: &'static Variant, pdu: &Pdu, limit: usize) -> Result<Split, SplitError> {
    let length = variant.encode(pdu)?.len();
    if length <= limit {
        return Ok(Split::Whole(pdu.message.clone()));
    }
    let message = pdu.message.message_type();
    let mut first = pdu.message.clone();
    if !announce(&mut first, true) || variant.message(MessageType::Sgm.code()).is_none() {
        return Err(SplitError::NotSegmentable {
            message,
            length,
            limit,
        });
    }
    // Announcing may have made it longer, and so may the loss of the form in which it came: its end
    // may have been missing there.
    let announced = Pdu::new(pdu.cic, first.clone());
    let excess = variant.encode(&announced)?.len().saturating_sub(limit);
    let room = limit.saturating_sub(variant.cic_octets() + SGM_OVERHEAD);
    let too_long = SplitError::TooLong {
        message,
        length,
        limit,
    };
    let Some(optional) = segmentable(&mut first) else {
        return Err(too_long);
    };
    if let Some(second) = move_parameters(optional, excess, room) {
        return Ok(Split::Segmented {
            first,
            second,
            without_user_information: false,
        });
    }
    let user_information = optional.octets(ParameterCode::USER_TO_USER_INFORMATION);
    let Some(gained) = user_information.map(|contents| NAME_AND_LENGTH + contents.len()) else {
        return Err(too_long);
    };
    optional.remove(ParameterCode::USER_TO_USER_INFORMATION);
    match move_parameters(optional, excess.saturating_sub(gained), room) {
        Some(second) => Ok(Split::Segmented {
            first,
            second,
            without_user_information: true,
        }),
        None => Err(too_long),
    }
}

/// Puts what an SGM carries into the message to which it belongs, which announces nothing any
/// more. Its message compatibility information is about the SGM itself and is left out; what it
/// carries besides, known or not, belongs to the message (2.1.12 h).
pub fn merge(message: &mut Message, segment: &Sgm) {
    announce(message, false);
    let Some(optional) = segmentable(message) else {
        return;
    };
    for (code, contents) in &segment.optional {
        if code != ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION {
            // It was delimited by a length indicator: it fits one.
            let _ = optional.push_octets(code, contents);
        }
    }
}

/// Whether a message announces that an SGM follows (Q.763 3.37, 3.38).
pub fn is_announced(message: &Message) -> bool {
    match message {
        Message::Iam(iam) => {
            let indicators: Option<OptionalForwardCallIndicators> = iam.optional.get();
            indicators.is_some_and(|indicators| indicators.segmentation)
        }
        Message::Acm(_) | Message::Cpg(_) | Message::Anm(_) | Message::Con(_) => {
            let indicators: Option<OptionalBackwardCallIndicators> =
                message.optional().and_then(OptionalParameters::get);
            indicators.is_some_and(|indicators| indicators.segmentation)
        }
        _ => false,
    }
}

/// Waits for second segments. One machine serves the messages of one circuit.
#[derive(Debug)]
pub struct Reassembly {
    t34: Duration,
    held: Option<(Message, Time)>,
}

/// What follows from a message that came to a [`Reassembly`].
#[allow(
    clippy::large_enum_variant,
    reason = "it lives for one function call; boxing would cost each IAM an allocation"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reassembled {
    /// It goes on: it is whole, or has become so.
    Message(Message),
    /// It announces a second segment, and is held until that comes or T34 ends.
    Held,
    /// Another message came instead of the second segment: the first goes on alone, and before
    /// the other (2.1.12 f). The other has been taken, too: it may now be held.
    GivenUp(Message, Option<Message>),
    /// An SGM that was not announced, or came too late (2.1.12 g, 2.9.5.1 d).
    Discarded(Sgm),
}

impl Reassembly {
    /// A machine that waits that long for a second segment.
    pub const fn new(t34: Duration) -> Self {
        Self { t34, held: None }
    }

    /// Takes a message.
    pub fn handle(&mut self, now: Time, message: Message) -> Reassembled {
        match (self.held.take(), message) {
            // Q.764 2.1.12 e)
            (Some((mut first, _)), Message::Sgm(segment)) => {
                merge(&mut first, &segment);
                Reassembled::Message(first)
            }
            (None, Message::Sgm(segment)) => Reassembled::Discarded(segment),
            (held @ Some(_), message) if passes(&message) => {
                self.held = held;
                Reassembled::Message(message)
            }
            (Some((first, _)), message) => {
                Reassembled::GivenUp(alone(first), self.hold(now, message))
            }
            (None, message) => match self.hold(now, message) {
                Some(message) => Reassembled::Message(message),
                None => Reassembled::Held,
            },
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called: the end of T34.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.held.as_ref().map(|(_, end)| *end)
    }

    /// The first segment, which goes on alone, if T34 has ended by `now` (2.1.12 g).
    pub fn handle_timeout(&mut self, now: Time) -> Option<Message> {
        let held = self.held.take_if(|(_, end)| *end <= now);
        held.map(|(first, _)| alone(first))
    }

    /// The first segment, which goes on alone, without waiting any longer.
    pub fn give_up(&mut self) -> Option<Message> {
        self.held.take().map(|(first, _)| alone(first))
    }

    /// Keeps a message that announces a segment; gives any other back.
    fn hold(&mut self, now: Time, message: Message) -> Option<Message> {
        if !is_announced(&message) {
            return Some(message);
        }
        self.held = Some((message, now + self.t34));
        None
    }
}

/// What may come between two segments without a sign that the second is lost: messages about the
/// circuit, not about the call (2.1.12 f).
fn passes(message: &Message) -> bool {
    matches!(
        message.message_type(),
        MessageType::Cot
            | MessageType::Blo
            | MessageType::Bla
            | MessageType::Ubl
            | MessageType::Uba
            | MessageType::Cgb
            | MessageType::Cgba
            | MessageType::Cgu
            | MessageType::Cgua
            | MessageType::Cqm
            | MessageType::Cqr
    )
}

/// A first segment whose second is lost. Nothing that is made of it must announce it again.
fn alone(mut first: Message) -> Message {
    announce(&mut first, false);
    first
}

/// Says in a message whether a segment follows; whether it is one that can say so. Makes the
/// indicators if there are none, but only to say yes.
fn announce(message: &mut Message, follows: bool) -> bool {
    let forward = matches!(message, Message::Iam(_));
    let Some(optional) = segmentable(message) else {
        return false;
    };
    if forward {
        let found = optional.get::<OptionalForwardCallIndicators>();
        if follows || found.is_some() {
            let indicators = found.unwrap_or_default();
            optional.set(&OptionalForwardCallIndicators {
                segmentation: follows,
                ..indicators
            });
        }
    } else {
        let found = optional.get::<OptionalBackwardCallIndicators>();
        if follows || found.is_some() {
            let indicators = found.unwrap_or_default();
            optional.set(&OptionalBackwardCallIndicators {
                segmentation: follows,
                ..indicators
            });
        }
    }
    true
}

/// The optional part of a message that can announce a segment: of those that may have the optional
/// forward or backward call indicators (2.1.12).
const fn segmentable(message: &mut Message) -> Option<&mut OptionalParameters> {
    match message {
        Message::Iam(iam) => Some(&mut iam.optional),
        Message::Acm(acm) => Some(&mut acm.optional),
        Message::Cpg(cpg) => Some(&mut cpg.optional),
        Message::Anm(anm) => Some(&mut anm.optional),
        Message::Con(con) => Some(&mut con.optional),
        _ => None,
    }
}

/// Moves parameters of at least `excess` octets, and as few as possible, into an SGM that has room
/// for `room` octets. `None`, and nothing moved, if that cannot be.
fn move_parameters(optional: &mut OptionalParameters, excess: usize, room: usize) -> Option<Sgm> {
    let chosen = choose(optional, excess, room)?;
    let mut first = OptionalParameters::new();
    let mut second = Sgm::default();
    for (index, (code, contents)) in optional.iter().enumerate() {
        let goal = if chosen.contains(&index) {
            &mut second.optional
        } else {
            &mut first
        };
        goal.push_octets(code, contents).ok()?;
    }
    *optional = first;
    Some(second)
}

/// Which movable parameters have together at least `excess` and at most `room` octets, and no
/// others fewer.
fn choose(optional: &OptionalParameters, excess: usize, room: usize) -> Option<Vec<usize>> {
    // For each number of octets, parameters that have as many.
    let mut sums: Vec<Option<Vec<usize>>> = vec![None; room + 1];
    *sums.first_mut()? = Some(Vec::new());
    for (index, (code, contents)) in optional.iter().enumerate() {
        if !MOVABLE.contains(&code) {
            continue;
        }
        let size = NAME_AND_LENGTH + contents.len();
        for sum in (size..=room).rev() {
            let with = sums.get(sum - size)?.as_ref();
            let with = with.map(|without| [without.as_slice(), &[index]].concat());
            if let (Some(empty @ None), with @ Some(_)) = (sums.get_mut(sum), with) {
                *empty = with;
            }
        }
    }
    sums.into_iter().skip(excess).flatten().next()
}

/// Octets of an optional parameter before its contents.
const NAME_AND_LENGTH: usize = 2;

/// Octets of an SGM that are neither its CIC nor parameters: message type, pointer, end of optional
/// parameters.
const SGM_OVERHEAD: usize = 3;

#[cfg(test)]
mod tests;
