//! A gateway that runs: everything that a configuration asks for, started in order, and stopped
//! in the opposite one.

use crate::admin;
use crate::clock::Clock;
use crate::config::{RegistrarSettings, Settings, Simulator};
use crate::metrics::Metrics;
use crate::signaling_log::SignalingLog;
use crate::start_error;
use crate::store::Later;
use crate::switch::Switch;
use core::time::Duration;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tracing::{info, warn};
use trunkline_mgc::{Mgc, Users};
use trunkline_mgw::worker;
use trunkline_model::media::MediaEvent;
use trunkline_model::tap::Tap;
use trunkline_registrar::{Memory, Store};
use trunkline_simulator::exchange;
use trunkline_simulator::{
    ExchangeHandle, ExchangeReport, PhoneHandle, phone, spawn_exchange, spawn_phone,
};
use trunkline_sip_transport::Sockets;

/// A gateway, and what its configuration started beside it.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    switch: JoinHandle<()>,
    sockets: Sockets,
    admin: Option<(SocketAddr, JoinHandle<()>)>,
    click_to_call: Option<trunkline_click_to_call::Handle>,
    network: Option<Network>,
}

/// The simulated telephone network.
pub(crate) struct Network {
    pub(crate) exchange: ExchangeHandle,
    pub(crate) exchange_events: mpsc::Receiver<ExchangeReport>,
    pub(crate) phone: Option<(PhoneHandle, mpsc::Receiver<phone::Event>)>,
}

/// Why a gateway does not start. Each says which address or key is at fault.
pub(crate) type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Media events that may wait for the MGC.
const MEDIA_QUEUE: usize = 16_384;

/// How long the parts may take to stop.
const PATIENCE: Duration = Duration::from_secs(5);

impl Network {
    /// Starts the exchange and the telephone.
    pub(crate) fn start(simulator: Simulator, tap: Option<&Tap>) -> Result<Self, StartError> {
        let signaling = simulator.exchange.signaling.clone();
        let (exchange, exchange_events) = spawn_exchange(simulator.exchange, tap.cloned())
            .map_err(|error| start_error::exchange(error, &signaling))?;
        let phone = match simulator.phone {
            Some(phone) => Some(
                spawn_phone(phone, tap.cloned())
                    .map_err(|error| format!("simulator.phone.listen: {error}"))?,
            ),
            None => None,
        };
        Ok(Self {
            exchange,
            exchange_events,
            phone,
        })
    }

    /// Takes its events and logs them, until it stops.
    pub(crate) async fn watch(mut self) {
        let phone = self.phone.take();
        let watch_phone = async {
            if let Some((_handle, mut events)) = phone {
                while let Some(event) = events.recv().await {
                    tracing::debug!(?event, "telephone");
                }
            }
        };
        let watch_exchange = async {
            while let Some(report) = self.exchange_events.recv().await {
                match report {
                    ExchangeReport::Exchange(exchange::Event::Ended {
                        call, why, heard, ..
                    }) => {
                        info!(%call, %why, %heard, "simulated exchange: call ended");
                    }
                    other => tracing::debug!(?other, "simulated exchange"),
                }
            }
        };
        tokio::join!(watch_phone, watch_exchange);
    }
}

