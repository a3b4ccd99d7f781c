//! The implementation under test: an ASP between the octets of its peer and the user of MTP.

use core::time::Duration;
use std::collections::VecDeque;
use trunkline_m3ua::asp::{AsSettings, Asp, DestinationState, Input, Output, Settings};
use trunkline_m3ua::{ErrorCode, Message, TrafficMode, decode, encode};
use trunkline_model::mtp::MtpTransfer;
use trunkline_model::{NetworkIndicator, PointCode, Time};

/// T(ack).
pub(crate) const ACK: Duration = Duration::from_secs(2);

/// After which destinations are audited.
pub(crate) const AUDIT: Duration = Duration::from_secs(30);

/// The routing context of its AS.
pub(crate) const ROUTING_CONTEXT: u32 = 7;

pub(crate) struct Iut {
    pub(crate) asp: Asp,
    now: Time,
    /// What it sent and the test has not looked at.
    sent: VecDeque<Vec<u8>>,
    /// What it told the user and management.
    pub(crate) told: Vec<Output>,
}

impl Iut {
    /// One of one AS in loadshare mode, with the association up.
    pub(crate) fn new() -> Self {
        Self::with(AsSettings {
            routing_context: Some(ROUTING_CONTEXT),
            traffic_mode: Some(TrafficMode::Loadshare),
            ..AsSettings::default()
        })
    }

    pub(crate) fn with(application_server: AsSettings) -> Self {
        let mut iut = Self {
            asp: Asp::new(Settings {
                application_servers: vec![application_server],
                ack: ACK,
                audit: Some(AUDIT),
                ..Settings::default()
            }),
            now: Time::from_secs(1000),
            sent: VecDeque::new(),
            told: Vec::new(),
        };
        iut.input(Input::AssociationUp);
        iut
    }

    /// One that waits for the answer to ASPAC.
    pub(crate) fn asking_for_traffic() -> Self {
        let mut iut = Self::new();
        iut.expect("ASPUP");
        iut.receive(&[1, 0, 3, 4, 0, 0, 0, 8]);
        iut
    }

    /// One that is active.
    pub(crate) fn active() -> Self {
        let mut iut = Self::asking_for_traffic();
        let aspac = iut.expect("ASPAC");
        iut.receive(&acknowledgement(&aspac));
        assert!(iut.asp.carries_traffic(0));
        iut
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.asp.handle(self.now, input);
        self.drain();
    }

    /// Takes octets as an adapter does: what cannot be read is answered with an Error.
    pub(crate) fn receive(&mut self, octets: &[u8]) {
        match decode(octets) {
            Ok(message) => self.input(Input::Message {
                stream: None,
                message,
            }),
            Err(error) => {
                let answer = error.answer(octets).map(Message::Error);
                self.sent.extend(answer.as_ref().map(encode));
            }
        }
    }

    pub(crate) fn after(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some((at, _)) = self.asp.poll_timeout()
            && at <= end
        {
            self.now = at;
            self.asp.handle_timeout(at);
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(output) = self.asp.poll_output() {
            match output {
                Output::Send(message) => self.sent.push_back(encode(&message)),
                output => self.told.push(output),
            }
        }
    }

    /// The next message that it sent, which has to be that one.
    pub(crate) fn expect(&mut self, name: &str) -> Vec<u8> {
        let octets = self.sent.pop_front();
        let octets = octets.unwrap_or_else(|| panic!("{name} was not sent"));
        assert_eq!(decode(&octets).unwrap().name(), name);
        octets
    }

    /// The next message that it sent has to be an Error of that code; for unknown classes and
    /// types with the beginning of what it answers.
    pub(crate) fn expect_error(&mut self, code: ErrorCode, offending: &[u8]) {
        let octets = self.expect("ERR");
        let Ok(Message::Error(error)) = decode(&octets) else {
            panic!("{octets:?}");
        };
        assert_eq!(error.code, code);
        let shown = offending.len().min(40);
        assert_eq!(error.diagnostic.as_deref(), Some(&offending[..shown]));
    }

    /// Nothing else was sent.
    pub(crate) fn expect_nothing(&self) {
        assert!(self.sent.is_empty(), "{:?}", self.sent);
    }

    pub(crate) fn transfer(&mut self, transfer: MtpTransfer) {
        self.input(Input::Transfer {
            application_server: 0,
            transfer,
        });
    }

    /// What the user was told of destinations.
    pub(crate) fn destinations(&self) -> Vec<(u8, u32, DestinationState)> {
        let of = |output: &Output| match output {
            Output::Destinations {
                affected, state, ..
            } => {
                let [affected] = affected[..] else {
                    panic!("{affected:?}");
                };
                Some((affected.mask, affected.point_code.value(), *state))
            }
            _ => None,
        };
        self.told.iter().filter_map(of).collect()
    }
}

/// What acknowledges ASPAC or ASPIA: the same parameters under the type of the answer.
pub(crate) fn acknowledgement(request: &[u8]) -> Vec<u8> {
    let mut octets = request.to_vec();
    octets[3] += 2;
    octets
}

/// The same message with version 2.
pub(crate) fn of_version_2(mut octets: Vec<u8>) -> Vec<u8> {
    octets[0] = 2;
    octets
}

/// ISUP from 1 to 2.
pub(crate) fn transfer() -> MtpTransfer {
    MtpTransfer {
        opc: PointCode::new(1).unwrap(),
        dpc: PointCode::new(2).unwrap(),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 1,
        sls: 9,
        data: vec![9, 0, 0x10, 0],
    }
}
