//! RTCP of one termination: a report each five seconds or so, and what comes back.

use crate::sender::Sender;
use crate::termination::Source;
use std::time::Duration;
use trunkline_model::Time;
use trunkline_rtp::rtcp::{self, ReportBlock, RtcpError, RtcpPacket, SenderInfo};

/// When to report, and what the far end reported.
#[derive(Debug)]
pub(crate) struct Reports {
    next: Time,
    /// The sender's count of packets at the last report.
    packets_prior: u64,
    sent: bool,
    /// The middle of the NTP timestamp of the far end's last report, and when it came.
    last_report: Option<(u32, Time)>,
}

impl Reports {
    pub(crate) fn new(now: Time) -> Self {
        Self {
            next: now + INTERVAL,
            packets_prior: 0,
            sent: false,
            last_report: None,
        }
    }

    /// Writes the report that is due, if one is.
    pub(crate) fn due(
        &mut self,
        now: Time,
        random: u32,
        sender: &Sender,
        source: Option<&mut Source>,
        out: &mut Vec<u8>,
    ) -> bool {
        if now < self.next || (sender.packets == 0 && source.is_none()) {
            return false;
        }
        // RFC 3550 6.2: half to one and a half times the interval, lest all report at once.
        self.next = now + INTERVAL / 2 + INTERVAL * (random & 0xff) / 256;
        self.write(now, sender, source, out);
        true
    }

    /// Writes the farewell of a stream of which there was a report.
    pub(crate) fn bye(
        &mut self,
        now: Time,
        sender: &Sender,
        source: Option<&mut Source>,
        out: &mut Vec<u8>,
    ) -> bool {
        if self.sent {
            self.write(now, sender, source, out);
            rtcp::write_bye(sender.ssrc, out);
        }
        self.sent
    }

    /// Reads what the far end says.
    pub(crate) fn received(&mut self, now: Time, data: &[u8]) -> Result<(), RtcpError> {
        for packet in rtcp::parse(data) {
            if let RtcpPacket::SenderReport { info, .. } = packet? {
                self.last_report = Some((rtcp::ntp_middle(info.ntp), now));
            }
        }
        Ok(())
    }

    fn write(
        &mut self,
        now: Time,
        sender: &Sender,
        source: Option<&mut Source>,
        out: &mut Vec<u8>,
    ) {
        let ntp = rtcp::ntp(Duration::from_micros(now.as_micros()));
        let info = SenderInfo {
            ntp,
            rtp: sender.timestamp_at(now),
            packets: sender.packets as u32,
            octets: sender.octets as u32,
        };
        let (last_report, delay) = self.last_report.map_or((0, 0), |(middle, at)| {
            let delay = now.since(at).as_micros() << 16;
            (middle, (delay / 1_000_000) as u32)
        });
        let block = source.map(|source| ReportBlock {
            ssrc: source.ssrc,
            fraction_lost: source.reception.fraction_lost(),
            lost: source.reception.lost().clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest: source.reception.extended_highest(),
            jitter: source.reception.jitter(),
            last_report,
            delay,
        });
        // RFC 3550 6.4: SR if something was sent since the last report.
        let active = sender.packets > self.packets_prior;
        self.packets_prior = sender.packets;
        self.sent = true;
        // RFC 7022 4.2 asks for names that say nothing of the user.
        let cname = format!("{:08x}@trunkline", sender.ssrc);
        rtcp::write_report(
            sender.ssrc,
            active.then_some(&info),
            block.as_ref(),
            &cname,
            out,
        );
    }
}

const INTERVAL: Duration = Duration::from_secs(5);
