//! What an ISUP cause becomes in SIP, and a SIP status in ISUP: offline, from the tables that the
//! gateway uses.

mod arguments;
mod codes;
mod record;
mod rel;
mod table;

use arguments::{Arguments, Command};
use clap::Parser;
use codes::Code;
use record::{Printer, Record};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use trunkline_interwork::CauseMap;

/// Why a run ends before its end.
enum Failure {
    /// A code or a file that cannot be; one line.
    Bad(String),
    /// The output cannot be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<String> for Failure {
    fn from(line: String) -> Self {
        Self::Bad(line)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut printer = Printer::new(arguments.format, io::stdout().lock());
    match run(&arguments, &mut printer).and_then(|all_good| Ok((printer.finish()?, all_good))) {
        Ok(((), true)) => ExitCode::SUCCESS,
        Ok(((), false)) => ExitCode::from(2),
        Err(Failure::Bad(line)) => {
            complain(&line);
            ExitCode::from(2)
        }
        // The reader, `head` for example, has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Failure::Output(error)) => {
            complain(&format!("cannot write: {error}"));
            ExitCode::from(2)
        }
    }
}

/// `false` if a code on standard input could not be; the others were answered.
fn run(arguments: &Arguments, printer: &mut Printer<impl Write>) -> Result<bool, Failure> {
    let map = map(arguments)?;
    match &arguments.command {
        Command::Isup {
            cause,
            location,
            new_number,
            ccbs,
        } => {
            let given = codes::Given {
                location: *location,
                new_number: new_number.as_deref(),
                ccbs: *ccbs,
            };
            each(cause.as_deref(), printer, |text, alone| {
                let cause = codes::cause(text)?;
                Ok(if alone && given == codes::Given::default() {
                    record::isup_entry(&map, cause)
                } else {
                    vec![record::isup(&map, cause, &given)]
                })
            })
        }
        Command::Sip { status, warning } => each(status.as_deref(), printer, |text, alone| {
            let status = codes::status(text)?;
            Ok(match warning {
                None if alone => record::sip_entry(&map, status),
                warning => vec![record::sip(&map, status, *warning)],
            })
        }),
        Command::Rel { message } => {
            let hex = (!message.is_empty()).then(|| message.concat());
            each(hex.as_deref(), printer, |text, _| {
                Ok(vec![rel::rel(&map, text)?])
            })
        }
        Command::Table { direction } => {
            printer.list(table::rows(&map, *direction))?;
            if arguments.format == record::Format::Text {
                printer.text(&format!("\n{}\n", table::note(&map)))?;
            }
            Ok(true)
        }
        Command::Diff { a, b } => {
            // Overrides change the second map, so that one can see what they do.
            let changed = CauseMap::profile(*b);
            let changed = match overrides(arguments)? {
                Some(yaml) => with_overrides(changed, arguments, &yaml)?,
                None => changed,
            };
            printer.list(table::differences(&CauseMap::profile(*a), &changed))?;
            Ok(true)
        }
    }
}

/// Answers the code of the command line, or else those on standard input, one a line.
fn each(
    code: Option<&str>,
    printer: &mut Printer<impl Write>,
    answer: impl Fn(&str, bool) -> Result<Vec<Record>, String>,
) -> Result<bool, Failure> {
    if let Some(code) = code {
        for record in answer(code, true)? {
            printer.record(&record)?;
        }
        return Ok(true);
    }
    if io::stdin().is_terminal() {
        complain("reading codes, one a line; Ctrl-D ends");
    }
    let mut all_good = true;
    for line in codes::lines(io::stdin().lock()) {
        let answered = match line {
            Code::At { text, .. } if text.is_empty() => continue,
            Code::At { line, text } => {
                answer(&text, false).map_err(|problem| format!("line {line}: {problem}"))
            }
            Code::Unreadable { line, problem } => Err(format!("line {line}: {problem}")),
        };
        match answered {
            Ok(records) => records
                .iter()
                .try_for_each(|record| printer.record(record))?,
            Err(problem) => {
                complain(&problem);
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

fn map(arguments: &Arguments) -> Result<CauseMap, Failure> {
    let map = CauseMap::profile(arguments.profile);
    match overrides(arguments)? {
        Some(yaml) => with_overrides(map, arguments, &yaml),
        None => Ok(map),
    }
}

fn overrides(arguments: &Arguments) -> Result<Option<String>, Failure> {
    let Some(path) = &arguments.overrides else {
        return Ok(None);
    };
    let yaml = std::fs::read_to_string(path);
    yaml.map(Some)
        .map_err(|error| Failure::Bad(format!("{}: {error}", path.display())))
}

fn with_overrides(map: CauseMap, arguments: &Arguments, yaml: &str) -> Result<CauseMap, Failure> {
    map.with_overrides(yaml).map_err(|error| {
        let path = arguments
            .overrides
            .as_deref()
            .unwrap_or(std::path::Path::new(""));
        Failure::Bad(format!("{}: {error}", path.display()))
    })
}

/// Writes one line to standard error. If even that is closed there is nobody to tell.
fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "causemap: {line}");
}
