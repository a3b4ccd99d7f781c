//! What an endpoint can be told when it is made.

use crate::transaction::Timers;

/// Settings of an [`Endpoint`](super::Endpoint).
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// T1, T2 and T4.
    pub timers: Timers,
    /// The product that User-Agent and Server name; empty leaves both out.
    pub user_agent: String,
    /// Seeds tags, branches and Call-IDs. Must come from the system's random source, for whoever
    /// can guess a tag can end the call; tests pass a constant.
    pub seed: [u8; 32],
    /// The most sessions at a time; a further INVITE is answered 503.
    pub max_sessions: usize,
    /// The most transactions at a time that peers may cause; a further request is answered
    /// without one, with 503 where it needs one.
    pub max_transactions: usize,
}

impl EndpointConfig {
    /// The usual settings: timers of RFC 3261 table 4, 50,000 sessions, 400,000 transactions
    /// (each stays for 32 s after its call).
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            timers: Timers::default(),
            user_agent: "Trunkline".to_owned(),
            seed,
            max_sessions: 50_000,
            max_transactions: 400_000,
        }
    }
}
