//! The local status table of RFC 3312 5.

use super::{
    ConfirmStatus, CurrentStatus, DesiredStatus, DirectionTag, StatusType, Strength, StrengthTag,
};
use crate::sdp::{Attribute, AttributeError, Attributes};

/// One row: a part of the way in one direction (RFC 3312 5.1, tables 1 and 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Whether it is reserved.
    pub current: bool,
    /// How much that is wanted.
    pub desired: Strength,
    /// Whether we learn of the reservation by ourselves, not from the peer.
    pub is_known_here: bool,
    /// Whether the peer asked to be told when it is reserved (RFC 3312 7).
    pub is_to_confirm: bool,
}

/// What is reserved for one stream, and what is wanted, seen from us.
///
/// The table is written into each of our descriptions, and each one of the peer updates it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusTable {
    /// By [`StatusType::ALL`]; each has `send` and `recv`. `None`: not used.
    rows: [Option<[Row; 2]>; 3],
}

impl StatusTable {
    /// A table of these parts, with nothing reserved: one for `e2e`, two for `local` and `remote`.
    pub fn new(parts: &[(StatusType, Strength)]) -> Self {
        let mut table = Self::default();
        for &(status, desired) in parts {
            let row = Row {
                desired,
                ..Row::default()
            };
            table.rows[index(status)] = Some([row; 2]);
        }
        table
    }

