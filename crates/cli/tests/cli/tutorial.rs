//! The tutorial's commands, run; and what it says they print, compared.
//!
//! A block marked `sh` is run by a shell, with the program on its path. A block
//! marked `text` after it is what the block prints: its lines must stand in the
//! output in that order; a line `...` stands for any lines. Times differ between
//! machines, so numbers of ms and us are not compared; nor are white space and
//! the dashes of tables, which follow from them.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

const TUTORIAL: &str = include_str!("../../../../docs/tutorial.md");

/// A fenced block: its mark, its text, the line it starts on.
struct Block<'a> {
    mark: &'a str,
    text: String,
    line: usize,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(mark), None) => {
                open = Some(Block {
                    mark,
                    text: String::new(),
                    line: number,
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block that is not closed");
    blocks
}

fn run(script: &str, folder: &Path) -> (bool, String) {
    let program = Path::new(assert_cmd::cargo::cargo_bin!("blindscore"));
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let output = Command::new("sh")
        .args(["-euc", &format!("exec 2>&1\n{script}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// A line without what differs between machines.
fn plain(line: &str) -> String {
    let words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || c == '|')
        .filter(|word| !word.is_empty())
        .collect();
    let unit = |word: &str| ["us", "ms", "us,", "ms,"].contains(&word);
    let mut kept = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let is_time = words.get(index + 1).is_some_and(|next| unit(next));
        let dashes = word.chars().all(|c| c == '-');
        if !is_time && !dashes {
            kept.push(*word);
        }
    }
    kept.join(" ")
}

fn compare(want: &Block<'_>, got: &str) {
    let mut rest = got
        .lines()
        .map(plain)
        .filter(|line| !line.is_empty())
        .peekable();
    let mut anywhere = false;
    for (offset, line) in want.text.lines().enumerate() {
        if line.trim() == "..." {
            anywhere = true;
            continue;
        }
        let line = plain(line);
        if line.is_empty() {
            continue;
        }
        let found = if anywhere {
            rest.any(|got| got == line)
        } else {
            rest.next().is_some_and(|got| got == line)
        };
        let at = want.line + 1 + offset;
        assert!(
            found,
            "docs/tutorial.md, line {at}: {line:?} is not what is printed:\n{got}"
        );
        anywhere = false;
    }
    let ended = anywhere || rest.peek().is_none();
    assert!(
        ended,
        "docs/tutorial.md, line {}: more is printed:\n{got}",
        want.line
    );
}

#[test]
fn every_command_and_output_is_real() {
    let folder = tempfile::tempdir().unwrap();
    let mut printed: Option<String> = None;
    let mut run_blocks = 0;
    for block in blocks(TUTORIAL) {
        match block.mark {
            "sh" => {
                let (success, output) = run(&block.text, folder.path());
                assert!(success, "docs/tutorial.md, line {}:\n{output}", block.line);
                printed = Some(output);
                run_blocks += 1;
            }
            "text" => {
                let output = printed.take().unwrap();
                compare(&block, &output);
            }
            _ => {}
        }
    }
    assert!(run_blocks >= 8, "{run_blocks} blocks were run");
}

#[test]
fn a_wrong_line_is_noticed() {
    let want = |text: &str| Block {
        mark: "text",
        text: text.to_owned(),
        line: 1,
    };
    compare(&want("a\n...\nc 9 ms\n"), "a\nb\nc 12 ms\n");
    for wrong in ["a\nc\n", "a\n...\nd\n", "a\n"] {
        let compared = std::panic::catch_unwind(|| compare(&want(wrong), "a\nb\nc 12 ms\n"));
        assert!(compared.is_err(), "{wrong}");
    }
}