impl Running {
    /// Starts everything. The tap sees every datagram that a part of it sends.
    pub(crate) async fn start(
        mut settings: Settings,
        tap: Option<Tap>,
    ) -> Result<Self, StartError> {
        let network = match settings.simulator.take() {
            Some(simulator) => Some(Network::start(simulator, tap.as_ref())?),
            None => None,
        };

        let (sockets, socket_events) = Sockets::bind(settings.sip.config(tap.clone()))
            .await
            .map_err(|error| format!("{}: {error}", settings.sip.key(&error)))?;
        let locals = sockets.locals().iter().chain(&settings.sip.opening);
        settings.mgc.endpoint.locals = locals.copied().collect();
        let names = settings
            .mgc
            .trunk_groups
            .iter()
            .map(|group| group.name.clone())
            .collect();
        settings.mgc.endpoint.seed = seed()?;
        for peer in &mut settings.mgc.peers {
            if let Some(register) = &mut peer.register {
                register.seed = seed()?;
                let call_id = seed()?.map(|octet| format!("{octet:02x}"));
                register.call_id = call_id[..16].concat();
            }
        }
        info!(sip = ?settings.mgc.endpoint.locals, "gateway");

        let (sender, media_events) = mpsc::channel(MEDIA_QUEUE);
        let mgw = worker::spawn(settings.mgw, tap.clone(), move |event| {
            // A reply must arrive, and there is one for each command; what far ends cause may be
            // lost. An error says that the switch has ended.
            let _ = match event {
                MediaEvent::Reply(_) => sender.blocking_send(event).is_ok(),
                MediaEvent::Notify { .. } => sender.try_send(event).is_ok(),
            };
        })?;
        let (signaling, signaling_events) =
            trunkline_signaling::spawn(settings.signaling.clone(), tap.clone())
                .map_err(|e| start_error::signaling(e, &settings.signaling, "signaling"))?;
        let mut mgc = Mgc::new(settings.mgc)?;
        let clock = Clock::start();
        if let Some(registrar) = settings.registrar {
            mgc.serve(users(registrar, clock)?);
        }
        let metrics = Metrics::new(names)?;
        metrics.circuits(&mgc);
        metrics.sip_peers(&mgc);
        let (peers, peers_shown) = watch::channel(admin::peers::of(&mgc));

        let admin = match settings.admin {
            Some(admin) => {
                let shown = admin::Shown {
                    metrics: Arc::clone(&metrics),
                    mgw: mgw.clone(),
                    sockets: sockets.clone(),
                    peers: peers_shown,
                    signaling: signaling.clone(),
                    format: settings.point_code_format,
                    served_by: admin::ServedBy::of(&settings.signaling),
                };
                Some(admin::serve(admin, shown).await?)
            }
            None => None,
        };
        let click_to_call = match settings.click_to_call {
            Some(mut config) => {
                config.controller.seed = seed()?;
                let spawned = trunkline_click_to_call::spawn(config, tap.clone());
                Some(spawned.map_err(start_error::click_to_call)?)
            }
            None => None,
        };
        let (stop, stopped) = oneshot::channel();
        let switch = Switch {
            mgc,
            peers,
            clock,
            sockets: sockets.clone(),
            socket_events,
            signaling,
            signaling_events,
            mgw,
            media_events,
            metrics,
            signaling_log: SignalingLog::new(settings.point_code_format),
            stop: stopped,
        };
        let switch = tokio::spawn(switch.run());
        Ok(Self {
            stop,
            switch,
            sockets,
            admin,
            click_to_call,
            network,
        })
    }

    /// The simulated network, for one who watches it.
    pub(crate) fn take_network(&mut self) -> Option<Network> {
        self.network.take()
    }

    /// Where click-to-call is served.
    pub(crate) fn click_to_call(&self) -> Option<&trunkline_click_to_call::Handle> {
        self.click_to_call.as_ref()
    }

    /// Where metrics are served.
    pub(crate) fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(address, _)| *address)
    }

    /// Loads certificates again: handshakes from then on go by them.
    pub(crate) fn reload(&self) {
        match self.sockets.reload_certificates() {
            Ok(()) => info!("certificates loaded again"),
            Err(error) => warn!(%error, "certificates stay as they were"),
        }
    }

    /// Ends all calls, then everything else.
    pub(crate) async fn stop(self) {
        if let Some(click_to_call) = self.click_to_call {
            click_to_call.stop(PATIENCE).await;
        }
        // If the switch has ended already there is nothing to tell it.
        let _ = self.stop.send(());
        if let Err(error) = self.switch.await {
            warn!(%error, "the switch did not end in order");
        }
        if let Some((_, admin)) = self.admin {
            admin.abort();
        }
        if let Some(network) = self.network {
            network.exchange.shutdown();
            network.exchange.stopped().await;
        }
    }
}

/// The registrar, with the bindings of its file.
fn users(settings: RegistrarSettings, clock: Clock) -> Result<Users, StartError> {
    let mut config = settings.config;
    config.verifier.seed = seed()?;
    let store: Box<dyn Store + Send> = match &settings.store {
        Some(file) => {
            let store = Later::open(file);
            Box::new(store.map_err(|error| format!("sip.registrar.store: {error}"))?)
        }
        None => Box::new(Memory),
    };
    let users = Users::new(config, store, clock.now(), Clock::unix());
    Ok(users.map_err(|error| format!("sip.registrar: {error}"))?)
}

/// From the system's random source: whoever can guess tags and Call-IDs can end calls.
fn seed() -> Result<[u8; 32], StartError> {
    use rand::TryRng;
    let mut seed = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut seed)?;
    Ok(seed)
}
