//! What a process takes of the machine, as the system counts it (proc(5));
//! nothing where the system does not say.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinHandle;

/// Clock ticks a second in proc(5), the same on every Linux.
const TICKS: f64 = 100.0;

/// Memory of a process, looked at every second.
pub(crate) struct Watch {
    pid: Option<u32>,
    start: Instant,
    cpu: (Option<f64>, Option<f64>),
    seen: Arc<Mutex<Vec<(Duration, u64)>>>,
    task: JoinHandle<()>,
}

/// What a process took.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Taken {
    /// Bytes resident at the start.
    pub(crate) start: Option<u64>,
    /// After one minute; at the end of a shorter run.
    pub(crate) first_minute: Option<u64>,
    /// At the end.
    pub(crate) end: Option<u64>,
    /// At the highest.
    pub(crate) highest: Option<u64>,
    /// At the end of each minute.
    pub(crate) minutes: Vec<u64>,
    /// Cores that it kept busy.
    pub(crate) cores: Option<f64>,
    /// Cores that this tool kept busy.
    pub(crate) tool_cores: Option<f64>,
}

impl Watch {
    /// Watches a process from now on.
    pub(crate) fn begin(pid: Option<u32>) -> Self {
        let start = Instant::now();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_secs(1));
            loop {
                every.tick().await;
                if let Some(bytes) = pid.and_then(resident) {
                    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
                    list.push((start.elapsed(), bytes));
                }
            }
        });
        Self {
            pid,
            start,
            cpu: (pid.and_then(cpu_seconds), cpu_seconds(std::process::id())),
            seen,
            task,
        }
    }

    /// Ends watching.
    pub(crate) fn end(self) -> Taken {
        self.task.abort();
        let took = self.start.elapsed().as_secs_f64();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |after: Duration| {
            let mut seen = seen.iter();
            seen.find(|(at, _)| *at >= after).map(|(_, bytes)| *bytes)
        };
        let last = seen.last().map(|(_, bytes)| *bytes);
        let minute = |number: u64| Duration::from_secs(60 * number);
        let busy = |before: Option<f64>, now: Option<f64>| Some((now? - before?) / took);
        Taken {
            start: seen.first().map(|(_, bytes)| *bytes),
            first_minute: at(minute(1)).or(last),
            end: last,
            highest: seen.iter().map(|(_, bytes)| *bytes).max(),
            minutes: (1..).map_while(|number| at(minute(number))).collect(),
            cores: busy(self.cpu.0, self.pid.and_then(cpu_seconds)),
            tool_cores: busy(self.cpu.1, cpu_seconds(std::process::id())),
        }
    }
}

fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Seconds of a core that a process has used, in user and in system.
fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may have spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_uses_time() {
        let held = std::hint::black_box(vec![1u8; 8 << 20]);
        assert!(resident(std::process::id()).unwrap() >= 8 << 20);
        drop(std::hint::black_box(held));
        let before = cpu_seconds(std::process::id()).unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(300) {
            std::hint::spin_loop();
        }
        let used = cpu_seconds(std::process::id()).unwrap() - before;
        assert!(used > 0.05, "{used}");
    }
}
