//! Concealment of lost G.711 and Opus sound: the last pitch period is repeated and faded out.
//!
//! Sound continues for a pitch period or two as it was; 20 ms of it hides most single losses.
//! After 10 ms the repetition fades, to silence at 60 ms, since by then it would hum.

/// Repeats what was heard. One for each decoder that has no concealment of its own.
pub(crate) struct Concealer {
    history: [i16; HISTORY],
    /// The repeated period, while sound is missing.
    cycle: [i16; LAG_MAX],
    lag: usize,
    /// Samples made up since the last that arrived.
    concealed: usize,
}

impl Concealer {
    pub(crate) const fn new() -> Self {
        Self {
            history: [0; HISTORY],
            cycle: [0; LAG_MAX],
            lag: 0,
            concealed: 0,
        }
    }

    /// Takes note of sound that arrived; after a gap its first milliseconds are blended with the
    /// continued repetition.
    pub(crate) fn heard(&mut self, samples: &mut [i16]) {
        if self.concealed > 0 {
            let blend = BLEND.min(samples.len());
            for (index, sample) in samples[..blend].iter_mut().enumerate() {
                let old = i32::from(self.repeat());
                let weight = index as i32 + 1;
                let total = blend as i32 + 1;
                *sample = ((old * (total - weight) + i32::from(*sample) * weight) / total) as i16;
            }
            self.concealed = 0;
        }
        if samples.len() >= HISTORY {
            self.history
                .copy_from_slice(&samples[samples.len() - HISTORY..]);
        } else {
            self.history.copy_within(samples.len().., 0);
            self.history[HISTORY - samples.len()..].copy_from_slice(samples);
        }
    }

    /// Appends that many samples in place of lost ones.
    pub(crate) fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        if self.concealed == 0 {
            self.lag = self.pitch();
            self.cut_cycle();
        }
        for _ in 0..samples {
            let sample = self.repeat();
            out.push(sample);
        }
    }

    fn repeat(&mut self) -> i16 {
        let sample = i32::from(self.cycle[self.concealed % self.lag]);
        let fading = self.concealed.saturating_sub(FADE_FROM);
        let left = (FADE_TO - FADE_FROM).saturating_sub(fading) as i32;
        // Beyond the fade only the fact of the loss matters; the counter must not run over.
        self.concealed = (self.concealed + 1).min(FADE_TO + LAG_MAX);
        (sample * left / (FADE_TO - FADE_FROM) as i32) as i16
    }

    /// The lag at which the end of the history resembles what was before it most.
    fn pitch(&self) -> usize {
        let template = &self.history[HISTORY - TEMPLATE..];
        let mut best = (LAG_MIN, f32::MIN);
        for lag in LAG_MIN..=LAG_MAX {
            let earlier = &self.history[HISTORY - TEMPLATE - lag..HISTORY - lag];
            let mut correlation = 0.0_f32;
            let mut energy = 1.0_f32;
            for (&a, &b) in template.iter().zip(earlier) {
                correlation += f32::from(a) * f32::from(b);
                energy += f32::from(b) * f32::from(b);
            }
            let score = correlation / energy.sqrt();
            // A multiple of the period scores about as high as the period: the first wins.
            if score > best.1 * 1.001 || best.1 == f32::MIN {
                best = (lag, score);
            }
        }
        best.0
    }

    /// Copies the last period, its end blended into what precedes its start, so that it can
    /// follow itself without a click.
    fn cut_cycle(&mut self) {
        let start = HISTORY - self.lag;
        let blend = self.lag / 4;
        for index in 0..self.lag {
            let own = i32::from(self.history[start + index]);
            let before = i32::from(self.history[start + index - self.lag]);
            let weight = (index + 1 + blend).saturating_sub(self.lag) as i32;
            let total = blend as i32;
            self.cycle[index] = ((own * (total - weight) + before * weight) / total) as i16;
        }
    }
}

/// Samples that the pitch search compares: 20 ms.
const TEMPLATE: usize = 160;
/// Shortest and longest pitch period: 5 and 20 ms (200 to 50 Hz; shorter periods fit a multiple).
const LAG_MIN: usize = 40;
const LAG_MAX: usize = 160;
const HISTORY: usize = TEMPLATE + LAG_MAX;
/// Samples of blending when sound returns: 4 ms.
const BLEND: usize = 32;
/// Samples after which the repetition starts to fade, and after which nothing is left of it.
const FADE_FROM: usize = 80;
const FADE_TO: usize = 480;
