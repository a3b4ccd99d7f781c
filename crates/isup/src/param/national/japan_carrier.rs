//! The carriers of a call and where they meet, as Japan names them (JT-Q763, by Wireshark's
//! tables).

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::number_coding::{digits, words};
use crate::param::{AddressDigits, Parameter, ParameterCode, bit, first};

codes! {
    /// Hierarchy level of a point of interface, POI: 4 bits.
    pub enum PoiHierarchy {
        NoIndication = 0, "no indication";
        Level1 = 1, "hierarchy level 1";
        Level2 = 2, "hierarchy level 2";
        _ => Spare, "spare hierarchy level"
    }
}

codes! {
    /// IEC indicator: in which direction carriers are named, 2 bits.
    pub enum CarrierTransfer {
        None = 0, "no transfer";
        Forward = 1, "transfer in forward direction";
        Backward = 2, "transfer in backward direction";
        Both = 3, "transfer in both directions";
        _ => Spare, "spare IEC indicator"
    }
}

codes! {
    /// Category of carrier.
    pub enum CarrierCategory {
        ServiceControlPoint = 0xfa, "service control point carrier";
        OriginatingLocal = 0xfb, "originating local exchange carrier";
        TerminatingLocal = 0xfc, "terminating local exchange carrier";
        ChosenInterExchange = 0xfd, "chosen inter-exchange carrier";
        InterExchange = 0xfe, "inter-exchange carrier";
        _ => Spare, "spare category of carrier"
    }
}

/// Network POI-CA (JT-Q763): the point of interface and its charge area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkPoiCa {
    /// Hierarchy of the entry POI.
    pub entry: PoiHierarchy,
    /// Hierarchy of the exit POI.
    pub exit: PoiHierarchy,
    /// Charge area code.
    pub charge_area: AddressDigits,
}

impl Parameter for NetworkPoiCa {
    const CODE: ParameterCode = ParameterCode::NETWORK_POI_CA;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [hierarchy, length] = first(octets)?;
        let (entry, exit) = hierarchies(hierarchy);
        let contents = counted(octets.get(2..).unwrap_or_default(), length)?;
        Ok(Self {
            entry,
            exit,
            charge_area: code(contents)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put_hierarchies(self.entry, self.exit));
        put_counted(out, |out| put_code(&self.charge_area, out));
    }

    fn describe(&self) -> Description {
        Description::of(words(&self.charge_area))
            .field(0, "entry POI hierarchy", self.entry)
            .field(0, "exit POI hierarchy", self.exit)
    }
}

/// Carrier information transfer (JT-Q763): the carriers through which a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CarrierInformationTransfer {
    /// IEC indicator.
    pub transfer: CarrierTransfer,
    /// The carriers, in the order of the wire.
    pub carriers: Vec<CallCarrier>,
}

/// One carrier of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallCarrier {
    /// What it does in the call.
    pub category: CarrierCategory,
    /// What is known of it, in the order of the wire.
    pub information: Vec<CarrierInformation>,
}

/// What is known of a carrier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CarrierInformation {
    /// POI hierarchy information (0xfc).
    PoiHierarchy {
        /// Hierarchy of the entry POI.
        entry: PoiHierarchy,
        /// Hierarchy of the exit POI.
        exit: PoiHierarchy,
    },
    /// Charge area of the POI (0xfd).
    PoiChargeArea(AddressDigits),
    /// Carrier identification code (0xfe).
    Identification(AddressDigits),
    /// Anything else, by its type.
    Other(u8, Octets),
}

impl CarrierInformation {
    const POI_HIERARCHY: u8 = 0xfc;
    const POI_CHARGE_AREA: u8 = 0xfd;
    const IDENTIFICATION: u8 = 0xfe;

    fn read(kind: u8, contents: &[u8]) -> Result<Self, Problem> {
        Ok(match (kind, contents) {
            (Self::POI_HIERARCHY, [octet]) => {
                let (entry, exit) = hierarchies(*octet);
                Self::PoiHierarchy { entry, exit }
            }
            (Self::POI_CHARGE_AREA, [_, ..]) => Self::PoiChargeArea(code(contents)?),
            (Self::IDENTIFICATION, [_, ..]) => Self::Identification(code(contents)?),
            _ => Self::Other(kind, Octets::copy(contents)),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::PoiHierarchy { entry, exit } => {
                out.extend([Self::POI_HIERARCHY, 1, put_hierarchies(*entry, *exit)]);
            }
            Self::PoiChargeArea(digits) => {
                out.push(Self::POI_CHARGE_AREA);
                put_counted(out, |out| put_code(digits, out));
            }
            Self::Identification(digits) => {
                out.push(Self::IDENTIFICATION);
                put_counted(out, |out| put_code(digits, out));
            }
            Self::Other(kind, contents) => {
                out.push(*kind);
                put_counted(out, |out| out.extend_from_slice(contents));
            }
        }
    }

    fn words(&self) -> (&'static str, String) {
        match self {
            Self::PoiHierarchy { entry, exit } => {
                ("POI hierarchy", format!("entry {entry}, exit {exit}"))
            }
            Self::PoiChargeArea(digits) => ("charge area of the POI", words(digits)),
            Self::Identification(digits) => ("carrier identification code", words(digits)),
            Self::Other(kind, contents) => ("other information", format!("{kind}: {contents}")),
        }
    }
}

impl Parameter for CarrierInformationTransfer {
    const CODE: ParameterCode = ParameterCode::CARRIER_INFORMATION_TRANSFER;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [indicator] = first(octets)?;
        let mut carriers = Vec::new();
        let mut rest = octets.get(1..).unwrap_or_default();
        while let Some((category, mut contents)) = element(&mut rest)? {
            let mut information = Vec::new();
            while let Some((kind, contents)) = element(&mut contents)? {
                information.push(CarrierInformation::read(kind, contents)?);
            }
            carriers.push(CallCarrier {
                category: CarrierCategory::from_code(category),
                information,
            });
        }
        Ok(Self {
            transfer: CarrierTransfer::from_code(indicator & 3),
            carriers,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.transfer.code() & 3);
        for carrier in &self.carriers {
            out.push(carrier.category.code());
            put_counted(out, |out| {
                carrier.information.iter().for_each(|part| part.write(out))
            });
        }
    }

