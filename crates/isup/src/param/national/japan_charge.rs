//! What Japan says of charges (JT-Q763, by Wireshark's tables).

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::{Parameter, ParameterCode, code_parameter, first};

codes! {
    /// Charge information type (JT-Q763): how the charge information is coded.
    pub enum ChargeInformationType {
        AdvancedChargeRateTransfer = 0x03, "advanced charge rate transfer (TDS service)";
        ChargeRateTransfer = 0xfe, "charge rate transfer (flexible charging)";
        _ => Spare, "spare charge information type"
    }
}

code_parameter!(ChargeInformationType: CHARGE_INFORMATION_TYPE);

codes! {
    /// Charge information that comes later.
    pub enum DelayedChargeInformation {
        ChargeRateTransfer = 0xfd, "charge rate transfer";
        TerminatingChargeArea = 0xfe, "terminating charge area information";
        _ => Other, "other delayed charge information"
    }
}

/// Charge information delay (JT-Q763): which charge information comes later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChargeInformationDelay {
    /// What comes later, in the order of the wire.
    pub delayed: Vec<DelayedChargeInformation>,
}

impl Parameter for ChargeInformationDelay {
    const CODE: ParameterCode = ParameterCode::CHARGE_INFORMATION_DELAY;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let delayed = octets
            .iter()
            .copied()
            .map(DelayedChargeInformation::from_code);
        Ok(Self {
            delayed: delayed.collect(),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.delayed.iter().map(|delayed| delayed.code()));
    }

    fn describe(&self) -> Description {
        let delayed = self.delayed.iter().enumerate();
        delayed.fold(Description::default(), |description, (octet, delayed)| {
            description.field(octet, "delayed charge information", delayed)
        })
    }
}

/// Charge information (JT-Q763). Its coding depends on the charge information type, which stands
/// before it in the message: it is kept as octets, and [`rates`](Self::rates) reads those of
/// [`ChargeInformationType::ChargeRateTransfer`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChargeInformation(pub Octets);

impl ChargeInformation {
    /// The rates of flexible charging.
    ///
    /// # Errors
    /// [`Problem`] says why the octets are none.
    pub fn rates(&self) -> Result<ChargeRateTransfer, Problem> {
        ChargeRateTransfer::read(&self.0)
    }
}

impl Parameter for ChargeInformation {
    const CODE: ParameterCode = ParameterCode::CHARGE_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Ok(Self(Octets::copy(octets)))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    fn describe(&self) -> Description {
        Description::of(&self.0)
    }
}

impl From<&ChargeRateTransfer> for ChargeInformation {
    fn from(transfer: &ChargeRateTransfer) -> Self {
        let mut octets = Vec::new();
        transfer.write(&mut octets);
        octets.truncate(Octets::MAX);
        Self(Octets::copy(&octets))
    }
}

codes! {
    /// Unit per time period, UTP: what one unit of a rate is.
    pub enum UnitPerTimePeriod {
        HundredYen = 0xfc, "100 yen";
        TenYen = 0xfd, "10 yen";
        NoIndication = 0xfe, "no indication";
        _ => Spare, "spare unit"
    }
}

codes! {
    /// Charge rate information category, CRIC: 7 bits.
    pub enum ChargeRateCategory {
        Public = 0x7c, "public (payphone)";
        Ordinary = 0x7d, "ordinary";
        NoFlexibleRate = 0x7e, "no flexible charge rate information";
        _ => Spare, "spare charge rate category"
    }
}

/// The contents of a charge information whose type is charge rate transfer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChargeRateTransfer {
    /// What one unit is.
    pub unit: UnitPerTimePeriod,
    /// The rates of each category of lines: one or two.
    pub rates: Vec<ChargeRate>,
}

/// The rates of one category of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChargeRate {
    /// Charge rate information category.
    pub category: ChargeRateCategory,
    /// The rates, if the extension indicator announces them: two IA5 digits of initial units, then
    /// three of each period, which are day, evening, night and a spare one. At least those of the
    /// day are there.
    pub digits: Option<RateDigits>,
}

