//! Which variant an ISUP message in SIP is of (RFC 3204 3.1).

use super::Options;
use trunkline_isup::Variant;
use trunkline_sip::params::unquote;

/// Names of `base` (RFC 3204 table 1), which are used as `version` too, and of `version` alone, and
/// the variant that is meant.
const BASES: &[(&str, &str)] = &[
    ("itu-t88", "itu-1988"),
    ("itu-t92+", "itu"),
    ("itu-t", "itu"),
    ("ansi", "ansi-1995"),
    ("ansi88", "ansi-1995"),
    ("ansi00", "ansi-1995"),
    ("ansi95", "ansi-1995"),
    ("etsi121", "etsi"),
    ("etsi356", "etsi"),
    ("gr317", "ansi-1995"),
    ("gr394", "ansi-1995"),
    ("ttc87", "japan"),
    ("ttc93+", "japan"),
];

/// The variant of a body with that Content-Type, and a remark if it names one that is not known.
/// What has been asked for comes before what the body says.
pub(super) fn variant(options: Options, content_type: &str) -> (&'static Variant, Option<String>) {
    if let Some(variant) = options.variant {
        return (variant, None);
    }
    let usual = options.variant();
    let (version, base) = (
        parameter(content_type, "version"),
        parameter(content_type, "base"),
    );
    let mut names = version.iter().chain(&base);
    match names.find_map(|name| named(name)) {
        Some(variant) => (variant, None),
        None => {
            let unknown = version.or(base);
            let remark = unknown.map(|name| {
                format!(
                    "version {name} is not known, read as {} (RFC 3204 3.1)",
                    usual.name()
                )
            });
            (usual, remark)
        }
    }
}

/// The variant that a `version` or `base` means: one of the names above or, since networks may
/// agree on others, the name of a variant.
fn named(name: &str) -> Option<&'static Variant> {
    let row = BASES
        .iter()
        .find(|(base, _)| base.eq_ignore_ascii_case(name));
    let variant = row.map(|(_, variant)| *variant);
    Variant::named(variant.unwrap_or(&name.to_ascii_lowercase()))
}

fn parameter(content_type: &str, name: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (found, value) = parameter.split_once('=')?;
        let value = unquote(value.trim()).into_owned();
        found.trim().eq_ignore_ascii_case(name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_goes_before_base_and_what_is_asked_for_before_both() {
        let usual = Options::default();
        let name = |options, text| {
            let (variant, remark) = variant(options, text);
            (variant.name(), remark.is_some())
        };
        for (text, expected) in [
            ("application/ISUP", ("itu", false)),
            ("application/ISUP; version=itu-t92+", ("itu", false)),
            ("application/ISUP;version=\"ITU-T92+\"", ("itu", false)),
            ("application/ISUP; version=nxv3", ("itu", true)),
            (
                "application/ISUP; version=nxv3; base=itu-t92+",
                ("itu", false),
            ),
        ] {
            assert_eq!(name(usual, text), expected, "{text}");
        }
    }

    #[test]
    fn every_base_means_a_variant_that_is_there() {
        for (base, variant) in BASES {
            let found = named(base).map(Variant::name);
            assert_eq!(found, Some(*variant), "{base}");
        }
    }
}