    fn describe(&self) -> Description {
        let mut description = Description::default().field(0, "IEC indicator", self.transfer);
        let mut octet = 1;
        for carrier in &self.carriers {
            let mut inner = Description::of(carrier.category);
            let mut octets = Vec::new();
            for part in &carrier.information {
                let (name, value) = part.words();
                inner = inner.field(2 + octets.len(), name, value);
                part.write(&mut octets);
            }
            description = description.nested(octet, "category of carrier", inner);
            octet += 2 + octets.len();
        }
        description
    }
}

/// The next of several parts, each of which is a type, a length and contents.
fn element<'a>(rest: &mut &'a [u8]) -> Result<Option<(u8, &'a [u8])>, Problem> {
    let (kind, length, contents) = match *rest {
        [] => return Ok(None),
        [_] => return Err(Problem::TooShort { need: 2, have: 1 }),
        [kind, length, contents @ ..] => (*kind, *length, contents),
    };
    let part = counted(contents, length)?;
    *rest = contents.get(part.len()..).unwrap_or_default();
    Ok(Some((kind, part)))
}

fn counted(octets: &[u8], length: u8) -> Result<&[u8], Problem> {
    let need = usize::from(length);
    octets.get(..need).ok_or(Problem::TooShort {
        need,
        have: octets.len(),
    })
}

/// Appends a length and that many octets; what does not fit the length is cut off.
fn put_counted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mut contents = Vec::new();
    write(&mut contents);
    contents.truncate(usize::from(u8::MAX));
    out.push(u8::try_from(contents.len()).unwrap_or(u8::MAX));
    out.extend(contents);
}

/// The digits behind an octet with the odd/even indicator.
fn code(octets: &[u8]) -> Result<AddressDigits, Problem> {
    let [indicator] = first(octets)?;
    digits(octets.get(1..).unwrap_or_default(), bit(indicator, 7))
}

fn put_code(digits: &AddressDigits, out: &mut Vec<u8>) {
    out.push(u8::from(digits.is_odd()) << 7);
    out.extend_from_slice(digits.octets());
}

fn hierarchies(octet: u8) -> (PoiHierarchy, PoiHierarchy) {
    (
        PoiHierarchy::from_code(octet >> 4),
        PoiHierarchy::from_code(octet & 0x0f),
    )
}

fn put_hierarchies(entry: PoiHierarchy, exit: PoiHierarchy) -> u8 {
    entry.code() << 4 | exit.code() & 0x0f
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_poi_has_hierarchies_and_an_area() {
        // entry level 1, exit level 2; 4 octets: odd; 1 2 3 4 5, filler
        let octets = [0x12, 0x04, 0x80, 0x21, 0x43, 0x05];
        let poi = NetworkPoiCa::read(&octets).unwrap();
        assert_eq!(
            (poi.entry, poi.exit),
            (PoiHierarchy::Level1, PoiHierarchy::Level2)
        );
        assert_eq!(poi.charge_area, "12345".parse().unwrap());
        let mut written = Vec::new();
        poi.write(&mut written);
        assert_eq!(written, octets);
        let short = Problem::TooShort { need: 4, have: 3 };
        assert_eq!(NetworkPoiCa::read(&octets[..5]), Err(short));
    }

    #[test]
    fn carriers_are_nested() {
        let octets = [
            0x01, // forward
            0xfe, 0x09, // inter-exchange carrier, 9 octets:
            0xfe, 0x03, 0x00, 0x21, 0x43, // identification, even: 1 2 3 4
            0x05, 0x02, 0xaa, 0xbb, // a type that is not known
            0xfc, 0x03, 0xfc, 0x01, 0x12, // terminating local carrier: hierarchies
        ];
        let transfer = CarrierInformationTransfer::read(&octets).unwrap();
        let [inter_exchange, local] = &transfer.carriers[..] else {
            panic!("{transfer:?}")
        };
        assert_eq!(inter_exchange.category, CarrierCategory::InterExchange);
        let identification = CarrierInformation::Identification("1234".parse().unwrap());
        assert_eq!(inter_exchange.information[0], identification);
        assert_eq!(local.category, CarrierCategory::TerminatingLocal);
        let mut written = Vec::new();
        transfer.write(&mut written);
        assert_eq!(written, octets);

        let fields = transfer.describe().fields;
        let places: Vec<_> = fields.iter().map(|field| field.octet).collect();
        assert_eq!(places, [0, 1, 12]);
        assert_eq!(
            (fields[1].fields[1].octet, fields[2].fields[0].octet),
            (8, 14)
        );
    }

    #[test]
    fn refuses_lengths_that_lead_out() {
        let short = |need, have| Err(Problem::TooShort { need, have });
        assert_eq!(CarrierInformationTransfer::read(&[1, 0xfe]), short(2, 1));
        assert_eq!(
            CarrierInformationTransfer::read(&[1, 0xfe, 2, 0xfe]),
            short(2, 1)
        );
        assert_eq!(
            CarrierInformationTransfer::read(&[1, 0xfe, 2, 0xfe, 1]),
            short(1, 0)
        );
    }
}
