//! A sign of life for what takes longer than a second, on a terminal's stderr.

use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Runs `work`; if it takes longer than a second, a spinner on stderr says
/// `what` until it ends. `work` may change the text.
pub(crate) fn watched<T>(what: &str, work: impl FnOnce(&ProgressBar) -> T) -> T {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    spinner.set_style(ProgressStyle::default_spinner());
    spinner.set_message(what.to_owned());
    if !std::io::stderr().is_terminal() {
        return work(&spinner);
    }
    std::thread::scope(|scope| {
        // Dropped when the work ends, however it ends.
        let (done, ended) = mpsc::channel::<()>();
        let shown = spinner.clone();
        scope.spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(TICK);
                let _ = ended.recv();
            }
            shown.finish_and_clear();
        });
        let outcome = work(&spinner);
        drop(done);
        outcome
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_works_outcome_comes_back() {
        assert_eq!(super::watched("adding", |_| 1 + 1), 2);
    }
}
