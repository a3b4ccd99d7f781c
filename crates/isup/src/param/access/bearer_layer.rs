//! User information of layers 1, 2 and 3 in a bearer or low layer compatibility (Q.931 4.5.5,
//! 4.5.19: octets 5, 6 and 7 with what extends them).

use crate::describe::Description;
use crate::octets::Octets;
use crate::param::group::{hex, write_group};
use crate::param::indicators::{Bits, put, take};
use crate::param::{
    DataBits, IntermediateRate, Layer1Protocol, Layer2Protocol, Layer3Protocol, ModemType, Parity,
    StopBits, UserRate,
};

/// Layer 1: octet 5 and octets 5a to 5d.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer1 {
    /// User information layer 1 protocol.
    pub protocol: Layer1Protocol,
    /// Octet 5a and those behind it.
    pub rate: Option<UserRateOctet>,
}

/// Octet 5a.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserRateOctet {
    /// Asynchronous data; synchronous otherwise.
    pub asynchronous: bool,
    /// In-band negotiation is possible.
    pub in_band_negotiation: bool,
    /// User rate.
    pub user_rate: UserRate,
    /// Octet 5b and those behind it.
    pub adaption: Option<AdaptionOctet>,
}

/// Octet 5b, whose meaning depends on the layer 1 protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdaptionOctet {
    /// The octet without its extension bit: 7 bits. [`Self::v110`] and [`Self::v120`] read it,
    /// [`V110Adaption::bits`] and [`V120Adaption::bits`] make it.
    pub bits: u8,
    /// Octet 5c and those behind it.
    pub character: Option<CharacterOctet>,
}

/// Octet 5b if the layer 1 protocol is V.110, I.460 and X.30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct V110Adaption {
    /// Intermediate rate.
    pub intermediate_rate: IntermediateRate,
    /// Data must be sent with a network independent clock.
    pub clock_on_transmission: bool,
    /// Data with a network independent clock can be accepted.
    pub clock_on_reception: bool,
    /// Data must be sent with flow control.
    pub flow_control_on_transmission: bool,
    /// Data with flow control can be accepted.
    pub flow_control_on_reception: bool,
}

/// Octet 5b if the layer 1 protocol is V.120.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct V120Adaption {
    /// The rate adaption header is included.
    pub header: bool,
    /// Multiple frame establishment is supported.
    pub multiple_frame: bool,
    /// Protocol sensitive mode of operation; bit transparent otherwise.
    pub protocol_sensitive: bool,
    /// Full protocol negotiation of the logical link identifier; LLI is 256 otherwise.
    pub negotiation: bool,
    /// The originator assigns the logical link identifier.
    pub assignor: bool,
    /// Negotiation is done with USER INFORMATION messages in a temporary signalling connection;
    /// in-band in logical link 0 otherwise.
    pub out_band_negotiation: bool,
}

/// Octet 5c.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CharacterOctet {
    /// Number of stop bits.
    pub stop_bits: StopBits,
    /// Number of data bits.
    pub data_bits: DataBits,
    /// Parity information.
    pub parity: Parity,
    /// Octet 5d and those behind it.
    pub modem: Option<ModemOctet>,
}

/// Octet 5d.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModemOctet {
    /// Full duplex; half duplex otherwise.
    pub full_duplex: bool,
    /// Modem type.
    pub modem_type: ModemType,
    /// Octets behind 5d, which Q.931 does not have: 7 bits each.
    pub further: Octets,
}

/// Layer 2: octet 6 and those that extend it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer2 {
    /// User information layer 2 protocol.
    pub protocol: Layer2Protocol,
    /// Octets 6a and behind, 7 bits each: of a low layer compatibility the mode and the window
    /// size, or what a user-specified protocol wants.
    pub extension: Octets,
}

/// Layer 3: octet 7 and those that extend it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer3 {
    /// User information layer 3 protocol.
    pub protocol: Layer3Protocol,
    /// Octets 7a and behind, 7 bits each: with ISO/IEC TR 9577 the two halves of a further
    /// protocol; of a low layer compatibility the mode, packet and window size.
    pub extension: Octets,
}

/// What the layers have in common.
pub(super) trait Layer {
    /// What a description calls it.
    const NAME: &'static str;

    /// Appends the octets.
    fn write(&self, out: &mut Vec<u8>);

    /// What it says, in words.
    fn describe(&self) -> Description;
}

impl Layer1 {
    /// A protocol without further octets.
    pub const fn new(protocol: Layer1Protocol) -> Self {
        Self {
            protocol,
            rate: None,
        }
    }

    pub(super) fn from_octets(protocol: u8, extension: &[u8]) -> Self {
        Self {
            protocol: Layer1Protocol::from_code(protocol),
            rate: UserRateOctet::from_octets(extension),
        }
    }
}

impl Layer for Layer1 {
    const NAME: &'static str = "layer 1 protocol";

