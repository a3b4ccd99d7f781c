use super::*;

const REL: &str = "d5000c0200028090";

fn args(command: &[&str]) -> Args {
    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }
    let words = ["decode"].iter().chain(command);
    <Command as clap::Parser>::try_parse_from(words)
        .unwrap()
        .args
}

/// Status, output and complaints of a command.
fn run_on(command: &[&str], stdin: &str) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = run(&args(command), stdin.as_bytes(), &mut out, &mut err);
    let text = |octets| String::from_utf8(octets).unwrap();
    (status, text(out), text(err))
}

/// A file that is gone when the test is over.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("trunkline-decode-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn octets_come_as_argument_from_a_file_or_from_standard_input() {
    let file = File::new("one", REL);
    let (status, expected, err) = run_on(&[REL], "");
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(expected.starts_with("ISUP REL, release"), "{expected}");
    for (input, stdin) in [
        (&["d5 00:0c,02", "0x00", "028090"][..], ""),
        (&["-"], "d500 0c02\n0002 8090\n"),
        (&[file.name()], ""),
    ] {
        assert_eq!(run_on(input, stdin), (0, expected.clone(), String::new()));
    }
}

#[test]
fn json_is_one_line() {
    let (status, out, _) = run_on(&["--json", REL], "");
    assert_eq!((status, out.lines().count()), (0, 1));
    let tree: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(tree["name"], "REL");
}

/// Two releases, one of them in M3UA, a comment, and two lines that are no message.
const LINES: &str = "\
d5000c0200028090
# the same in M3UA
01000101000000200210001800002d0200002f8305030005d5000c0200028090

d5000c0200
d500100
d6001000
";

#[test]
fn each_line_is_a_message_and_all_are_counted() {
    let file = File::new("lines", LINES);
    let data = LINES.lines().nth(2).unwrap();
    let one = |hex| run_on(&[hex], "").1;
    let expected = format!(
        "line 1: {}line 3: {}line 7: {}\
         summary: 5 messages\n        2  ISUP REL\n        1  ISUP RLC\n        2  could not be read\n",
        one(REL),
        one(data),
        one("d6001000"),
    );
    let complaints = |blame: &str| {
        format!(
            "trunkline: {blame}line 5: REL: cause indicators, octet 4: pointer 2 leads past the \
             end, 2 octets are left (Q.763 3.12)\n\
             trunkline: {blame}line 6, column 8: octet 4 has one hexadecimal digit, need two\n"
        )
    };
    let from_file = (
        2,
        expected.clone(),
        complaints(&format!("{}: ", file.name())),
    );
    assert_eq!(run_on(&[file.name()], ""), from_file);
    let from_stdin = (2, expected, complaints("standard input: "));
    assert_eq!(run_on(&["-"], LINES), from_stdin);
    assert_eq!(run_on(&["--lines", "-"], LINES), from_stdin);
}

#[test]
fn each_line_is_an_object_and_the_summary_goes_elsewhere() {
    let (status, out, err) = run_on(&["--json", "-"], LINES);
    let objects: Vec<serde_json::Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let lines: Vec<_> = objects
        .iter()
        .map(|object| object["line"].as_u64().unwrap())
        .collect();
    assert_eq!((status, lines), (2, vec![1, 3, 5, 6, 7]));
    assert_eq!(
        (&objects[0]["name"], &objects[1]["name"]),
        (&"REL".into(), &"DATA".into())
    );
    assert_eq!(
        objects[3]["error"],
        "line 6, column 8: octet 4 has one hexadecimal digit, need two"
    );
    let summary = err.split_once("summary: ").unwrap().1;
    assert_eq!(
        summary,
        "5 messages\n        2  ISUP REL\n        1  ISUP RLC\n        2  could not be read\n"
    );
}

