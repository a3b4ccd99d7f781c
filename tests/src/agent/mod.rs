//! A user agent for tests: the endpoint of `trunkline-sip` over the sockets of
//! `trunkline-sip-transport`, in real time.
//!
//! It runs on a thread of its own, so that it answers while the test waits for somebody else. The
//! test reaches the endpoint through [`Agent::with`] and takes its events with [`Agent::until`].
//! Every message of it is recorded, also those of encrypted connections, for tshark to judge.
#![allow(
    clippy::panic,
    reason = "a test whose peer does not do its part has failed"
)]

mod record;
mod running;
mod script;

pub use record::{Message as Recorded, Record};
pub use script::{sdp, web_sdp};

use crate::peers::{Folder, PATIENCE, now};
use running::Job;
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread::JoinHandle;
use trunkline_model::Time;
use trunkline_sip::Transport;
use trunkline_sip::endpoint::{Endpoint, EndpointConfig, Event};
use trunkline_sip_transport::config::{
    CertificateFiles, ClientCertificates, Config, DnsSettings, Listen, TlsClient, TlsServer,
};
use trunkline_sip_transport::{Sockets, Why};

/// What an agent is started with.
pub struct Settings {
    /// Its transports. Each gets a port of 127.0.0.1 that the system chooses.
    pub transports: Vec<Transport>,
    /// What it shows as a TLS server, and as a client if it is asked.
    pub identity: Option<crate::peers::Identity>,
    /// Whom it trusts as a TLS client: a PEM file.
    pub trusts: Option<std::path::PathBuf>,
    /// Name servers; without them it knows no names.
    pub name_servers: Vec<SocketAddr>,
    /// What it does by itself; by default, nothing.
    pub habit: Habit,
    /// Changes to the endpoint's settings.
    pub adjust: fn(&mut EndpointConfig),
}

/// What an agent does by itself when something happens; what it gives back is told to the test.
pub type Habit = Box<dyn FnMut(&mut Endpoint, &Sockets, Time, Told) -> Option<Told> + Send>;

impl Settings {
    /// With these transports and nothing else.
    pub fn new(transports: &[Transport]) -> Self {
        Self {
            transports: transports.to_vec(),
            identity: None,
            trusts: None,
            name_servers: Vec::new(),
            habit: Box::new(|_, _, _, told| Some(told)),
            adjust: |_| (),
        }
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Told {
    /// At the endpoint.
    Event(Event),
    /// A connection was opened, by us or by a peer.
    Opened(trunkline_sip::Flow),
    /// A connection is closed.
    Closed(trunkline_sip::Flow, Why),
}

/// A running user agent.
pub struct Agent {
    jobs: tokio::sync::mpsc::UnboundedSender<Job>,
    told: mpsc::Receiver<Told>,
    /// What was told while the test waited for something else.
    earlier: VecDeque<Told>,
    locals: Vec<(Transport, SocketAddr)>,
    record: Record,
    thread: Option<JoinHandle<()>>,
}

impl Agent {
    /// Starts it; its capture lies in the folder.
    ///
    /// # Panics
    /// If its sockets cannot be opened.
    pub fn start(folder: &Folder, name: &str, settings: Settings) -> Self {
        let record = Record::create(&folder.file(&format!("{name}.pcapng")));
        let sockets = Self::sockets(&settings);
        let (jobs, jobs_receiver) = tokio::sync::mpsc::unbounded_channel();
        let (told_sender, told) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        let Settings { habit, adjust, .. } = settings;
        let recorder = record.clone();
        let thread = std::thread::spawn(move || {
            running::run(
                sockets,
                adjust,
                habit,
                &recorder,
                jobs_receiver,
                &told_sender,
                &ready,
            );
        });
        let locals = is_ready.recv_timeout(PATIENCE);
        let locals = locals.unwrap_or_else(|error| panic!("{name}: {error}"));
        record.dissect(&locals);
        Self {
            jobs,
            told,
            earlier: VecDeque::new(),
            locals,
            record,
            thread: Some(thread),
        }
    }

    fn sockets(settings: &Settings) -> Config {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let own = settings.identity.as_ref().map(|identity| CertificateFiles {
            certificate: identity.certificate.clone(),
            key: identity.key.clone(),
        });
        let listen = settings.transports.iter().map(|&transport| {
            if !transport.is_secure() {
                return Listen::plain(transport, any);
            }
            let own = own.clone().expect("a certificate for a secure transport");
            let clients = ClientCertificates::None;
            Listen::secure(transport, any, TlsServer { own, clients })
        });
        let mut config = Config {
            listen: listen.collect(),
            tls_client: settings.trusts.clone().map(|roots| TlsClient {
                roots: vec![roots],
                own: own.clone(),
                ..TlsClient::default()
            }),
            dns: DnsSettings {
                servers: settings.name_servers.clone(),
            },
            ..Config::default()
        };
        // A load test comes from one address.
        config.limits.per_source = 1_000;
        config
    }

    /// Its address for a transport.
    ///
    /// # Panics
    /// If it has none.
    pub fn at(&self, transport: Transport) -> SocketAddr {
        let found = self.locals.iter().find(|(local, _)| *local == transport);
        let (_, address) = found.unwrap_or_else(|| panic!("no {transport}"));
        *address
    }

    /// Does something at the endpoint, on its thread, and gives back what comes of it.
    ///
    /// # Panics
    /// If the agent has failed.
    pub fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Endpoint, Time) -> R + Send + 'static,
    ) -> R {
        self.with_sockets(|endpoint, _, now| work(endpoint, now))
    }

