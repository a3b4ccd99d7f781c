//! README.md and ARCHITECTURE.md say what is true.
//!
//! In the README, a line that begins with `$ ` in a `console` block is a command; what follows it
//! is its output, where `...` stands for anything: alone on a line for any lines, within a line
//! for any text. Commands are run in order, in a folder of their own that has `config/` and the
//! files which the README shows; only those that take long or need a network are looked at but
//! not run. A command may fail only if `$ echo $?` after it shows the status.
//!
//! A block with a file's name after its language is (a part of) that file. Parts of a YAML file are
//! merged key by key. A `yaml` block without a name is a change to `config/trunkline.yaml`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file that the README's chapter about a real network puts together.
const GATEWAY_FILE: &str = "gateway.yaml";

/// A capture that the README takes from Wireshark's samples, and where its messages are.
const SAMPLE: (&str, &str) = ("isup.cap", "../shared/pcaps/isup/tcpdump-isup-call.pcap");

#[test]
fn commands_and_files_of_the_readme_work() {
    let mut bench = Bench::new();
    let readme = read("README.md");
    for block in blocks(&readme) {
        match (block.language, block.file) {
            ("console", None) => bench.console(&block),
            ("yaml", None) => bench.change(&block),
            (_, Some(GATEWAY_FILE)) => bench.gateway_file(&block),
            (_, Some(file)) => bench.write(file, &block.lines.join("\n")),
            ("text", None) => {}
            (other, None) => panic!("line {}: what is a {other:?} block?", block.line),
        }
    }
    assert!(
        bench.complete,
        "{GATEWAY_FILE} can never be used: {}",
        bench.said
    );
    assert!(bench.ran > 15, "only {} commands were run", bench.ran);
}

#[test]
fn crate_maps_are_those_of_the_cargo_files() {
    let mut real = BTreeMap::new();
    for name in folders("crates") {
        let manifest = read(&format!("crates/{name}/Cargo.toml"));
        real.insert(name, internal_dependencies(&manifest));
    }
    let all: BTreeSet<String> = real.keys().cloned().collect();
    for file in ["README.md", "ARCHITECTURE.md"] {
        let mut shown = BTreeMap::new();
        for row in read(file)
            .lines()
            .filter(|row| row.starts_with("| `") && row.contains('→'))
        {
            let (name, arrow) = row.split_once('→').unwrap();
            let name = spans(name)[0].to_owned();
            let mut to: BTreeSet<String> = spans(arrow).into_iter().map(str::to_owned).collect();
            if arrow.contains("all of the above") {
                to.clone_from(&all);
                to.remove(&name);
            }
            assert!(
                shown.insert(name.clone(), to).is_none(),
                "{file}: {name} twice"
            );
        }
        assert_eq!(shown, real, "{file}");
    }
}

#[test]
fn dependencies_of_the_readme_are_those_of_the_workspace() {
    let manifest = read("Cargo.toml");
    let mut real: BTreeSet<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .filter(|name| !name.starts_with("trunkline-"))
        // Tests and benchmarks only.
        .filter(|name| !["divan", "proptest"].contains(name))
        .collect();
    // Of one crate only, which says why.
    real.insert("hyper");
    let readme = read("README.md");
    let chapter = chapter(&readme, "Dependencies");
    let shown: BTreeSet<&str> = chapter
        .lines()
        .filter(|row| row.starts_with("| "))
        .skip(1)
        .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split(','))
        .map(str::trim)
        .collect();
    assert_eq!(shown, real);
}

#[test]
fn metrics_of_the_readme_are_those_of_the_gateway() {
    let source = read("crates/gateway/src/metrics.rs");
    let named = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| {
                word.strip_prefix("trunkline_")
                    .is_some_and(|rest| !rest.is_empty())
            })
            .map(str::to_owned)
            .collect()
    };
    let crates: BTreeSet<String> = folders("crates")
        .iter()
        .map(|name| format!("trunkline_{}", name.replace('-', "_")))
        .collect();
    let real: BTreeSet<String> = named(&source).difference(&crates).cloned().collect();
    assert!(real.len() > 15, "{real:?}");
    for (file, whole) in [("README.md", true), ("ARCHITECTURE.md", false)] {
        let shown: BTreeSet<String> = named(&read(file)).difference(&crates).cloned().collect();
        if whole {
            assert_eq!(shown, real, "{file}");
        } else {
            assert!(shown.is_subset(&real), "{file}: {shown:?}");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for file in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        for piece in read(file).split("](").skip(1) {
            let target = piece.split(')').next().unwrap();
            if !target.contains("://") {
                let path = target.split('#').next().unwrap();
                assert!(root().join(path).exists(), "{file}: {target}");
            }
        }
    }
}

