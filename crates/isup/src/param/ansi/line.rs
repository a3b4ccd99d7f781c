//! What ANSI T1.113 says of the caller's line and of what operators have done: originating line
//! information, operator services information; egress service and network transport.

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::identity::octet_strings;
use crate::param::indicators::{put, take};
use crate::param::{Parameter, ParameterCode, code_parameter};

codes! {
    /// Originating line information (T1.113 3.26A): the two ANI II digits of the line, as a binary
    /// number.
    pub enum OriginatingLineInformation {
        IdentifiedLine = 0, "identified line, no special treatment";
        Multiparty = 1, "multiparty line, operator number identification";
        AniFailure = 2, "ANI failure";
        HotelWithRoom = 6, "station level rating, hotel with room identification";
        SpecialOperatorHandling = 7, "special operator handling: coinless, hospital, inmate";
        InterLataRestricted = 8, "interLATA restricted";
        TestCall = 10, "test call";
        Aiod = 20, "automatic identified outward dialing, listed directory number sent";
        CoinOrNonCoin = 23, "coin or non-coin line, to be looked up";
        Toll800 = 24, "800 service call";
        Toll800PayStation = 25, "800 service call from a pay station";
        CoinLine = 27, "coin line, coin control signaling";
        Prison = 29, "prison or inmate service";
        InterceptBlank = 30, "intercept, blank";
        InterceptTrouble = 31, "intercept, trouble";
        InterceptRegular = 32, "intercept, regular";
        OperatorHandled = 34, "operator handled call";
        Outwats = 52, "outward wide area telecommunications service (OUTWATS)";
        RelayUnrestricted = 60, "telecommunications relay service, unrestricted line";
        WirelessType1 = 61, "cellular or wireless PCS, type 1";
        WirelessType2 = 62, "cellular or wireless PCS, type 2";
        WirelessRoaming = 63, "cellular or wireless PCS, roaming";
        RelayHotel = 66, "telecommunications relay service, hotel";
        RelayRestricted = 67, "telecommunications relay service, restricted line";
        InterLataRestrictedHotel = 68, "interLATA restricted, hotel";
        PrivatePayStation = 70, "private pay station";
        InterLataRestrictedCoinless = 78, "interLATA restricted, coinless";
        PrivateVirtualNetwork = 93, "access for private virtual networks";
        TestCallTraffic = 95, "test call";
        _ => Other, "other originating line information"
    }
}

code_parameter!(OriginatingLineInformation: ORIGINATING_LINE_INFORMATION);

codes! {
    /// Information type of [`OperatorServicesInformation`]: 4 bits.
    pub enum OperatorServiceType {
        OriginalAccessPrefix = 1, "original access prefix";
        BillToEntryAndHandling = 2, "bill-to information entry type and handling type";
        BillToType = 3, "bill-to type";
        BillToSpecific = 4, "bill-to specific information";
        SpecialHandling = 5, "special handling";
        AccessSignaling = 7, "access signaling";
        _ => Spare, "spare information type"
    }
}

/// One piece of [`OperatorServicesInformation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperatorService {
    /// Information type.
    pub kind: OperatorServiceType,
    /// Information value, 4 bits; its meaning depends on the type.
    pub value: u8,
}

impl OperatorService {
    /// What the value means, if it is known.
    pub fn meaning(self) -> Option<&'static str> {
        let values: &[(u8, &str)] = match self.kind {
            OperatorServiceType::OriginalAccessPrefix => ACCESS_PREFIXES,
            OperatorServiceType::BillToEntryAndHandling => ENTRIES_AND_HANDLINGS,
            OperatorServiceType::BillToType => BILL_TO_TYPES,
            OperatorServiceType::BillToSpecific => BILL_TO_SPECIFICS,
            OperatorServiceType::SpecialHandling => SPECIAL_HANDLINGS,
            OperatorServiceType::AccessSignaling => ACCESS_SIGNALINGS,
            OperatorServiceType::Spare(_) => &[],
        };
        values
            .iter()
            .find(|(value, _)| *value == self.value)
            .map(|(_, meaning)| *meaning)
    }
}

const ACCESS_PREFIXES: &[(u8, &str)] = &[
    (0, "unknown"),
    (1, "1+ or 011+"),
    (2, "0+ or 01+"),
    (3, "0-"),
];

