//! Populations read from files: any order, any split into files, refused with
//! file, line and column.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::path::{Path, PathBuf};

use blindscore_history::levels::CoverageRule;
use blindscore_history::population::{
    ApplicantColumns, Applicants, PopulationError, PopulationOptions, Tally, levels,
};
use blindscore_history::scheme::Scheme;
use blindscore_history::synth::{self, Population};
use flate2::write::GzEncoder;
use tempfile::TempDir;

const SCHEME: &str = r#"{"blindscore_scheme": 1, "name": "small", "version": 1, "currency": "EUR",
    "sources_max": 2, "lines": [
    {"name": "income", "kind": "pooled", "direction": "in", "flows": ["income"], "unit": 10000, "cap": 120, "windows": [3, 6]},
    {"name": "food", "kind": "pooled", "flows": ["expenditure"], "categories": ["FOOD"], "unit": 2000, "cap": 120, "windows": [1, 6]},
    {"name": "lowest", "kind": "single", "measure": "lowest_balance", "role": "main_account", "unit": 10000, "origin": -200000, "cap": 60, "windows": [3]}
    ]}"#;

struct Files {
    folder: TempDir,
}

impl Files {
    fn synth(people: u64) -> (Self, Vec<String>) {
        let files = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let (mut transactions, mut outcomes) = (Vec::new(), Vec::new());
        synth::write_outcomes_header(&mut outcomes).unwrap();
        let population = Population::new(11, 6).unwrap();
        population
            .write(0..people, &mut transactions, &mut outcomes)
            .unwrap();
        files.write("outcomes.csv", &outcomes);
        let text = String::from_utf8(transactions).unwrap();
        (files, text.lines().map(str::to_owned).collect())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn transactions(&self, name: &str, lines: &[String]) -> PathBuf {
        let mut bytes = Vec::new();
        synth::write_transactions_header(&mut bytes).unwrap();
        bytes.extend_from_slice(lines.join("\n").as_bytes());
        bytes.push(b'\n');
        self.write(name, bytes)
    }

    fn outcomes(&self) -> PathBuf {
        self.folder.path().join("outcomes.csv")
    }

    fn read(
        &self,
        transactions: &Path,
        change: impl FnOnce(&mut PopulationOptions),
    ) -> Result<(String, Tally), PopulationError> {
        let scheme = Scheme::from_json(SCHEME).unwrap();
        let applicants = Applicants::read(&self.outcomes(), ApplicantColumns::default())?;
        let mut options = PopulationOptions::new(scheme.currency());
        change(&mut options);
        let (table, tally) = levels(transactions, &applicants, &scheme, &options, &|_| {})?;
        let mut csv = Vec::new();
        table.write_csv(&applicants, &mut csv)?;
        Ok((String::from_utf8(csv).unwrap(), tally))
    }
}

#[test]
fn order_and_files_do_not_matter() {
    let (files, lines) = Files::synth(60);
    let plain = files.transactions("plain.csv", &lines);
    let (want, tally) = files.read(&plain, |_| {}).unwrap();
    assert!(
        tally.grouped && tally.applicants == 60 && tally.unordered == 0,
        "{tally:?}"
    );
    assert_eq!(want.lines().count(), 61);
    assert!(
        want.starts_with(
            "applicant_id,as_of,income@3,income@6,food@1,food@6,lowest@3,age_band,bad\n"
        )
    );

    // By date over all applicants, as a bank's day book is; tiny buckets.
    let mut by_date = lines.clone();
    by_date.sort_by_key(|line| line.split(',').nth(1).unwrap().to_owned());
    let path = files.transactions("by_date.csv", &by_date);
    let (got, tally) = files
        .read(&path, |options| options.bucket_bytes = 10_000)
        .unwrap();
    assert!(!tally.grouped);
    assert_eq!(got, want);

    // A file a month, one of them compressed, in a folder with other things.
    let (early, late): (Vec<_>, Vec<_>) = by_date
        .into_iter()
        .partition(|line| line.split(',').nth(1).unwrap() < "2025-06-01");
    files.transactions("folder/a.csv", &early);
    let late = std::fs::read(files.transactions("late.csv", &late)).unwrap();
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&late).unwrap();
    files.write("folder/b.csv.gz", gzip.finish().unwrap());
    files.write("folder/README.txt", "not a table");
    let (got, _) = files
        .read(&files.folder.path().join("folder"), |_| {})
        .unwrap();
    assert_eq!(got, want);
}

#[test]
fn nothing_of_the_as_of_date_and_later_is_read() {
    let (files, mut lines) = Files::synth(3);
    let plain = files.transactions("plain.csv", &lines);
    let (want, _) = files.read(&plain, |_| {}).unwrap();
    lines.push("X0000002,2029-01-01,99999.00,EUR,income,,99999.00".to_owned());
    lines.push("Y1,2025-01-01,99999.00,EUR,income,,99999.00".to_owned());
    let (got, tally) = files
        .read(&files.transactions("later.csv", &lines), |_| {})
        .unwrap();
    assert_eq!((got, tally.later, tally.others), (want, 1, 1));
}

