//! From a URI to targets (RFC 3263 4 and 5).

use super::order;
use super::policy::{LocateError, Policy};
use super::record::{Answer, Question, Srv, domain};
use super::service::Service;
use crate::flow::Transport;
use crate::uri::{self, Host, Uri};
use crate::via::Via;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Where a request can be sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The transport.
    pub transport: Transport,
    /// Address and port.
    pub address: SocketAddr,
    /// For TLS and WSS, whom the peer's certificate must be for: the host of the URI, whatever
    /// names DNS led over (RFC 5922 7.3); an address without brackets if the host is one.
    pub name: Option<Arc<str>>,
}

/// What comes of asking for the next target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Try this one.
    Target(Target),
    /// Questions are open; ask again after the next answer.
    Waiting,
    /// There are no more; see [`Locator::exhaustion`].
    Exhausted,
}

/// Why there are no more targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhaustion {
    /// All of them were given, and must have failed (RFC 3263 4.3).
    Tried,
    /// None was found, and DNS left a question without answer: it may be found later.
    Unknown,
    /// None was found, and DNS is sure: there is no such domain, or it serves nothing that we can
    /// use.
    Nonexistent,
}

/// Finds the servers for one URI, or for one Via. It gives targets one after the other, each
/// once, and asks for the addresses of a host only when it comes to it.
///
/// Ask for [`Locator::next_target`]; while it waits, put every [`Locator::poll_question`] to the
/// resolver and give it back with its [`Answer`].
#[derive(Clone, Debug)]
pub struct Locator {
    policy: Policy,
    random: u64,
    /// The domain that DNS is asked for first; empty if the host is numeric.
    domain: Box<str>,
    name: Arc<str>,
    /// What is left to look at, the next one first.
    leads: VecDeque<Lead>,
    questions: VecDeque<Question>,
    /// Everything that was asked; `None` while it is open.
    answers: BTreeMap<Question, Option<Answer>>,
    given: Vec<(Transport, SocketAddr)>,
    /// The order of the NAPTR record whose hosts are the next leads.
    order: u16,
    /// What is left to do once no SRV records are found: the domain's own addresses.
    fallback: Option<(Transport, u16)>,
    failed: bool,
}

#[derive(Clone, Debug)]
enum Lead {
    /// The NAPTR records of the domain, for these of our transports.
    Naptr(Vec<Transport>),
    Service(Service),
    Host(Candidate),
    Target(Transport, SocketAddr),
}

/// A host whose addresses are targets.
#[derive(Clone, Debug)]
struct Candidate {
    transport: Transport,
    host: Box<str>,
    port: u16,
    /// How many addresses were taken: of the preferred family, of the other one.
    taken: [usize; 2],
}

/// What a family of addresses gives next.
enum Next {
    Address(IpAddr),
    Open,
    End,
}

impl Exhaustion {
    /// The status of a request that no target took, where none answered (RFC 3261 8.1.3.1, RFC
    /// 3263 4.3): 480 only where DNS is sure.
    pub const fn status(self) -> u16 {
        match self {
            Self::Tried | Self::Unknown => 503,
            Self::Nonexistent => 480,
        }
    }
}

impl Locator {
    /// Locates the servers of a URI (RFC 3263 4). `random` chooses among SRV records of one
    /// priority.
    ///
    /// # Errors
    /// What stands in the URI that allows no target under that policy.
    pub fn new(uri: &Uri<'_>, policy: &Policy, random: u64) -> Result<Self, LocateError> {
        let uri = uri.sip().ok_or(LocateError::Scheme)?;
        let named = policy.named(uri)?;
        // RFC 3263 4: TARGET is maddr, else the host.
        let maddr = uri.params.get("maddr");
        let target = match maddr {
            Some(text) => {
                whole_host(text).ok_or_else(|| LocateError::Name(text.to_owned().into()))?
            }
            None => uri.host,
        };
        let mut locator = Self::start(target, uri.host, policy, random)?;
        let transport = match named {
            Some(transport) => transport,
            None => policy.unnamed(uri.secure)?,
        };
        match (target.ip(), uri.port) {
            (_, Some(0)) => return Err(LocateError::Port),
            // RFC 3263 4.1 and 4.2: neither a port nor a transport, so that DNS tells both.
            (None, None) if named.is_none() => {
                let ours = policy.for_scheme(uri.secure);
                locator.fallback = Some((transport, transport.default_port()));
                if policy.naptr {
                    locator.leads.push_back(Lead::Naptr(ours));
                } else {
                    locator.push_services(&ours);
                }
            }
            _ => locator.push_known(target, uri.port, transport),
        }
        locator.advance();
        Ok(locator)
    }

