//! Memory that a long run has given up goes back to the system.

/// Has all threads of this process allocate from one heap, and each large block by itself. By default
/// the C library of GNU gives threads heaps of their own and takes ever larger blocks from them, which
/// in a process that runs for hours come to hold what nobody uses. To be called before the first
/// thread is started; elsewhere it does nothing.
pub fn share() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const LARGE: libc::c_int = 128 << 10;
        // SAFETY: `mallopt` takes two numbers, and what it does not know it leaves alone.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, 1);
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        }
    }
}
