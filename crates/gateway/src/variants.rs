//! `trunkline variants`

use crate::decode;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use trunkline_isup::{MessageRow, ParameterCode, Variant};

/// Which variant is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The variant whose messages and parameters are listed, by its name or as a file.
    #[arg(value_name = "NAME|FILE")]
    variant: Option<OsString>,
}

/// Lists the variants, or the tables of one; 2 if there is no such variant.
pub(crate) fn variants(args: &Args) -> ExitCode {
    let out = &mut io::stdout().lock();
    let written = match &args.variant {
        None => Variant::all().try_for_each(|variant| list(out, variant)),
        Some(name) => match decode::variant(name) {
            Ok(variant) => show(out, variant),
            Err(problem) => {
                eprintln!("trunkline: {problem}");
                return ExitCode::from(2);
            }
        },
    };
    // Whoever reads the output may have seen enough.
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("trunkline: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn list(out: &mut impl Write, variant: &Variant) -> io::Result<()> {
    writeln!(
        out,
        "{:<10} {:>2} bits of CIC, point codes {}  {}",
        variant.name(),
        variant.cic_bits(),
        variant.point_code(),
        variant.title()
    )
}

fn show(out: &mut impl Write, variant: &Variant) -> io::Result<()> {
    list(out, variant)?;
    writeln!(out, "\nmessages")?;
    for row in variant.messages() {
        let (code, clause) = (row.message_type.code(), row.clause);
        writeln!(
            out,
            "  {code:#04x} {:<5} {} ({clause})",
            row.acronym, row.name
        )?;
        for line in layout(variant, row) {
            writeln!(out, "             {line}")?;
        }
    }
    writeln!(out, "\nparameters")?;
    for row in variant.parameters() {
        let octets = if row.coding.is_none() { ", octets" } else { "" };
        writeln!(
            out,
            "  {:#04x} {} ({}){octets}",
            row.code.0, row.name, row.clause
        )?;
    }
    Ok(())
}

/// The mandatory parameters, one a line, and how many optional ones are listed.
fn layout(variant: &Variant, row: &MessageRow) -> Vec<String> {
    let name = |code: ParameterCode| variant.parameter(code).map_or("?", |row| row.name);
    let fixed = row
        .fixed
        .iter()
        .map(|(code, octets)| format!("fixed {octets}: {}", name(*code)));
    let variable = row
        .variable
        .iter()
        .map(|code| format!("variable: {}", name(*code)));
    let optional = row.has_optional_part.then(|| match row.optional {
        [] => "optional part".to_owned(),
        listed => format!("optional part, {} listed", listed.len()),
    });
    fixed.chain(variable).chain(optional).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        let mut out = Vec::new();
        show(&mut out, Variant::named(name).unwrap()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn tables_name_what_the_variant_has() {
        let ansi = shown("ansi-1995");
        for line in [
            "ansi-1995  14 bits of CIC, point codes 8-8-8  ANSI T1.113-1995\n",
            "  0x01 IAM   initial address (T1.113 table 14)\n",
            "             fixed 2: forward call indicators\n",
            "             variable: user service information\n",
            "  0xea CRM   circuit reservation (T1.113 table",
            "  0x0a calling party number (",
        ] {
            assert!(ansi.contains(line), "{line:?} is not in\n{ansi}");
        }
        assert!(!ansi.contains("connect ("), "{ansi}");
        assert!(shown("uk").contains("  0xfb partial CLI (ND1007 3.2.5), octets\n"));
    }
}
