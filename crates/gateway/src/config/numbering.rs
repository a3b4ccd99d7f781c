//! `numbering:`

use super::problem::Check;
use super::raw::{RawRoute, RawRule};
use trunkline_mgc::Target;
use trunkline_model::TrunkGroupId;
use trunkline_numbering::{Routes, Rule, Rules};

pub(super) fn rules(check: &mut Check, raw: &[RawRule], key: &str) -> Option<Rules> {
    let mut rules = Vec::new();
    for (position, rule) in raw.iter().enumerate() {
        let rule = Rule {
            pattern: rule.pattern.value.clone(),
            output: rule.output.value.clone(),
        };
        // One by one, so that the line is known.
        if let Err(error) = Rules::new(vec![rule.clone()]) {
            let line = raw[position].pattern.referenced.line();
            check.problem(line, format!("{key}[{position}].pattern"), error);
        } else {
            rules.push(rule);
        }
    }
    Rules::new(rules).ok()
}

pub(super) fn routes(
    check: &mut Check,
    raw: &[RawRoute],
    groups: &[&str],
    peers: &[&str],
    users: bool,
) -> Option<Routes<Target>> {
    let mut routes = Routes::new();
    for (position, route) in raw.iter().enumerate() {
        let key = format!("numbering.routes[{position}]");
        let to_users = route.sip_users.unwrap_or_default();
        let target = match (&route.trunk_group, &route.sip_peer, to_users) {
            (Some(name), None, false) => {
                let found = groups.iter().position(|group| *group == name.value);
                let id = found.and_then(|position| u16::try_from(position).ok());
                if id.is_none() {
                    let what = format!("there is no trunk group {:?}", name.value);
                    check.at(name, format!("{key}.trunk_group"), what);
                }
                id.map(|id| Target::TrunkGroup(TrunkGroupId(id)))
            }
            (None, Some(name), false) => {
                let found = peers.iter().position(|peer| *peer == name.value);
                if found.is_none() {
                    let what = format!("there is no SIP peer {:?} in sip.peers", name.value);
                    check.at(name, format!("{key}.sip_peer"), what);
                }
                found.map(Target::SipPeer)
            }
            (None, None, true) => {
                if !users {
                    let what = "there is no sip.registrar";
                    check.at(&route.prefix, format!("{key}.sip_users"), what);
                }
                users.then_some(Target::Users)
            }
            _ => {
                check.at(
                    &route.prefix,
                    &key,
                    "must have either trunk_group, sip_peer or sip_users: true",
                );
                None
            }
        };
        if let Some(target) = target
            && let Err(error) = routes.insert(&route.prefix.value, target)
        {
            check.at(&route.prefix, format!("{key}.prefix"), error);
        }
    }
    Some(routes)
}
