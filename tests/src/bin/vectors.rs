//! `cargo run --release -p blindscore-tests --bin vectors`: writes the
//! known-answer vectors of the proof anew. They must not change unless the
//! protocol's version does.

use blindscore_tests::vectors::{directory, write};

fn main() -> std::io::Result<()> {
    write(&directory())
}
