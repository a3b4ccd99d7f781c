//! Preconditions of quality of service (RFC 3312, RFC 4032): `a=curr`, `a=des`, `a=conf`.

mod status;

pub use status::{Row, StatusTable};

use super::TypedAttribute;
use super::fields::{Expected, Fields};
use core::fmt;

/// Which part of the way is meant (RFC 3312 4), seen from the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusType {
    /// `e2e`: all the way.
    EndToEnd,
    /// `local`: the writer's access network.
    Local,
    /// `remote`: the reader's access network.
    Remote,
}

/// How much a precondition is wanted (RFC 3312 5.1), in rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// `none`: not at all.
    #[default]
    None,
    /// `optional`: if it can be.
    Optional,
    /// `mandatory`: nobody is alerted without.
    Mandatory,
}

/// What `a=des` says of a strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StrengthTag {
    /// It is wanted so much.
    Wanted(Strength),
    /// `failure`: it cannot be met. Only in the 580 that refuses an offer (RFC 3312 8).
    Failure,
    /// `unknown`: the precondition type is not known. Only in a 580 too.
    Unknown,
}

/// Directions of media (RFC 3312 4), seen from the writer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DirectionTag {
    /// From the writer to the reader.
    pub send: bool,
    /// From the reader to the writer.
    pub recv: bool,
}

/// `a=curr`: what is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentStatus<'a> {
    /// The precondition type, `qos`.
    pub kind: &'a str,
    /// Which part of the way.
    pub status: StatusType,
    /// In which directions.
    pub direction: DirectionTag,
}

/// `a=des`: what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DesiredStatus<'a> {
    /// The precondition type, `qos`.
    pub kind: &'a str,
    /// How much.
    pub strength: StrengthTag,
    /// Which part of the way.
    pub status: StatusType,
    /// In which directions.
    pub direction: DirectionTag,
}

/// `a=conf`: of what the peer is to tell us when it is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmStatus<'a> {
    /// The precondition type, `qos`.
    pub kind: &'a str,
    /// Which part of the way.
    pub status: StatusType,
    /// In which directions.
    pub direction: DirectionTag,
}

impl StatusType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EndToEnd, Self::Local, Self::Remote];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EndToEnd => "e2e",
            Self::Local => "local",
            Self::Remote => "remote",
        }
    }

    /// The same part seen from the other side (RFC 3312 5.2, table 4).
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::EndToEnd => Self::EndToEnd,
            Self::Local => Self::Remote,
            Self::Remote => Self::Local,
        }
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Expected> {
        const WHAT: &str = "`e2e`, `local` or `remote`";
        let name = fields.field(WHAT)?;
        let found = Self::ALL.into_iter().find(|status| status.name() == name);
        found.ok_or_else(|| fields.expected(WHAT))
    }
}

impl Strength {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Optional => "optional",
            Self::Mandatory => "mandatory",
        }
    }
}

impl StrengthTag {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wanted(strength) => strength.name(),
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

impl DirectionTag {
    /// Neither.
    pub const NONE: Self = Self::new(false, false);
    /// From the writer.
    pub const SEND: Self = Self::new(true, false);
    /// To the writer.
    pub const RECV: Self = Self::new(false, true);
    /// Both.
    pub const SENDRECV: Self = Self::new(true, true);

    /// Of both flags.
    pub const fn new(send: bool, recv: bool) -> Self {
        Self { send, recv }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match (self.send, self.recv) {
            (false, false) => "none",
            (true, false) => "send",
            (false, true) => "recv",
            (true, true) => "sendrecv",
        }
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Expected> {
        const WHAT: &str = "`none`, `send`, `recv` or `sendrecv`";
        let direction = match fields.field(WHAT)? {
            "none" => Self::NONE,
            "send" => Self::SEND,
            "recv" => Self::RECV,
            "sendrecv" => Self::SENDRECV,
            _ => return Err(fields.expected(WHAT)),
        };
        fields.end()?;
        Ok(direction)
    }
}

impl<'a> TypedAttribute<'a> for CurrentStatus<'a> {
    const NAME: &'static str = "curr";
    const CLAUSE: &'static str = "RFC 3312 4";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        Ok(Self {
            kind: fields.field("a precondition type, `qos`")?,
            status: StatusType::read(fields)?,
            direction: DirectionTag::read(fields)?,
        })
    }
}

impl<'a> TypedAttribute<'a> for DesiredStatus<'a> {
    const NAME: &'static str = "des";
    const CLAUSE: &'static str = "RFC 3312 4";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        const WHAT: &str = "`mandatory`, `optional` or `none`";
        let kind = fields.field("a precondition type, `qos`")?;
        let strength = match fields.field(WHAT)? {
            "none" => StrengthTag::Wanted(Strength::None),
            "optional" => StrengthTag::Wanted(Strength::Optional),
            "mandatory" => StrengthTag::Wanted(Strength::Mandatory),
            "failure" => StrengthTag::Failure,
            "unknown" => StrengthTag::Unknown,
            _ => return Err(fields.expected(WHAT)),
        };
        Ok(Self {
            kind,
            strength,
            status: StatusType::read(fields)?,
            direction: DirectionTag::read(fields)?,
        })
    }
}

impl<'a> TypedAttribute<'a> for ConfirmStatus<'a> {
    const NAME: &'static str = "conf";
    const CLAUSE: &'static str = "RFC 3312 4";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        let CurrentStatus {
            kind,
            status,
            direction,
        } = CurrentStatus::read(fields)?;
        Ok(Self {
            kind,
            status,
            direction,
        })
    }
}

impl fmt::Display for CurrentStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, direction) = (self.status.name(), self.direction.name());
        write!(f, "{} {status} {direction}", self.kind)
    }
}

impl fmt::Display for DesiredStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strength = self.strength.name();
        let (status, direction) = (self.status.name(), self.direction.name());
        write!(f, "{} {strength} {status} {direction}", self.kind)
    }
}

impl fmt::Display for ConfirmStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, direction) = (self.status.name(), self.direction.name());
        write!(f, "{} {status} {direction}", self.kind)
    }
}
