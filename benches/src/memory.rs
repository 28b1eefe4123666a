//! Peak memory of this process, as the system counts it.

use std::fs;

/// Bytes resident at the worst moment since the last [`reset`], or since the
/// start; `None` where the system does not say (it does on Linux).
pub fn peak() -> Option<u64> {
    field("VmHWM:")
}

/// Bytes resident now.
pub fn resident() -> Option<u64> {
    field("VmRSS:")
}

/// Forgets the peak so far (proc(5), `clear_refs`). Where that is not allowed
/// the peak goes on from before.
pub fn reset() {
    // Nothing is lost if it fails: the figure is then an upper bound.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn field(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn the_peak_is_at_least_what_is_there() {
        // The compiler would leave out what nobody looks at.
        let held = std::hint::black_box(vec![1u8; 8 << 20]);
        let peak = super::peak().unwrap();
        assert!(peak >= 8 << 20 && super::resident().is_some());
        drop(std::hint::black_box(held));
    }
}
