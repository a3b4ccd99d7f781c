//! `trunkline links`

mod shown;
mod table;

use crate::config::{self, Reached, Token};
use crate::http;
use core::time::Duration;
use shown::Shown;
use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::time::{sleep, timeout};

/// Arguments of `links`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  trunkline links                           those of the built-in configuration's process
  trunkline links -c /etc/trunkline.yaml    asks where admin.listen of the file says
  trunkline links --admin 192.0.2.10:9090 --watch
  trunkline links --json | jq .destinations
  trunkline links block stp1                no new traffic over stp1; its association stays
  trunkline links unblock stp1
  trunkline links down stp1                 takes its association down, and keeps it down
  trunkline links up stp1

The exit status is 0 if all is as it should be, 1 if an association is down, a destination is
unavailable, or a command is refused, 2 if the process cannot be reached.")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The configuration of the running process; without it the one that is built in.
    #[arg(short, long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Where the process is reached, instead of what the configuration says.
    #[arg(long, value_name = "ADDR", global = true)]
    admin: Option<SocketAddr>,
    /// The token for commands, instead of the configuration's admin.token_file.
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Show it again every two seconds.
    #[arg(long)]
    watch: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Stop traffic with a peer; its association stays up.
    Block(Peer),
    /// Let a peer have traffic again.
    Unblock(Peer),
    /// Take the association with a peer down, and keep it down.
    Down(Peer),
    /// Let the association with a peer come up again.
    Up(Peer),
}

#[derive(Debug, clap::Args)]
struct Peer {
    /// Its name.
    peer: String,
}

/// How long the process may take to answer.
const LIMIT: Duration = Duration::from_secs(5);

/// Between two looks.
const AGAIN: Duration = Duration::from_secs(2);

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
enum LinksError {
    #[error("{0}")]
    Config(String),
    #[error("{address} cannot be reached: {error}")]
    Unreached {
        address: SocketAddr,
        error: std::io::Error,
    },
    #[error("{address} does not answer")]
    Silent { address: SocketAddr },
    #[error("{address} answers what is not understood: {what}")]
    Strange { address: SocketAddr, what: String },
    #[error("{0}")]
    Refused(String),
}

impl LinksError {
    fn status(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Refused(_) => 1,
            _ => 2,
        })
    }
}

/// Shows the links, or does something to one.
pub(crate) fn links(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("trunkline: {error}");
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(run(args)) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("trunkline: {error}");
            error.status()
        }
    }
}

async fn run(args: &Args) -> Result<ExitCode, LinksError> {
    let process = Process::find(args)?;
    if let Some(command) = &args.command {
        let (action, peer) = match command {
            Command::Block(peer) => ("block", peer),
            Command::Unblock(peer) => ("unblock", peer),
            Command::Down(peer) => ("down", peer),
            Command::Up(peer) => ("up", peer),
        };
        process.command(&peer.peer, action).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let terminal = std::io::stdout().is_terminal();
    loop {
        let shown = show(&process, args.json, terminal).await;
        if !args.watch {
            let (text, well) = shown?;
            print!("{text}");
            return Ok(ExitCode::from(u8::from(!well)));
        }
        let text = match shown {
            Ok((text, _)) => text,
            Err(error) => format!("trunkline: {error}\n"),
        };
        // To the upper left corner, and clear what is below.
        let clear = if terminal { "\x1b[H\x1b[J" } else { "" };
        println!("{clear}{text}");
        sleep(AGAIN).await;
    }
}

/// What is to be printed, and whether all is well.
async fn show(process: &Process, json: bool, colour: bool) -> Result<(String, bool), LinksError> {
    let body = process.ask("GET", "/links", &[]).await?;
    let shown: Shown = serde_json::from_str(&body).map_err(|error| LinksError::Strange {
        address: process.address,
        what: error.to_string(),
    })?;
    let text = match json {
        true => format!("{body}\n"),
        false => table::render(&shown, colour),
    };
    Ok((text, shown.problems.is_empty()))
}

/// A running process.
struct Process {
    address: SocketAddr,
    token_file: Option<PathBuf>,
}

impl Process {
    fn find(args: &Args) -> Result<Self, LinksError> {
        let reached = match (args.admin, &args.config) {
            // The file may have the token even if the address is another one.
            (Some(listen), None) => Reached {
                listen,
                token_file: None,
            },
            (admin, file) => {
                let found = match file {
                    Some(file) => config::reached(file),
                    None => config::reached_built_in(),
                };
                let mut reached = found.map_err(|p| LinksError::Config(p.to_string()))?;
                reached.listen = admin.unwrap_or(reached.listen);
                reached
            }
        };
        let listen = reached.listen;
        if listen.port() == 0 {
            let what = "admin.listen has port 0, so only the log of the process says where it is: \
                        name that with --admin";
            return Err(LinksError::Config(what.to_owned()));
        }
        let ip = match listen.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Ok(Self {
            address: SocketAddr::new(ip, listen.port()),
            token_file: args.token_file.clone().or(reached.token_file),
        })
    }

    async fn command(&self, peer: &str, action: &str) -> Result<(), LinksError> {
        let token = self.token_file.as_deref().map(token).transpose()?;
        let path = format!("/links/{}/{action}", percent(peer));
        let field = token.map(|token| format!("Bearer {}", token.as_str()));
        let field = field.as_deref().map(|value| ("Authorization", value));
        let fields: Vec<(&str, &str)> = field.into_iter().collect();
        self.ask("POST", &path, &fields).await.map(|_| ())
    }

    /// The body of an answer that is none of refusal.
    async fn ask(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, LinksError> {
        let address = self.address;
        let answer = timeout(LIMIT, http::request(address, method, path, fields, "")).await;
        let (status, body) = match answer {
            Err(_) => return Err(LinksError::Silent { address }),
            Ok(Err(error)) => return Err(LinksError::Unreached { address, error }),
            Ok(Ok(answer)) => answer,
        };
        if (200..300).contains(&status) {
            return Ok(body);
        }
        match serde_json::from_str::<shown::Problem>(&body) {
            Ok(problem) => Err(LinksError::Refused(problem.detail)),
            Err(_) => Err(LinksError::Strange {
                address,
                what: format!("status {status}"),
            }),
        }
    }
}

fn token(file: &Path) -> Result<Token, LinksError> {
    Token::read(file).map_err(LinksError::Config)
}

/// A text as one segment of a path (RFC 3986 2.1).
fn percent(text: &str) -> String {
    let mut segment = String::new();
    for octet in text.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => {
                segment.push(char::from(octet));
            }
            other => segment.push_str(&format!("%{other:02X}")),
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_peers_are_one_segment() {
        assert_eq!(percent("stp-1_b~"), "stp-1_b~");
        assert_eq!(percent("a/b ?é."), "a%2Fb%20%3F%C3%A9%2E");
    }
}
