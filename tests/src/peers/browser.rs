//! Chromium (Debian: chromium) without a window, whose pages are telephones: JsSIP, as
//! tests/jssip/phone.js drives it. Each page is told what to do, and tells what happens, over a
//! WebSocket to the test.

use super::{Folder, PATIENCE, Process, installed, now, request};
use core::time::Duration;
use serde_json::Value;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

/// A running Chromium.
#[derive(Debug)]
pub struct Browser {
    /// The program.
    process: Process,
    /// Where it can be asked for pages (the DevTools protocol's HTTP).
    debugging: SocketAddr,
    /// Where it gets its pages from.
    server: SocketAddr,
    controls: mpsc::Receiver<TcpStream>,
}

/// A page with a telephone. Dropped, it stays open; [`Page::close`] closes it.
#[derive(Debug)]
pub struct Page {
    id: String,
    debugging: SocketAddr,
    control: WebSocket<TcpStream>,
    /// What has been told and not yet been waited for.
    told: Vec<Value>,
    messages: Vec<SipText>,
}

/// A message that a page's socket carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipText {
    /// Whether the page sent it.
    pub is_sent: bool,
    /// The message.
    pub text: String,
}

impl Browser {
    /// Starts it. It takes the certificates with these pins for good, and no others that no
    /// public authority has signed.
    ///
    /// # Panics
    /// If Chromium or JsSIP is not installed, or Chromium does not get ready.
    pub fn start(folder: &Folder, pins: &[&str]) -> Self {
        let modules = modules();
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port for pages");
        let address = server.local_addr().expect("its address");
        let (sender, controls) = mpsc::channel();
        std::thread::spawn(move || serve(&server, &modules, &sender));

        let mut command = installed("chromium", "chromium");
        let profile = folder.file("chromium");
        command
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                // A page that nobody looks at is to run as any other.
                "--disable-background-timer-throttling",
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
                // A microphone that is always there and always allowed.
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            // Profile, caches and crash reports stay in the folder.
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_CACHE_HOME", folder.path());
        if !pins.is_empty() {
            let pins = pins.join(",");
            command.arg(format!("--ignore-certificate-errors-spki-list={pins}"));
        }
        command.arg("about:blank");
        let process = Process::start("chromium", &mut command);
        let lines = process.until_printed(LISTENING, 1, PATIENCE);
        let debugging = lines[0].split_once(LISTENING).and_then(|(_, after)| {
            let (address, _) = after.split_once('/')?;
            address.parse().ok()
        });
        let debugging = debugging.unwrap_or_else(|| panic!("chromium: {}", lines[0]));
        Self {
            process,
            debugging,
            server: address,
            controls,
        }
    }

    /// Opens a page, and waits until it is ready.
    ///
    /// # Panics
    /// If it does not get ready.
    pub fn open(&self) -> Page {
        let path = format!("/json/new?http://{}/page.html", self.server);
        let opened = request(self.debugging, "PUT", &path, None);
        let opened = opened.unwrap_or_else(|error| panic!("chromium: {path}: {error}"));
        let target: Value = serde_json::from_str(&opened.body).unwrap_or_default();
        let id = target["id"].as_str();
        let id = id.unwrap_or_else(|| panic!("chromium: {path}: {}", opened.body));
        let control = self.controls.recv_timeout(PATIENCE);
        let control = control.unwrap_or_else(|error| panic!("a page does not call: {error}"));
        let control = tungstenite::accept(control);
        let control = control.unwrap_or_else(|error| panic!("a page's WebSocket: {error}"));
        let mut page = Page {
            id: id.to_owned(),
            debugging: self.debugging,
            control,
            told: Vec::new(),
            messages: Vec::new(),
        };
        page.until("ready");
        page
    }

    /// Kills it: its connections end without a word.
    ///
    /// # Panics
    /// If it does not end.
    pub fn kill(self) {
        // Dropping the process does it.
        drop(self.process);
    }
}

impl Page {
    /// Tells the page to do something: `{"do": "call", "uri": ...}`, see phone.js.
    ///
    /// # Panics
    /// If it is gone.
    pub fn tell(&mut self, command: &Value) {
        let told = self.control.send(Message::text(command.to_string()));
        told.unwrap_or_else(|error| panic!("{command}: {error}"));
    }

    /// Waits for an event of that name; earlier ones of other names stay for later.
    ///
    /// # Panics
    /// If it does not come, or the page has an error.
    pub fn until(&mut self, event: &str) -> Value {
        self.until_either(&[event])
    }