    /// The table that a stream of the peer describes, turned to our point of view. Empty if it has
    /// no preconditions of quality of service; those of other types are not looked at.
    ///
    /// # Errors
    /// [`AttributeError`] for one that cannot be read.
    pub fn of_peer(attributes: &Attributes) -> Result<Self, AttributeError> {
        let mut table = Self::default();
        for current in attributes.every::<CurrentStatus<'_>>() {
            let current = current?;
            if current.kind == QOS {
                table.update(current.status, current.direction, |row, is_meant| {
                    row.current = is_meant;
                });
            }
        }
        for desired in attributes.every::<DesiredStatus<'_>>() {
            let desired = desired?;
            if let (QOS, StrengthTag::Wanted(strength)) = (desired.kind, desired.strength) {
                table.update(desired.status, desired.direction, |row, is_meant| {
                    if is_meant {
                        row.desired = strength;
                    }
                });
            }
        }
        for confirm in attributes.every::<ConfirmStatus<'_>>() {
            let confirm = confirm?;
            if confirm.kind == QOS {
                table.update(confirm.status, confirm.direction, |row, is_meant| {
                    row.is_to_confirm |= is_meant;
                });
            }
        }
        Ok(table)
    }

    /// Updates the rows of a part that the peer described, as we see them.
    fn update(
        &mut self,
        status: StatusType,
        direction: DirectionTag,
        mut with: impl FnMut(&mut Row, bool),
    ) {
        // What the peer sends we receive (RFC 3312 5.2, table 4).
        let rows = self.rows[index(status.reversed())].get_or_insert_default();
        with(&mut rows[SEND], direction.recv);
        with(&mut rows[RECV], direction.send);
    }

    /// Whether there are no preconditions.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(Option::is_none)
    }

    /// The rows of a part: of what we send, and of what we receive.
    pub const fn rows(&self, status: StatusType) -> Option<[Row; 2]> {
        self.rows[index(status)]
    }

    /// Whether all that is mandatory is reserved: the called user may be alerted (RFC 3312 6).
    pub fn is_met(&self) -> bool {
        self.all()
            .all(|row| row.current || row.desired < Strength::Mandatory)
    }

    /// In which directions all that is mandatory is reserved.
    pub fn met(&self) -> DirectionTag {
        let met = |direction: usize| {
            self.rows.iter().flatten().all(|rows| {
                let row = rows[direction];
                row.current || row.desired < Strength::Mandatory
            })
        };
        DirectionTag::new(met(SEND), met(RECV))
    }

    /// Whether the peer is to be told by a new offer that all it asked for is reserved
    /// (RFC 3312 7).
    pub fn is_confirmation_due(&self) -> bool {
        let mut flagged = self.all().filter(|row| row.is_to_confirm).peekable();
        flagged.peek().is_some() && flagged.all(|row| row.current)
    }

    /// We learn by ourselves of the reservation of a part in these directions, and this is how it
    /// stands. Nothing happens for a part that is not in the table.
    pub fn reserve(&mut self, status: StatusType, direction: DirectionTag, is_reserved: bool) {
        let Some(rows) = &mut self.rows[index(status)] else {
            return;
        };
        for (row, is_meant) in rows.iter_mut().zip([direction.send, direction.recv]) {
            if is_meant {
                row.is_known_here = true;
                row.current = is_reserved;
            }
        }
    }

    /// Takes the preconditions of an offer of the peer (RFC 3312 5.2 with the table 3 of
    /// RFC 4032 4.1): what we know by ourselves stays, all else is as the peer says; the higher
    /// strength holds. What is then written is the answer.
    pub fn take_offer(&mut self, offer: &Self) {
        self.take(offer, |ours, theirs| Row {
            current: if ours.is_known_here {
                ours.current
            } else {
                theirs.current
            },
            desired: ours.desired.max(theirs.desired),
            is_known_here: ours.is_known_here,
            is_to_confirm: theirs.is_to_confirm,
        });
    }

    /// Takes the preconditions of the answer to our offer (RFC 4032 4.1). `offered` is the table
    /// as it was when the offer was written: the answerer knew it, so that what it says holds, but
    /// for what we learnt since.
    ///
    /// Strengths can only rise (RFC 3312 5.2); an answer that lowers one is not followed.
    pub fn take_answer(&mut self, offered: &Self, answer: &Self) {
        let before = self.clone();
        self.take(answer, |ours, theirs| Row {
            current: theirs.current,
            desired: ours.desired.max(theirs.desired),
            is_known_here: ours.is_known_here,
            is_to_confirm: theirs.is_to_confirm,
        });
        for (index, rows) in self.rows.iter_mut().enumerate() {
            let (Some(rows), Some(before), Some(offered)) =
                (rows, before.rows[index], offered.rows[index])
            else {
                continue;
            };
            for direction in [SEND, RECV] {
                let (ours, offered) = (before[direction], offered[direction]);
                if ours.is_known_here && ours.current != offered.current {
                    rows[direction].current = ours.current;
                }
            }
        }
    }

    fn take(&mut self, theirs: &Self, merge: impl Fn(Row, Row) -> Row) {
        for (ours, theirs) in self.rows.iter_mut().zip(&theirs.rows) {
            let Some(theirs) = theirs else { continue };
            let ours = ours.get_or_insert_default();
            for (ours, theirs) in ours.iter_mut().zip(theirs) {
                *ours = merge(*ours, *theirs);
            }
        }
    }

    /// Writes the table into a stream of ours (RFC 3312 5.1.1), in place of what stood there.
    pub fn write(&self, attributes: &mut Attributes) {
        for name in ["curr", "des", "conf"] {
            attributes.remove(name);
        }
        for (status, rows) in self.parts() {
            attributes.push(Attribute::typed(&CurrentStatus {
                kind: QOS,
                status,
                direction: tag(rows, |row| row.current),
            }));
        }
        for (status, rows) in self.parts() {
            let [send, recv] = rows;
            let mut write = |direction, strength| {
                attributes.push(Attribute::typed(&DesiredStatus {
                    kind: QOS,
                    strength: StrengthTag::Wanted(strength),
                    status,
                    direction,
                }));
            };
            if send.desired == recv.desired {
                write(DirectionTag::SENDRECV, send.desired);
            } else {
                write(DirectionTag::SEND, send.desired);
                write(DirectionTag::RECV, recv.desired);
            }
        }
    }

    /// Writes behind the table of what we want to be told when it is reserved: what is mandatory,
    /// not reserved and not known here. The called side must do so (RFC 3312 6); the calling side
    /// hears of it by the alerting.
    pub fn write_confirm(&self, attributes: &mut Attributes) {
        for (status, rows) in self.parts() {
            let direction = tag(rows, |row| {
                row.desired == Strength::Mandatory && !row.current && !row.is_known_here
            });
            if direction != DirectionTag::NONE {
                attributes.push(Attribute::typed(&ConfirmStatus {
                    kind: QOS,
                    status,
                    direction,
                }));
            }
        }
    }

    fn parts(&self) -> impl Iterator<Item = (StatusType, [Row; 2])> {
        let parts = StatusType::ALL.into_iter().zip(self.rows);
        parts.filter_map(|(status, rows)| Some((status, rows?)))
    }

    fn all(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().flatten().flatten()
    }
}

fn tag(rows: [Row; 2], is_meant: impl Fn(Row) -> bool) -> DirectionTag {
    let [send, recv] = rows;
    DirectionTag::new(is_meant(send), is_meant(recv))
}

const fn index(status: StatusType) -> usize {
    status as usize
}

/// The precondition type of quality of service (RFC 3312 15).
const QOS: &str = "qos";

const SEND: usize = 0;
const RECV: usize = 1;
