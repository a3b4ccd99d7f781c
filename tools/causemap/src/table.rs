//! Whole tables, and the differences of two.

use crate::arguments::Direction;
use crate::record::{self, Record, Value};
use std::collections::BTreeSet;
use trunkline_interwork::cause::Origin;
use trunkline_interwork::{CauseMap, ToIsup, ToSip};
use trunkline_model::{Cause, CauseValue, Location};

/// All rows of one direction or both.
pub(crate) fn rows(map: &CauseMap, direction: Option<Direction>) -> Vec<Record> {
    let mut rows = Vec::new();
    if direction != Some(Direction::Sip) {
        for entry in map.isup_entries() {
            rows.extend(record::isup_entry(map, entry.cause));
        }
        for others in other_causes(map) {
            let causes = Value::Text(others.name());
            let name = "no row of their own";
            rows.push(record::isup_columns(
                causes,
                name,
                "",
                &others.to_sip,
                others.origin,
            ));
        }
    }
    if direction != Some(Direction::Isup) {
        for entry in map.sip_entries() {
            rows.extend(record::sip_entry(map, entry.status));
        }
        for (name, status) in other_statuses(map) {
            let (to_isup, origin) = map.to_isup_from(status, None);
            rows.push(record::sip_record(
                &name,
                "no row of their own",
                "",
                to_isup,
                origin,
            ));
        }
        let source = Origin::Row("without a Reason");
        for (request, cause) in [("BYE", map.bye()), ("CANCEL", map.cancel())] {
            rows.push(record::sip_record(
                request,
                "request",
                "",
                ToIsup::Cause(cause),
                source,
            ));
        }
    }
    rows
}

/// How far the tables can be relied on.
pub(crate) fn note(map: &CauseMap) -> String {
    let profile = map.profile_name();
    let reason = if map.trusts_reason() {
        "A Q.850 Reason in a response wins over the table."
    } else {
        "A Q.850 Reason in a response wins over the table only where the peer is trusted."
    };
    format!(
        "Profile {profile}: {}.\n{reason}\nEvery row can be overridden: --overrides FILE.",
        profile.tables().note
    )
}

/// The rows that are not the same in two maps.
pub(crate) fn differences(a: &CauseMap, b: &CauseMap) -> Vec<Record> {
    let mut rows = Vec::new();
    for cause in (1..=127).filter_map(CauseValue::new) {
        let (left, right) = (isup_texts(a, cause), isup_texts(b, cause));
        if left != right {
            let code = Value::Number(cause.value().into());
            rows.push(difference("isup-to-sip", code, cause.name(), &left, &right));
        }
    }
    let statuses: BTreeSet<u16> = [a, b]
        .iter()
        .flat_map(|map| map.sip_entries())
        .map(|entry| entry.status)
        .collect();
    for &status in &statuses {
        let (left, right) = (sip_texts(a, status), sip_texts(b, status));
        if left != right {
            let phrase = trunkline_interwork::reason_phrase(status);
            rows.push(difference(
                "sip-to-isup",
                status.into(),
                phrase,
                &left,
                &right,
            ));
        }
    }
    for class in 3..7 {
        // A status that neither of the maps has a row for.
        let Some(status) = (class * 100..class * 100 + 100)
            .rev()
            .find(|s| !statuses.contains(s))
        else {
            continue;
        };
        let (left, right) = (sip_texts(a, status), sip_texts(b, status));
        if left != right {
            let name = format!("other {class}xx");
            rows.push(difference("sip-to-isup", name.into(), "", &left, &right));
        }
    }
    for (request, left, right) in [
        ("BYE", a.bye(), b.bye()),
        ("CANCEL", a.cancel(), b.cancel()),
    ] {
        if left != right {
            let text = |cause: Cause| record::cause_text(ToIsup::Cause(cause));
            let request = Value::Text(request.to_owned());
            rows.push(difference(
                "sip-to-isup",
                request,
                "",
                &text(left),
                &text(right),
            ));
        }
    }
    rows
}

fn difference(direction: &'static str, code: Value, name: &str, a: &str, b: &str) -> Record {
    let shown = match &code {
        Value::Number(number) => format!("{number} {name}"),
        Value::Text(text) => text.clone(),
        Value::Nothing => String::new(),
    };
    Record {
        text: format!("{direction} {}: {a} -> {b}", shown.trim_end()),
        columns: vec![
            ("direction", direction.into()),
            ("code", code),
            ("name", name.into()),
            ("a", a.into()),
            ("b", b.into()),
        ],
    }
}

fn isup_texts(map: &CauseMap, cause: CauseValue) -> String {
    let entry = map.isup_entry(cause);
    let mut text = record::response_text(&entry.to_sip);
    for (exception, to_sip, _) in &entry.exceptions {
        let exception = record::exception_text(*exception);
        text.push_str(&format!(
            " ({exception}: {})",
            record::response_text(to_sip)
        ));
    }
    text
}

fn sip_texts(map: &CauseMap, status: u16) -> String {
    let entry = map.sip_entry(status);
    let mut text = record::cause_text(entry.to_isup);
    if let Some(warned) = entry.bearer_warning {
        text.push_str(&format!(
            " (Warning 304 or 305: {})",
            record::cause_text(warned)
        ));
    }
    text
}

/// Causes without a row that become the same.
struct Others {
    classes: Vec<u8>,
    to_sip: ToSip,
    origin: Origin,
}

impl Others {
    fn name(&self) -> String {
        let classes: Vec<String> = self.classes.iter().map(u8::to_string).collect();
        format!("others of class {}", classes.join(" "))
    }
}

fn other_causes(map: &CauseMap) -> Vec<Others> {
    let mut all: Vec<Others> = Vec::new();
    for cause in (1..=127).filter_map(CauseValue::new) {
        let location = Location::BeyondInterworkingPoint;
        let (to_sip, origin) = map.to_sip_from(cause, location, None);
        if !matches!(origin, Origin::Default(_)) {
            continue;
        }
        let class = cause.class();
        match all.iter_mut().find(|others| others.to_sip == to_sip) {
            Some(others) if others.classes.contains(&class) => {}
            Some(others) => others.classes.push(class),
            None => all.push(Others {
                classes: vec![class],
                to_sip,
                origin,
            }),
        }
    }
    all
}

/// A name and an example for the statuses of each class that have no row.
fn other_statuses(map: &CauseMap) -> Vec<(String, u16)> {
    let named: BTreeSet<u16> = map.sip_entries().iter().map(|entry| entry.status).collect();
    (3..7)
        .filter_map(|class| {
            let mut statuses = (class * 100..class * 100 + 100).rev();
            let status = statuses.find(|status| !named.contains(status))?;
            Some((format!("other {class}xx"), status))
        })
        .collect()
}
