//! Routing Key (RFC 4666 3.6.1).
//!
//! ```txt
//! |        Tag = 0x0207           |             Length            |
//! /                     Local-RK-Identifier                       /
//! /                  Routing Context (optional)                   /
//! /                 Traffic Mode Type (optional)                  /
//! /                    Destination Point Code                     /
//! /                 Network Appearance (optional)                 /
//! /                 Service Indicators (optional)                 /
//! /            Originating Point Code List (optional)             /
//! /                              ...                              /
//! /                    Destination Point Code                     /
//! /                 Service Indicators (optional)                 /
//! /            Originating Point Code List (optional)             /
//! ```
//!
//! Each line is a parameter with a tag and a length of its own.

use super::{AffectedPointCode, Field, Nested, Reader, Tag, TrafficMode, Writer};
use crate::error::{DecodeError, Problem};
use crate::message_type::{ParameterList, Presence};
use core::mem::replace;

/// What traffic an ASP registers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingKey {
    /// Which registration it is: the answer repeats it.
    pub local_rk_identifier: u32,
    /// The routing context of an existing routing key that this one is to replace
    /// (RFC 4666 4.4.1).
    pub routing_context: Option<u32>,
    /// How the traffic is spread over the ASPs of the application server.
    pub traffic_mode: Option<TrafficMode>,
    /// The network that the point codes belong to.
    pub network_appearance: Option<u32>,
    /// The traffic; at least one in what is received. As many are written as fit the 65,531
    /// octets of the parameter.
    pub destinations: Vec<RoutingKeyDestination>,
}

/// One group of a routing key: traffic to a point code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingKeyDestination {
    /// The destination point code. RFC 4666 3.6.1 gives it the form of an affected point code
    /// and the mask 0. Another mask is kept, because it is refused with a Registration Status
    /// ("Invalid DPC") for its routing key alone (RFC 4666 4.4.1).
    pub dpc: AffectedPointCode,
    /// The service indicators; empty for any but MTP management.
    pub service_indicators: Vec<u8>,
    /// The originating point codes, or with masks ranges of them; empty for any.
    pub opcs: Vec<AffectedPointCode>,
}

impl Nested for RoutingKey {
    const PARAMETERS: &'static ParameterList = &ParameterList::of(&[
        (Tag::LocalRoutingKeyIdentifier, Presence::Mandatory),
        (Tag::RoutingContext, Presence::Optional),
        (Tag::TrafficModeType, Presence::Optional),
        (Tag::NetworkAppearance, Presence::Optional),
        (Tag::DestinationPointCode, Presence::MandatoryRepeated),
        (Tag::ServiceIndicators, Presence::OptionalRepeated),
        (Tag::OriginatingPointCodeList, Presence::OptionalRepeated),
    ]);

    fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            local_rk_identifier: Field::read(reader, Tag::LocalRoutingKeyIdentifier)?,
            routing_context: Field::read(reader, Tag::RoutingContext)?,
            traffic_mode: Field::read(reader, Tag::TrafficModeType)?,
            network_appearance: Field::read(reader, Tag::NetworkAppearance)?,
            destinations: RoutingKeyDestination::read_all(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        self.local_rk_identifier
            .write(writer, Tag::LocalRoutingKeyIdentifier);
        self.routing_context.write(writer, Tag::RoutingContext);
        self.traffic_mode.write(writer, Tag::TrafficModeType);
        self.network_appearance
            .write(writer, Tag::NetworkAppearance);
        for destination in &self.destinations {
            writer.group(|writer| destination.write(writer));
        }
    }
}

impl RoutingKeyDestination {
    /// All traffic to that point code.
    pub const fn to(dpc: AffectedPointCode) -> Self {
        Self {
            dpc,
            service_indicators: Vec::new(),
            opcs: Vec::new(),
        }
    }

    /// The groups. A destination point code begins one; what comes before the first belongs to
    /// it too, since the order of parameters is otherwise free (RFC 4666 3.2).
    fn read_all(reader: &Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        let code = |value| {
            let word = reader.u32_of(Tag::DestinationPointCode, value)?;
            Ok(AffectedPointCode::from_value(word))
        };
        let first = reader.required(Tag::DestinationPointCode)?;
        let mut group = Self::to(code(first)?);
        let mut groups = Vec::new();
        for (tag, value) in reader.in_order() {
            let twice = match tag {
                Tag::DestinationPointCode if value.octet != first.octet => {
                    groups.push(replace(&mut group, Self::to(code(value)?)));
                    false
                }
                Tag::ServiceIndicators => {
                    let indicators = value.octets.to_vec();
                    !replace(&mut group.service_indicators, indicators).is_empty()
                }
                Tag::OriginatingPointCodeList => {
                    let opcs = reader.words(tag, value, AffectedPointCode::from_value)?;
                    !replace(&mut group.opcs, opcs).is_empty()
                }
                _ => false,
            };
            if twice {
                return Err(reader.error(tag, value.octet, Problem::Duplicate));
            }
        }
        groups.push(group);
        Ok(groups)
    }

    fn write(&self, writer: &mut Writer) {
        writer.u32(Tag::DestinationPointCode, self.dpc.value());
        if !self.service_indicators.is_empty() {
            writer.octets(Tag::ServiceIndicators, &self.service_indicators);
        }
        self.opcs.write(writer, Tag::OriginatingPointCodeList);
    }
}