    /// Waits for the first event of these names.
    ///
    /// # Panics
    /// If none comes, or the page has an error.
    pub fn until_either(&mut self, events: &[&str]) -> Value {
        let deadline = now() + PATIENCE;
        let is_one = |told: &Value| events.iter().any(|&event| told["event"] == event);
        loop {
            if let Some(position) = self.told.iter().position(is_one) {
                return self.told.remove(position);
            }
            let left = deadline.saturating_duration_since(now());
            if left.is_zero() || !self.take(left) {
                panic!("page: no {events:?}; {}", self.story());
            }
        }
    }

    /// Whether it has told of such an event, up to now, and nobody has waited for it.
    pub fn has_told(&mut self, event: &str) -> bool {
        while self.take(Duration::from_millis(1)) {}
        self.told.iter().any(|told| told["event"] == event)
    }

    /// The SIP messages up to now.
    pub fn messages(&mut self) -> &[SipText] {
        while self.take(Duration::from_millis(1)) {}
        &self.messages
    }

    /// Closes the page, as its user does.
    ///
    /// # Panics
    /// If it does not close.
    pub fn close(self) {
        let path = format!("/json/close/{}", self.id);
        let closed = request(self.debugging, "GET", &path, None);
        let closed = closed.unwrap_or_else(|error| panic!("chromium: {path}: {error}"));
        assert_eq!(closed.status, 200, "{path}: {}", closed.body);
    }

    /// Takes what the page tells; whether it told anything.
    fn take(&mut self, limit: Duration) -> bool {
        let limited = self.control.get_ref().set_read_timeout(Some(limit));
        limited.expect("a limit above 0");
        let text = match self.control.read() {
            Ok(Message::Text(text)) => text,
            Ok(_) => return true,
            Err(_) => return false,
        };
        let told: Value = serde_json::from_str(&text).expect("phone.js tells JSON");
        let is_sent = told["event"] == "sent";
        if is_sent || told["event"] == "received" {
            let text = told["message"].as_str().unwrap_or_default().to_owned();
            self.messages.push(SipText { is_sent, text });
        } else {
            assert!(told["event"] != "error", "page: {told}; {}", self.story());
            self.told.push(told);
        }
        true
    }

    fn story(&self) -> String {
        let mut story = format!("left of what it told: {:?}", self.told);
        for message in &self.messages {
            let way = if message.is_sent { "-->" } else { "<--" };
            story.push_str(&format!("\n{way} {}", message.text));
        }
        story
    }
}

/// What Chromium prints when it can be asked for pages, before the address.
const LISTENING: &str = "DevTools listening on ws://";

/// Where tests/run has installed JsSIP.
fn modules() -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let modules = project.join("target/jssip/node_modules");
    assert!(
        modules.join("jssip/package.json").is_file(),
        "JsSIP is not installed: run tests/run, which installs what tests/jssip/package.json \
         names with npm in target/jssip"
    );
    modules
}

/// Gives the pages their files; a page's WebSocket goes to whoever has opened it.
fn serve(server: &TcpListener, modules: &Path, controls: &mpsc::Sender<TcpStream>) {
    for stream in server.incoming() {
        let Ok(stream) = stream else { return };
        let modules = modules.to_owned();
        let controls = controls.clone();
        // One request a connection. Errors are those of a browser that is gone.
        std::thread::spawn(move || -> io::Result<()> {
            let path = peek_path(&stream)?;
            if path == "/control" {
                let _ = controls.send(stream);
                return Ok(());
            }
            answer(stream, &path, &modules)
        });
    }
}

/// The path of a request whose octets stay where they are.
fn peek_path(stream: &TcpStream) -> io::Result<String> {
    let mut buffer = [0; 4096];
    loop {
        let length = stream.peek(&mut buffer)?;
        let seen = String::from_utf8_lossy(&buffer[..length]);
        // `GET /page.html HTTP/1.1`
        if let [_, path, _, ..] = seen.split(' ').collect::<Vec<_>>()[..] {
            return Ok(path.to_owned());
        }
        if length == 0 || length == buffer.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        std::thread::sleep(super::BETWEEN);
    }
}

fn answer(mut stream: TcpStream, path: &str, modules: &Path) -> io::Result<()> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("jssip");
    let file = match path.strip_prefix("/node_modules/") {
        Some(module) => modules.join(module),
        None => own.join(path.trim_start_matches('/')),
    };
    let (status, body) = match std::fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        _ => "text/plain",
    };
    // The whole request has to be read before the connection is closed, or it is reset.
    let mut request = [0; 16_384];
    let mut read = 0;
    while !request[..read].ends_with(b"\r\n\r\n") && read < request.len() {
        match io::Read::read(&mut stream, &mut request[read..])? {
            0 => break,
            length => read += length,
        }
    }
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: \
         no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
