//! Circuit tables of any size.

use crate::peers::{cic, own};
use trunkline_isup::{
    CircuitGroup, CircuitTable, Gra, Input, Message, Output, Pdu, Request, Selection, Status,
    Timers,
};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{CircuitId, NetworkIndicator, PointCode, Time, TrunkGroupId};

/// Circuits in a group, but for the last group.
pub const IN_GROUP: u16 = 4_000;

/// Circuits that have been reset and are idle.
#[derive(Debug)]
pub struct Trunks {
    /// The table.
    pub table: CircuitTable,
    groups: u16,
    next: u16,
}

impl Trunks {
    /// `circuits` circuits, of which each exchange at a far end has up to [`IN_GROUP`].
    pub fn new(circuits: usize) -> Self {
        let mut groups = Vec::new();
        let mut left = circuits;
        while left > 0 {
            let here = u16::try_from(left).unwrap_or(IN_GROUP).min(IN_GROUP);
            groups.push(group(groups.len(), here));
            left -= usize::from(here);
        }
        let count = u16::try_from(groups.len()).expect("at most 65,535 groups");
        let mut table = CircuitTable::new(groups).expect("distinct circuits");
        for position in 0..count {
            let resume = MtpIndication::Resume(far_end(usize::from(position)));
            table.handle(Time::ZERO, Input::Mtp(resume));
            acknowledge(&mut table);
        }
        Self {
            table,
            groups: count,
            next: 0,
        }
    }

    /// Seizes a circuit, of each group by turns, and takes what the table reports of it.
    pub fn seize(&mut self) -> Option<CircuitId> {
        self.next = if self.next + 1 >= self.groups {
            0
        } else {
            self.next + 1
        };
        let circuit = self.table.seize(Time::ZERO, TrunkGroupId(self.next));
        self.forget_outputs();
        circuit
    }

    /// Gives a circuit back.
    pub fn free(&mut self, circuit: CircuitId) {
        self.table
            .handle(Time::ZERO, Input::Request(circuit, Request::Free));
        self.forget_outputs();
    }

    fn forget_outputs(&mut self) {
        while self.table.poll_output().is_some() {}
    }

    /// Circuits that can be seized.
    pub fn idle(&self) -> usize {
        (0..self.groups)
            .map(|group| self.table.census(TrunkGroupId(group)).idle)
            .sum()
    }
}

fn group(position: usize, circuits: u16) -> CircuitGroup {
    CircuitGroup {
        variant: trunkline_isup::Variant::itu(),
        id: TrunkGroupId(u16::try_from(position).expect("at most 65,535 groups")),
        opc: own(),
        dpc: far_end(position),
        ni: NetworkIndicator::National,
        cics: (1..=circuits).map(cic).collect(),
        selection: Selection::LeastRecentlyIdle,
        timers: Timers::default(),
    }
}

fn far_end(position: usize) -> PointCode {
    u32::try_from(position + 1_000)
        .ok()
        .and_then(PointCode::new)
        .expect("24 bits")
}

/// The far ends acknowledge all resets.
fn acknowledge(table: &mut CircuitTable) {
    while let Some(output) = table.poll_output() {
        let Output::Mtp(MtpTransfer {
            opc,
            dpc,
            si,
            ni,
            mp,
            sls,
            data,
        }) = output
        else {
            continue;
        };
        let Ok(Pdu {
            cic,
            message: Message::Grs(grs),
            ..
        }) = trunkline_isup::decode(&data)
        else {
            continue;
        };
        let gra = Message::Gra(Gra {
            range: grs.range,
            status: Status::new(),
        });
        let data = trunkline_isup::encode(&Pdu::new(cic, gra));
        let transfer = MtpTransfer {
            opc: dpc,
            dpc: opc,
            si,
            ni,
            mp,
            sls,
            data,
        };
        table.handle(Time::ZERO, Input::Mtp(MtpIndication::Transfer(transfer)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_circuits_can_be_seized_and_given_back() {
        let mut trunks = Trunks::new(5_000);
        assert_eq!(trunks.idle(), 5_000);
        let seized: Vec<CircuitId> = (0..2_000).map_while(|_| trunks.seize()).collect();
        assert_eq!((seized.len(), trunks.idle()), (2_000, 3_000));
        for circuit in seized {
            trunks.free(circuit);
        }
        assert_eq!(trunks.idle(), 5_000);
    }
}
