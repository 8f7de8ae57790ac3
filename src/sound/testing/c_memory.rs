//! Counts what C takes from and gives back to the heap on a thread while that is forbidden.
//!
//! The guard of `assert_no_alloc` sits in Rust's allocator, past which fluidlite goes. So the tests' program has
//! `malloc` and its kin itself; the linker gives them to the C libraries in it, too, and they hand on to the C
//! library's.

#![expect(unsafe_code, reason = "C's own allocator can only be stood in for as C")]

use std::cell::Cell;
use std::ffi::c_void;

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_free(memory: *mut c_void);
}

thread_local! {
    static FORBIDDEN: Cell<bool> = const { Cell::new(false) };
    static TOUCHED: Cell<u64> = const { Cell::new(0) };
}

fn touch() {
    // threads that end free memory after their variables are gone
    if FORBIDDEN.try_with(Cell::get) == Ok(true) {
        TOUCHED.with(|touched| touched.set(touched.get() + 1));
    }
}

// SAFETY: each does what the C library's own does, and before that only counts, which takes no memory.
#[unsafe(no_mangle)]
unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    touch();
    unsafe { __libc_malloc(size) }
}

// SAFETY: as above.
#[unsafe(no_mangle)]
unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    touch();
    unsafe { __libc_calloc(count, size) }
}

// SAFETY: as above.
#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    touch();
    unsafe { __libc_realloc(memory, size) }
}

// SAFETY: as above.
#[unsafe(no_mangle)]
unsafe extern "C" fn free(memory: *mut c_void) {
    touch();
    unsafe { __libc_free(memory) }
}

/// Runs something, and says how often memory was taken or given back in it, by whatever language.
pub fn touches(run: impl FnOnce()) -> u64 {
    TOUCHED.set(0);
    FORBIDDEN.set(true);
    run();
    FORBIDDEN.set(false);
    TOUCHED.get()
}

#[test]
fn what_c_takes_is_seen() {
    assert_eq!(touches(|| {}), 0);
    // SAFETY: loads nothing; settings are made and deleted, as in every synth.
    let made = touches(|| unsafe { fluidlite_sys::delete_fluid_settings(fluidlite_sys::new_fluid_settings()) });
    assert!(made > 10, "{made}");
}
