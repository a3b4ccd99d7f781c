//! Whole calls through the MGC in virtual time.
//!
//! [`World`] plays them with [`Peers`] that look at what the MGC sends. [`Script`] is what came to
//! the MGC in such a play: the MGC's random numbers come from a seed, so it says the same again,
//! and nobody needs to listen. [`Run::window`] therefore costs what the MGC costs and next to
//! nothing else.

use crate::peers::{GATEWAY, Happening, PEER, Peers, cic, exchange, own};
use core::time::Duration;
use std::collections::BTreeMap;
use trunkline_interwork::{CauseMap, ProfileName, TrunkProfile};
use trunkline_isup::{CircuitGroup, Selection, Timers};
use trunkline_mgc::{
    AddressRange, CallTimers, Config, Direction, Mgc, Output, SipPeer, Target, TrunkGroup,
};
use trunkline_model::mtp::MtpIndication;
use trunkline_model::{NetworkIndicator, Time, TrunkGroupId};
use trunkline_numbering::{Routes, Rule, Rules};
use trunkline_sip::Transport;
use trunkline_sip::endpoint::EndpointConfig;
use trunkline_sip::sdp::Capabilities;

/// Circuits of the one trunk group.
pub const CIRCUITS: u16 = 2_000;

/// Calls that begin one after another.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Which way.
    pub direction: Direction,
    /// From one call to the next.
    pub interval: Duration,
    /// How long each is talked; `None` for ever.
    pub hold: Option<Duration>,
    /// How many there are.
    pub calls: usize,
}

/// An MGC, its peers, and the calls of a plan.
#[derive(Debug)]
pub struct World {
    /// The controller.
    pub mgc: Mgc,
    plan: Plan,
    peers: Peers,
    now: Time,
    begun: usize,
    /// What the peers will do, in order.
    agenda: BTreeMap<(Time, u64), Happening>,
    number: u64,
    log: Option<Vec<Step>>,
}

/// Something that came to the MGC.
#[derive(Clone, Debug)]
pub struct Step {
    at: Time,
    what: Happening,
}

impl World {
    /// A gateway whose circuits have been reset; no call has begun.
    pub fn new(plan: Plan) -> Self {
        let mgc = Mgc::new(config()).expect("a configuration of this file");
        let mut world = Self {
            mgc,
            plan: Plan { calls: 0, ..plan },
            peers: Peers::new(plan.hold),
            now: Time::ZERO,
            begun: 0,
            agenda: BTreeMap::new(),
            number: 0,
            log: None,
        };
        world.add(
            Duration::ZERO,
            Happening::Mtp(MtpIndication::Resume(exchange())),
        );
        world.until(FIRST_CALL);
        assert_eq!(
            world.mgc.census(TrunkGroupId(0)).idle,
            usize::from(CIRCUITS)
        );
        world.plan = plan;
        world
    }

    /// Plays until `end`, or until nothing is left to happen.
    pub fn until(&mut self, end: Time) {
        loop {
            let timer = self.mgc.poll_timeout().map(|(at, _)| at);
            let peer = self.agenda.first_key_value().map(|(&(at, _), _)| at);
            let call = (self.begun < self.plan.calls).then(|| self.begin_of(self.begun));
            let Some(at) = [timer, peer, call]
                .into_iter()
                .flatten()
                .min()
                .filter(|&at| at < end)
            else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at);
            let what = if timer == Some(at) {
                Happening::Timeout
            } else if peer == Some(at) {
                self.agenda.pop_first().expect("it was there").1
            } else {
                self.begun += 1;
                Peers::begin(self.plan.direction, self.begun - 1, CIRCUITS)
            };
            self.happen(what);
        }
    }

    /// When call number `call` begins.
    pub fn begin_of(&self, call: usize) -> Time {
        let calls = u32::try_from(call).unwrap_or(u32::MAX);
        FIRST_CALL + self.plan.interval * calls
    }

    fn happen(&mut self, what: Happening) {
        if let Some(log) = &mut self.log {
            log.push(Step {
                at: self.now,
                what: what.clone(),
            });
        }
        let mut outputs = Vec::new();
        what.reach(&mut self.mgc, self.now, |output| outputs.push(output));
        for output in outputs {
            for (after, what) in self.peers.react(output) {
                self.add(after, what);
            }
        }
    }

    fn add(&mut self, after: Duration, what: Happening) {
        self.agenda.insert((self.now + after, self.number), what);
        self.number += 1;
    }
}

