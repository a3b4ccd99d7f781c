//! baresip (Debian: baresip-core) as a telephone without a sound card: it plays a sine and writes
//! what it hears to a WAV file.

use super::{Folder, PATIENCE, Process, Wav, installed};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

/// A running telephone, which answers every call at once.
#[derive(Debug)]
pub struct Baresip {
    /// The program.
    pub process: Process,
    control: TcpStream,
    dumps: PathBuf,
}

/// RTP and RTCP of a call, as baresip counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Packets that came.
    pub received: u32,
    /// Packets that did not.
    pub lost_here: i64,
    /// Packets that did not come to the other side, as it reports by RTCP.
    pub lost_there: i64,
}

impl Baresip {
    /// The tone that it plays, in Hz.
    pub const PLAYS_HZ: u32 = 440;
    /// At this level in dBm0: half of full scale, which is 6.02 dB below +3.14.
    pub const PLAYS_DBM0: f64 = -2.88;

    /// Starts it: the user part that it takes calls for, its SIP address, a port for its control,
    /// and the first of 20 media ports. `codecs` is as baresip names them, as `opus/48000/2` or
    /// `PCMA`.
    ///
    /// # Panics
    /// If it is not installed, or does not get ready.
    pub fn start(
        folder: &Folder,
        user: &str,
        sip: SocketAddr,
        control: SocketAddr,
        media: SocketAddr,
        codecs: &str,
    ) -> Self {
        let account = format!("<sip:{user}@{sip}>;regint=0;audio_codecs={codecs}");
        Self::start_as(folder, &account, sip, control, media, "")
    }

    /// The same with an account as baresip writes it, but for how calls are answered, and with
    /// more lines of its configuration. It takes TLS on the port after that for UDP and TCP.
    ///
    /// # Panics
    /// If it is not installed, or does not get ready.
    pub fn start_as(
        folder: &Folder,
        account: &str,
        sip: SocketAddr,
        control: SocketAddr,
        media: SocketAddr,
        more: &str,
    ) -> Self {
        let dumps = folder.file("heard");
        std::fs::create_dir_all(&dumps).expect("a folder for what baresip hears");
        let (first, last) = (media.port(), media.port() + 19);
        folder.write(
            "config",
            &format!(
                "sip_listen {sip}\n\
                 net_interface {interface}\n\
                 audio_source ausine,{plays}\n\
                 audio_player aubridge,player\n\
                 audio_alert aubridge,alert\n\
                 ausrc_srate 48000\nausrc_channels 2\n\
                 auplay_srate 48000\nauplay_channels 2\n\
                 rtp_ports {first}-{last}\n\
                 call_max_calls 4\n\
                 module_path {modules}\n\
                 module opus.so\nmodule g711.so\n\
                 module ausine.so\nmodule aubridge.so\nmodule sndfile.so\n\
                 module_tmp uuid.so\nmodule_tmp account.so\n\
                 module_app menu.so\nmodule_app rtcpsummary.so\nmodule_app ctrl_tcp.so\n\
                 ctrl_tcp_listen {control}\n\
                 snd_path {}\n{more}",
                dumps.display(),
                interface = sip.ip(),
                plays = Self::PLAYS_HZ,
                modules = modules(),
            ),
        );
        folder.write("accounts", &format!("{account};answermode=auto;ptime=20\n"));
        folder.write("contacts", "");
        let mut command = installed("baresip", "baresip-core");
        command.arg("-4").arg("-f").arg(folder.path());
        let process = Process::start("baresip", &mut command);
        process.until_printed("baresip is ready", 1, PATIENCE);
        let control = TcpStream::connect(control).expect("baresip's control port");
        // Answers and events: what happens is awaited where it happens.
        let mut answers = control.try_clone().expect("another handle of it");
        std::thread::spawn(move || std::io::copy(&mut answers, &mut std::io::sink()));
        Self {
            process,
            control,
            dumps,
        }
    }

    /// Dials a SIP URI.
    pub fn dial(&mut self, uri: &str) {
        self.command("dial", uri);
    }

    /// Ends the call.
    pub fn hang_up(&mut self) {
        self.command("hangup", "");
    }

    /// Waits until a call is up.
    pub fn until_established(&self) {
        self.process.until_printed("Call established", 1, PATIENCE);
    }

    /// Waits until a call has ended.
    pub fn until_closed(&self) {
        self.process
            .until_printed("terminated (duration", 1, PATIENCE);
    }

    /// Ends the program; what it heard in its only call.
    ///
    /// # Panics
    /// If it heard nothing, or more than one call.
    pub fn heard(mut self) -> Wav {
        self.quit();
        let files = std::fs::read_dir(&self.dumps).expect("the folder is there");
        let heard: Vec<PathBuf> = files
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .collect();
        assert_eq!(heard.len(), 1, "{heard:?}");
        Wav::read(&heard[0])
    }

    /// Ends the program; what it says of its last call.
    ///
    /// # Panics
    /// If it says nothing: there is no summary before RTCP has come.
    pub fn summary(mut self) -> Summary {
        self.quit();
        let lines = self.process.lines_with("EX=BareSip");
        let summary = lines.last().and_then(|line| summary(line));
        summary.unwrap_or_else(|| panic!("baresip: no summary of its call: {lines:?}"))
    }

    fn quit(&mut self) {
        self.command("quit", "");
        self.process.wait(PATIENCE);
    }

    /// A command as a netstring of JSON.
    fn command(&mut self, command: &str, parameter: &str) {
        let json = format!(r#"{{"command":"{command}","params":"{parameter}"}}"#);
        let netstring = format!("{}:{json},", json.len());
        let sent = self.control.write_all(netstring.as_bytes());
        sent.unwrap_or_else(|error| panic!("baresip: {command}: {error}"));
    }
}

/// `EX=BareSip;CS=0;CD=9;PR=450;PS=452;PL=0,0;...`
fn summary(line: &str) -> Option<Summary> {
    let value = |name: &str| line.split(';').find_map(|field| field.strip_prefix(name));
    let (here, there) = value("PL=")?.split_once(',')?;
    Some(Summary {
        received: value("PR=")?.parse().ok()?,
        lost_here: here.parse().ok()?,
        lost_there: there.parse().ok()?,
    })
}

/// Where Debian has its modules: below the folder of libraries, later of those of one machine.
fn modules() -> String {
    let triplet = format!(
        "/usr/lib/{}-linux-gnu/baresip/modules",
        std::env::consts::ARCH
    );
    let folders = ["/usr/lib/baresip/modules".to_owned(), triplet];
    let found = folders.iter().find(|folder| Path::new(folder).is_dir());
    let found = found.unwrap_or_else(|| panic!("no modules of baresip in {folders:?}"));
    found.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_of_a_call_is_read() {
        let line = "EX=BareSip;CS=0;CD=9;PR=450;PS=452;PL=1,-2;PD=0,0;JI=1.5,0.3;DL=0.1;IP=a,b;";
        let expected = Summary {
            received: 450,
            lost_here: 1,
            lost_there: -2,
        };
        assert_eq!(summary(line), Some(expected));
        assert_eq!(summary("EX=BareSip;ERROR=No RTCP stats collected;"), None);
    }
}
