//! CPU time of this process, and two pieces of work compared by it.

use core::time::Duration;
use std::hint::black_box;

/// The CPU time that this thread has used, as the scheduler counts it: what other programs do on a
/// shared machine does not count. `None` where `/proc` does not say.
pub fn used() -> Option<Duration> {
    // The scheduler brings the account of a running thread up to date when it yields.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split_ascii_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// One of the things that [`compare`] compares.
pub struct Work<'a> {
    name: &'static str,
    /// Nanoseconds for one item.
    run: Box<dyn FnMut() -> f64 + 'a>,
}

impl<'a> Work<'a> {
    /// `body`, `times` times over.
    pub fn new<T>(name: &'static str, times: u32, mut body: impl FnMut() -> T + 'a) -> Self {
        let run = move || {
            let before = used();
            for _ in 0..times {
                black_box(body());
            }
            each(before, used(), times)
        };
        Self {
            name,
            run: Box::new(run),
        }
    }

    /// `body`, which does `items` things with what `setup` made; only `body` is measured.
    pub fn prepared<I, T>(
        name: &'static str,
        items: u32,
        mut setup: impl FnMut() -> I + 'a,
        mut body: impl FnMut(I) -> T + 'a,
    ) -> Self {
        let run = move || {
            let input = setup();
            let before = used();
            let output = body(input);
            let after = used();
            black_box(output);
            each(before, after, items)
        };
        Self {
            name,
            run: Box::new(run),
        }
    }
}

/// Runs all of it by turns, `rounds` times, and prints the median CPU time of each, and of its
/// ratio to the first one in the same round.
pub fn compare(title: &str, rounds: usize, mut work: Vec<Work<'_>>) {
    if used().is_none() {
        println!("{title}: no CPU times, for /proc/thread-self/schedstat is not there");
        return;
    }
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); work.len()];
    for _ in 0..rounds {
        for (work, times) in work.iter_mut().zip(&mut times) {
            times.push((work.run)());
        }
    }
    println!("\n{title}: CPU time, median (least to most) of {rounds} rounds by turns");
    for (work, own) in work.iter().zip(&times) {
        let ratios = own.iter().zip(&times[0]).map(|(own, first)| own / first);
        let (low, middle, high) = spread(own.clone());
        let (_, ratio, _) = spread(ratios.collect());
        println!(
            "  {:<34} {:>10} ({} to {}) {ratio:>9.2} x",
            work.name,
            Time(middle).to_string(),
            Time(low),
            Time(high)
        );
    }
}

fn each(before: Option<Duration>, after: Option<Duration>, items: u32) -> f64 {
    let used = after
        .unwrap_or_default()
        .saturating_sub(before.unwrap_or_default());
    used.as_nanos() as f64 / f64::from(items)
}

/// Least, median and most.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    (at(0), at(last / 2), at(last))
}

/// Nanoseconds, with a unit that fits.
struct Time(f64);

impl core::fmt::Display for Time {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.0 < 10_000.0 {
            write!(f, "{:.1} ns", self.0)
        } else {
            write!(f, "{:.2} us", self.0 / 1_000.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_setup_does_not_count() {
        if used().is_none() {
            eprintln!("NOT RUN: there is no /proc/thread-self/schedstat here");
            return;
        }
        let spin = |rounds: u64| (0..rounds).map(black_box).fold(0, u64::wrapping_add);
        let mut long = Work::new("long", 1, || spin(4_000_000));
        let mut short = Work::prepared("short", 1, || spin(4_000_000), |_| spin(4_000));
        let (long, short) = ((long.run)(), (short.run)());
        assert!(long > short * 4.0, "{long:?} {short:?}");
    }

    #[test]
    fn median_is_in_the_middle() {
        assert_eq!(spread(vec![3.0, 1.0, 2.0]), (1.0, 2.0, 3.0));
        assert_eq!(spread(vec![4.0, 1.0, 2.0, 3.0]), (1.0, 2.0, 4.0));
    }
}
