//! What is refused: with which exit code, with which words, and never with an
//! amount or a score.

use crate::common::{AS_OF, Play};
use blindscore_evaluator::Evaluation;
use blindscore_fhe::parameters::{PARAMETER_ID, encode};
use blindscore_fhe::{BlindResult, PackedHistory};
use blindscore_protocol::envelope;
use blindscore_protocol::message::{EvaluationHeader, SealedHistoryHeader};

const SEALED: [&str; 2] = ["bank.sealed", "wallet.sealed"];

fn build<'a>(file: &'a str, scheme: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let build = [
        "history", "build", file, "--scheme", scheme, "--as-of", AS_OF,
    ];
    [&build[..], more].concat()
}

fn score<'a>(key: &'a str, scheme: &'a str, sealed: &[&'a str]) -> Vec<&'a str> {
    let score = [
        "score",
        "--without-consent",
        "--scheme",
        scheme,
        "--scorecard",
        "steady.json",
        "--key",
        key,
    ];
    [&score[..], &["--out", "again"], sealed].concat()
}

#[test]
fn absent_files_and_directories_are_named() {
    let play = Play::new();
    let stderr = play.refused(4, &build("absent.csv", "everyday.json", &[]));
    assert!(
        stderr.contains("absent.csv") && stderr.contains("no such file"),
        "{stderr}"
    );
    let stderr = play.refused(4, &build(".", "everyday.json", &[]));
    assert!(stderr.contains("directory"), "{stderr}");
    let stderr = play.refused(
        4,
        &build("bank.csv", "everyday.json", &["--out", "no/levels.json"]),
    );
    assert!(stderr.contains("no/levels.json"), "{stderr}");
}

#[test]
fn a_bad_statement_names_its_line_and_not_its_amount() {
    let play = Play::new();
    let text = String::from_utf8(play.read("bank.csv")).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[16] = lines[16].replace(",EUR,", "x,EUR,");
    let amount = lines[16].split(',').nth(1).unwrap().to_owned();
    play.write("bad.csv", lines.join("\n"));
    let stderr = play.refused(
        1,
        &build("bad.csv", "everyday.json", &["--out", "levels.json"]),
    );
    assert!(stderr.contains("bad.csv, line 17"), "{stderr}");
    assert!(!stderr.contains(&amount), "{stderr}");
    assert!(stderr.contains("hint: "), "{stderr}");
    assert!(!play.path("levels.json").exists());
}

#[test]
fn short_statements_are_told_and_stale_ones_refused() {
    let play = Play::new();
    let mut arguments = build("bank.csv", "everyday.json", &[]);
    arguments[6] = "2026-05-15";
    let told = play.run(&arguments).success();
    let stderr = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(stderr.contains("cover 6 of the 12 months"), "{stderr}");
    arguments[6] = "2027-05-15";
    let stderr = play.refused(1, &arguments);
    assert!(stderr.contains("--covers"), "{stderr}");
}

#[test]
fn levels_of_a_short_period_are_sealed_only_where_the_request_allows_it() {
    let play = Play::new();
    play.keygen();
    let mut build = build("bank.csv", "everyday.json", &["--out", "l.json"]);
    build[6] = "2026-05-15";
    play.run(&build).success();
    let seal = [
        "seal",
        "--levels",
        "l.json",
        "--scheme",
        "everyday.json",
        "--key",
    ];
    let to = [
        "applicant.public",
        "--sealing-key",
        "k",
        "--source",
        "bank",
        "--form",
        "packed",
    ];
    let mut seal = [&seal[..], &to, &["--out", "x"]].concat();
    let stderr = play.refused(1, &seal);
    assert!(stderr.contains("--allow-shorter"), "{stderr}");
    assert!(
        !play.path("x").exists() && !play.path("k").exists(),
        "nothing was made"
    );
    seal.push("--allow-shorter");
    play.run(&seal).success();
}

#[test]
fn wrong_names_of_bundled_things_are_a_usage_error() {
    let play = Play::new();
    let stderr = play.refused(2, &build("bank.csv", "builtin:nothing", &[]));
    assert!(stderr.contains("builtin:everyday"), "{stderr}");
    let more = ["--covers", "2026-01-01..2025-01-01"];
    play.refused(2, &build("bank.csv", "everyday.json", &more));
    play.refused(
        2,
        &build("bank.csv", "everyday.json", &["--format", "stone-tablet"]),
    );
}

