//! Settings, in their checked form: reading them from a file is the caller's.

use core::fmt;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_numbering::Rules;

/// What the pure core needs to know.
#[derive(Debug)]
pub struct ControllerConfig {
    /// Translates what a user gives, initiator and destination alike, to a SIP URI. What no rule
    /// matches is refused, SIP URIs included.
    pub rules: Rules,
    /// The SIP URI of the controller itself, in From towards the initiator. `None`: made of the
    /// local address.
    pub identity: Option<String>,
    /// Where all requests go. `None`: to the address in the URI, which must be a literal one.
    pub outbound_proxy: Option<SocketAddr>,
    /// The timers of a call.
    pub timers: CallTimers,
    /// Bounds on calls.
    pub limits: CallLimits,
    /// What the initiator is offered before the destination is known.
    pub initial_offer: InitialOffer,
    /// The value of User-Agent.
    pub user_agent: String,
    /// What ids and tags are drawn from. Must be secret and new for each controller.
    pub seed: [u8; 32],
}

impl ControllerConfig {
    /// The usual settings with these rules and this seed.
    pub fn new(rules: Rules, seed: [u8; 32]) -> Self {
        Self {
            rules,
            identity: None,
            outbound_proxy: None,
            timers: CallTimers::default(),
            limits: CallLimits::default(),
            initial_offer: InitialOffer::default(),
            user_agent: "ClickToCall".to_owned(),
            seed,
        }
    }
}

/// How long a call may take over its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTimers {
    /// The initiator's time to answer. Default 60 s.
    pub initiator_answer: Duration,
    /// The destination's time to answer. Default 200 s: longer than T9 of the telephone network
    /// (Q.118: 90 to 180 s), so that the network's own cause comes first.
    pub destination_answer: Duration,
    /// The time to join the two once the destination has answered, and to pass a re-INVITE from
    /// one to the other. Default 30 s: shorter than the 32 s for which a 2xx is repeated (64*T1).
    pub join: Duration,
    /// The longest time that the two may be joined. Default 12 h.
    pub longest_call: Duration,
    /// The time after which a leg that does not finish its BYE or CANCEL is forgotten. Default
    /// 70 s: more than twice 64*T1.
    pub release: Duration,
}

impl Default for CallTimers {
    fn default() -> Self {
        Self {
            initiator_answer: Duration::from_secs(60),
            destination_answer: Duration::from_secs(200),
            join: Duration::from_secs(30),
            longest_call: Duration::from_secs(12 * 3600),
            release: Duration::from_secs(70),
        }
    }
}

/// Bounds on what users can make grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls at a time, those whose signaling is finishing included. Default 200.
    pub active: usize,
    /// Calls that may be placed in a burst. Default 20.
    pub burst: u32,
    /// Calls that may be placed each second in the long run. Default 10.
    pub per_second: u32,
    /// Finished calls that are kept for those who ask for them. Default 1,000.
    pub finished: usize,
    /// How long a finished call is kept. Default 1 h.
    pub retention: Duration,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            active: 200,
            burst: 20,
            per_second: 10,
            finished: 1_000,
            retention: Duration::from_secs(3600),
        }
    }
}

/// How the initiator is invited (RFC 3725 4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitialOffer {
    /// One audio stream, `a=inactive`: what phones take that refuse an offer without media.
    #[default]
    InactiveAudio,
    /// No stream at all, as Flow IV has it.
    NoMedia,
}

/// A user name and a password (RFC 7617).
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user; without a colon.
    pub user: String,
    /// The password.
    pub password: String,
}

impl Credentials {
    /// The longest `user:password`, in octets.
    pub const MAX: usize = crate::web::SECRET_MAX;
}

/// The password is not shown.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials {{ user: {:?}, .. }}", self.user)
    }
}

/// Who may use `/clicktocall.html`, which places a call on a GET.
///
/// A browser can be brought to fetch it by any page that its user looks at. `SameSite` goes by
/// Sec-Fetch-Site, Origin and Referer; browsers send the first only over HTTPS and to loopback
/// addresses, and a page can suppress the last, so `Off` is the safe choice where only the page at
/// `/` and the JSON interface are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GetInterface {
    /// Nobody: 404.
    Off,
    /// Programs, and browsers unless another site sent them.
    #[default]
    SameSite,
    /// Everybody: for pages of another site that link to it.
    AnySite,
}

