//! `trunkline check`

use crate::admin::COMMANDS_ASK;
use crate::config;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use trunkline_mgc::SipPeer;
use trunkline_signaling::PeerConfig;
use trunkline_sip::endpoint::NextHop;
use trunkline_sip_transport::config::{ClientCertificates, Listen};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration file.
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "config/trunkline.yaml"
    )]
    config: PathBuf,
}

/// Says what is wrong, or what is configured; 2 if anything is wrong.
pub(crate) fn check(args: &Args) -> ExitCode {
    match config::load(&args.config) {
        Ok(settings) => {
            println!("{}: can be used", args.config.display());
            for listen in settings.sip.listen() {
                println!("  {}", taken(listen));
            }
            for (transport, address) in &settings.sip.opening {
                let transport = config::word(*transport);
                println!("  SIP over {transport} from {address}, to servers only");
            }
            for peer in &settings.mgc.peers {
                println!("  {}", sip_peer(peer));
            }
            if let Some(registrar) = &settings.registrar {
                let (users, domain) = (registrar.config.users.len(), &registrar.config.domains[0]);
                println!("  {users} users may register as of {domain}");
            }
            for listen in &settings.signaling.listen {
                let (transport, at) = (listen.transport.name(), list(&listen.addresses));
                println!("  signaling over {transport} at {at}");
            }
            for peer in &settings.signaling.peers {
                println!("  {}", described(peer));
            }
            for group in &settings.mgc.trunk_groups {
                let circuits = &group.circuits;
                println!(
                    "  trunk group {}: {} circuits to {} ({}), variant {}",
                    group.name,
                    circuits.cics.len(),
                    circuits.dpc,
                    circuits.variant.point_code().text(circuits.dpc),
                    circuits.variant.name()
                );
            }
            if let Some(click_to_call) = &settings.click_to_call {
                println!("  click-to-call at http://{}/", click_to_call.http);
            }
            if let Some(admin) = settings.admin {
                let at = admin.listen;
                println!("  metrics at http://{at}/metrics, links at http://{at}/");
                if admin.token.is_none() && !admin.listen.ip().to_canonical().is_loopback() {
                    println!("  nobody can command links: {COMMANDS_ASK}");
                }
            }
            if settings.simulator.is_some() {
                println!("  the simulated telephone network runs in this process");
            }
            ExitCode::SUCCESS
        }
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::from(2)
        }
    }
}

/// Where SIP is taken, and what clients must show.
fn taken(listen: &Listen) -> String {
    let (transport, address) = (config::word(listen.transport), listen.address);
    let clients = match listen.tls.as_ref().map(|tls| &tls.clients) {
        None | Some(ClientCertificates::None) => "",
        Some(ClientCertificates::Optional(_)) => ", clients may show a certificate",
        Some(ClientCertificates::Required(_)) => ", clients must show a certificate",
    };
    format!("SIP over {transport} at {address}{clients}")
}

/// How a SIP peer is reached, and how it is known.
fn sip_peer(peer: &SipPeer) -> String {
    let (name, host) = (&peer.name, &peer.host);
    let to = match &peer.hop {
        NextHop::Target(target) => {
            let transport = config::word(target.transport);
            format!("{} over {transport}", target.address)
        }
        _ => format!("{host}, as the DNS says"),
    };
    let via = peer.routes.first();
    let via = via.map_or_else(String::new, |route| format!(" through {route}"));
    let registered = match &peer.register {
        Some(register) => format!(", registered as {}", register.aor),
        None => String::new(),
    };
    let known = match &peer.certificate {
        Some(name) => format!(", known by its certificate for {name}"),
        None => String::new(),
    };
    let asked = match peer.keep_alive {
        Some(keep_alive) => format!(", asked every {} s", keep_alive.interval.as_secs()),
        None => String::new(),
    };
    format!("SIP peer {name}: {to}{via}{registered}{known}{asked}")
}

/// What a peer is to us, over what, and where.
fn described(peer: &PeerConfig) -> String {
    let (role, transport) = (peer.role.name(), peer.transport.name());
    let (local, remote) = (list(&peer.local), list(&peer.remote));
    let name = &peer.name;
    match peer.initiate {
        true => format!("peer {name}: we are {role} over {transport}, {local} to {remote}"),
        false => format!("peer {name}: we are {role} over {transport}, awaiting {remote}"),
    }
}

fn list(addresses: &[SocketAddr]) -> String {
    let text = |address: &SocketAddr| match address.port() {
        0 => format!("{} (any port)", address.ip()),
        _ => address.to_string(),
    };
    let texts: Vec<String> = addresses.iter().map(text).collect();
    texts.join(" and ")
}