const ENTRIES_AND_HANDLINGS: &[(u8, &str)] = &[
    (1, "entered manually by operator, station handling"),
    (2, "entered manually by operator, person handling"),
    (3, "entered by tones, station handling"),
    (4, "entry unknown, station handling"),
    (5, "entry unknown, person handling"),
    (6, "entered manually by operator, handling unknown"),
    (7, "entered by tones, handling unknown"),
    (8, "entered by tones, person handling"),
    (9, "spoken, handling unknown"),
    (10, "spoken, station handling"),
    (11, "spoken, person handling"),
];

const BILL_TO_TYPES: &[(u8, &str)] = &[
    (1, "card, 14 digit format"),
    (2, "card, 89C format"),
    (3, "card, other format"),
    (4, "collect"),
    (5, "third number"),
    (6, "sent paid"),
];

/// NIDB is the network information database that is asked whether a bill will be paid.
const BILL_TO_SPECIFICS: &[(u8, &str)] = &[
    (1, "NIDB authorizes"),
    (2, "NIDB reports, verify by automated means"),
    (3, "NIDB reports, verify by operator"),
    (4, "no NIDB query"),
    (5, "no NIDB response"),
    (6, "NIDB reports unavailable"),
    (7, "no NIDB response, timeout"),
    (8, "no NIDB response, reject"),
    (9, "no NIDB response, automatic code gapping in effect"),
    (10, "no NIDB response, SCCP failure"),
];

const SPECIAL_HANDLINGS: &[(u8, &str)] = &[
    (1, "call completion"),
    (2, "rate information"),
    (3, "trouble reporting"),
    (4, "time and charges"),
    (5, "credit reporting"),
    (6, "general assistance"),
];

const ACCESS_SIGNALINGS: &[(u8, &str)] = &[(1, "dial pulse"), (2, "dual tone multifrequency")];

/// Operator services information: what the caller and the operator have settled so far, an octet
/// each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OperatorServicesInformation(pub Vec<OperatorService>);

impl Parameter for OperatorServicesInformation {
    const CODE: ParameterCode = ParameterCode::OPERATOR_SERVICES_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let service = |octet: &u8| OperatorService {
            kind: OperatorServiceType::from_code(take(*octet, 4, 8)),
            value: take(*octet, 0, 4),
        };
        Ok(Self(octets.iter().map(service).collect()))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let octets = self.0.iter().take(Octets::MAX);
        out.extend(octets.map(|service| put(service.kind.code(), 4, 8) | put(service.value, 0, 4)));
    }

    fn describe(&self) -> Description {
        let services = self.0.iter().enumerate();
        services.fold(Description::default(), |description, (octet, service)| {
            let name = match service.kind {
                OperatorServiceType::Spare(_) => service.kind.to_string(),
                named => named.name().to_owned(),
            };
            match service.meaning() {
                Some(meaning) => description.field(octet, name, meaning),
                None => description.field(octet, name, format_args!("spare ({})", service.value)),
            }
        })
    }
}

octet_strings! {
    /// Egress service (T1.113 3.16A): what the exchange access is to do, coded as the carriers
    /// agree.
    EgressService: EGRESS_SERVICE, Octets::to_string;
    /// Network transport (T1.113 3.24A): what networks pass on without a look inside.
    NetworkTransport: NETWORK_TRANSPORT, Octets::to_string;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn line_is_told_by_the_ani_ii_digits() {
        reads_and_writes(&[63], OriginatingLineInformation::WirelessRoaming);
        reads_and_writes(&[99], OriginatingLineInformation::Other(99));
        assert_eq!(
            described(&OriginatingLineInformation::WirelessRoaming),
            ["63 cellular or wireless PCS, roaming"]
        );
        refuses_fewer::<OriginatingLineInformation>(1);
    }

    #[test]
    fn operator_services_are_an_octet_each() {
        let service = |kind, value| OperatorService { kind, value };
        // original access prefix 0+; bill to a third number; a value of a type that is spare
        let services = OperatorServicesInformation(vec![
            service(OperatorServiceType::OriginalAccessPrefix, 2),
            service(OperatorServiceType::BillToType, 5),
            service(OperatorServiceType::Spare(6), 1),
        ]);
        reads_and_writes(&[0x12, 0x35, 0x61], services.clone());
        assert_eq!(
            described(&services),
            [
                "original access prefix: 0+ or 01+",
                "bill-to type: third number",
                "spare information type (6): spare (1)"
            ]
        );
        assert_eq!(services.describe().fields[2].octet, 2);
    }

    #[test]
    fn what_networks_agree_on_is_passed_on() {
        reads_and_writes(b"\x01AB", EgressService(Octets::from(*b"\x01AB")));
        reads_and_writes(&[0xc4, 1, 2], NetworkTransport(Octets::from([0xc4, 1, 2])));
    }
}
