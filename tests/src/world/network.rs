//! What lies between the cores: seeded networks that delay, lose, repeat and reorder, in virtual
//! time.

use core::time::Duration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_model::media::{MediaCommand, MediaEvent};
use trunkline_model::mtp::MtpTransfer;

use super::traffic::Action;

/// How a network treats what is sent over it.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// How many of a thousand messages are lost.
    pub lost: u32,
    /// How many of a thousand messages arrive twice.
    pub repeated: u32,
    /// How many of a thousand datagrams have one wrong octet.
    pub damaged: u32,
    /// The shortest delay, in milliseconds.
    pub least: u64,
    /// The longest delay, in milliseconds.
    pub most: u64,
    /// Whether messages of one direction stay in order.
    pub in_order: bool,
}

impl Link {
    /// SIP over UDP: 2 % are lost, 1 % come twice, and messages overtake each other.
    pub const SIP: Self = Self {
        lost: 20,
        repeated: 10,
        damaged: 0,
        least: 2,
        most: 60,
        in_order: false,
    };
    /// MTP, which keeps order and loses nothing but at a changeover: 0.5 %.
    pub const MTP: Self = Self {
        lost: 5,
        repeated: 0,
        damaged: 0,
        least: 1,
        most: 30,
        in_order: true,
    };
    /// Sound: 1 % is lost, and packets overtake each other by one now and then.
    pub const RTP: Self = Self {
        lost: 10,
        repeated: 2,
        damaged: 0,
        least: 5,
        most: 28,
        in_order: false,
    };
    /// Between MGC and MGW: a queue.
    pub const MEDIA: Self = Self {
        lost: 0,
        repeated: 0,
        damaged: 0,
        least: 0,
        most: 20,
        in_order: true,
    };

    /// The same without faults.
    pub const fn faultless(self) -> Self {
        Self {
            lost: 0,
            repeated: 0,
            damaged: 0,
            ..self
        }
    }
}

/// Something that is on its way, or waits for its time.
#[derive(Clone, Debug)]
pub enum Flight {
    /// A SIP datagram.
    Sip {
        /// Who sent it.
        source: SocketAddr,
        /// Where it goes.
        destination: SocketAddr,
        /// Its octets.
        data: Vec<u8>,
    },
    /// An MTP message, for the side whose point code it names.
    Mtp(MtpTransfer),
    /// A packet of sound.
    Rtp {
        /// Who sent it.
        source: SocketAddr,
        /// Where it goes.
        destination: SocketAddr,
        /// Its octets.
        data: Vec<u8>,
    },
    /// MGC to MGW.
    Command(MediaCommand),
    /// MGW to MGC.
    Media(MediaEvent),
    /// Somebody does something.
    Action(Action),
}

/// The kinds of messages that have a link of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// SIP.
    Sip,
    /// MTP to the gateway.
    MtpIn,
    /// MTP from the gateway.
    MtpOut,
    /// Sound.
    Rtp,
    /// MGC to MGW.
    Command,
    /// MGW to MGC.
    Media,
}

/// Everything that is on its way.
#[derive(Debug)]
pub struct Network {
    flights: BTreeMap<(Time, u64), Flight>,
    next: u64,
    /// When the last message of a way that keeps order arrives.
    last: BTreeMap<Way, Time>,
    chance: StdRng,
    /// Messages that were lost, by way.
    pub lost: BTreeMap<Way, u64>,
    /// Messages that were sent, by way.
    pub sent: BTreeMap<Way, u64>,
}

impl Network {
    /// A network without traffic.
    pub fn new(seed: u64) -> Self {
        Self {
            flights: BTreeMap::new(),
            next: 0,
            last: BTreeMap::new(),
            chance: StdRng::seed_from_u64(seed),
            lost: BTreeMap::new(),
            sent: BTreeMap::new(),
        }
    }

    /// Sends something over a link. Whether it will arrive at all.
    pub fn send(&mut self, now: Time, way: Way, link: Link, mut flight: Flight) -> bool {
        *self.sent.entry(way).or_default() += 1;
        if self.happens(link.lost) {
            *self.lost.entry(way).or_default() += 1;
            return false;
        }
        if self.happens(link.repeated) {
            let at = now + self.delay(link);
            self.at(at, flight.clone());
        }
        if let Flight::Sip { data, .. } = &mut flight
            && self.happens(link.damaged)
        {
            let place = self.chance.random_range(0..data.len());
            data[place] = self.chance.random();
        }
        let mut at = now + self.delay(link);
        if link.in_order {
            let last = self.last.entry(way).or_default();
            at = at.max(*last);
            *last = at;
        }
        self.at(at, flight);
        true
    }

    /// Lets something happen at a time.
    pub fn at(&mut self, at: Time, flight: Flight) {
        self.flights.insert((at, self.next), flight);
        self.next += 1;
    }

    /// When something arrives next.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.flights.first_key_value().map(|(&(at, _), _)| at)
    }

    /// What has arrived by `now`.
    pub fn arrived(&mut self, now: Time) -> Option<Flight> {
        let entry = self.flights.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// Loses what is on its way and is such.
    pub fn forget(&mut self, such: impl Fn(&Flight) -> bool) {
        self.flights.retain(|_, flight| !such(flight));
    }

    /// What is on its way, in the order of arrival.
    pub fn flights(&self) -> impl Iterator<Item = &Flight> {
        self.flights.values()
    }

    fn happens(&mut self, in_thousand: u32) -> bool {
        in_thousand > 0 && self.chance.random_range(0..1000) < in_thousand
    }

    fn delay(&mut self, link: Link) -> Duration {
        let micros = self
            .chance
            .random_range(link.least * 1_000..=link.most * 1_000);
        Duration::from_micros(micros)
    }
}
