//! Date (RFC 3261 20.17).

use super::declare::{header, one_part};
use super::reader::Reader;
use crate::error::ParseError;
use core::fmt;

/// A date and a time of day in GMT, to the second: `Sat, 13 Nov 2010 23:29:00 GMT`. Years are 0 to
/// 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Seconds since the first second of 1970.
    seconds: i64,
}

header!(Date, Date);
one_part!(Date);

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Date {
    /// So many seconds after the first second of 1970, in UTC without leap seconds; `None` if that
    /// is not in the years 0 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let first = days(0, 1, 1) * DAY;
        let end = days(10_000, 1, 1) * DAY;
        (first..end).contains(&seconds).then_some(Self { seconds })
    }

    /// Seconds since the first second of 1970.
    pub const fn unix(self) -> i64 {
        self.seconds
    }

    /// Parses the value.
    ///
    /// # Errors
    /// It is no date of that form, there is no such day or time, the day of the week is another
    /// one, or the time zone is not GMT.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3261 20.17");
        let week_day = one_of(&mut reader, &DAYS, "a day of the week: Mon to Sun")?;
        let week_day_at = reader.at() - 3;
        reader.need(b',', "`,`")?;
        let day_at = reader.at();
        let day = two_digits(&mut reader, 31)?;
        reader.need_space("a space")?;
        let month = one_of(&mut reader, &MONTHS, "a month: Jan to Dec")? + 1;
        reader.need_space("a space")?;
        let year_at = reader.at();
        let year = reader.digits("a year of four digits")?;
        if year.len() != 4 {
            return Err(reader.expected_at(year_at, "a year of four digits"));
        }
        let year = year.parse().unwrap_or_default();
        if day == 0 || day > length(year, month) {
            return Err(reader.expected_at(day_at, "a day that the month has"));
        }
        reader.need_space("a space")?;
        let hour = two_digits(&mut reader, 23)?;
        let minute = colon_and_two(&mut reader)?;
        let second = colon_and_two(&mut reader)?;
        reader.need_space("a space")?;
        if !reader.takes_name("GMT") {
            return Err(reader.expected("`GMT`"));
        }
        reader.end()?;
        let days = days(year, month, day);
        if days.rem_euclid(7) != (week_day + EPOCH) % 7 {
            return Err(reader.expected_at(week_day_at, "the day of the week of this date"));
        }
        Ok(Self {
            seconds: days * DAY + hour * 3_600 + minute * 60 + second,
        })
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Days from the Monday before the first of January 1970, a Thursday, so that the days since 1970
/// modulo 7 are those of the week less this.
const EPOCH: i64 = 4;

fn one_of(
    reader: &mut Reader<'_>,
    names: &[&str],
    expected: &'static str,
) -> Result<i64, ParseError> {
    let index = names.iter().position(|name| reader.takes_name(name));
    let index = index.ok_or_else(|| reader.expected(expected))?;
    Ok(i64::try_from(index).unwrap_or_default())
}

fn two_digits(reader: &mut Reader<'_>, maximum: u32) -> Result<i64, ParseError> {
    let at = reader.at();
    let number: u32 = reader.number(maximum)?;
    if reader.at() != at + 2 {
        return Err(reader.expected_at(at, "two digits"));
    }
    Ok(i64::from(number))
}

fn colon_and_two(reader: &mut Reader<'_>) -> Result<i64, ParseError> {
    if !reader.take_exactly(b':') {
        return Err(reader.expected("`:`"));
    }
    two_digits(reader, 59)
}

/// The days of a month of the Gregorian calendar.
const fn length(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the first of January 1970. Years begin in March here, so that a leap day is the last
/// of its year.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // From March on, five months have 153 days.
    let days_before_month = (153 * month + 2) / 5;
    year * 365 + leap_days + days_before_month + day - 1 - DAYS_BEFORE_1970
}

/// From the first of March of the year 0 on.
const DAYS_BEFORE_1970: i64 = 719_468;

/// Year, month and day, so many days after the first of January 1970.
fn calendar(since_1970: i64) -> (i64, i64, i64) {
    // No year is longer than 366 days, so this one is never too late.
    let mut year = 1970 + since_1970.div_euclid(366).min(since_1970.div_euclid(365));
    while days(year + 1, 1, 1) <= since_1970 {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && days(year, month + 1, 1) <= since_1970 {
        month += 1;
    }
    (year, month, since_1970 - days(year, month, 1) + 1)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since_1970 = self.seconds.div_euclid(DAY);
        let second = self.seconds.rem_euclid(DAY);
        let (year, month, day) = calendar(since_1970);
        let name = |names: &[&'static str], index: i64| {
            let index = usize::try_from(index).ok();
            index.and_then(|index| names.get(index).copied())
        };
        write!(
            f,
            "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
            name(&DAYS, (since_1970 - EPOCH).rem_euclid(7)).unwrap_or_default(),
            name(&MONTHS, month - 1).unwrap_or_default(),
            second / 3_600,
            second / 60 % 60,
            second % 60,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_known() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            // RFC 3261 20.17 and 8.1.1; date -u -d @...
            ("Sat, 13 Nov 2010 23:29:00 GMT", 1_289_690_940),
            ("Thu, 21 Feb 2002 13:02:03 GMT", 1_014_296_523),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Mon, 01 Mar 1900 00:00:00 GMT", -2_203_891_200),
        ] {
            if text.starts_with("Mon, 01 Mar") {
                // The first of March 1900 was a Thursday.
                assert_eq!(Date::parse(text).unwrap_err().column, 1);
                let date = Date::from_unix(seconds).unwrap();
                assert_eq!(date.to_string(), text.replace("Mon", "Thu"));
                continue;
            }
            let date = Date::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(date.unix(), seconds, "{text}");
            assert_eq!(date.to_string(), text);
        }
        let first = Date::parse("Sat, 01 Jan 0000 00:00:00 GMT").unwrap();
        assert_eq!(first.to_string(), "Sat, 01 Jan 0000 00:00:00 GMT");
        assert_eq!(Date::from_unix(first.unix() - 1), None);
        assert_eq!(Date::from_unix(253_402_300_800), None);
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut since_1970 = days(1800, 1, 1);
        for year in 1800..2200 {
            for month in 1..=12 {
                for day in 1..=length(year, month) {
                    assert_eq!(days(year, month, day), since_1970);
                    assert_eq!(calendar(since_1970), (year, month, day));
                    since_1970 += 1;
                }
            }
        }
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("Sonntag, 01 Jan 2010 16:00:00 GMT", 1),
            // RFC 4475 3.1.2.12
            ("Fri, 01 Jan 2010 16:00:00 EST", 27),
            ("Thu, 01 Jan 2010 16:00:00 GMT", 1),
            ("Mon, 29 Feb 2010 16:00:00 GMT", 6),
            ("Mon, 00 Feb 2010 16:00:00 GMT", 6),
            ("Fri, 1 Jan 2010 16:00:00 GMT", 6),
            ("Fri, 01 Jan 10 16:00:00 GMT", 13),
            ("Fri, 01 Jan 2010 24:00:00 GMT", 18),
            ("Fri, 01 Jan 2010 16:60:00 GMT", 21),
            ("Fri, 01 Jan 2010 16:00 GMT", 23),
            ("Fri, 01 Jan 2010 16:00:00 GMT x", 31),
        ] {
            let error = Date::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