#[test]
fn control_characters_of_others_never_reach_the_terminal() {
    let play = Play::new();
    // Names of fields, which the message repeats.
    let scheme = String::from_utf8(play.read("everyday.json")).unwrap();
    let field = r#""\u001b[2J\u009b1A\u0007": 1, "name":"#;
    play.write("evil.json", scheme.replacen("\"name\":", field, 1));
    let stderr = play.refused(1, &["scheme", "check", "evil.json"]);
    assert!(
        stderr.contains("\u{fffd}[2J\u{fffd}1A\u{fffd}"),
        "{stderr:?}"
    );
    // A statement's columns.
    play.write(
        "evil.csv",
        "date,amount,\u{1b}]0;x\u{7}\r\n2026-01-02,x,y\r\n",
    );
    let statement = play.refused(1, &build("evil.csv", "everyday.json", &[]));
    for text in [stderr, statement] {
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(control), "{text:?}");
    }
}

#[test]
fn keys_and_examples_are_never_overwritten() {
    let play = Play::new();
    play.keygen();
    let secret = play.read("applicant.secret");
    let stderr = play.refused(1, &["keygen", "--out", "."]);
    assert!(stderr.contains("applicant.secret"), "{stderr}");
    assert_eq!(play.read("applicant.secret"), secret);
    // Either half stops it.
    std::fs::remove_file(play.path("applicant.secret")).unwrap();
    play.refused(1, &["keygen", "--out", "."]);
    assert!(!play.path("applicant.secret").exists());
    play.refused(1, &["examples", "write", "."]);
}

#[test]
fn changed_messages_are_refused_by_the_platform() {
    let play = Play::scored();
    let sealed = play.read("bank.sealed");
    play.write("cut.sealed", &sealed[..sealed.len() / 2]);
    let stderr = play.refused(
        1,
        &score("applicant.public", "everyday.json", &["cut.sealed"]),
    );
    assert!(
        stderr.contains("cut.sealed") && stderr.contains("is cut"),
        "{stderr}"
    );
    let mut flipped = sealed.clone();
    flipped[sealed.len() / 2] ^= 1;
    play.write("flipped.sealed", flipped);
    let stderr = play.refused(
        1,
        &score("applicant.public", "everyday.json", &["flipped.sealed"]),
    );
    assert!(stderr.contains("changed on the way"), "{stderr}");
    play.write("empty.sealed", b"");
    play.refused(
        1,
        &score("applicant.public", "everyday.json", &["empty.sealed"]),
    );
    play.refused(
        1,
        &score("applicant.public", "everyday.json", &["applicant.public"]),
    );
    play.refused(1, &score("bank.sealed", "everyday.json", &SEALED));
    assert!(!play.path("again").exists());
}

#[test]
fn another_scheme_key_or_scorecard_is_refused() {
    let play = Play::scored();
    let scheme = String::from_utf8(play.read("everyday.json")).unwrap();
    play.write(
        "other.json",
        scheme.replace("\"version\": 1", "\"version\": 2"),
    );
    let stderr = play.refused(1, &score("applicant.public", "other.json", &SEALED));
    assert!(stderr.contains("scheme"), "{stderr}");
    play.run(&["keygen", "--out", "other"]).success();
    let stderr = play.refused(
        1,
        &score("other/applicant.public", "everyday.json", &SEALED),
    );
    assert!(stderr.contains("is sealed to key"), "{stderr}");
    let mut open = Play::open("steady.json", "results/steady.evaluation", &SEALED);
    open[2] = "other/applicant.secret";
    let stderr = play.refused(1, &open);
    assert!(stderr.contains("bank.sealed: sealed to key"), "{stderr}");
    let stderr = play.refused(
        1,
        &Play::open("growth.json", "results/steady.evaluation", &SEALED),
    );
    assert!(stderr.contains("scorecard"), "{stderr}");
    let one = Play::open("steady.json", "results/steady.evaluation", &SEALED[..1]);
    let stderr = play.refused(1, &one);
    assert!(stderr.contains("bank, wallet"), "{stderr}");
}