#[test]
fn one_message_may_go_over_lines_even_if_a_part_looks_like_one() {
    // The first line alone is a REL, too, with octets behind its end.
    for (stdin, kind) in [
        ("d5000c0200\n028090\n", "ISUP REL"),
        (
            "01000101000000200210001800002d0200002f83\n05030005d5000c0200028090",
            "M3UA DATA",
        ),
        ("856782c011\nd5001000\n", "MTP3 MSU"),
        (
            "BYE sip:a SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@h>;tag=1\n\
          To: <sip:b@h>;tag=2\nCall-ID: 1\nCSeq: 1 BYE\nMax-Forwards: 70\n\n",
            "SIP BYE",
        ),
    ] {
        let (status, out, err) = run_on(&["-"], stdin);
        assert_eq!((status, err.as_str()), (0, ""), "{stdin}");
        assert!(out.starts_with(kind), "{out}");
    }
}

#[test]
fn octets_in_a_file_are_one_message_whatever_they_are() {
    // IAM whose category is a line feed, and which has an octet too many.
    let path = std::env::temp_dir().join(format!("trunkline-decode-{}-octets", std::process::id()));
    std::fs::write(
        &path,
        b"\x05\0\x01\0\x20\x01\x0a\0\x02\0\x04\x83\x10\x21\x03\x10\0\0\xff",
    )
    .unwrap();
    let (status, out, err) = run_on(&[path.to_str().unwrap()], "");
    std::fs::remove_file(path).unwrap();
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(
        out.starts_with("ISUP IAM") && out.contains("octets behind the end"),
        "{out}"
    );
}

#[test]
fn many_lines_are_read_behind_what_one_message_may_have() {
    let lines = "d5001000\n".repeat(tree::MAX_INPUT / 9 + 10);
    let (status, out, err) = run_on(&["-"], &lines);
    assert_eq!((status, err.as_str()), (0, ""));
    let count = tree::MAX_INPUT / 9 + 10;
    assert!(out.contains(&format!("line {count}: ISUP RLC")));
    assert!(out.contains(&format!("summary: {count} messages\n")));
    // A line of that length is too long, and the next one is read again.
    let lines = format!("d5001000\n{}\nd6001000\n", "0".repeat(tree::MAX_INPUT + 5));
    let (status, out, err) = run_on(&["--lines", "-"], &lines);
    let expected = "trunkline: standard input: line 2: more than 524288 octets of input\n";
    assert_eq!((status, err.as_str()), (2, expected));
    assert!(
        out.contains("line 3: ISUP RLC") && out.contains("summary: 3 messages\n"),
        "{out}"
    );
}

/// A request with that CSeq and that body.
fn sip(method: &str, cseq: &str, body: &str) -> String {
    format!(
        "{method} sip:a SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
         To: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn malformed_sip_shows_the_line_and_a_caret() {
    let text = sip("BYE", "x", "");
    let file = File::new("malformed", &text);
    let fault = "line 6, column 7: CSeq: expected a number (RFC 3261 20.16)";
    let (status, out, err) = run_on(&[file.name()], "");
    assert_eq!((status, out.as_str()), (2, ""));
    let expected = format!(
        "trunkline: {}: {fault}\n  CSeq: x BYE\n        ^\n  the gateway answers 400 Bad Request\n",
        file.name()
    );
    assert_eq!(err, expected);
    let (status, out, _) = run_on(&["--json", file.name()], "");
    let object: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &object["error"]), (2, &fault.into()));
    let sip = &object["sip"];
    assert_eq!((&sip["line"], &sip["column"]), (&6.into(), &7.into()));
    assert_eq!(
        (&sip["field"], &sip["answer"]),
        (&"CSeq".into(), &400.into())
    );
    assert_eq!(sip["text"], "CSeq: x BYE");
}

