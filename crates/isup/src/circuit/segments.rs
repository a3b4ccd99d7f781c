//! Segments of messages (Q.764 2.1.12): put together before anything is made of them, and made
//! where a message is too long.

use super::event::Discard;
use super::table::CircuitTable;
use super::timers::{Index, Timer};
use crate::segmentation::{Reassembled, Reassembly, Split, message_limit, split};
use crate::{Message, MessageType, Pdu};
use trunkline_model::Time;

impl CircuitTable {
    /// A message that came for this circuit, which may be a segment of one.
    pub(super) fn received(&mut self, now: Time, index: Index, message: Message) {
        let config = &self.group(index).config;
        let t34 = config.timers.t34;
        if config.variant.message(MessageType::Sgm.code()).is_none() {
            // Nothing would follow, whatever a message says.
            return self.message(now, index, message);
        }
        // There is a machine for each circuit that waits for a segment, and for no other.
        let waiting = self.segments.remove(&index);
        if waiting.is_some() {
            self.timers.stop(index, Timer::T34);
        }
        let mut machine = waiting.unwrap_or_else(|| Reassembly::new(t34));
        let reassembled = machine.handle(now, message);
        if let Some(end) = machine.poll_timeout() {
            self.segments.insert(index, machine);
            self.timers.start(index, Timer::T34, end);
        }
        match reassembled {
            Reassembled::Message(message) => self.message(now, index, message),
            Reassembled::Held => {}
            Reassembled::GivenUp(first, other) => {
                self.message(now, index, first);
                if let Some(other) = other {
                    self.message(now, index, other);
                }
            }
            // Q.764 2.9.5.1 d) and, if it came too late, 2.1.12 g)
            Reassembled::Discarded(_) => self.unexpected(index, "SGM"),
        }
        // It may have been kept out of the idle queue.
        self.offer(index);
    }

    /// The second segment is not waited for any longer: the first goes on alone.
    pub(super) fn give_up_segment(&mut self, now: Time, index: Index) {
        self.timers.stop(index, Timer::T34);
        let machine = self.segments.remove(&index);
        if let Some(first) = machine.and_then(|mut machine| machine.give_up()) {
            self.message(now, index, first);
            self.offer(index);
        }
    }

    /// The call to which a first segment belongs is over.
    pub(super) fn forget_segment(&mut self, index: Index) {
        self.timers.stop(index, Timer::T34);
        self.segments.remove(&index);
    }

    /// Whether a first segment waits for the second.
    pub(super) fn awaits_segment(&self, index: Index) -> bool {
        self.segments.contains_key(&index)
    }

    /// Sends a message of the variant in one piece or in two. One that cannot go in two goes as it
    /// is: M3UA carries it, and only its far end knows whether a link follows that does not.
    pub(super) fn send_segments(&mut self, group: usize, pdu: &Pdu) {
        let config = &self.groups[group].config;
        let (variant, cic) = (config.variant, pdu.cic);
        let data = match variant.encode(pdu) {
            Ok(data) => data,
            Err(_) => {
                let reason = Discard::NotInVariant(pdu.message.name());
                return self.discard(config.opc, Some(cic), reason);
            }
        };
        let limit = message_limit(variant);
        if data.len() > limit
            && let Ok(Split::Segmented { first, second, .. }) = split(variant, pdu, limit)
            && let Ok(first) = variant.encode(&Pdu::new(cic, first))
            && let Ok(second) = variant.encode(&Pdu::new(cic, Message::Sgm(second)))
        {
            self.transfer_out(group, cic, first);
            return self.transfer_out(group, cic, second);
        }
        self.transfer_out(group, cic, data);
    }
}
