//! The loop between endpoints, core and owner.

use super::clock::Clock;
use super::open::Plan;
use super::{Control, Question, Request};
use crate::adapter::{Adapter, AssociationEvent, AssociationId, Input, Output};
use crate::event::{Discarded, PeerError, SignalingEvent};
use crate::transport::sctp::Dropped;
use crate::transport::{Command, EndpointEvent};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use trunkline_model::tap::Tap;

/// Everything that the adapter's thread owns.
pub(super) struct Driver {
    pub(super) core: Adapter,
    pub(super) plan: Plan,
    pub(super) clock: Clock,
    pub(super) tap: Option<Tap>,
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) questions: mpsc::Receiver<Question>,
    pub(super) control: watch::Receiver<Control>,
    pub(super) overload: Arc<AtomicU64>,
    pub(super) events: mpsc::Sender<SignalingEvent>,
}

impl Driver {
    /// Runs until all is shut down.
    pub(super) async fn run(self) {
        let (sender, endpoint_events) = mpsc::channel(ENDPOINT_EVENTS);
        let mut routes = BTreeMap::new();
        for (index, endpoint) in self.plan.endpoints.iter().enumerate() {
            routes.extend(endpoint.associations().into_iter().map(|id| (id, index)));
        }
        let endpoints = self.plan.run(self.clock, self.tap, &sender);
        let running = Running {
            core: self.core,
            clock: self.clock,
            endpoints,
            routes,
            outlet: Outlet {
                events: self.events,
                backlog: VecDeque::new(),
                missed: 0,
            },
        };
        running
            .run(
                self.requests,
                self.questions,
                self.control,
                endpoint_events,
                self.overload,
            )
            .await;
    }
}

struct Running {
    core: Adapter,
    clock: Clock,
    endpoints: Vec<(mpsc::Sender<Command>, JoinHandle<()>)>,
    /// Which endpoint an association belongs to.
    routes: BTreeMap<AssociationId, usize>,
    outlet: Outlet,
}

impl Running {
    async fn run(
        mut self,
        mut requests: mpsc::Receiver<Request>,
        mut questions: mpsc::Receiver<Question>,
        mut control: watch::Receiver<Control>,
        mut endpoint_events: mpsc::Receiver<(usize, EndpointEvent)>,
        overload: Arc<AtomicU64>,
    ) {
        let mut shutting_down = false;
        let events = self.outlet.events.clone();
        loop {
            if self.flush().await {
                break;
            }
            let refused = overload.swap(0, Ordering::Relaxed);
            if refused > 0 {
                let event = SignalingEvent::Discarded(Discarded::Overload(refused));
                self.outlet.put(event);
            }
            let timeout = self.core.poll_timeout().map(|(at, _)| at);
            tokio::select! {
                // An owner that is slow slows the peers down, not the timers.
                permit = events.reserve(), if !self.outlet.backlog.is_empty() => {
                    match (permit, self.outlet.backlog.pop_front()) {
                        (Ok(permit), Some(event)) => permit.send(event),
                        // Nobody listens any more.
                        _ => self.outlet.backlog.clear(),
                    }
                }
                Some((index, event)) = endpoint_events.recv(), if self.outlet.has_room() => {
                    self.endpoint_event(index, event);
                }
                request = requests.recv(), if !shutting_down => {
                    match request {
                        Some(request) => {
                            self.request(request);
                            for _ in 1..BATCH {
                                let Ok(request) = requests.try_recv() else { break };
                                self.request(request);
                            }
                        }
                        // The last handle is gone.
                        None => {
                            shutting_down = true;
                            self.core.handle(self.clock.now(), Input::Shutdown);
                        }
                    }
                }
                Some(question) = questions.recv() => self.answer(question),
                Ok(()) = control.changed() => match *control.borrow_and_update() {
                    Control::Run => {}
                    Control::Shutdown => {
                        shutting_down = true;
                        // What was asked for before goes first.
                        while let Ok(request) = requests.try_recv() {
                            self.request(request);
                        }
                        self.core.handle(self.clock.now(), Input::Shutdown);
                    }
                    Control::Kill => return,
                },
                () = self.clock.sleep_until(timeout) => {
                    self.core.handle_timeout(self.clock.now());
                }
            }
        }
        drop(events);
        self.finish().await;
    }

    fn request(&mut self, request: Request) {
        let input = match request {
            Request::Transfer(transfer) => Input::Transfer(transfer),
            Request::Indicate(indication) => Input::Indicate(indication),
        };
        self.core.handle(self.clock.now(), input);
    }