#[test]
fn each_message_of_a_stream_is_shown() {
    let first = sip("BYE", "1", "SIP/2.0 200 OK\r\n\r\n");
    let second = sip("INFO", "x", "");
    let third = sip("OPTIONS", "3", "hello");
    // Keep-alives between them.
    let stream = format!("\r\n{first}\r\n\r\n{second}{third}");
    let (status, out, err) = run_on(&["-"], &stream);
    let start = |text: &str| stream[..stream.find(text).unwrap()].matches('\n').count() + 1;
    let (second, third) = (start("INFO"), start("OPTIONS"));
    assert_eq!(status, 2);
    assert!(out.starts_with("message 1, line 2: SIP BYE, "), "{out}");
    assert!(
        out.contains(&format!("message 3, line {third}: SIP OPTIONS, ")),
        "{out}"
    );
    assert!(out.ends_with("summary: 3 messages\n        1  SIP BYE\n        1  SIP OPTIONS\n        1  could not be read\n"), "{out}");
    let place = format!(
        "trunkline: standard input: message 2, line {second}: line {}, column 7: CSeq: ",
        second + 5
    );
    assert!(err.starts_with(&place), "{err}");
    let (status, out, _) = run_on(&["--json", "-"], &stream);
    let objects = out.lines().map(serde_json::from_str::<serde_json::Value>);
    let objects: Vec<_> = objects.collect::<Result<_, _>>().unwrap();
    assert_eq!((status, objects.len()), (2, 3));
    assert_eq!(
        (&objects[1]["message"], &objects[1]["line"]),
        (&2.into(), &second.into())
    );
    assert_eq!(objects[1]["sip"]["column"], 7);
    assert_eq!(objects[2]["name"], "OPTIONS");
}

#[test]
fn a_stream_that_breaks_off_says_where() {
    let first = sip("BYE", "1", "");
    let start = first.matches('\n').count() + 1;
    for (second, fault) in [
        (
            sip("INFO", "2", "hello").replace("hello", "he"),
            "it is not whole",
        ),
        (
            sip("INFO", "2", "").replace("Content-Length: 0\r\n", ""),
            "",
        ),
    ] {
        let (status, out, err) = run_on(&["-"], &format!("{first}{second}"));
        let place = format!("trunkline: standard input: message 2, line {start}: {fault}");
        assert!(status == 2 && err.starts_with(&place), "{err}");
        assert!(out.starts_with("message 1, line 1: SIP BYE"), "{out}");
    }
    // As copying leaves it: with bare line feeds.
    let copied = format!("{first}{first}").replace('\r', "");
    let (status, out, err) = run_on(&["-"], &copied);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(
        out.contains("summary: 2 messages\n        2  SIP BYE\n"),
        "{out}"
    );
}

#[test]
fn check_says_where_a_message_is_written_otherwise() {
    assert_eq!(run_on(&["--check", REL], ""), run_on(&[REL], ""));
    // ISUP is written as it came, spare bits, gaps and all; M3UA is padded with zeros.
    let odd = "d5f00c0300 000382910012aa";
    assert_eq!(run_on(&["--check", odd], "").0, 0);
    let padded = "01000401 00000010 0004000668690001";
    let complaint = "ASPAC: octet 15 was 0x01 and is written as 0x00\n";
    let (status, out, err) = run_on(&["--check", padded], "");
    assert_eq!((status, err), (1, format!("trunkline: {complaint}")));
    assert_eq!(out, run_on(&[padded], "").1);
    let lines = format!("{REL}\n{padded}\n");
    let (status, out, err) = run_on(&["--check", "-"], &lines);
    assert_eq!(
        (status, err),
        (1, format!("trunkline: standard input: line 2: {complaint}"))
    );
    let summary = out.split_once("summary: ").unwrap().1;
    assert_eq!(
        summary,
        "2 messages\n        1  ISUP REL\n        1  M3UA ASPAC\n        0  could not be read\n        \
         1  differ when they are written again\n"
    );
}