#[test]
fn names_of_the_architecture_exist() {
    let sources = sources();
    let text = read("ARCHITECTURE.md");
    let mut looked_at = 0;
    for span in text.lines().flat_map(spans) {
        // HTTP paths, metrics with labels, threads, words of protocols.
        if span.starts_with('/') || span.contains(['{', '=', '(', ' ', '-']) && !span.contains('/')
        {
            continue;
        }
        looked_at += 1;
        if span.contains('/') {
            assert!(root().join(span).exists(), "{span} does not exist");
        } else if let Some((owner, name)) = span.rsplit_once("::") {
            let owner = owner.rsplit("::").next().unwrap();
            let found = sources.iter().any(|(path, source)| {
                let module = path
                    .components()
                    .any(|part| Path::new(part.as_os_str()).file_stem() == Some(owner.as_ref()));
                (module || has_word(source, owner)) && defines(source, name)
            });
            assert!(found, "{span} does not exist");
        } else if span.starts_with(|c: char| c.is_ascii_uppercase()) && !span.contains('.') {
            let found = sources.iter().any(|(_, source)| defines(source, span));
            assert!(found, "{span} does not exist");
        }
    }
    assert!(looked_at > 100, "only {looked_at} names");
}

#[test]
fn parts_of_a_file_are_merged_key_by_key() {
    let base = "a:\n  # comment\n  x: 1\n  y: { z: 2 }\nb: [1]\n";
    assert_eq!(
        merge(base, "a:\n  y: 3\n  w:\n    - 4\nc: 5"),
        "a:\n  x: 1\n  y: 3\n  w:\n    - 4\nb: [1]\nc: 5\n"
    );
    assert_eq!(
        merge("a:\n  - 1\n", "a:\n  - 2\n  - 3\n"),
        "a:\n  - 2\n  - 3\n"
    );
}

#[test]
fn dots_stand_for_any_text_and_any_lines() {
    let fits =
        |expected: &[&str], said: &str| output_fits(expected, &said.lines().collect::<Vec<_>>());
    assert!(fits(&["a", "...", "d"], "a\nb\nc\nd"));
    assert!(fits(&["...", "f:...: x"], "f:17: x"));
    assert!(fits(&["a", "..."], "a"));
    assert!(!fits(&["a", "...", "c"], "a\nb"));
    assert!(!fits(&["a"], "a\nb"));
    assert!(!fits(&["f...x"], "x f"));
}

/// A fenced block.
struct Block<'a> {
    /// The line of the README on which it begins.
    line: usize,
    language: &'a str,
    file: Option<&'a str>,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(about) = line.strip_prefix("```") else {
            continue;
        };
        let (language, file) = match about.split_once(' ') {
            Some((language, file)) => (language, Some(file)),
            None => (about, None),
        };
        let within = lines.by_ref().map(|(_, line)| line);
        let lines = within.take_while(|line| *line != "```").collect();
        blocks.push(Block {
            line: number + 1,
            language,
            file,
            lines,
        });
    }
    blocks
}

/// The folder in which the README is tried.
struct Bench {
    folder: PathBuf,
    ran: usize,
    /// The status of the last command.
    status: i32,
    /// Whether [`GATEWAY_FILE`] could be used once; from then on it must.
    complete: bool,
    said: String,
}

