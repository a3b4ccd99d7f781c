//! Sees every datagram as it is sent: prints the ladder, writes the capture.

use super::ports::{ASP_SCTP, LAST_CIRCUIT, MEDIA_PORTS, PHONE_LINES, Ports, SGP_SCTP, local};
use core::time::Duration;
use std::fs::File;
use std::io::{self, BufWriter};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use trunkline_isup::Variant;
use trunkline_model::tap::Tap;
use trunkline_replay::capture::Writer;
use trunkline_replay::ladder::Ladder;
use trunkline_replay::{Dissector, What};

/// A running recorder.
pub(super) struct Recorder {
    lines: mpsc::UnboundedSender<Line>,
    task: JoinHandle<io::Result<u64>>,
    clock: Clock,
}

enum Line {
    Datagram {
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        data: Vec<u8>,
    },
    Remark(String),
    End,
}

/// Since 1970, but as even as the monotonic clock.
#[derive(Clone, Copy)]
struct Clock {
    origin: Instant,
    epoch: Duration,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a capture shows the time of day")]
    fn start() -> Self {
        let epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            origin: Instant::now(),
            epoch,
        }
    }

    fn now(self) -> Duration {
        self.epoch + self.origin.elapsed()
    }
}

impl Recorder {
    /// Starts to record. `all`: SCTP and M3UA management are shown, too.
    pub(super) fn start(
        ports: &Ports,
        variant: &'static Variant,
        pcap: Option<&Path>,
        all: bool,
    ) -> io::Result<Self> {
        let writer = match pcap {
            Some(path) => {
                let file = File::create(path).map_err(|error| {
                    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
                })?;
                Some(Writer::new(BufWriter::new(file))?)
            }
            None => None,
        };
        let ladder = columns(ports);
        println!("{}", ladder.heading());
        let (lines, receiver) = mpsc::unbounded_channel();
        let dissector = Dissector::default()
            .with_variant(variant)
            .with_sctp_over_udp(ports.sgp);
        let task = tokio::spawn(record(receiver, ladder, dissector, writer, all));
        Ok(Self {
            lines,
            task,
            clock: Clock::start(),
        })
    }

    /// What senders call.
    pub(super) fn tap(&self) -> Tap {
        let (lines, clock) = (self.lines.clone(), self.clock);
        Arc::new(move |from, to, data: &[u8]| {
            let datagram = Line::Datagram {
                time: clock.now(),
                from,
                to,
                data: data.to_vec(),
            };
            // Nobody records any more: the demo is over.
            let _ = lines.send(datagram);
        })
    }

    /// Prints a line between those of the ladder.
    pub(super) fn remark(&self, text: impl Into<String>) {
        let _ = self.lines.send(Line::Remark(text.into()));
    }

    /// Ends the capture; the number of packets in it.
    pub(super) async fn finish(self) -> io::Result<u64> {
        let _ = self.lines.send(Line::End);
        self.task.await.map_err(io::Error::other)?
    }
}

async fn record(
    mut lines: mpsc::UnboundedReceiver<Line>,
    mut ladder: Ladder,
    mut dissector: Dissector,
    mut writer: Option<Writer<BufWriter<File>>>,
    all: bool,
) -> io::Result<u64> {
    let mut packets = 0;
    while let Some(line) = lines.recv().await {
        let (time, from, to, data) = match line {
            Line::Datagram {
                time,
                from,
                to,
                data,
            } => (time, from, to, data),
            Line::Remark(text) => {
                println!("{text}");
                continue;
            }
            Line::End => break,
        };
        if let Some(writer) = &mut writer {
            writer.udp(time, from, to, &data)?;
            packets += 1;
        }
        for sighting in dissector.datagram(time, from, to, &data) {
            let management = matches!(sighting.what, What::Sctp(_) | What::M3ua(_));
            if all || !management {
                println!("{}", ladder.line(&sighting));
            }
        }
    }
    if let Some(writer) = &mut writer {
        writer.flush()?;
    }
    Ok(packets)
}

/// Who has which address.
fn columns(ports: &Ports) -> Ladder {
    let mut ladder = Ladder::new();
    // Nobody has these numbers.
    ladder.reveal_numbers(true);
    ladder.name(local(ports.phone), "SIP phone");
    ladder.name(local(ports.click_to_call), "click-to-call");
    ladder.name(local(ports.sip), "gateway");
    ladder.name(local(SGP_SCTP), "exchange");
    ladder.name(local(ASP_SCTP), "gateway");
    for line in 0..PHONE_LINES {
        ladder.name(local(ports.phone_media + 2 * line), "SIP phone");
    }
    for port in 0..MEDIA_PORTS {
        ladder.name(local(ports.media + port), "gateway");
    }
    for cic in 0..=LAST_CIRCUIT {
        ladder.name(local(ports.gateway_bearers + 2 * cic), "gateway");
        ladder.name(local(ports.exchange_bearers + 2 * cic), "exchange");
    }
    ladder
}
