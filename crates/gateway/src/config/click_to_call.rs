//! `click_to_call:`

use super::address;
use super::numbering;
use super::problem::Check;
use super::raw::{RawAuthentication, RawClickToCall};
use core::time::Duration;
use trunkline_click_to_call::{Config, ControllerConfig, Credentials};

pub(super) fn check(check: &mut Check, raw: &RawClickToCall) -> Option<Config> {
    let http = address::socket(check, &raw.http, "click_to_call.http");
    let sip = address::socket(check, &raw.sip, "click_to_call.sip");
    let rules = numbering::rules(check, &raw.rules, "click_to_call.rules");
    let credentials = match &raw.authentication {
        Some(raw) => Some(credentials(check, raw)?),
        None => None,
    };
    let no_answer = check.within(
        raw.no_answer.as_ref(),
        "click_to_call.no_answer",
        60,
        1..=3_600,
    );
    let max_calls = check.within(
        raw.max_calls.as_ref(),
        "click_to_call.max_calls",
        200,
        1..=100_000,
    );

    // The seed is set when the controller is started.
    let mut controller = ControllerConfig::new(rules?, [0; 32]);
    controller.identity = raw.identity.as_ref().map(|identity| identity.value.clone());
    controller.timers.initiator_answer = Duration::from_secs(no_answer);
    controller.limits.active = usize::try_from(max_calls).unwrap_or(usize::MAX);
    let mut config = Config::new(sip?, http?, controller);
    config.credentials = credentials;
    if let Err(error) = config.check() {
        check.at(&raw.http, "click_to_call", error);
        return None;
    }
    Some(config)
}

fn credentials(check: &mut Check, raw: &RawAuthentication) -> Option<Credentials> {
    let key = "click_to_call.authentication";
    let password = match (&raw.password, &raw.password_file) {
        (Some(password), None) => password.0.clone(),
        (None, Some(file)) => {
            let path = check.folder().join(&file.value);
            match std::fs::read_to_string(&path) {
                Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
                Err(error) => {
                    let what = format!("{}: {error}", path.display());
                    check.at(file, format!("{key}.password_file"), what);
                    return None;
                }
            }
        }
        _ => {
            check.problem(0, key, "must have either password or password_file");
            return None;
        }
    };
    Some(Credentials {
        user: raw.user.clone(),
        password,
    })
}