impl Bench {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
        // What an earlier run left is in the way, nothing at all is not.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("config")).unwrap();
        for entry in fs::read_dir(root().join("config")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap();
            fs::copy(&path, folder.join("config").join(name)).unwrap();
        }
        let sample = root().join(SAMPLE.1);
        if sample.exists() {
            fs::copy(sample, folder.join(SAMPLE.0)).unwrap();
        }
        Self {
            folder,
            ran: 0,
            status: 0,
            complete: false,
            said: String::new(),
        }
    }

    fn write(&self, file: &str, text: &str) {
        assert!(!file.contains('/'), "{file}");
        fs::write(self.folder.join(file), format!("{text}\n")).unwrap();
    }

    /// A part of the gateway's file: it makes the file more complete, or changes it.
    fn gateway_file(&mut self, block: &Block<'_>) {
        let path = self.folder.join(GATEWAY_FILE);
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, merge(&before, &block.lines.join("\n"))).unwrap();
        let (status, said) = self.shell(&format!("trunkline check -c {GATEWAY_FILE}"));
        assert!(status == 0 || !self.complete, "line {}: {said}", block.line);
        self.complete |= status == 0;
        self.said = said;
    }

    /// A change to the file that the program has built in.
    fn change(&self, block: &Block<'_>) {
        let text = merge(&read("config/trunkline.yaml"), &block.lines.join("\n"));
        fs::write(self.folder.join("config/changed.yaml"), text).unwrap();
        let (status, said) = self.shell("trunkline check -c config/changed.yaml");
        assert_eq!(status, 0, "line {}: {said}", block.line);
    }

    fn console(&mut self, block: &Block<'_>) {
        let mut lines = block.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let command = line.strip_prefix("$ ");
            let command = command.unwrap_or_else(|| panic!("line {}: {line}", block.line));
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected.push(*line);
            }
            let failure_is_shown = lines.peek() == Some(&&"$ echo $?");
            self.command(block.line, command, &expected, failure_is_shown);
        }
    }

    fn command(&mut self, line: usize, command: &str, expected: &[&str], may_fail: bool) {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["tests/run"] => {
                assert!(root().join("tests/run").is_file());
                return;
            }
            [
                "cargo",
                "run",
                "--release",
                "-p",
                "trunkline-causemap",
                "--",
                ..,
            ] => {
                let arguments = command.split_once(" -- ").unwrap().1;
                let command = format!("causemap {arguments}");
                return self.command(line, &command, expected, may_fail);
            }
            ["cargo", "run", "--release", "--", ..] => {
                assert!(read("Cargo.toml").contains(r#"default-members = ["crates/gateway"]"#));
                return self.long(line, &words[4..]);
            }
            ["cargo", "build", "--release", ..] => {
                let packages = ["-p", "trunkline-gateway", "-p", "trunkline-causemap"];
                assert_eq!(words[3..], packages, "line {line}");
                return;
            }
            ["export", ..] => return,
            ["curl", ..] => return self.curl(line, &words),
            ["trunkline", "simulate", "--list"] => {}
            ["trunkline", "run" | "demo" | "simulate" | "links", ..] => {
                return self.long(line, &words[1..]);
            }
            _ => {}
        }
        if words.contains(&SAMPLE.0) && !self.folder.join(SAMPLE.0).exists() {
            eprintln!("NOT RUN: {command}: {} is not there", SAMPLE.1);
            return;
        }
        let (status, said) = if command == "echo $?" {
            (0, self.status.to_string())
        } else {
            self.shell(command)
        };
        let lines: Vec<&str> = said.lines().map(str::trim_end).collect();
        assert!(
            output_fits(expected, &lines) || expected.is_empty() && status == 0,
            "README.md, line {line}: $ {command}\n{said}\nbut the README shows\n{}",
            expected.join("\n")
        );
        assert!(
            status == 0 || may_fail,
            "README.md, line {line}: $ {command}: status {status}\n{said}"
        );
        self.status = status;
        self.ran += 1;
    }

    /// A command that takes long: it must exist, know its arguments, and have its file.
    fn long(&self, line: usize, arguments: &[&str]) {
        let (command, arguments) = arguments.split_first().unwrap();
        let (status, help) = self.shell(&format!("trunkline {command} --help"));
        assert_eq!(status, 0, "line {line}: trunkline {command}: {help}");
        for (position, argument) in arguments.iter().enumerate() {
            if argument.starts_with('-') {
                let known = help.split([' ', ',', '\n']).any(|word| word == *argument);
                assert!(known, "line {line}: trunkline {command} {argument}: {help}");
            }
            if *argument == "-c" {
                let file = arguments[position + 1];
                let (status, said) = self.shell(&format!("trunkline check -c {file}"));
                assert_eq!(status, 0, "line {line}: {said}");
            }
        }
    }

    /// The servers are tried elsewhere; their addresses must be those of the built-in file.
    fn curl(&self, line: usize, arguments: &[&str]) {
        let url = arguments
            .iter()
            .find_map(|word| word.strip_prefix("http://"));
        let (address, path) = url.unwrap().split_once('/').unwrap();
        let known = read("config/trunkline.yaml").contains(&format!("\"{address}\""));
        assert!(known, "line {line}: {address} is not in the file");
        let routes = read("crates/click-to-call/src/http/mod.rs");
        let route = format!("\"/{path}\"");
        assert!(
            routes.contains(&route) || ["metrics", "healthz"].contains(&path),
            "line {line}: {path}"
        );
    }

    /// Status and output, errors included.
    fn shell(&self, command: &str) -> (i32, String) {
        let mut path = programs().into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(&self.folder)
            .env("PATH", path)
            .env_remove("TRUNKLINE_LOG")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap_or(-1), said)
    }
}

