//! The configuration file: YAML in, checked values out, or every problem with its line and key.

mod address;
mod admin;
mod application_servers;
mod click_to_call;
mod media;
mod numbering;
mod peers;
mod problem;
mod raw;
mod sctp;
mod signaling;
mod simulator;
mod sip;
mod trunk_groups;
pub(crate) mod variant;

#[cfg(test)]
mod tests;

pub(crate) use admin::{Admin, Reached, Token};
pub(crate) use problem::{Problem, Problems};
pub(crate) use simulator::Simulator;
pub(crate) use sip::{RegistrarSettings, SipSockets, word};

use problem::Check;
use raw::Raw;
use serde::de::DeserializeOwned;
use std::path::Path;
use trunkline_isup::PointCodeFormat;
use trunkline_mgw::MgwConfig;
use trunkline_signaling::Config;

/// A configuration that can be used.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The MGC. Its seed is zero here; [`crate::run`] sets it.
    pub(crate) mgc: trunkline_mgc::Config,
    /// The sockets of SIP.
    pub(crate) sip: SipSockets,
    /// The phones that register with us.
    pub(crate) registrar: Option<RegistrarSettings>,
    pub(crate) signaling: Config,
    pub(crate) mgw: MgwConfig,
    pub(crate) click_to_call: Option<trunkline_click_to_call::Config>,
    /// Where the program is looked at and commanded.
    pub(crate) admin: Option<Admin>,
    /// How point codes are written.
    pub(crate) point_code_format: PointCodeFormat,
    pub(crate) simulator: Option<Simulator>,
}

/// The configuration that `run` and `demo` use where none is named: that of the repository.
pub(crate) const DEFAULT: &str = include_str!("../../../../config/trunkline.yaml");

/// Calls at one time, if the file does not say.
const DEFAULT_CALLS: u64 = 10_000;

/// What [`DEFAULT`] is called.
pub(crate) const BUILT_IN: &str = "(built-in) trunkline.yaml";

/// Reads and checks a file.
pub(crate) fn load(file: &Path) -> Result<Settings, Problems> {
    read(file, &text_of(file)?)
}

fn text_of(file: &Path) -> Result<String, Problems> {
    std::fs::read_to_string(file).map_err(|error| {
        let what = format!("cannot be read: {error}");
        let list = vec![Problem {
            line: 0,
            key: String::new(),
            what,
        }];
        Problems {
            file: file.to_owned(),
            list,
        }
    })
}

/// Where the program that runs with a file is reached; nothing else of it is checked.
pub(crate) fn reached(file: &Path) -> Result<Reached, Problems> {
    reached_by(file, &text_of(file)?)
}

/// The same for the configuration that is built in.
pub(crate) fn reached_built_in() -> Result<Reached, Problems> {
    reached_by(Path::new(BUILT_IN), DEFAULT)
}

fn reached_by(file: &Path, text: &str) -> Result<Reached, Problems> {
    let mut check = Check::new(file);
    let raw = shape::<Raw>(&mut check, text);
    let reached = raw.and_then(|raw| match &raw.admin {
        Some(raw) => admin::reached(&mut check, raw),
        None => {
            let what = "is not there, so a program with this file cannot be asked";
            check.problem(0, "admin", what);
            None
        }
    });
    check.finish(reached)
}

/// Checks the text of a file.
pub(crate) fn read(file: &Path, text: &str) -> Result<Settings, Problems> {
    let mut check = Check::new(file);
    let settings = shape::<Raw>(&mut check, text).and_then(|raw| settings(&mut check, &raw));
    check.finish(settings)
}

/// Reads YAML of a certain shape, or notes where it has another.
fn shape<T: DeserializeOwned>(check: &mut Check, text: &str) -> Option<T> {
    match serde_saphyr::from_str(text) {
        Ok(raw) => Some(raw),
        Err(error) => {
            let place = error.location();
            let line = place.map_or(0, |place| place.line());
            let key = place.and_then(|place| key_at(text, place.line(), place.column()));
            check.problem(line, key.unwrap_or_default(), plain(&error));
            None
        }
    }
}

/// The key whose value stands at a place of the text; lines and columns count from 1.
fn key_at(text: &str, line: u64, column: u64) -> Option<String> {
    let line = text
        .lines()
        .nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let before: String = line
        .chars()
        .take(usize::try_from(column).ok()?.saturating_sub(1))
        .collect();
    let key = before.trim_end().strip_suffix(':')?;
    let key = key.rsplit([' ', '{', ',', '-']).next()?;
    (!key.is_empty()).then(|| key.to_owned())
}

/// What a YAML error says, in one line and without the place, which is printed before it.
fn plain(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("cannot be read");
    let line = line.trim().trim_start_matches("error: ");
    // The place stands before the text already, and an operator sets no options of a library.
    [" at line ", ", set DuplicateKeyPolicy"]
        .iter()
        .fold(line, |line, end| line.split(end).next().unwrap_or(line))
        .replace("invalid u64", "expected a whole number")
        .replace("invalid u32", "expected a whole number up to 4294967295")
        .replace("invalid u16", "expected a whole number up to 65535")
        .replace("invalid u8", "expected a whole number up to 255")
}

fn settings(check: &mut Check, raw: &Raw) -> Option<Settings> {
    let sip = sip::check(check, &raw.sip);
    let variants = variant::all(check, &raw.variants);
    let format = signaling::format(check, &raw.signaling);
    let signaling = signaling::check(check, &raw.signaling, format);
    let groups = trunk_groups::check(
        check,
        &raw.trunk_groups,
        signaling.as_ref(),
        &variants,
        format,
    );
    let names: Vec<&str> = raw
        .trunk_groups
        .iter()
        .map(|group| group.name.value.as_str())
        .collect();
    let peers: Vec<&str> = raw.sip.peers.keys().map(String::as_str).collect();
    let users = raw.sip.registrar.is_some();
    let rules = numbering::rules(check, &raw.numbering.rules, "numbering.rules");
    let routes = numbering::routes(check, &raw.numbering.routes, &names, &peers, users);
    let click_to_call = raw
        .click_to_call
        .as_ref()
        .map(|raw| click_to_call::check(check, raw));
    let admin = raw.admin.as_ref().map(|raw| admin::check(check, raw));
    let simulator = raw
        .simulator
        .as_ref()
        .map(|raw| simulator::check(check, raw, &variants, format));
    let calls = raw.limits.calls.as_ref();
    let max_calls = check.within(calls, "limits.calls", DEFAULT_CALLS, 1..=1_000_000);
    let max_calls = usize::try_from(max_calls).unwrap_or(usize::MAX);
    let mgw = media::check(check, &raw.media, groups.as_deref(), max_calls);

    let (sip, signaling, groups) = (sip?, signaling?, groups?);
    let mgc = trunkline_mgc::Config {
        endpoint: sip.endpoint,
        admitted: sip.admitted,
        peers: sip.peers,
        trunk_groups: groups.into_iter().map(|group| group.mgc).collect(),
        rules: rules?,
        routes: routes?,
        capabilities: sip.capabilities,
        timers: sip.timers,
        max_calls,
    };
    Some(Settings {
        mgc,
        sip: sip.sockets,
        registrar: sip.registrar,
        signaling: signaling.adapter,
        mgw: mgw?,
        click_to_call: transpose(click_to_call)?,
        admin: transpose(admin)?,
        point_code_format: format,
        simulator: transpose(simulator)?,
    })
}

/// `None` only if there is a value that was refused.
fn transpose<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}