/// What comes to an MGC while calls begin, are talked and end at a steady rate.
#[derive(Clone, Debug)]
pub struct Script {
    plan: Plan,
    before: Vec<Step>,
    window: Vec<Step>,
    after: Vec<Step>,
    /// Calls that begin in the window, and as many that end in it.
    pub calls: u32,
}

impl Script {
    /// A steady rate: a window in which `calls` calls begin, after so many others that as much
    /// ends as begins, timers of transactions included.
    pub fn record(direction: Direction, interval: Duration, calls: u32) -> Self {
        let warm = (SETTLED.as_micros() / interval.as_micros().max(1)) as usize;
        let total = warm + calls as usize;
        let plan = Plan {
            direction,
            interval,
            hold: Some(HOLD),
            calls: total,
        };
        let mut world = World::new(plan);
        world.log = Some(Vec::new());
        let [begin, end] = [warm, total].map(|call| world.begin_of(call));
        world.until(end + SETTLED);
        let mut before = world.log.take().unwrap_or_default();
        let place = |steps: &[Step], at| steps.partition_point(|step| step.at < at);
        let after = before.split_off(place(&before, end));
        let window = before.split_off(place(&before, begin));
        Self {
            plan,
            before,
            window,
            after,
            calls,
        }
    }

    /// An MGC at the beginning of the window.
    pub fn warm(&self) -> Run {
        let mut mgc = World::new(self.plan).mgc;
        play(&mut mgc, self.before.clone(), drop);
        Run {
            mgc,
            steps: self.window.clone(),
        }
    }

    /// Plays what comes after the window, until nothing is left of the calls.
    pub fn finish(self, mgc: &mut Mgc) {
        play(mgc, self.after, drop);
    }

    /// The datagrams and the ISUP messages that come in the window.
    pub fn received(&self) -> (Vec<&[u8]>, Vec<&[u8]>) {
        let (mut sip, mut isup) = (Vec::new(), Vec::new());
        for step in &self.window {
            match &step.what {
                Happening::Sip(data) => sip.push(data.as_slice()),
                Happening::Mtp(MtpIndication::Transfer(transfer)) => isup.push(&*transfer.data),
                _ => {}
            }
        }
        (sip, isup)
    }
}

/// An MGC, and what will come to it.
#[derive(Debug)]
pub struct Run {
    mgc: Mgc,
    steps: Vec<Step>,
}

impl Run {
    /// Plays the window. Gives the MGC back, so that its end is not measured, and the number of
    /// SIP and ISUP messages that it sent. Never inlined, so that profilers can be pointed at it.
    #[inline(never)]
    pub fn window(self) -> (Mgc, [u32; 2]) {
        let Self { mut mgc, steps } = self;
        let mut sent = [0; 2];
        play(&mut mgc, steps, |output| match output {
            Output::Sip { .. } => sent[0] += 1,
            Output::Mtp(_) => sent[1] += 1,
            Output::Media(_) | Output::Event(_) | Output::Resolve(_) => {}
        });
        (mgc, sent)
    }
}

fn play(mgc: &mut Mgc, steps: Vec<Step>, mut take: impl FnMut(Output)) {
    for Step { at, what } in steps {
        what.reach(mgc, at, &mut take);
    }
}