/// Where the programs of this build are.
fn programs() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap().to_owned();
    for program in ["trunkline", "causemap"] {
        assert!(
            folder.join(program).is_file(),
            "{program} is not built; run cargo build --workspace --bins"
        );
    }
    folder
}

fn output_fits(expected: &[&str], said: &[&str]) -> bool {
    match expected.split_first() {
        None => said.is_empty(),
        Some((&"...", rest)) => (0..=said.len()).any(|skipped| output_fits(rest, &said[skipped..])),
        Some((line, rest)) => match said.split_first() {
            Some((first, others)) => line_fits(line, first) && output_fits(rest, others),
            None => false,
        },
    }
}

fn line_fits(expected: &str, said: &str) -> bool {
    let Some((start, rest)) = expected.split_once("...") else {
        return expected == said;
    };
    let Some(said) = said.strip_prefix(start) else {
        return false;
    };
    let mut ends = said.char_indices().map(|(at, _)| at).chain([said.len()]);
    ends.any(|at| line_fits(rest, &said[at..]))
}

/// One YAML mapping over another: keys of `over` replace those of `base`, mappings are merged.
/// Comments are dropped.
fn merge(base: &str, over: &str) -> String {
    fn clean(text: &str) -> Vec<&str> {
        let lines = text.lines().map(str::trim_end);
        let kept = lines.filter(|line| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#')
        });
        kept.collect()
    }
    let mut text = merge_lines(&clean(base), &clean(over)).join("\n");
    text.push('\n');
    text
}

fn merge_lines<'a>(base: &[&'a str], over: &[&'a str]) -> Vec<&'a str> {
    let mut entries = entries(base);
    for (key, lines) in self::entries(over) {
        match entries.iter_mut().find(|(known, _)| *known == key) {
            None => entries.push((key, lines)),
            Some((_, known)) => {
                let mappings = is_mapping(&known[1..]) && is_mapping(&lines[1..]);
                let mut merged = vec![lines[0]];
                merged.extend(if mappings {
                    merge_lines(&known[1..], &lines[1..])
                } else {
                    lines[1..].to_vec()
                });
                *known = merged;
            }
        }
    }
    entries.into_iter().flat_map(|(_, lines)| lines).collect()
}

/// The keys of a block mapping, each with its lines.
fn entries<'a>(lines: &[&'a str]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut entries: Vec<(&str, Vec<&str>)> = Vec::new();
    let indent = lines.first().map_or(0, |line| indent(line));
    for line in lines {
        if self::indent(line) == indent {
            let key = line.trim_start().split(':').next().unwrap();
            entries.push((key, Vec::new()));
        }
        entries.last_mut().unwrap().1.push(line);
    }
    entries
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_mapping(lines: &[&str]) -> bool {
    lines
        .first()
        .is_some_and(|line| !line.trim_start().starts_with('-'))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn read(file: &str) -> String {
    let path = root().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders(parent: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(parent)).unwrap();
    let folders = entries
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir());
    folders
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// The crates of this workspace that a crate is made with, without those for its tests.
fn internal_dependencies(manifest: &str) -> BTreeSet<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.strip_prefix("trunkline-"))
        .filter_map(|line| Some(line.split(['.', ' ']).next()?.to_owned()))
        .collect()
}

fn chapter<'a>(text: &'a str, title: &str) -> &'a str {
    let start = text.find(&format!("\n## {title}\n")).unwrap();
    let rest = &text[start + 4..];
    &rest[..rest.find("\n## ").unwrap_or(rest.len())]
}

/// What stands between backticks in a line.
fn spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// All sources of the crates, with their paths.
fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    let mut open = vec![root().join("crates"), root().join("tools")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension() == Some("rs".as_ref()) {
                let text = fs::read_to_string(&path).unwrap();
                sources.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    sources
}

/// Whether a source defines a function, a type or a variant of that name.
fn defines(source: &str, name: &str) -> bool {
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        let head = format!("fn {name}");
        return source
            .match_indices(&head)
            .any(|(at, _)| source[at + head.len()..].starts_with(['(', '<']));
    }
    let types = ["struct", "enum", "trait", "type"];
    let is_type = types
        .iter()
        .any(|kind| has_word(source, &format!("{kind} {name}")));
    let is_variant = source.lines().any(|line| {
        let line = line.trim_start();
        line.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([',', '(', ' ', '{']))
    });
    is_type || is_variant
}

fn has_word(source: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    source.match_indices(word).any(|(at, _)| {
        !part(source[..at].chars().next_back()) && !part(source[at + word.len()..].chars().next())
    })
}
