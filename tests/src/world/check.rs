//! What must hold in a world, always and at the end.

use super::settings::{GROUP_0, GROUP_1, cics, circuits};
use super::{Flight, World, mgc};
use std::collections::BTreeSet;

impl World {
    /// What must hold at any time: every circuit that is busy in the MGC belongs to a call, every
    /// context of the MGW to a call that has it or to a command on its way, and indices hold no
    /// more than what calls need.
    pub fn check(&self) {
        let calls: Vec<_> = self.mgc.each_call().collect();
        let mut held = BTreeSet::new();
        for call in &calls {
            if let Some(circuit) = call.circuit {
                let first = held.insert(circuit.id());
                assert!(first, "two calls have circuit {}", circuit.id());
            }
        }
        for circuit in circuits() {
            let state = self.mgc.circuit(circuit).expect("a circuit of this file");
            let has_call = matches!(
                state.phase,
                trunkline_isup::Phase::Outgoing | trunkline_isup::Phase::Incoming
            );
            assert!(
                !has_call || held.contains(&circuit),
                "circuit {circuit} is busy, and no call knows of it"
            );
            let free = state.phase == trunkline_isup::Phase::Idle;
            assert!(
                !free || !held.contains(&circuit),
                "circuit {circuit} is idle, and a call holds it"
            );
        }

        let mut adding = BTreeSet::new();
        let mut subtracting = BTreeSet::new();
        let waiting = self.processes.iter().flat_map(|process| &process.inbox);
        for flight in self.network.flights().chain(waiting) {
            use trunkline_model::media::MediaCommand::{Add, Subtract};
            match flight {
                Flight::Command(Add { context, .. }) => adding.insert(*context),
                Flight::Command(Subtract { context, .. }) => subtracting.insert(*context),
                _ => continue,
            };
        }
        let standing: BTreeSet<_> = self.mgw.contexts().collect();
        let wanted: BTreeSet<_> = calls.iter().filter_map(|call| call.context).collect();
        for context in &standing {
            let known = wanted.contains(context) || subtracting.contains(context);
            assert!(known, "{context:?} belongs to no call");
        }
        assert_eq!(wanted.len(), calls.iter().filter_map(|c| c.context).count());

        let holdings = self.mgc.holdings();
        assert_eq!(holdings.circuits, held.len(), "{holdings:?}");
        assert!(holdings.sessions <= calls.len(), "{holdings:?}");
        let pending: usize = calls.iter().map(|call| call.pending_commands()).sum();
        assert_eq!(holdings.transactions, pending, "{holdings:?}");
        // At most one timer of each kind for a call.
        assert!(holdings.timers <= 6 * calls.len(), "{holdings:?}");
        assert!(self.mgc.sip_load().0 <= 2 * calls.len() + 200);

        let counters = self.mgw.counters();
        assert_eq!(counters.contexts() as usize, standing.len());
        assert!(self.sockets.len() <= 2 * standing.len());
        assert_eq!(
            (counters.ports_in_use() + counters.circuits_in_use()) as usize,
            self.sockets.len(),
            "each termination has its sockets"
        );
    }

    /// Nothing is left of anything, anywhere.
    pub fn check_idle(&self) {
        self.check();
        let stuck: Vec<_> = self.mgc.each_call().collect();
        assert!(stuck.is_empty(), "calls left in the MGC: {stuck:#?}");
        assert_eq!(
            self.exchange.active_calls(),
            0,
            "calls left in the exchange"
        );
        for (index, phone) in self.phones.iter().enumerate() {
            assert_eq!(phone.active_calls(), 0, "calls left in telephone {index}");
            let load = (phone.sessions(), phone.transactions());
            assert_eq!(load, (0, 0), "SIP left in telephone {index}");
            assert_eq!(phone.free_ports(), usize::from(self.settings.lines));
        }
        assert_eq!(self.mgc.sip_load(), (0, 0), "SIP left in the MGC");
        assert_eq!(self.mgc.holdings(), mgc::Holdings::default());
        for group in [GROUP_0, GROUP_1] {
            let expected = trunkline_isup::Census {
                idle: cics(group).len(),
                ..trunkline_isup::Census::default()
            };
            assert_eq!(self.mgc.census(group), expected, "{group} in the MGC");
            let census = self.exchange.census(group);
            assert_eq!(census, expected, "{group} in the exchange");
        }
        let counters = self.mgw.counters();
        assert_eq!(counters.contexts(), 0);
        assert_eq!(counters.ports_in_use(), 0);
        assert_eq!(counters.circuits_in_use(), 0);
        assert!(self.sockets.is_empty() && self.bound.is_empty());
        assert_eq!(self.mgw.poll_timeout(), None, "a timer runs in the MGW");
        assert_eq!(self.mgc.poll_timeout(), None, "a timer runs in the MGC");
        self.report.check_ended();
    }
}
