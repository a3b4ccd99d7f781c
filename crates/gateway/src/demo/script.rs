//! The calls of the demo.

use super::ports::{PHONE_LINES, Ports};
use super::recorder::Recorder;
use super::report::{self, Expected, verdict};
use crate::config::Settings;
use crate::http;
use crate::running::{Network, Running, StartError};
use core::time::Duration;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;
use trunkline_click_to_call::{CallEventKind, CallState, CallUpdate};
use trunkline_isup::Phase;
use trunkline_simulator::sound::Heard;
use trunkline_simulator::{ExchangeReport, exchange, phone};

/// What the demo works with.
struct Script<'a> {
    recorder: &'a Recorder,
    http: SocketAddr,
    calls: broadcast::Receiver<CallUpdate>,
    exchange: mpsc::Receiver<ExchangeReport>,
    phone: mpsc::Receiver<phone::Event>,
    talk: Duration,
}

/// One line of the summary.
struct Outcome {
    line: String,
    right: bool,
}

/// The initiator: the SIP phone's extension.
const PHONE: &str = "1001";
/// A subscriber who plays 1004 Hz.
const TONE: &str = "+493023125100";
/// One who is busy.
const BUSY: &str = "+493023125117";
/// A number that nobody has.
const UNALLOCATED: &str = "+493023125198";

/// What the landline plays, as the phone must hear it.
const AT_PHONE: Expected = Expected {
    hz: 1004.0,
    dbm0: -10.0,
    snr_db: 20.0,
};
/// What the phone plays, as the landline must hear it.
const AT_LANDLINE: Expected = Expected {
    hz: 440.0,
    dbm0: -10.0,
    snr_db: 20.0,
};

/// The longest that any one step may take: T7 and some more.
const STEP: Duration = Duration::from_secs(30);

/// Places the calls; whether all were as expected.
pub(super) async fn run(
    mut settings: Settings,
    ports: &Ports,
    recorder: &Recorder,
    talk: u64,
) -> Result<bool, StartError> {
    if let Some(phone) = settings
        .simulator
        .as_mut()
        .and_then(|simulator| simulator.phone.as_mut())
    {
        phone.rtp_port = ports.phone_media;
        phone.lines = PHONE_LINES;
    }
    let mut running = Running::start(settings, Some(recorder.tap())).await?;
    let network = running
        .take_network()
        .ok_or("the demo needs the simulator")?;
    let click_to_call = running
        .click_to_call()
        .ok_or("the demo needs click-to-call")?;
    let Network {
        exchange,
        exchange_events,
        phone,
    } = network;
    let (phone_handle, phone_events) = phone.ok_or("the demo needs the phone")?;
    let mut script = Script {
        recorder,
        http: click_to_call.http_address(),
        calls: click_to_call.subscribe(),
        exchange: exchange_events,
        phone: phone_events,
        talk: Duration::from_secs(talk),
    };
    let outcomes = script.calls().await;
    running.stop().await;
    exchange.shutdown();
    exchange.stopped().await;
    drop(phone_handle);

    let outcomes = outcomes?;
    recorder.remark("\nSummary");
    for outcome in &outcomes {
        recorder.remark(format!("  {}  {}", outcome.line, verdict(outcome.right)));
    }
    Ok(outcomes.iter().all(|outcome| outcome.right))
}