fn config() -> Config {
    let mut routes = Routes::new();
    routes
        .insert("+49", Target::TrunkGroup(TrunkGroupId(0)))
        .expect("a prefix");
    routes
        .insert("+4980", Target::SipPeer(0))
        .expect("a prefix");
    let rules = vec![
        Rule {
            pattern: r"^00([1-9]\d*)$".to_owned(),
            output: "+$1".to_owned(),
        },
        Rule {
            pattern: r"^0([1-9]\d*)$".to_owned(),
            output: "+49$1".to_owned(),
        },
    ];
    let circuits = CircuitGroup {
        variant: trunkline_isup::Variant::itu(),
        id: TrunkGroupId(0),
        opc: own(),
        dpc: exchange(),
        ni: NetworkIndicator::National,
        cics: (1..=CIRCUITS).map(cic).collect(),
        selection: Selection::LeastRecentlyIdle,
        timers: Timers::default(),
    };
    Config {
        endpoint: EndpointConfig {
            locals: vec![(Transport::Udp, GATEWAY)],
            ..EndpointConfig::new([7; 32])
        },
        admitted: vec![AddressRange {
            address: PEER.ip(),
            prefix: 32,
        }],
        peers: vec![SipPeer::udp("peer", PEER)],
        trunk_groups: vec![TrunkGroup {
            name: "landline".to_owned(),
            circuits,
            profile: TrunkProfile::new("49"),
            causes: CauseMap::profile(ProfileName::Rfc3398),
        }],
        rules: Rules::new(rules).expect("rules of this file"),
        routes,
        capabilities: Capabilities::default(),
        timers: CallTimers::default(),
        max_calls: 10_000,
    }
}

/// All circuits have been reset by then.
const FIRST_CALL: Time = Time::from_secs(10);
/// How long calls are talked in a [`Script`].
const HOLD: Duration = Duration::from_secs(10);
/// After that time nothing of a call is left: it was talked, and its transactions have lingered for
/// 64*T1.
const SETTLED: Duration = Duration::from_secs(46);

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn octets(sent: &mut Vec<Vec<u8>>, output: Output) {
        match output {
            Output::Sip { data, .. } => sent.push(data),
            Output::Mtp(transfer) => sent.push(transfer.data),
            Output::Media(_) | Output::Event(_) | Output::Resolve(_) => {}
        }
    }

    #[test]
    fn script_makes_the_mgc_say_the_same_again() {
        for direction in [Direction::SipToIsup, Direction::IsupToSip] {
            let script = Script::record(direction, SECOND, 5);
            let [first, second] = [(), ()].map(|()| {
                let mut sent = Vec::new();
                let Run { mut mgc, steps } = script.warm();
                play(&mut mgc, steps, |output| octets(&mut sent, output));
                sent
            });
            assert_eq!(first, second);
            // Seven SIP messages and five ISUP messages in all for each call, both ways.
            let (sip, isup) = script.received();
            let (_, [sip_sent, isup_sent]) = script.warm().window();
            assert_eq!(sip.len() + sip_sent as usize, 7 * 5, "{direction:?}");
            assert_eq!(isup.len() + isup_sent as usize, 5 * 5, "{direction:?}");
        }
    }

    #[test]
    fn nothing_is_left_of_the_calls() {
        for direction in [Direction::SipToIsup, Direction::IsupToSip] {
            let script = Script::record(direction, SECOND, 5);
            let (mut mgc, _) = script.warm().window();
            assert_ne!(mgc.calls(), 0);
            script.finish(&mut mgc);
            assert_eq!(mgc.calls(), 0);
            assert_eq!(mgc.sip_load(), (0, 0));
            assert_eq!(mgc.census(TrunkGroupId(0)).idle, usize::from(CIRCUITS));
        }
    }

    #[test]
    fn calls_without_end_are_stable() {
        for direction in [Direction::SipToIsup, Direction::IsupToSip] {
            let mut world = World::new(Plan {
                direction,
                interval: SECOND,
                hold: None,
                calls: 7,
            });
            world.until(world.begin_of(7) + SETTLED);
            assert_eq!(world.mgc.calls(), 7);
            assert_eq!(world.mgc.sip_load(), (7, 0));
            assert!(world.agenda.is_empty());
        }
    }
}