    /// Locates where a response goes when the way that its request came is gone: what sent-by of
    /// the topmost Via says (RFC 3263 5).
    ///
    /// # Errors
    /// What stands in the Via that allows no target under that policy.
    pub fn for_response(via: &Via<'_>, policy: &Policy, random: u64) -> Result<Self, LocateError> {
        let transport = Transport::from_token(via.transport)
            .ok_or_else(|| LocateError::UnknownTransport(via.transport.into()))?;
        let transport = policy.ours(transport)?;
        if via.port == Some(0) {
            return Err(LocateError::Port);
        }
        let mut locator = Self::start(via.host, via.host, policy, random)?;
        // A response goes over the transport of the Via, however large it is.
        locator.policy.large = false;
        locator.push_known(via.host, via.port, transport);
        locator.advance();
        Ok(locator)
    }

    /// The next question for the resolver. Each is asked once.
    pub fn poll_question(&mut self) -> Option<Question> {
        self.questions.pop_front()
    }

    /// Takes the answer to a question. One that was not asked, or has its answer, is passed over.
    pub fn answer(&mut self, question: &Question, answer: &Answer) {
        let Some(open @ None) = self.answers.get_mut(question) else {
            return;
        };
        let most = self.policy.max_records;
        let answer = match (question, answer) {
            (Question::Naptr(_), Answer::Naptr(records)) => {
                Answer::Naptr(records.iter().take(most).cloned().collect())
            }
            (Question::Srv(_), Answer::Srv(records)) => {
                Answer::Srv(records.iter().take(most).cloned().collect())
            }
            (Question::A(_) | Question::Aaaa(_), Answer::Addresses(addresses)) => {
                let of_family = addresses
                    .iter()
                    .filter(|address| address.is_ipv4() == matches!(question, Question::A(_)))
                    // They say that a name has no address, and would reach ourselves.
                    .filter(|address| !address.is_unspecified());
                Answer::Addresses(of_family.take(most).copied().collect())
            }
            (_, Answer::None) => Answer::None,
            _ => Answer::Failed,
        };
        self.failed |= answer == Answer::Failed;
        *open = Some(answer);
        // An answer may come before the question was taken for the resolver.
        self.questions.retain(|other| other != question);
        self.advance();
    }

    /// The next target.
    pub fn next_target(&mut self) -> Step {
        while self.given.len() < self.policy.max_targets {
            self.advance();
            let (transport, address) = match self.leads.front_mut() {
                None => return Step::Exhausted,
                Some(Lead::Naptr(_) | Lead::Service(_)) => return Step::Waiting,
                Some(Lead::Target(transport, address)) => {
                    let found = (*transport, *address);
                    self.leads.pop_front();
                    found
                }
                Some(Lead::Host(candidate)) => {
                    let (transport, port) = (candidate.transport, candidate.port);
                    match candidate.next(&self.policy, &self.answers) {
                        Next::Open => return Step::Waiting,
                        Next::End => {
                            self.leads.pop_front();
                            continue;
                        }
                        Next::Address(address) => (transport, SocketAddr::new(address, port)),
                    }
                }
            };
            if transport == Transport::Udp
                && self.policy.large
                && self.policy.transports.contains(&Transport::Tcp)
                && !self.given.contains(&(Transport::Tcp, address))
            {
                self.leads.push_front(Lead::Target(transport, address));
                return self.give(Transport::Tcp, address);
            }
            if !self.given.contains(&(transport, address)) {
                return self.give(transport, address);
            }
        }
        Step::Exhausted
    }

