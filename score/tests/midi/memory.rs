//! How much memory a piece of work takes, counted by the allocator of this test binary.
#![expect(unsafe_code, reason = "an allocator can be written in no other way; it only counts and passes everything on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes in use less those at the start of the measurement, and the most that ever were. By thread, since tests run
    /// side by side and nothing in the crate under test starts a thread.
    static IN_USE: Cell<(i64, i64)> = const { Cell::new((0, 0)) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(more: usize, less: usize) {
    let change = i64::try_from(more).unwrap_or(i64::MAX) - i64::try_from(less).unwrap_or(i64::MAX);
    // An error means that the thread ends, when nothing is measured any more.
    let _ = IN_USE.try_with(|cell| {
        let (now, most) = cell.get();
        cell.set((now + change, most.max(now + change)));
    });
}

// SAFETY: every call is passed to the system's allocator unchanged; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both blocks may exist for a moment.
        count(size, 0);
        count(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// What `work` gives, and how many bytes it had in use at once.
pub(crate) fn peak_bytes<T>(work: impl FnOnce() -> T) -> (T, usize) {
    IN_USE.set((0, 0));
    let result = work();
    let (_, most) = IN_USE.get();
    (result, usize::try_from(most).unwrap_or(0))
}