    fn write(&self, out: &mut Vec<u8>) {
        let mut extension = Vec::new();
        if let Some(rate) = &self.rate {
            rate.write(&mut extension);
        }
        write_group(identified(1, self.protocol.code()), &extension, out);
    }

    fn describe(&self) -> Description {
        let description = Description::of(self.protocol);
        match &self.rate {
            Some(rate) => rate.describe(self.protocol, description),
            None => description,
        }
    }
}

impl UserRateOctet {
    /// A synchronous user rate without negotiation.
    pub const fn new(user_rate: UserRate) -> Self {
        Self {
            asynchronous: false,
            in_band_negotiation: false,
            user_rate,
            adaption: None,
        }
    }

    fn from_octets(octets: &[u8]) -> Option<Self> {
        let (octet, rest) = octets.split_first()?;
        Some(Self {
            asynchronous: take(*octet, 6, 7) == 1,
            in_band_negotiation: take(*octet, 5, 6) == 1,
            user_rate: UserRate::from_code(take(*octet, 0, 5)),
            adaption: AdaptionOctet::from_octets(rest),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(
            put(self.asynchronous.into(), 6, 7)
                | put(self.in_band_negotiation.into(), 5, 6)
                | put(self.user_rate.code(), 0, 5),
        );
        if let Some(adaption) = &self.adaption {
            adaption.write(out);
        }
    }

    fn describe(&self, protocol: Layer1Protocol, description: Description) -> Description {
        let description = description
            .field(
                1,
                "synchronous/asynchronous",
                ASYNCHRONOUS[usize::from(self.asynchronous)],
            )
            .field(
                1,
                "in-band negotiation",
                POSSIBLE[usize::from(self.in_band_negotiation)],
            )
            .field(1, "user rate", self.user_rate);
        match &self.adaption {
            Some(adaption) => adaption.describe(protocol, description),
            None => description,
        }
    }
}

impl AdaptionOctet {
    /// The octet as it is to be read with V.110, I.460 and X.30.
    pub fn v110(&self) -> V110Adaption {
        V110Adaption {
            intermediate_rate: IntermediateRate::from_code(take(self.bits, 5, 7)),
            clock_on_transmission: take(self.bits, 4, 5) == 1,
            clock_on_reception: take(self.bits, 3, 4) == 1,
            flow_control_on_transmission: take(self.bits, 2, 3) == 1,
            flow_control_on_reception: take(self.bits, 1, 2) == 1,
        }
    }

    /// The octet as it is to be read with V.120.
    pub fn v120(&self) -> V120Adaption {
        V120Adaption {
            header: take(self.bits, 6, 7) == 1,
            multiple_frame: take(self.bits, 5, 6) == 1,
            protocol_sensitive: take(self.bits, 4, 5) == 1,
            negotiation: take(self.bits, 3, 4) == 1,
            assignor: take(self.bits, 2, 3) == 1,
            out_band_negotiation: take(self.bits, 1, 2) == 1,
        }
    }

    fn from_octets(octets: &[u8]) -> Option<Self> {
        let (octet, rest) = octets.split_first()?;
        let character = CharacterOctet::from_octets(rest);
        Some(Self {
            bits: take(*octet, 0, 7),
            character,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put(self.bits, 0, 7));
        if let Some(character) = &self.character {
            character.write(out);
        }
    }

    fn describe(&self, protocol: Layer1Protocol, description: Description) -> Description {
        let description = match protocol {
            Layer1Protocol::V110 => self.v110().describe(description),
            Layer1Protocol::V120 => self.v120().describe(description),
            _ => description.field(2, "octet 5b", hex(&[self.bits])),
        };
        match &self.character {
            Some(character) => character.describe(description),
            None => description,
        }
    }
}

impl V110Adaption {
    /// Octet 5b, without its extension bit.
    pub fn bits(self) -> u8 {
        put(self.intermediate_rate.code(), 5, 7)
            | put(self.clock_on_transmission.into(), 4, 5)
            | put(self.clock_on_reception.into(), 3, 4)
            | put(self.flow_control_on_transmission.into(), 2, 3)
            | put(self.flow_control_on_reception.into(), 1, 2)
    }

    fn describe(self, description: Description) -> Description {
        const CLOCK: &str = "network independent clock";
        description
            .field(2, "intermediate rate", self.intermediate_rate)
            .field(
                2,
                format!("{CLOCK} on transmission"),
                yes(self.clock_on_transmission),
            )
            .field(
                2,
                format!("{CLOCK} on reception"),
                yes(self.clock_on_reception),
            )
            .field(
                2,
                "flow control on transmission",
                yes(self.flow_control_on_transmission),
            )
            .field(
                2,
                "flow control on reception",
                yes(self.flow_control_on_reception),
            )
    }
}

impl V120Adaption {
    /// Octet 5b, without its extension bit.
    pub fn bits(self) -> u8 {
        put(self.header.into(), 6, 7)
            | put(self.multiple_frame.into(), 5, 6)
            | put(self.protocol_sensitive.into(), 4, 5)
            | put(self.negotiation.into(), 3, 4)
            | put(self.assignor.into(), 2, 3)
            | put(self.out_band_negotiation.into(), 1, 2)
    }

    fn describe(self, description: Description) -> Description {
        let words = |bit: bool, words: [&'static str; 2]| bit.words(Some(words));
        description
            .field(
                2,
                "rate adaption header",
                words(self.header, ["not included", "included"]),
            )
            .field(2, "multiple frame establishment", yes(self.multiple_frame))
            .field(
                2,
                "mode of operation",
                words(
                    self.protocol_sensitive,
                    ["bit transparent", "protocol sensitive"],
                ),
            )
            .field(
                2,
                "logical link identifier negotiation",
                yes(self.negotiation),
            )
            .field(
                2,
                "assignor/assignee",
                words(self.assignor, ["assignee", "assignor only"]),
            )
            .field(
                2,
                "in-band/out-band negotiation",
                words(self.out_band_negotiation, ["in-band", "out-band"]),
            )
    }
}

impl CharacterOctet {
    fn from_octets(octets: &[u8]) -> Option<Self> {
        let (octet, rest) = octets.split_first()?;
        Some(Self {
            stop_bits: StopBits::from_code(take(*octet, 5, 7)),
            data_bits: DataBits::from_code(take(*octet, 3, 5)),
            parity: Parity::from_code(take(*octet, 0, 3)),
            modem: ModemOctet::from_octets(rest),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(
            put(self.stop_bits.code(), 5, 7)
                | put(self.data_bits.code(), 3, 5)
                | put(self.parity.code(), 0, 3),
        );
        if let Some(modem) = &self.modem {
            out.push(put(modem.full_duplex.into(), 6, 7) | put(modem.modem_type.code(), 0, 6));
            out.extend_from_slice(&modem.further);
        }
    }

    fn describe(&self, description: Description) -> Description {
        let description = description
            .field(3, "number of stop bits", self.stop_bits)
            .field(3, "number of data bits", self.data_bits)
            .field(3, "parity information", self.parity);
        let Some(modem) = &self.modem else {
            return description;
        };
        description
            .field(
                4,
                "duplex mode",
                ["half duplex", "full duplex"][usize::from(modem.full_duplex)],
            )
            .field(4, "modem type", modem.modem_type)
    }
}

impl ModemOctet {
    /// A modem.
    pub const fn new(full_duplex: bool, modem_type: ModemType) -> Self {
        Self {
            full_duplex,
            modem_type,
            further: Octets::new(),
        }
    }

    fn from_octets(octets: &[u8]) -> Option<Self> {
        let (octet, rest) = octets.split_first()?;
        Some(Self {
            full_duplex: take(*octet, 6, 7) == 1,
            modem_type: ModemType::from_code(take(*octet, 0, 6)),
            further: Octets::copy(rest),
        })
    }
}

impl Layer2 {
    /// A protocol without further octets.
    pub const fn new(protocol: Layer2Protocol) -> Self {
        Self {
            protocol,
            extension: Octets::new(),
        }
    }
}

impl Layer for Layer2 {
    const NAME: &'static str = "layer 2 protocol";

    fn write(&self, out: &mut Vec<u8>) {
        write_group(identified(2, self.protocol.code()), &self.extension, out);
    }

    fn describe(&self) -> Description {
        extended(Description::of(self.protocol), &self.extension)
    }
}

impl Layer3 {
    /// A protocol without further octets.
    pub const fn new(protocol: Layer3Protocol) -> Self {
        Self {
            protocol,
            extension: Octets::new(),
        }
    }

    /// With ISO/IEC TR 9577: the protocol above, by its network layer protocol identifier (0xcc is
    /// IP).
    pub fn additional_protocol(&self) -> Option<u8> {
        match (self.protocol, &self.extension[..]) {
            (Layer3Protocol::Tr9577, [high, low, ..]) => Some(put(*high, 4, 8) | take(*low, 0, 4)),
            _ => None,
        }
    }
}

impl Layer for Layer3 {
    const NAME: &'static str = "layer 3 protocol";

    fn write(&self, out: &mut Vec<u8>) {
        write_group(identified(3, self.protocol.code()), &self.extension, out);
    }

    fn describe(&self) -> Description {
        let description = Description::of(self.protocol);
        match self.additional_protocol() {
            Some(protocol) => description.field(1, "additional layer 3 protocol", hex(&[protocol])),
            None => extended(description, &self.extension),
        }
    }
}

fn extended(description: Description, extension: &Octets) -> Description {
    if extension.is_empty() {
        return description;
    }
    description.field(1, "octets that extend it", extension)
}

/// The first octet of a layer: its identification, then the protocol.
const fn identified(layer: u8, protocol: u8) -> u8 {
    put(layer, 5, 7) | put(protocol, 0, 5)
}

fn yes(bit: bool) -> String {
    bit.words(None)
}

const ASYNCHRONOUS: [&str; 2] = ["synchronous", "asynchronous"];
const POSSIBLE: [&str; 2] = ["not possible", "possible"];
