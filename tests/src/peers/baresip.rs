//! baresip (Debian: baresip-core) as a telephone without a sound card: it plays a sine and writes
//! what it hears to a WAV file.

use super::{Folder, PATIENCE, Process, Wav, installed};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;

/// A running telephone, which answers every call at once.
#[derive(Debug)]
pub struct Baresip {
    /// The program.
    pub process: Process,
    control: TcpStream,
    dumps: PathBuf,
}

impl Baresip {
    /// The tone that it plays, in Hz.
    pub const PLAYS_HZ: u32 = 440;
    /// At this level in dBm0: half of full scale, which is 6.02 dB below +3.14.
    pub const PLAYS_DBM0: f64 = -2.88;

    /// Starts it at a SIP address, with a port for its control and 20 media ports. `codecs` is as
    /// baresip names them, as `opus/48000/2` or `PCMA`.
    ///
    /// # Panics
    /// If it is not installed, or does not get ready.
    pub fn start(
        folder: &Folder,
        sip: SocketAddr,
        control: SocketAddr,
        media: SocketAddr,
        codecs: &str,
    ) -> Self {
        let dumps = folder.file("heard");
        std::fs::create_dir_all(&dumps).expect("a folder for what baresip hears");
        let (first, last) = (media.port(), media.port() + 19);
        folder.write(
            "config",
            &format!(
                "sip_listen {sip}\n\
                 net_interface lo\n\
                 audio_source ausine,{plays}\n\
                 audio_player aubridge,player\n\
                 audio_alert aubridge,alert\n\
                 ausrc_srate 48000\nausrc_channels 2\n\
                 auplay_srate 48000\nauplay_channels 2\n\
                 rtp_ports {first}-{last}\n\
                 call_max_calls 4\n\
                 module_path {MODULES}\n\
                 module opus.so\nmodule g711.so\n\
                 module ausine.so\nmodule aubridge.so\nmodule sndfile.so\n\
                 module_tmp uuid.so\nmodule_tmp account.so\n\
                 module_app menu.so\nmodule_app ctrl_tcp.so\n\
                 ctrl_tcp_listen {control}\n\
                 snd_path {}\n",
                dumps.display(),
                plays = Self::PLAYS_HZ,
            ),
        );
        folder.write(
            "accounts",
            &format!("<sip:alice@{sip}>;regint=0;answermode=auto;ptime=20;audio_codecs={codecs}\n"),
        );
        folder.write("contacts", "");
        let mut command = installed("baresip", "baresip-core");
        command.arg("-4").arg("-f").arg(folder.path());
        let process = Process::start("baresip", &mut command);
        process.until_printed("baresip is ready", 1, PATIENCE);
        let control = TcpStream::connect(control).expect("baresip's control port");
        control
            .set_read_timeout(Some(PATIENCE))
            .expect("a time that is not zero");
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
        self.command("quit", "");
        self.process.wait(PATIENCE);
        let files = std::fs::read_dir(&self.dumps).expect("the folder is there");
        let heard: Vec<PathBuf> = files
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .collect();
        assert_eq!(heard.len(), 1, "{heard:?}");
        Wav::read(&heard[0])
    }

    /// A command as a netstring of JSON; its answer and events come the same way and are not
    /// looked at: what happens is awaited where it happens.
    fn command(&mut self, command: &str, parameter: &str) {
        let json = format!(r#"{{"command":"{command}","params":"{parameter}"}}"#);
        let netstring = format!("{}:{json},", json.len());
        let sent = self.control.write_all(netstring.as_bytes());
        sent.unwrap_or_else(|error| panic!("baresip: {command}: {error}"));
        // Something comes, or baresip has ended.
        let mut answer = [0; 4096];
        let _ = self.control.read(&mut answer);
    }
}

/// Where Debian has them.
const MODULES: &str = "/usr/lib/baresip/modules";