    /// Whoever asks may have gone meanwhile.
    fn answer(&mut self, question: Question) {
        let now = self.clock.now();
        match question {
            Question::Links(reply) => drop(reply.send(self.core.links(now))),
            Question::Command(peer, action, reply) => {
                drop(reply.send(self.core.command(now, &peer, action)));
            }
        }
    }

    /// Does what the core wants; true if it wants no more.
    async fn flush(&mut self) -> bool {
        while let Some(output) = self.core.poll_output() {
            let (id, command) = match output {
                Output::Connect(id) => (id, Command::Connect(id)),
                Output::Send {
                    association,
                    stream,
                    data,
                } => (
                    association,
                    Command::Send {
                        association,
                        stream,
                        data,
                    },
                ),
                Output::Shutdown(id) => (id, Command::Shutdown(id)),
                Output::Abort(id) => (id, Command::Abort(id)),
                Output::Event(event) => {
                    self.outlet.put(event);
                    continue;
                }
                Output::Finished => return true,
            };
            let route = self.routes.get(&id).and_then(|i| self.endpoints.get(*i));
            if let Some((endpoint, _)) = route {
                // Endpoints take their commands always, so this does not wait for long.
                let _ = endpoint.send(command).await;
            }
        }
        false
    }

    fn endpoint_event(&mut self, index: usize, event: EndpointEvent) {
        match event {
            EndpointEvent::Association(id, event) => {
                if let AssociationEvent::Up { .. } = event {
                    self.routes.insert(id, index);
                }
                let input = Input::Association(id, event);
                self.core.handle(self.clock.now(), input);
            }
            EndpointEvent::Dropped(Dropped {
                not_admitted,
                stray,
                last,
            }) => {
                let peer = last.map(|source| source.to_string()).unwrap_or_default();
                for (count, error) in [
                    (not_admitted, PeerError::NotAdmitted(not_admitted)),
                    (stray, PeerError::Stray(stray)),
                ] {
                    if count > 0 {
                        let peer = peer.clone();
                        self.outlet.put(SignalingEvent::Error { peer, error });
                    }
                }
            }
        }
    }

    /// Lets the endpoints do what they were told, and hands out the last events.
    async fn finish(mut self) {
        let (commands, tasks): (Vec<_>, Vec<_>) = self.endpoints.drain(..).unzip();
        drop(commands);
        for task in tasks {
            let _ = tokio::time::timeout(LAST_WORDS, task).await;
        }
        let Outlet {
            events,
            mut backlog,
            ..
        } = self.outlet;
        let last = async {
            while let Some(event) = backlog.pop_front() {
                if events.send(event).await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS, last).await;
    }
}

/// Events on their way to the owner. MTP primitives are never dropped: they wait, and while
/// they do nothing more is read from the peers. The others are dropped and counted when the
/// owner is too slow.
struct Outlet {
    events: mpsc::Sender<SignalingEvent>,
    backlog: VecDeque<SignalingEvent>,
    missed: u64,
}

impl Outlet {
    fn put(&mut self, event: SignalingEvent) {
        let must_arrive = matches!(
            event,
            SignalingEvent::Mtp(_) | SignalingEvent::Association { .. }
        );
        // A quarter of the queue is kept for what must arrive.
        let tight = self.events.capacity() * 4 <= self.events.max_capacity();
        if !must_arrive && (tight || !self.backlog.is_empty()) {
            self.missed += 1;
            return;
        }
        if self.missed > 0 && !tight && self.backlog.is_empty() {
            let missed = SignalingEvent::Missed(core::mem::take(&mut self.missed));
            let _ = self.events.try_send(missed);
        }
        if !self.backlog.is_empty() {
            return self.backlog.push_back(event);
        }
        match self.events.try_send(event) {
            Err(mpsc::error::TrySendError::Full(event)) if must_arrive => {
                self.backlog.push_back(event);
            }
            Err(mpsc::error::TrySendError::Full(_)) => self.missed += 1,
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
        }
    }

    fn has_room(&self) -> bool {
        self.backlog.len() < MAX_BACKLOG
    }
}

/// Events of endpoints that may wait.
const ENDPOINT_EVENTS: usize = 256;

/// Requests that are taken before the next look at anything else.
const BATCH: usize = 64;

/// MTP primitives that wait for the owner before no more is read from the peers.
const MAX_BACKLOG: usize = 256;

/// How long the end may take when everything is told already.
const LAST_WORDS: Duration = Duration::from_millis(200);