#[test]
fn wrong_input_is_one_line_that_names_the_octet() {
    for (command, stdin, expected) in [
        (
            &["d5000c0200"][..],
            "",
            "REL: cause indicators, octet 4: pointer 2 leads past the end, 2 octets are left (Q.763 3.12)",
        ),
        (
            &["d500"],
            "",
            "ISUP: octet 1: need 3 octets, have 2 (Q.763 1)",
        ),
        (
            &["d50099"],
            "",
            "neither ISUP nor MTP3 nor M3UA: octet 3 is 0x99, which is no message type (Q.763 1.3), no message stands behind a routing label (Q.704 2.2), and the first two octets are no version and reserved octet of M3UA (RFC 4666 3.1)",
        ),
        (
            &["d5000"],
            "",
            "line 1, column 6: octet 3 has one hexadecimal digit, need two",
        ),
        (
            &["-"],
            "d500\n1z",
            "standard input: line 2, column 2: 'z' is no hexadecimal digit (of octet 3); expected octets in hexadecimal, or a SIP message",
        ),
        (
            &["-"],
            "",
            "standard input: nothing to decode: expected octets in hexadecimal, or a SIP message",
        ),
        (
            &["no-such-file"],
            "",
            "no-such-file is neither octets in hexadecimal nor a file that is there",
        ),
        (
            &["d5000g0200"],
            "",
            "line 1, column 6: 'g' is no hexadecimal digit (of octet 3); expected octets in hexadecimal, or a SIP message",
        ),
        (
            &["0100010100000008"],
            "",
            "DATA: protocol data, octet 8: is missing (RFC 4666 3.3.1)",
        ),
        (
            &["BYE sip:a SIP/2.0\n"],
            "",
            "line 2, column 1: To: mandatory header field is missing (RFC 3261 8.1.1)\n  the gateway answers nothing",
        ),
    ] {
        let (status, out, err) = run_on(command, stdin);
        assert_eq!((status, out.as_str()), (2, ""), "{command:?}");
        assert_eq!(err, format!("trunkline: {expected}\n"));
    }
}

#[test]
fn a_message_of_which_parts_make_no_sense_is_shown_and_blamed() {
    // SAM whose subsequent number has 33 address signals.
    let sam = format!("d50002 0200 12 80{} ", "11".repeat(17));
    let (status, out, err) = run_on(&[&sam], "");
    assert_eq!(status, 2);
    assert!(out.starts_with("ISUP SAM, subsequent address"), "{out}");
    assert_eq!(
        err,
        "trunkline: SAM: subsequent number, octet 7: more than 32 address signals in 17 octets (Q.763 3.51)\n"
    );
}

#[test]
fn variants_are_known_by_name() {
    assert_eq!(run_on(&["--variant", "itu", REL], ""), run_on(&[REL], ""));
    let (status, out, err) = run_on(&["--variant", "nowhere", REL], "");
    let names: Vec<_> = Variant::all().map(Variant::name).collect();
    let expected = format!(
        "trunkline: --variant nowhere: no variant has that name, nor is there such a file; the variants are {}\n",
        names.join(", ")
    );
    assert_eq!((status, out.as_str(), err), (2, "", expected));
}

#[test]
fn examples_of_the_help_are_true() {
    let mut tried = 0;
    for line in EXAMPLES.lines() {
        let Some(command) = line.strip_prefix("  trunkline decode ") else {
            continue;
        };
        let command = command.split("  ").next().unwrap();
        let command = command.split('|').next().unwrap().trim();
        let words: Vec<_> = command.split(' ').collect();
        if words.last().unwrap().ends_with(".txt") {
            // Files that only whoever reads has; the words before them are known.
            args(&words);
            continue;
        }
        let (status, out, err) = run_on(&words, "");
        assert_eq!((status, err.as_str()), (0, ""), "{command}");
        let about = match line.trim().rsplit_once("  ") {
            Some((_, "a release on circuit 213")) => "circuit identification code: 213",
            Some((_, "an M3UA message")) => "M3UA ASPUP",
            Some((_, "a message of MTP level 3")) => "MTP3 MSU",
            _ => "\"fields\"",
        };
        assert!(out.contains(about), "{command}: {out}");
        tried += 1;
    }
    assert_eq!(tried, 4);
}

#[test]
fn a_closed_pipe_is_no_error() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for (command, stdin) in [(REL, ""), ("-", LINES)] {
        assert_eq!(
            run(&args(&[command]), stdin.as_bytes(), Closed, io::sink()),
            0
        );
    }
}