impl Script<'_> {
    async fn calls(&mut self) -> Result<Vec<Outcome>, StartError> {
        self.circuits_are_ready().await?;
        let talked = self.talk_to_landline().await?;
        let busy = self.fails(BUSY, "a busy landline", 486, 17).await?;
        let unallocated = self
            .fails(UNALLOCATED, "an unallocated number", 404, 1)
            .await?;
        Ok(vec![talked, busy, unallocated])
    }

    /// The group reset at the start has been acknowledged.
    async fn circuits_are_ready(&mut self) -> Result<(), StartError> {
        let ready = async {
            while let Some(report) = self.exchange.recv().await {
                if let ExchangeReport::Exchange(exchange::Event::Circuit { state, .. }) = report
                    && state.phase == Phase::Idle
                {
                    return true;
                }
            }
            false
        };
        match timeout(STEP, ready).await {
            Ok(true) => Ok(()),
            _ => Err("the circuits did not come into service".into()),
        }
    }

    async fn talk_to_landline(&mut self) -> Result<Outcome, StartError> {
        let id = self.place(TONE, "a landline that plays 1004 Hz").await?;
        let connected = self
            .until(&id, |state| state == CallState::Connected)
            .await?;
        if connected != CallState::Connected {
            let line = format!("{PHONE} to {TONE}: {}", connected.name());
            return Ok(Outcome { line, right: false });
        }
        let seconds = self.talk.as_secs();
        self.recorder
            .remark(format!("           ... they talk for {seconds} s ..."));
        tokio::time::sleep(self.talk).await;
        let path = format!("/api/v1/calls/{id}");
        http::request(self.http, "DELETE", &path, &[], "").await?;
        self.recorder.remark(format!("           DELETE {path}"));
        self.until(&id, CallState::is_over).await?;
        let (at_landline, at_phone) = (
            self.heard_by_landline().await?,
            self.heard_by_phone().await?,
        );
        let (landline, landline_right) = report::sound("landline", AT_LANDLINE, &at_landline);
        let (phone, phone_right) = report::sound("phone", AT_PHONE, &at_phone);
        self.recorder.remark(phone);
        self.recorder.remark(landline);
        let line =
            format!("{PHONE} to {TONE}: answered, talked {seconds} s, both heard each other");
        Ok(Outcome {
            line,
            right: phone_right && landline_right,
        })
    }

    /// A call that must end with a status and a Q.850 cause.
    async fn fails(
        &mut self,
        destination: &str,
        about: &str,
        status: u64,
        cause: u64,
    ) -> Result<Outcome, StartError> {
        let id = self.place(destination, about).await?;
        self.until(&id, CallState::is_over).await?;
        let path = format!("/api/v1/calls/{id}");
        let (_, body) = http::request(self.http, "GET", &path, &[], "").await?;
        let call: Value = serde_json::from_str(&body)?;
        let leg = &call["destination"];
        let got_status = leg["status"].as_u64().unwrap_or(0);
        let causes = leg["causes"].as_array().map_or(&[][..], Vec::as_slice);
        let q850 = causes.iter().find(|cause| cause["protocol"] == "Q.850");
        let got_cause = q850.and_then(|cause| cause["cause"].as_u64()).unwrap_or(0);
        let reason = leg["reason"].as_str().unwrap_or("no response");
        let line =
            format!("{PHONE} to {destination}: {got_status} {reason}, ISUP cause {got_cause}");
        Ok(Outcome {
            line,
            right: got_status == status && got_cause == cause,
        })
    }

    /// Asks for a call over HTTP; its id.
    async fn place(&self, destination: &str, about: &str) -> Result<String, StartError> {
        let json = format!(r#"{{"initiator": "{PHONE}", "destination": "{destination}"}}"#);
        self.recorder
            .remark(format!("\nPOST /api/v1/calls {json}   ({about})"));
        let (status, body) =
            http::request(self.http, "POST", "/api/v1/calls", &[http::JSON], &json).await?;
        let call: Value = serde_json::from_str(&body)?;
        match (status, call["id"].as_str()) {
            (201, Some(id)) => Ok(id.to_owned()),
            _ => Err(format!("POST /api/v1/calls: {status} {body}").into()),
        }
    }

    /// Waits until a call is in such a state, or over; its state then.
    async fn until(
        &mut self,
        id: &str,
        reached: impl Fn(CallState) -> bool,
    ) -> Result<CallState, StartError> {
        let wait = async {
            loop {
                let update = self.calls.recv().await?;
                let state = update.status.state;
                let last = matches!(update.event.kind, CallEventKind::Over { .. });
                if update.status.id == id && (reached(state) || last) {
                    return Ok::<_, broadcast::error::RecvError>(state);
                }
            }
        };
        match timeout(STEP, wait).await {
            Ok(state) => Ok(state?),
            Err(_) => Err(format!("call {id}: nothing happened for {STEP:?}").into()),
        }
    }

    async fn heard_by_landline(&mut self) -> Result<Heard, StartError> {
        let wait = async {
            while let Some(report) = self.exchange.recv().await {
                if let ExchangeReport::Exchange(exchange::Event::Ended { heard, .. }) = report {
                    return Some(heard);
                }
            }
            None
        };
        timeout(STEP, wait)
            .await?
            .ok_or_else(|| "the exchange stopped".into())
    }

    async fn heard_by_phone(&mut self) -> Result<Heard, StartError> {
        let wait = async {
            while let Some(event) = self.phone.recv().await {
                if let phone::Event::Ended { heard, .. } = event {
                    return Some(heard);
                }
            }
            None
        };
        timeout(STEP, wait)
            .await?
            .ok_or_else(|| "the phone stopped".into())
    }
}
