//! RTP as a media gateway needs it (RFC 3550, RFC 3551, RFC 4733).
//!
//! [`RtpPacket`] reads and writes packets without copying payloads, [`Reception`] keeps the
//! statistics of one source, [`JitterBuffer`] puts packets back into order and time,
//! [`TelephoneEvent`] is a digit, [`rtcp`] holds sender and receiver reports.
//!
//! Times are [`core::time::Duration`]s since an origin that the caller chose; nothing here reads
//! a clock.

mod event;
mod jitter;
mod packet;
mod reception;
pub mod rtcp;
mod sequence;

pub use event::{EventError, TelephoneEvent};
pub use jitter::{Inserted, JitterBuffer, JitterConfig, JitterCounters, Playout};
pub use packet::{Csrcs, Extension, HEADER_LENGTH, RtpError, RtpPacket};
pub use reception::{Reception, Validity};
pub use sequence::ExtendedSequence;

#[cfg(test)]
mod tests;