#[test]
fn a_sealing_key_belongs_to_its_source_and_roles_to_the_scheme() {
    let play = Play::scored();
    let seal = [
        "seal",
        "--levels",
        "wallet.levels.json",
        "--scheme",
        "everyday.json",
    ];
    let to = [
        "--key",
        "applicant.public",
        "--form",
        "composable",
        "--out",
        "x",
        "--source",
        "wallet",
    ];
    let with = |more: &[&'static str]| [&seal[..], &to, more].concat();
    let stderr = play.refused(1, &with(&["--sealing-key", "bank.sealing"]));
    assert!(stderr.contains("sealing key of bank"), "{stderr}");
    let stderr = play.refused(
        1,
        &with(&["--sealing-key", "wallet.sealing", "--role", "main"]),
    );
    assert!(stderr.contains("main_account"), "{stderr}");
    assert!(!play.path("x").exists());
}

/// The evaluation of the steady card with its result changed, header and
/// digests made to fit again, as a platform that lies would send it.
fn forged(play: &Play, change: impl Fn(&mut [u8])) {
    let bytes = play.read("results/steady.evaluation");
    let (mut header, payload) = envelope::open::<EvaluationHeader>(&bytes, PARAMETER_ID).unwrap();
    let mut payload = payload.to_vec();
    change(&mut payload);
    header.result = BlindResult::from_bytes(&payload).unwrap().digest();
    let forged = envelope::close(&header, &payload);
    Evaluation::admit(&forged).expect("nobody without the key can tell");
    play.write("forged.evaluation", forged);
}

fn add(bytes: &mut [u8], at: usize, value: u64) {
    let word: &mut [u8; 8] = (&mut bytes[at..at + 8]).try_into().unwrap();
    *word = u64::from_le_bytes(*word).wrapping_add(value).to_le_bytes();
}

/// Where the score's coefficient stands in a result: after count and mask.
const SCORE: usize = 4 + 8 * 2048;

#[test]
fn a_forged_score_stops_everything_and_is_not_told() {
    let play = Play::scored();
    let open = Play::open("steady.json", "forged.evaluation", &SEALED);
    // A score one higher, noise as it was: only running it again shows it.
    forged(&play, |result| add(result, SCORE, encode(1)));
    let stderr = play.refused(3, &open);
    assert!(
        stderr.contains("other bytes") && stderr.contains("evidence"),
        "{stderr}"
    );
    assert!(
        !stderr.contains("747") && !stderr.contains("748"),
        "{stderr}"
    );
    // A score between two: outside its noise bound.
    forged(&play, |result| add(result, SCORE, encode(1) / 2));
    let stderr = play.refused(3, &open);
    assert!(stderr.contains("bound"), "{stderr}");
    // A score that no levels give.
    forged(&play, |result| add(result, SCORE, encode(900)));
    play.refused(3, &open);
    // With --json the same.
    play.refused(3, &[&open[..], &["--json"]].concat());
}

#[test]
fn a_dishonest_seal_stops_everything() {
    let play = Play::new();
    play.keygen();
    play.seal("bank", "bank.csv", &["--role", "main_account"], "packed");
    let bytes = play.read("bank.sealed");
    let (mut header, payload) =
        envelope::open::<SealedHistoryHeader>(&bytes, PARAMETER_ID).unwrap();
    let mut payload = payload.to_vec();
    // Two levels of one line-window at once, or none, somewhere.
    let word = &mut payload[6 * 2048..][..6];
    let mut wide = [0; 8];
    wide[2..].copy_from_slice(word);
    let changed = u64::from_le_bytes(wide).wrapping_add(encode(1));
    word.copy_from_slice(&changed.to_le_bytes()[2..]);
    header.ciphertexts = PackedHistory::from_bytes(&payload).unwrap().digest();
    play.write("bank.sealed", envelope::close(&header, &payload));
    play.score(&["bank.sealed"]);
    let open = Play::open("steady.json", "results/steady.evaluation", &["bank.sealed"]);
    let stderr = play.refused(3, &open);
    assert!(stderr.contains("bank.sealed"), "{stderr}");
}

#[test]
fn two_packed_histories_make_no_plan() {
    let play = Play::new();
    play.keygen();
    play.seal("bank", "bank.csv", &["--role", "main_account"], "packed");
    play.seal("wallet", "wallet.json", &[], "packed");
    let stderr = play.refused(1, &score("applicant.public", "everyday.json", &SEALED));
    assert!(stderr.contains("composable"), "{stderr}");
}
