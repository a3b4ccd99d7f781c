//! What `/metrics` says.

use std::collections::BTreeMap;

/// One scrape of Prometheus' text format.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Vec<Sample>);

#[derive(Clone, Debug)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Metrics {
    /// Reads the text.
    ///
    /// # Panics
    /// If a line is none of the format.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let samples = lines.filter(|line| !line.trim().is_empty());
        Self(
            samples
                .map(|line| sample(line).unwrap_or_else(|| panic!("/metrics: {line:?}")))
                .collect(),
        )
    }

    /// The sum of all samples of that name that have these labels, among others; 0 if none has.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let with = self.0.iter().filter(|sample| {
            sample.name == name
                && labels.iter().all(|&(label, value)| {
                    sample.labels.get(label).is_some_and(|found| found == value)
                })
        });
        with.fold(0.0, |sum, sample| sum + sample.value)
    }

    /// Every sample of that name that is not 0, as text: for messages of failed tests.
    pub fn show(&self, name: &str) -> String {
        let of_name = self.0.iter().filter(|sample| sample.name == name);
        let samples = of_name.filter(|sample| sample.value != 0.0);
        let lines = samples.map(|sample| format!("  {:?} {}\n", sample.labels, sample.value));
        format!("{name}\n{}", lines.collect::<String>())
    }
}

/// `name{label="value",...} value`; no label value of ours holds a quote or a comma.
fn sample(line: &str) -> Option<Sample> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}')?),
        None => (series, ""),
    };
    let labels = labels
        .split(',')
        .filter(|label| !label.is_empty())
        .map(|label| {
            let (name, value) = label.split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect::<Option<_>>()?;
    Some(Sample {
        name: name.to_owned(),
        labels,
        value: value.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_summed_by_label() {
        let text =
            "# HELP a x\na{b=\"1\",c=\"x\"} 2\na{b=\"1\",c=\"y\"} 3\na{b=\"2\",c=\"y\"} 5\nd 7\n";
        let metrics = Metrics::parse(text);
        let sum = |name: &str, labels: &[(&str, &str)]| metrics.sum(name, labels) as i64;
        assert_eq!(sum("a", &[]), 10);
        assert_eq!(sum("a", &[("b", "1")]), 5);
        assert_eq!(sum("a", &[("b", "1"), ("c", "y")]), 3);
        assert_eq!(sum("d", &[]), 7);
        assert_eq!(sum("e", &[]), 0);
    }
}