    /// Why there are no more targets; means something only after [`Step::Exhausted`].
    pub const fn exhaustion(&self) -> Exhaustion {
        if !self.given.is_empty() {
            Exhaustion::Tried
        } else if self.failed {
            Exhaustion::Unknown
        } else {
            Exhaustion::Nonexistent
        }
    }

    fn start(
        target: Host<'_>,
        host: Host<'_>,
        policy: &Policy,
        random: u64,
    ) -> Result<Self, LocateError> {
        policy.check_family(target)?;
        let known = |text: &str| domain(text).ok_or_else(|| LocateError::Name(text.into()));
        let domain = match target {
            Host::Name(name) => known(name)?,
            Host::V4(_) | Host::V6(_) => Box::default(),
        };
        let name = match host {
            Host::Name(name) => Arc::from(known(name)?),
            Host::V4(address) => Arc::from(address.to_string()),
            Host::V6(address) => Arc::from(address.to_string()),
        };
        Ok(Self {
            policy: policy.clone(),
            random,
            domain,
            name,
            leads: VecDeque::new(),
            questions: VecDeque::new(),
            answers: BTreeMap::new(),
            given: Vec::new(),
            order: 0,
            fallback: None,
            failed: false,
        })
    }

    /// Sets out with a transport that is known (RFC 3263 4.2).
    fn push_known(&mut self, target: Host<'_>, port: Option<u16>, transport: Transport) {
        let at = port.unwrap_or(transport.default_port());
        if let Some(address) = target.ip() {
            let address = SocketAddr::new(address, at);
            self.leads.push_back(Lead::Target(transport, address));
        } else if port.is_some() {
            self.push_domain(transport, at);
        } else {
            self.fallback = Some((transport, at));
            self.push_services(&[transport]);
        }
    }

    /// The domain's own addresses.
    fn push_domain(&mut self, transport: Transport, port: u16) {
        self.leads.push_back(Lead::Host(Candidate {
            transport,
            host: self.domain.clone(),
            port,
            taken: [0; 2],
        }));
    }

    /// The services of the domain where NAPTR does not tell them. All are asked for at once: most
    /// will not be there, and each would cost another round.
    fn push_services(&mut self, transports: &[Transport]) {
        for &transport in transports {
            if let Some(service) = Service::of_domain(transport, &self.domain)
                && self.ask(Question::Srv(service.name.clone()))
            {
                self.leads.push_back(Lead::Service(service));
            }
        }
    }

    /// Follows the leads until the first one waits or has a target.
    fn advance(&mut self) {
        loop {
            let Some(lead) = self.leads.pop_front() else {
                // RFC 3263 4.2: no SRV records, so the addresses of the domain itself.
                let Some((transport, port)) = self.fallback.take() else {
                    return;
                };
                self.push_domain(transport, port);
                continue;
            };
            match lead {
                Lead::Naptr(ours) => {
                    let question = Question::Naptr(self.domain.clone());
                    if !self.ask(question.clone()) {
                        self.push_services(&ours);
                        continue;
                    }
                    let services = match self.answers.get(&question) {
                        Some(None) => {
                            self.leads.push_front(Lead::Naptr(ours));
                            return;
                        }
                        Some(Some(Answer::Naptr(records))) => {
                            Service::of_records(records.iter(), &ours)
                        }
                        _ => Vec::new(),
                    };
                    self.take_services(services, &ours);
                }
                Lead::Service(service) => {
                    let question = Question::Srv(service.name.clone());
                    if !self.ask(question.clone()) {
                        continue;
                    }
                    match self.answers.get(&question) {
                        Some(None) => {
                            self.leads.push_front(Lead::Service(service));
                            return;
                        }
                        Some(Some(Answer::Srv(records))) if !records.is_empty() => {
                            // Also if their target is the root: the service is decidedly not
                            // there, and the domain's address is no other way to it (RFC 2782).
                            self.fallback = None;
                            self.random = self.random.wrapping_add(1);
                            let sorted = order::sort(records.clone(), self.random);
                            self.order = service.order;
                            self.push_hosts(service.transport, &sorted);
                        }
                        _ => {}
                    }
                }
                lead @ Lead::Target(..) => {
                    self.leads.push_front(lead);
                    return;
                }
                Lead::Host(candidate) => {
                    if candidate.taken == [0; 2] {
                        for question in families(&self.policy, &candidate.host)
                            .into_iter()
                            .flatten()
                        {
                            self.ask(question);
                        }
                    }
                    self.leads.push_front(Lead::Host(candidate));
                    return;
                }
            }
        }
    }

