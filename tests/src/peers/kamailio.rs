//! Kamailio (Debian: kamailio, kamailio-tls-modules, kamailio-websocket-modules) as a proxy that
//! stays in the way of a call, and as a registrar, with tests/kamailio/proxy.cfg.

use super::{Authority, Folder, Identity, PATIENCE, Process, installed};
use std::net::SocketAddr;
use std::path::Path;

/// What is out of the ordinary at a proxy.
#[derive(Clone, Debug, Default)]
pub struct Mode<'a> {
    /// Everybody has to know this password, by digest.
    pub password: Option<&'a str>,
    /// The digest's algorithm: `MD5` or `SHA-256`.
    pub algorithm: Option<&'a str>,
    /// Only one Record-Route where the transport changes, instead of two.
    pub single_record_route: bool,
    /// A TLS client has to show a certificate of the same authority.
    pub client_certificate: bool,
    /// How many seconds a registration lasts at most.
    pub expires: Option<u32>,
    /// 503 to every request from outside a dialog.
    pub busy: bool,
}

/// A running Kamailio.
#[derive(Debug)]
pub struct Kamailio {
    /// The program.
    pub process: Process,
    /// UDP, TCP and WebSocket.
    pub plain: SocketAddr,
    /// TLS and secure WebSocket: the port after that.
    pub secure: SocketAddr,
    /// Its certificate.
    pub identity: Identity,
}

impl Kamailio {
    /// The domain whose registrar it is.
    pub const DOMAIN: &'static str = "proxy.example";

    /// Starts it. `names` are what its certificate is for besides [`Self::DOMAIN`] and its
    /// address.
    ///
    /// # Panics
    /// If it is not installed, or does not get ready.
    pub fn start(
        folder: &Folder,
        plain: SocketAddr,
        authority: &Authority,
        names: &[&str],
        mode: &Mode<'_>,
    ) -> Self {
        let secure = SocketAddr::new(plain.ip(), plain.port() + 1);
        let address = plain.ip().to_string();
        let names = [&[Self::DOMAIN, &address], names].concat();
        let identity = authority.issue(folder, &names);
        let own = folder.file(&format!("kamailio-{}", plain.port()));
        std::fs::create_dir_all(&own).expect("a folder for Kamailio");

        let mut command = installed("kamailio", "kamailio");
        // In the foreground; memory for a few calls, which it takes at once when it starts.
        command.args(["-DD", "-E", "-m", "32", "-M", "4"]);
        let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join("kamailio/proxy.cfg");
        command.arg("-f").arg(configuration);
        command.arg("-Y").arg(&own).arg("-w").arg(&own);
        command.arg("-P").arg(own.join("pid"));
        for (transport, address) in [("udp", plain), ("tcp", plain), ("tls", secure)] {
            command.args(["-l", &format!("{transport}:{address}")]);
        }
        let mut define = |name: &str, value: &str| {
            command.args(["-A", &format!("{name}=\"{value}\"")]);
        };
        define("SERVED", Self::DOMAIN);
        define("TLS_KEY", &identity.key.to_string_lossy());
        define("TLS_CERTIFICATE", &identity.certificate.to_string_lossy());
        define("TLS_CA", &authority.file.to_string_lossy());
        for (name, value) in [("PASSWORD", mode.password), ("ALGORITHM", mode.algorithm)] {
            if let Some(value) = value {
                define(name, value);
            }
        }
        if let Some(expires) = mode.expires {
            command.args(["-A", &format!("EXPIRES={expires}")]);
        }
        for (name, is_wanted) in [
            ("SINGLE_RR", mode.single_record_route),
            ("CLIENT_CERTIFICATE", mode.client_certificate),
            ("BUSY", mode.busy),
        ] {
            if is_wanted {
                command.args(["-A", name]);
            }
        }
        for (module, package) in [
            ("tls.so", "kamailio-tls-modules"),
            ("websocket.so", "kamailio-websocket-modules"),
        ] {
            assert!(
                has_module(module),
                "Kamailio's {module} is not installed: apt-get install {package} (or run \
                 tests/run, which does it)"
            );
        }
        let process = Process::start("kamailio", &mut command);
        // Its first process says so when all sockets are open.
        process.until_printed("proxy is ready", 1, PATIENCE);
        Self {
            process,
            plain,
            secure,
            identity,
        }
    }

    /// The in-dialog requests that came to it with its Route, as `BYE over tcp`.
    pub fn within_dialogs(&self) -> Vec<String> {
        let lines = self.process.lines_with(WITHIN);
        let said = lines.iter().filter_map(|line| line.split_once(WITHIN));
        said.map(|(_, what)| what.to_owned()).collect()
    }

    /// Waits until such a request has come.
    ///
    /// # Panics
    /// If it does not.
    pub fn until_within_dialog(&self, method: &str) {
        let line = format!("{WITHIN}{method} ");
        self.process.until_printed(&line, 1, PATIENCE);
    }

    /// Ends it at once.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&mut self) {
        self.process.terminate(PATIENCE);
    }
}

/// What the configuration logs before such a request.
const WITHIN: &str = "within a dialog: ";

impl Drop for Kamailio {
    fn drop(&mut self) {
        // Killed, it would leave its other processes behind.
        if self.process.is_running() {
            self.process.signal_to_end();
            super::until("Kamailio: end", PATIENCE, || {
                (!self.process.is_running()).then_some(())
            });
        }
    }
}

/// Where Debian has its modules: in the folder of libraries of one machine.
fn has_module(module: &str) -> bool {
    let triplet = format!(
        "/usr/lib/{}-linux-gnu/kamailio/modules",
        std::env::consts::ARCH
    );
    let folders = [triplet.as_str(), "/usr/lib/kamailio/modules"];
    folders
        .iter()
        .any(|folder| Path::new(folder).join(module).is_file())
}
