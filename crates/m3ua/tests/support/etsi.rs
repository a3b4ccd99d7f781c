//! The list of ETSI TS 102 381, and what must hold for it: whole, played, documented.

/// What a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    StateMaintenance,
    TrafficMaintenance,
    MessageTransfer,
    RoutingKeyManagement,
    NetworkManagement,
}

pub(crate) use Group::{
    MessageTransfer, NetworkManagement, RoutingKeyManagement, StateMaintenance, TrafficMaintenance,
};

impl Group {
    const ALL: [(Self, &'static str); 5] = [
        (StateMaintenance, "state maintenance"),
        (TrafficMaintenance, "traffic maintenance"),
        (MessageTransfer, "message transfer"),
        (RoutingKeyManagement, "routing key management"),
        (NetworkManagement, "network management"),
    ];

    fn name(self) -> &'static str {
        let row = Self::ALL.iter().find(|(group, _)| *group == self);
        row.unwrap().1
    }
}

/// What becomes of a test that is played; of another it is "does not apply: " and why.
pub(crate) const PASS: &str = "pass";

/// One test: its identifier, its group, what it shows, and what became of it.
pub(crate) type Row = (&'static str, Group, &'static str, &'static str);

/// The tests for one side.
pub(crate) struct List {
    /// `ASP` or `SGP`.
    pub(crate) side: &'static str,
    /// How many there are of each group, in its order.
    pub(crate) counts: [usize; 5],
    pub(crate) tests: &'static [Row],
    /// The files that the test functions are in.
    pub(crate) sources: [&'static str; 5],
}

impl List {
    /// Each group has as many as the specification, none is there twice, and whatever does not
    /// pass has a reason.
    pub(crate) fn is_complete(&self) {
        for ((group, name), count) in Group::ALL.into_iter().zip(self.counts) {
            let of_group = self.tests.iter().filter(|row| row.1 == group).count();
            assert_eq!(of_group, count, "{name}");
        }
        let mut identifiers: Vec<&str> = self.tests.iter().map(|row| row.0).collect();
        identifiers.sort_unstable();
        identifiers.dedup();
        assert_eq!(identifiers.len(), self.tests.len(), "one is there twice");
        for (identifier, _, _, verdict) in self.tests {
            let reason = verdict.strip_prefix("does not apply: ");
            assert!(*verdict == PASS || reason.is_some(), "{identifier}");
        }
    }

    /// Those that pass, and no others, have a test function of their name.
    pub(crate) fn is_played(&self) {
        let passes = self.tests.iter().filter(|row| row.3 == PASS);
        let mut passed: Vec<String> = passes.map(|row| row.0.to_owned()).collect();
        let mut tested = self.tested();
        passed.sort_unstable();
        tested.sort_unstable();
        assert_eq!(tested, passed);
    }

    /// `ETSI-TS-102-381.md` has the same rows.
    pub(crate) fn is_documented(&self) {
        let document = include_str!("../../ETSI-TS-102-381.md");
        let heading = format!("{}\n", self.side);
        let section = document.split("\n## ").find(|s| s.starts_with(&heading));
        let lines = section.unwrap().lines();
        let rows = lines.filter(|line| line.starts_with("| m3ua-"));
        let table = self
            .tests
            .iter()
            .map(|(identifier, group, title, verdict)| {
                let group = group.name();
                format!("| {identifier} | {group} | {title} | {verdict} |")
            });
        assert_eq!(rows.collect::<Vec<_>>(), table.collect::<Vec<_>>());
    }

    /// Every identifier that a test function has.
    fn tested(&self) -> Vec<String> {
        let side = self.side.to_lowercase();
        let start = format!("fn m3ua_{side}_");
        let lines = self.sources.iter().flat_map(|source| source.lines());
        let mut attribute = false;
        let mut found = Vec::new();
        for line in lines {
            if attribute && let Some(rest) = line.strip_prefix(&start) {
                let name = rest.split_once('(').unwrap().0;
                found.push(format!("m3ua-{side}-{}", name.replace('_', "-")));
            }
            attribute = line == "#[test]";
        }
        found
    }
}