/// Initial units and the rates of up to four periods, as IA5 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateDigits {
    /// Initial units.
    pub initial: [u8; 2],
    /// Rate of the day.
    pub day: [u8; 3],
    /// Rate of the evening.
    pub evening: Option<[u8; 3]>,
    /// Rate of the night; only with one of the evening.
    pub night: Option<[u8; 3]>,
    /// Rate of the spare period; only with one of the night.
    pub spare: Option<[u8; 3]>,
}

impl ChargeRateTransfer {
    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [unit] = first(octets)?;
        let mut rest = octets.get(1..).unwrap_or_default();
        let mut rates = Vec::new();
        while let [category, tail @ ..] = rest {
            rest = tail;
            let digits = if category & 0x80 == 0 {
                let [length] = first(rest)?;
                let contents = rest.get(1..).unwrap_or_default();
                let need = usize::from(length);
                let short = Problem::TooShort {
                    need,
                    have: contents.len(),
                };
                let (contents, tail) = contents.split_at_checked(need).ok_or(short)?;
                rest = tail;
                Some(RateDigits::read(contents)?)
            } else {
                None
            };
            rates.push(ChargeRate {
                category: ChargeRateCategory::from_code(category & 0x7f),
                digits,
            });
        }
        Ok(Self {
            unit: UnitPerTimePeriod::from_code(unit),
            rates,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.unit.code());
        for rate in &self.rates {
            let last = u8::from(rate.digits.is_none()) << 7;
            out.push(last | rate.category.code() & 0x7f);
            if let Some(digits) = rate.digits {
                digits.write(out);
            }
        }
    }
}

impl RateDigits {
    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [i0, i1, d0, d1, d2] = first(octets)?;
        let (periods, _) = octets.get(5..).unwrap_or_default().as_chunks::<3>();
        let mut periods = periods.iter().copied();
        Ok(Self {
            initial: [i0, i1],
            day: [d0, d1, d2],
            evening: periods.next(),
            night: periods.next(),
            spare: periods.next(),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let periods = [self.evening, self.night, self.spare];
        let periods = periods.into_iter().map_while(|period| period);
        let contents: Vec<u8> = self
            .initial
            .into_iter()
            .chain(self.day)
            .chain(periods.flatten())
            .collect();
        // 14 at most.
        out.push(u8::try_from(contents.len()).unwrap_or(u8::MAX));
        out.extend(contents);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flexible_rates_both_ways() {
        let octets = [
            0xfd, // 10 yen
            0x7d, 8, b'0', b'1', b'1', b'8', b'0', b'2', b'4', b'0', // ordinary: 1; 180, 240
            0xfc, // payphone, no rates
        ];
        let information = ChargeInformation::read(&octets).unwrap();
        let rates = information.rates().unwrap();
        assert_eq!(rates.unit, UnitPerTimePeriod::TenYen);
        let [ordinary, public] = rates.rates[..] else {
            panic!("{rates:?}")
        };
        let digits = ordinary.digits.unwrap();
        assert_eq!((digits.initial, digits.day), (*b"01", *b"180"));
        assert_eq!((digits.evening, digits.night), (Some(*b"240"), None));
        assert_eq!(
            (public.category, public.digits),
            (ChargeRateCategory::Public, None)
        );
        assert_eq!(ChargeInformation::from(&rates), information);
    }

    #[test]
    fn refuses_rates_that_end_too_early() {
        let rates = |octets: &[u8]| ChargeInformation(Octets::copy(octets)).rates();
        assert_eq!(rates(&[]), Err(Problem::TooShort { need: 1, have: 0 }));
        assert_eq!(
            rates(&[0xfd, 0x7d, 5, 0x30]),
            Err(Problem::TooShort { need: 5, have: 1 })
        );
        assert_eq!(
            rates(&[0xfd, 0x7d, 1, 0x30]),
            Err(Problem::TooShort { need: 5, have: 1 })
        );
    }

    #[test]
    fn delayed_information_is_a_list() {
        let octets = [0xfe, 0x07];
        let delay = ChargeInformationDelay::read(&octets).unwrap();
        assert_eq!(
            delay.delayed,
            [
                DelayedChargeInformation::TerminatingChargeArea,
                DelayedChargeInformation::Other(7),
            ]
        );
        let mut written = Vec::new();
        delay.write(&mut written);
        assert_eq!(written, octets);
        assert_eq!(
            ChargeInformationType::read(&[0xfe]),
            Ok(ChargeInformationType::ChargeRateTransfer)
        );
    }
}
