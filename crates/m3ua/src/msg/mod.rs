//! The messages, one a file or those of one shape, and what reads and writes them.

mod aspac;
mod aspdn;
mod aspia;
mod aspup;
mod beat;
mod data;
mod dereg_req;
mod dereg_rsp;
mod destinations;
mod dupu;
mod err;
mod ntfy;
mod reg_req;
mod reg_rsp;
mod scon;

pub use aspac::{AspActive, AspActiveAck};
pub use aspdn::{AspDown, AspDownAck};
pub use aspia::{AspInactive, AspInactiveAck};
pub use aspup::{AspUp, AspUpAck};
pub use beat::{Heartbeat, HeartbeatAck};
pub use data::{Data, MAX_USER_DATA, ProtocolData};
pub use dereg_req::DeregReq;
pub use dereg_rsp::DeregRsp;
pub use destinations::{Daud, Dava, Drst, Duna};
pub use dupu::{Dupu, UnavailabilityCause};
pub use err::Error;
pub use ntfy::Notify;
pub use reg_req::RegReq;
pub use reg_rsp::RegRsp;
pub use scon::Scon;

use crate::error::{DecodeError, Problem};
use crate::message_type::{MESSAGES, MessageType};
use crate::param::{Reader, Writer};
use crate::{HEADER_LENGTH, VERSION};
use core::fmt;

macro_rules! messages {
    ($($name:ident)*) => {
        /// A message of M3UA.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Message {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )*
        }

        impl Message {
            /// Which message it is.
            pub const fn message_type(&self) -> MessageType {
                match self {
                    $(Self::$name(_) => MessageType::$name,)*
                }
            }
        }

        $(
            impl From<$name> for Message {
                fn from(message: $name) -> Self {
                    Self::$name(message)
                }
            }
        )*

        /// Reads one message.
        ///
        /// Parameters may come in any order; unknown ones and those that do not belong to the
        /// message are skipped. The final padding may be there or not, and may be counted in
        /// the message length or not (RFC 4666 3.1.4).
        ///
        /// # Errors
        ///
        /// [`DecodeError`] says what is wrong and where, and
        /// [`answer`](DecodeError::answer) what to send back.
        pub fn decode(data: &[u8]) -> Result<Message, DecodeError> {
            let (message_type, message) = header(data)?;
            let mut reader = Reader::new(message_type, message);
            reader.check()?;
            match message_type {
                $(MessageType::$name => $name::read(&reader).map(Message::$name),)*
            }
        }

        /// Writes one message.
        pub fn encode(message: &Message) -> Vec<u8> {
            let mut writer = Writer::new(message.message_type(), match message {
                Message::Data(data) => data.protocol_data.data.len() + DATA_OVERHEAD,
                _ => SMALL_MESSAGE,
            });
            match message {
                $(Message::$name(m) => m.write(&mut writer),)*
            }
            writer.finish()
        }
    };
}

messages! {
    Error Notify
    Data
    Duna Dava Daud Scon Dupu Drst
    AspUp AspDown Heartbeat AspUpAck AspDownAck HeartbeatAck
    AspActive AspInactive AspActiveAck AspInactiveAck
    RegReq RegRsp DeregReq DeregRsp
}

impl Message {
    /// Its short name in RFC 4666, as `"ASPUP_ACK"`.
    pub const fn name(&self) -> &'static str {
        self.message_type().name()
    }

    /// Whether it may go on stream 0 (RFC 4666 1.4.7): all but DATA. (SSNM, ASPTM, BEAT and NTFY
    /// may go on any.)
    pub const fn is_management(&self) -> bool {
        !matches!(self, Self::Data(_))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(m) => m.fmt(f),
            Self::Error(m) => m.fmt(f),
            Self::Notify(m) => m.fmt(f),
            other => f.write_str(other.name()),
        }
    }
}

/// Checks the common header (RFC 4666 3.1); gives the message without what follows it.
fn header(data: &[u8]) -> Result<(MessageType, &[u8]), DecodeError> {
    let &[version, _reserved, class, code, l3, l2, l1, l0, ..] = data else {
        let problem = Problem::Truncated {
            need: HEADER_LENGTH,
            have: data.len(),
        };
        return Err(DecodeError::header(0, problem));
    };
    if version != VERSION {
        return Err(DecodeError::header(0, Problem::Version(version)));
    }
    let Some(message_type) = MessageType::from_codes(class, code) else {
        let known = MESSAGES.iter().any(|row| row.class == class);
        let (octet, problem) = match known {
            true => (3, Problem::Type { class, code }),
            false => (2, Problem::Class(class)),
        };
        return Err(DecodeError::header(octet, problem));
    };
    let length = usize::try_from(u32::from_be_bytes([l3, l2, l1, l0])).unwrap_or(usize::MAX);
    if length < HEADER_LENGTH || length > data.len() {
        let problem = Problem::Truncated {
            need: length.max(HEADER_LENGTH),
            have: data.len().min(length),
        };
        return Err(DecodeError::header(4, problem));
    }
    // The sender may have left the final padding out of the length, but not more than that.
    if data.len() > length.next_multiple_of(4) {
        let have = data.len();
        let problem = Problem::TrailingOctets { length, have };
        return Err(DecodeError::header(4, problem));
    }
    Ok((message_type, &data[..length]))
}

/// Header, network appearance, routing context, routing label, correlation id, padding.
const DATA_OVERHEAD: usize = 8 + 8 + 8 + 16 + 8 + 3;

const SMALL_MESSAGE: usize = 64;