    fn take_services(&mut self, mut services: Vec<Service>, ours: &[Transport]) {
        if services.is_empty() {
            // RFC 3263 4.1: no NAPTR records, or none for us.
            return self.push_services(ours);
        }
        if self.policy.large {
            services.sort_by_key(|service| service.transport == Transport::Udp);
        }
        // The domain has this transport, even if its SRV records are amiss.
        let transport = services[0].transport;
        self.fallback = Some((transport, transport.default_port()));
        self.leads.extend(services.into_iter().map(Lead::Service));
    }

    /// Puts the hosts of SRV records before all other leads.
    fn push_hosts(&mut self, transport: Transport, sorted: &[Srv]) {
        for record in sorted.iter().rev() {
            if record.port == 0 {
                continue;
            }
            // No address may stand there (RFC 2782), but some do.
            let lead = match record.target.parse::<IpAddr>() {
                Ok(address) if self.policy.check_family(address.into()).is_err() => continue,
                Ok(address) => Lead::Target(transport, SocketAddr::new(address, record.port)),
                Err(_) => {
                    let Some(host) = domain(&record.target) else {
                        continue;
                    };
                    Lead::Host(Candidate {
                        transport,
                        host,
                        port: record.port,
                        taken: [0; 2],
                    })
                }
            };
            self.leads.push_front(lead);
        }
    }

    /// Asks, unless it was asked. False if there were too many questions.
    fn ask(&mut self, question: Question) -> bool {
        if self.answers.contains_key(&question) {
            return true;
        }
        if self.answers.len() >= self.policy.max_questions {
            return false;
        }
        self.answers.insert(question.clone(), None);
        self.questions.push_back(question);
        true
    }

    fn give(&mut self, transport: Transport, address: SocketAddr) -> Step {
        // RFC 3403 4.1: once a record fits, those of a higher order do not count. So nobody who
        // disturbs TLS gets us to use less.
        let order = self.order;
        self.leads
            .retain(|lead| !matches!(lead, Lead::Service(other) if other.order > order));
        self.given.push((transport, address));
        Step::Target(Target {
            transport,
            address,
            name: transport.is_secure().then(|| Arc::clone(&self.name)),
        })
    }
}

impl Candidate {
    /// The next address; the families take turns, the preferred one first (RFC 7984 4, RFC 8305
    /// 4). It does not wait for the second family before the first one's turn is over.
    fn next(&mut self, policy: &Policy, answers: &BTreeMap<Question, Option<Answer>>) -> Next {
        let families = families(policy, &self.host);
        let mut turn = usize::from(self.taken[0] > self.taken[1]);
        for _ in 0..2 {
            let found = match families[turn].as_ref().map(|family| answers.get(family)) {
                Some(Some(None)) => return Next::Open,
                Some(Some(Some(Answer::Addresses(addresses)))) => {
                    addresses.get(self.taken[turn]).copied()
                }
                _ => None,
            };
            if let Some(address) = found {
                self.taken[turn] += 1;
                return Next::Address(address);
            }
            turn = 1 - turn;
        }
        Next::End
    }
}

/// The questions for the addresses of a host, the preferred family first.
fn families(policy: &Policy, host: &str) -> [Option<Question>; 2] {
    let a = policy.ipv4.then(|| Question::A(host.into()));
    let aaaa = policy.ipv6.then(|| Question::Aaaa(host.into()));
    if policy.prefer_ipv6 {
        [aaaa, a]
    } else {
        [a, aaaa]
    }
}

/// A host that is all of a text; an IPv6 address may stand without brackets.
fn whole_host(text: &str) -> Option<Host<'_>> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.into());
    }
    match uri::parse_host(text, 0) {
        Ok((host, end)) if end == text.len() => Some(host),
        _ => None,
    }
}
