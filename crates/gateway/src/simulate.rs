//! `trunkline simulate`

use crate::run::{load, serve, until_signal};
use crate::running::Network;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing::info;
use trunkline_simulator::DEFAULT_SUBSCRIBERS;

/// Arguments of `simulate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  trunkline simulate                     UDP-encapsulated SCTP on 127.0.0.1, port 9899
  trunkline simulate --list              who can be called
  trunkline simulate -c lab.yaml         other transports, addresses and subscribers:
                                         the part `simulator:` of the file")]
pub(crate) struct Args {
    /// The configuration file, of which only `simulator:` is used.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// List the subscribers that the exchange has, and end.
    #[arg(long)]
    list: bool,
}

/// Runs the telephone network until a signal.
pub(crate) fn simulate(args: &Args) -> ExitCode {
    if args.list {
        for subscriber in DEFAULT_SUBSCRIBERS {
            println!("{:<16} {}", subscriber.number, subscriber.about);
        }
        return ExitCode::SUCCESS;
    }
    let simulator = match load(args.config.as_deref()) {
        Ok(settings) => settings.simulator,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    let Some(simulator) = simulator else {
        eprintln!("trunkline: the configuration has no part `simulator:`");
        return ExitCode::from(2);
    };
    serve(async move {
        let network = Network::start(simulator, None)?;
        for local in network.exchange.local_addresses() {
            info!(?local, "signaling gateway");
        }
        if let Some((phone, _)) = &network.phone {
            info!("telephone at sip:phone@{}", phone.local_address());
        }
        let exchange = network.exchange.clone();
        let watching = tokio::spawn(network.watch());
        until_signal().await?;
        exchange.shutdown();
        exchange.stopped().await;
        watching.abort();
        info!("stopped");
        Ok(())
    })
}
