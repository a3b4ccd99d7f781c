//! Memory: the heap by count, and what the system has given us.

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

/// The allocator to name as `#[global_allocator]` where [`Growth`] is wanted.
pub type Allocator = &'static StatsAlloc<System>;

/// The one value of it.
pub static ALLOCATOR: Allocator = &INSTRUMENTED_SYSTEM;

/// Watches memory from its creation on. What it says of the heap needs [`ALLOCATOR`] as the global
/// allocator.
#[derive(Debug)]
pub struct Growth {
    region: Region<'static, System>,
    resident: usize,
}

/// What [`Growth`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grown {
    /// Allocations, reallocations included.
    pub allocations: usize,
    /// Octets that are on the heap more than before.
    pub heap: isize,
    /// Octets of resident memory more than before.
    pub resident: isize,
}

impl Growth {
    /// Watches from now on.
    pub fn start() -> Self {
        let resident = resident();
        Self {
            region: Region::new(ALLOCATOR),
            resident,
        }
    }

    /// What has grown until now.
    pub fn so_far(&self) -> Grown {
        let stats = self.region.change();
        Grown {
            allocations: stats.allocations + stats.reallocations,
            heap: stats
                .bytes_allocated
                .wrapping_sub(stats.bytes_deallocated)
                .cast_signed(),
            resident: resident().wrapping_sub(self.resident).cast_signed(),
        }
    }
}

/// Octets of this process that are in memory; 0 where `/proc` does not say.
pub fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split_ascii_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * PAGE
}

/// Octets in a page of x86-64 and of most others.
const PAGE: usize = 4096;
