//! The thread of an agent: the only owner of its endpoint.

use super::record::Record;
use super::{Habit, Told};
use crate::peers::now;
use core::time::Duration;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Instant;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};
use trunkline_model::Time;
use trunkline_sip::endpoint::{Endpoint, EndpointConfig, Output};
use trunkline_sip::{Flow, Transport};
use trunkline_sip_transport::config::Config;
use trunkline_sip_transport::{SocketEvent, Sockets};

/// Something to do at the endpoint.
pub(super) type Job = Box<dyn FnOnce(&mut Endpoint, &Sockets, Time) + Send>;

/// Runs until nobody can give it jobs any longer.
pub(super) fn run(
    config: Config,
    adjust: fn(&mut EndpointConfig),
    habit: Habit,
    record: &Record,
    jobs: UnboundedReceiver<Job>,
    told: &mpsc::Sender<Told>,
    ready: &mpsc::Sender<Vec<(Transport, SocketAddr)>>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (sockets, events) = match Sockets::bind(config).await {
            Ok(opened) => opened,
            Err(error) => panic!("{error}"),
        };
        let mut settings = EndpointConfig::new(rand::random());
        settings.locals = sockets.locals().to_vec();
        adjust(&mut settings);
        let running = Running {
            endpoint: Endpoint::new(settings),
            sockets: sockets.clone(),
            habit,
            record,
            told,
            began: now(),
        };
        // The test waits for it.
        let _ = ready.send(sockets.locals().to_vec());
        running.run(jobs, events).await;
        sockets.stop(CLOSING).await;
    });
}

/// How long what is still to be sent may take in the end.
const CLOSING: Duration = Duration::from_secs(1);

struct Running<'a> {
    endpoint: Endpoint,
    sockets: Sockets,
    habit: Habit,
    record: &'a Record,
    told: &'a mpsc::Sender<Told>,
    began: Instant,
}

impl Running<'_> {
    async fn run(mut self, mut jobs: UnboundedReceiver<Job>, mut events: Receiver<SocketEvent>) {
        loop {
            let due = self.endpoint.poll_timeout().map(|(at, _)| at);
            let wait = due.map_or(FAR, |at| at.since(self.now()));
            tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => {
                        let now = self.now();
                        job(&mut self.endpoint, &self.sockets, now);
                    }
                    None => return,
                },
                event = events.recv() => match event {
                    Some(event) => self.happened(event),
                    None => return,
                },
                () = tokio::time::sleep(wait) => {}
            }
            let now = self.now();
            self.endpoint.handle_timeout(now);
            self.drain();
        }
    }

    fn now(&self) -> Time {
        Time::ZERO + now().duration_since(self.began)
    }

    fn happened(&mut self, event: SocketEvent) {
        let now = self.now();
        match event {
            SocketEvent::Received { flow, data, .. } => {
                self.record.add(flow.remote, flow.local, &data);
                self.endpoint.receive(now, flow, &data);
            }
            SocketEvent::Undelivered(flow) => self.endpoint.undelivered(now, &flow),
            // Somebody who could not prove who he is: that he gets no connection is enough.
            SocketEvent::Refused { .. } => {}
            SocketEvent::Opened { flow, .. } => self.tell(Told::Opened(flow)),
            SocketEvent::Closed { flow, why } => {
                // What went out without a connection went over this one, if we opened it.
                let sent = Flow {
                    connection: None,
                    ..flow
                };
                for flow in [flow, sent] {
                    self.endpoint.undelivered(now, &flow);
                }
                self.tell(Told::Closed(flow, why));
            }
            SocketEvent::Resolved(question, answer) => {
                self.endpoint.resolved(now, &question, &answer);
            }
        }
    }

    /// Does what the endpoint wants. A habit may make it want more.
    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Transmit { flow, name, data } => {
                    self.record.add(flow.local, flow.remote, &data);
                    self.sockets.send(flow, name, data);
                }
                Output::Resolve(question) => self.sockets.resolve(question),
                Output::Event(event) => self.tell(Told::Event(event)),
            }
        }
    }

    fn tell(&mut self, told: Told) {
        let now = self.now();
        if let Some(told) = (self.habit)(&mut self.endpoint, &self.sockets, now, told) {
            // The test may have ended.
            let _ = self.told.send(told);
        }
    }
}

/// When no timer is due.
const FAR: Duration = Duration::from_secs(3_600);
