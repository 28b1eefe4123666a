//! `cargo run --release -p blindscore-benches --bin noise [DECRYPTIONS]`: noise
//! of every shipped choice of parameters, measured and predicted, as the table
//! in `docs/numbers.md`. By default 10^6 decryptions of packed results, and a
//! tenth as many of each composable choice.

use blindscore_benches::noise::{Measured, TAIL, composable, gaussian_beyond, packed};
use blindscore_history::scheme::CellSize;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let decryptions = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 1_000_000,
    };
    println!(
        "| choice | decryptions | predicted | measured | beyond 2, 3, 4, 5 deviations | a Gaussian's | furthest | wrong from |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    row(&packed(decryptions)?);
    for (cells, block) in [
        (CellSize::Compact, 128),
        (CellSize::Fine, 128),
        (CellSize::Fine, 256),
    ] {
        row(&composable(cells, block, decryptions / 10)?);
    }
    Ok(())
}

fn row(measured: &Measured) {
    let count = measured.decryptions as f64;
    let beyond = measured.beyond.map(|count| count.to_string()).join(", ");
    let gaussian = TAIL.map(|limit| format!("{:.1}", count * gaussian_beyond(limit)));
    println!(
        "| {} | {} | 2^{:.2} | 2^{:.2} | {beyond} | {} | {:.2} | {:.0} |",
        measured.case,
        measured.decryptions,
        measured.predicted_log2,
        measured.measured_log2,
        gaussian.join(", "),
        measured.furthest,
        measured.wrong_from,
    );
}