#[test]
fn short_histories_have_no_row_unless_allowed() {
    let (files, lines) = Files::synth(3);
    let outcomes = "applicant_id,as_of,bad\nX0000000,2025-08-11,0\nnobody,2025-08-11,1\n";
    let shift = |line: &String| line.starts_with("X0000000").then(|| line.clone());
    let mine: Vec<String> = lines.iter().filter_map(shift).collect();
    let first = mine[0].split(',').nth(1).unwrap()[..7].to_owned();
    files.write(
        "outcomes.csv",
        outcomes.replace("2025-08-11", &format!("{first}-28")),
    );
    let path = files.transactions("plain.csv", &mine);
    let error = files.read(&path, |_| {}).unwrap_err();
    assert!(
        matches!(
            error,
            PopulationError::NoneUsable {
                without: 1,
                short: 1,
                ..
            }
        ),
        "{error}"
    );
    // One month more: short, but allowed.
    let month: i32 = first[5..].parse().unwrap();
    let later = if month == 12 {
        "2026-01-20".to_owned()
    } else {
        format!("{}-{:02}-20", &first[..4], month + 1)
    };
    files.write("outcomes.csv", outcomes.replace("2025-08-11", &later));
    let allow = |options: &mut PopulationOptions| options.coverage = CoverageRule::AllowShorter;
    let (table, tally) = files.read(&path, allow).unwrap();
    assert_eq!(
        (tally.applicants, tally.without, table.lines().count()),
        (1, 1, 2)
    );
}

#[test]
fn words_for_the_direction_stand_for_signs() {
    let (files, lines) = Files::synth(5);
    let (want, _) = files
        .read(&files.transactions("signed.csv", &lines), |_| {})
        .unwrap();
    let worded: Vec<String> = lines
        .iter()
        .map(|line| {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            let out = fields[2].starts_with('-');
            fields[2] = fields[2].trim_start_matches('-').to_owned();
            fields.push(if out { "debit" } else { "CREDIT" }.to_owned());
            fields.join(",")
        })
        .collect();
    let text = format!(
        "applicant_id,date,amount,currency,flow,category,balance,direction\n{}\n",
        worded.join("\n")
    );
    let (got, _) = files
        .read(&files.write("worded.csv", text), |_| {})
        .unwrap();
    assert_eq!(got, want);
}

#[test]
fn faults_are_named_by_file_line_and_column() {
    let (files, lines) = Files::synth(2);
    let good = std::fs::read_to_string(files.outcomes()).unwrap();
    let spoiled = |at: usize, with: &str| {
        let mut lines = lines.clone();
        lines[at] = with.to_owned();
        files.transactions("spoiled.csv", &lines)
    };
    for (with, words) in [
        (
            "X0000000,2025-02-30,-1.00,EUR,cash,,5.00",
            ["line 5", "\"date\"", "not a date"],
        ),
        (
            "X0000000,2025-02-03,-1.0x,EUR,cash,,5.00",
            ["line 5", "\"amount\"", "number"],
        ),
        (
            "X0000000,2025-02-03,-1.00,USD,cash,,5.00",
            ["line 5", "\"currency\"", "USD"],
        ),
        (
            "X0000000,2025-02-03,-1.00,EUR,gifts,,5.00",
            ["line 5", "\"flow\"", "unknown flow"],
        ),
        (
            "X0000000,2025-02-03,-1.00,EUR",
            ["line 5", "4 fields", "want 7"],
        ),
        (
            "X0000000,\"2025-02-03,-1.00,EUR,cash,,5.00",
            ["line 5", "quote", "spoiled.csv"],
        ),
    ] {
        let error = files
            .read(&spoiled(3, with), |_| {})
            .unwrap_err()
            .to_string();
        for word in words {
            assert!(error.contains(word), "{with}: {error}");
        }
        assert!(!error.contains("-1.0"), "an amount in {error}");
    }
    // Cut short in the middle of a line.
    let whole = std::fs::read(files.transactions("whole.csv", &lines)).unwrap();
    let cut = files.write("cut.csv", &whole[..whole.len() - 30]);
    let error = files.read(&cut, |_| {}).unwrap_err().to_string();
    assert!(error.contains("cut short"), "{error}");
    // The outcome table.
    let path = files.transactions("good.csv", &lines);
    for (outcomes, words) in [
        (
            format!("{good}X0000001,2025-08-11,,x,0\n"),
            ["line 4", "X0000001", "line 3"],
        ),
        (
            good.replace("as_of", "asof"),
            ["\"as_of\"", "asof", "outcomes.csv"],
        ),
        (
            format!("{good}X7,soon,,x,0\n"),
            ["line 4", "\"as_of\"", "not a date"],
        ),
        (
            "applicant_id,as_of,bad\n".to_owned(),
            ["no applicants", "outcomes.csv", "header"],
        ),
        (String::new(), ["empty file", "outcomes.csv", "header"]),
        (
            good.replace("age_band", "income@3"),
            ["\"income@3\"", "@", "rename"],
        ),
    ] {
        files.write("outcomes.csv", outcomes);
        let error = files.read(&path, |_| {}).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{word}: {error}");
        }
    }
}