    /// The same with its sockets.
    ///
    /// # Panics
    /// If the agent has failed.
    pub fn with_sockets<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Endpoint, &Sockets, Time) -> R + Send + 'static,
    ) -> R {
        let (sender, receiver) = mpsc::channel();
        let job: Job = Box::new(move |endpoint, sockets, now| {
            // The test may have failed meanwhile.
            let _ = sender.send(work(endpoint, sockets, now));
        });
        assert!(self.jobs.send(job).is_ok(), "the agent has ended");
        receiver.recv_timeout(PATIENCE).expect("the agent's answer")
    }

    /// Waits until something is told that `pick` takes. What it does not take stays for later.
    ///
    /// # Panics
    /// If that does not come in time: with what was told instead.
    pub fn until<T>(&mut self, what: &str, mut pick: impl FnMut(&Told) -> Option<T>) -> T {
        let deadline = now() + PATIENCE;
        for position in 0..self.earlier.len() {
            if let Some(picked) = pick(&self.earlier[position]) {
                self.earlier.remove(position);
                return picked;
            }
        }
        loop {
            let left = deadline.saturating_duration_since(now());
            let Ok(told) = self.told.recv_timeout(left) else {
                panic!(
                    "agent: no {what}; told instead: {:#?}\n{}",
                    self.earlier,
                    self.record.story()
                );
            };
            if let Some(picked) = pick(&told) {
                return picked;
            }
            self.earlier.push_back(told);
        }
    }

    /// Whether something is told, up to now, that `pick` takes.
    pub fn has_told(&mut self, pick: impl Fn(&Told) -> bool) -> bool {
        self.earlier.extend(self.told.try_iter());
        self.earlier.iter().any(pick)
    }

    /// What it sent and received.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Ends it and has tshark judge what it sent and received.
    ///
    /// # Panics
    /// If anything is malformed.
    pub fn finish(mut self) {
        self.end();
        self.record.judge();
    }

    fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            // It ends when nobody can give it jobs.
            let (sender, _) = tokio::sync::mpsc::unbounded_channel();
            self.jobs = sender;
            let ended = thread.join();
            if !std::thread::panicking() {
                assert!(ended.is_ok(), "the agent has failed");
            }
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            eprintln!("--- messages of an agent\n{}", self.record.story());
        }
    }
}
