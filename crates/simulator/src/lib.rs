//! The telephone network in a process: an exchange with subscribers who ring, answer, are busy
//! and speak, a signaling gateway in front of it, and a SIP telephone for the other end.
//!
//! [`exchange::Exchange`] and [`phone::Phone`] are pure cores, the same from the same seed;
//! [`spawn_exchange`] and [`spawn_phone`] give them sockets and a clock. Who can be called is in
//! [`DEFAULT_SUBSCRIBERS`].
//!
//! The bearer of circuit `cic` is G.711 in RTP from UDP port `base + 2 * cic` of the exchange to
//! such a port of the media gateway.

mod chance;
mod directory;
pub mod exchange;
pub mod number;
pub mod phone;
mod shell;
pub mod sound;
pub mod subscriber;
mod wakeups;

pub use directory::{DEFAULT_SUBSCRIBERS, DefaultSubscriber, Directory, Found, SubscriberConfig};
pub use exchange::{Exchange, ExchangeConfig};
pub use phone::{Phone, PhoneConfig};
pub use shell::{
    Activity, BearerConfig, ExchangeHandle, ExchangeReport, ExchangeShellConfig, PhoneHandle,
    PhoneShellConfig, SimulatorError, Stopped, spawn_exchange, spawn_phone,
};