/// Settings of the shell: sockets and HTTP.
#[derive(Debug)]
pub struct Config {
    /// The local SIP addresses, UDP: at most one of each family. Port 0 takes a free port. They
    /// appear in Via and Contact, so they may not be unspecified.
    pub sip: Vec<SocketAddr>,
    /// The address of the HTTP interface. Port 0 takes a free port.
    pub http: SocketAddr,
    /// Who may use it; `None`: everybody, which is refused unless `http` is a loopback address.
    pub credentials: Option<Credentials>,
    /// Who may use `/clicktocall.html`.
    pub get_interface: GetInterface,
    /// HTTP connections at a time. Default 128.
    pub connections: usize,
    /// How long a request may take to arrive. Default 10 s.
    pub request_timeout: Duration,
    /// The core.
    pub controller: ControllerConfig,
}

impl Config {
    /// The usual settings on these addresses.
    pub fn new(sip: SocketAddr, http: SocketAddr, controller: ControllerConfig) -> Self {
        Self {
            sip: vec![sip],
            http,
            credentials: None,
            get_interface: GetInterface::default(),
            connections: 128,
            request_timeout: Duration::from_secs(10),
            controller,
        }
    }

    /// Whether the settings can be served.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !self.http.ip().to_canonical().is_loopback() && self.credentials.is_none() {
            return Err(ConfigError::OpenToAll { http: self.http });
        }
        if let Some(credentials) = &self.credentials {
            let length = credentials.user.len() + 1 + credentials.password.len();
            if credentials.user.is_empty()
                || credentials.password.is_empty()
                || credentials.user.contains(':')
                || credentials.user.chars().any(char::is_control)
                || credentials.password.chars().any(char::is_control)
                || length > Credentials::MAX
            {
                return Err(ConfigError::Credentials);
            }
        }
        let families = |ipv4| self.sip.iter().filter(|a| a.is_ipv4() == ipv4).count();
        if self.sip.is_empty() || families(true) > 1 || families(false) > 1 {
            return Err(ConfigError::SipAddresses {
                count: self.sip.len(),
            });
        }
        if let Some(address) = self.sip.iter().find(|a| a.ip().is_unspecified()) {
            return Err(ConfigError::Unspecified { sip: *address });
        }
        if self.connections == 0 {
            return Err(ConfigError::Zero { key: "connections" });
        }
        self.controller.check()
    }
}

impl ControllerConfig {
    /// Whether the settings can be served.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("limits.active", self.limits.active),
            ("limits.burst", self.limits.burst as usize),
            ("limits.per_second", self.limits.per_second as usize),
        ] {
            if value == 0 {
                return Err(ConfigError::Zero { key });
            }
        }
        for (key, value) in [
            ("timers.initiator_answer", self.timers.initiator_answer),
            ("timers.destination_answer", self.timers.destination_answer),
            ("timers.join", self.timers.join),
            ("timers.longest_call", self.timers.longest_call),
            ("timers.release", self.timers.release),
        ] {
            // Beyond that, deadlines would meet the end of what a time can hold.
            if value.is_zero() || Time::ZERO + value > Time::from_secs(u64::from(u32::MAX)) {
                return Err(ConfigError::Timer { key, value });
            }
        }
        if let Some(identity) = &self.identity {
            crate::address::check_uri(identity).map_err(|problem| ConfigError::Identity {
                identity: identity.clone(),
                problem,
            })?;
        }
        Ok(())
    }
}

/// Why settings cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Whoever reaches the address could place calls at the operator's cost.
    #[error(
        "the HTTP interface on {http} is open to the network but has no authentication: \
         set a user and a password, or bind it to 127.0.0.1 or [::1]"
    )]
    OpenToAll {
        /// The address.
        http: SocketAddr,
    },
    /// The user or the password cannot be used with Basic authentication (RFC 7617 2).
    #[error(
        "user and password must not be empty or hold control characters, the user no colon, \
         both together at most 511 octets (RFC 7617 2)"
    )]
    Credentials,
    /// None, or several of a family.
    #[error("need one SIP address, or one of IPv4 and one of IPv6; have {count}")]
    SipAddresses {
        /// How many there are.
        count: usize,
    },
    /// Nobody can answer to it.
    #[error(
        "SIP address {sip}: expected the address by which others reach it, not the unspecified one"
    )]
    Unspecified {
        /// The address.
        sip: SocketAddr,
    },
    /// Nothing would ever be served.
    #[error("{key}: must not be 0")]
    Zero {
        /// The setting.
        key: &'static str,
    },
    /// A timer out of range.
    #[error("{key}: {value:?} is not between 1 ms and 100 years")]
    Timer {
        /// The setting.
        key: &'static str,
        /// Its value.
        value: Duration,
    },
    /// The identity is no SIP URI.
    #[error("identity {identity:?}: {problem}")]
    Identity {
        /// What it is.
        identity: String,
        /// What is wrong with it.
        problem: crate::address::AddressProblem,
    },
}
