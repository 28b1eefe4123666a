//! The modeller's way: an invented population, levels, a scorecard, its
//! validation under encryption; and tables that are refused.

use std::fmt::Write;

use crate::common::Play;

/// A plain table: a score-like number, a share with two decimals, a category,
/// all with some bearing on the outcome.
fn applicants(rows: u32, seed: u64) -> String {
    let mut state = seed;
    let mut unit = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1_u32 << 24)
    };
    let mut text = "applicant_id,months,share,account,bad\n".to_owned();
    for row in 0..rows {
        let (months, share, kind) = ((unit() * 40.0) as u32, unit(), (unit() * 3.0) as usize);
        let risk = 0.15 + 0.35 * share - 0.008 * f64::from(months) + 0.18 * kind as f64;
        let bad = u8::from(unit() < risk);
        let account = ["current", "joint", "mobile, prepaid"][kind];
        // Some shares are not known.
        let share = if row % 11 == 3 {
            String::new()
        } else {
            format!("{share:.2}")
        };
        writeln!(text, "P{row:04},{months},{share},\"{account}\",{bad}").unwrap();
    }
    text
}

fn fit<'a>(table: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fit = [
        "scorecard",
        "fit",
        "--table",
        table,
        "--outcome",
        "bad",
        "--out",
        "card.json",
    ];
    [&fit[..], more].concat()
}

fn validate<'a>(table: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let validate = [
        "scorecard",
        "validate",
        "card.json",
        "--table",
        table,
        "--outcome",
        "bad",
    ];
    [&validate[..], more].concat()
}

#[test]
fn from_transactions_to_an_encrypted_scorecard() {
    let play = Play::new();
    let drawn = play.json(&[
        "synth",
        "--applicants",
        "900",
        "--seed",
        "3",
        "--out",
        "people",
        "--json",
    ]);
    assert_eq!(
        (&drawn["invented"], &drawn["applicants"]),
        (&true.into(), &900.into())
    );
    let readme = String::from_utf8(play.read("people/README.txt")).unwrap();
    assert!(readme.starts_with("INVENTED DATA"), "{readme}");
    let stderr = play.refused(1, &["synth", "--applicants", "9", "--out", "people"]);
    assert!(stderr.contains("exists already"), "{stderr}");

    let people = [
        "people/transactions.csv",
        "--outcomes",
        "people/outcomes.csv",
    ];
    let mut scheme = vec![
        "scheme",
        "fit",
        "--scheme",
        "everyday.json",
        "--transactions",
    ];
    scheme.extend(people);
    scheme.extend(["--out", "fitted.json", "--json"]);
    let proposed = play.json(&scheme);
    assert!(proposed["slots"].as_u64().unwrap() <= 2048);
    for line in proposed["lines"].as_array().unwrap() {
        let apart = |when: &str| line[when]["told_apart"].as_f64().unwrap();
        // The longest window of a sum of money keeps nearly all of what there is.
        if line["months"] == 12 && line["unit"].as_i64().unwrap() >= 1_000 {
            assert!(apart("after") > 0.85, "{line}");
        }
    }

    let mut table = vec!["history", "table"];
    table.extend(people);
    table.extend(["--scheme", "fitted.json", "--out", "table.csv", "--json"]);
    let levelled = play.json(&table);
    assert_eq!(
        (&levelled["rows"], &levelled["grouped"]),
        (&900.into(), &true.into())
    );

    let more = [
        "--scheme",
        "fitted.json",
        "--report",
        "card.html",
        "--group",
        "age_band",
        "--json",
    ];
    let fitted = play.json(&fit("table.csv", &more));
    let auc = fitted["cross_validation"]["auc"].as_f64().unwrap();
    assert!((0.70..0.88).contains(&auc), "{auc}");
    let page = String::from_utf8(play.read("card.html")).unwrap();
    assert!(
        page.contains("<svg") && !page.contains("src=\"http"),
        "a page that stands alone"
    );

    let checked = play.json(&validate("table.csv", &["--encrypted", "25", "--json"]));
    let encrypted = &checked["encrypted"];
    assert_eq!(
        (&encrypted["applicants"], &encrypted["equal"]),
        (&25.into(), &25.into())
    );
    assert_eq!(encrypted["largest_difference"], 0);
    play.run(&["scorecard", "show", "card.json", "--scheme", "card.json"])
        .success();
}

#[test]
fn a_plain_table_needs_no_scheme() {
    let play = Play::new();
    play.write("train.csv", applicants(900, 1));
    play.write("later.csv", applicants(500, 2));
    let told = play
        .run(&fit("train.csv", &["--report", "card.html"]))
        .success();
    let stdout = String::from_utf8_lossy(&told.get_output().stdout).into_owned();
    assert!(
        stdout.contains("\"applicant_id\" is taken for the applicant's id"),
        "{stdout}"
    );
    assert!(play.read("card.html").starts_with(b"<!"));
    let stderr = play.refused(1, &fit("train.csv", &[]));
    assert!(
        stderr.contains("card.json") && stderr.contains("exists already"),
        "{stderr}"
    );

    let checked = play.json(&validate("later.csv", &["--encrypted", "40", "--json"]));
    assert_eq!(checked["encrypted"]["equal"], 40);
    let auc = checked["auc"]["area"]
        .as_f64()
        .or(checked["auc"]["auc"].as_f64());
    assert!(auc.is_some_and(|auc| auc > 0.6), "{}", checked["auc"]);

    let compare = [
        "scorecard",
        "compare",
        "card.json",
        "card.json",
        "--table",
        "later.csv",
    ];
    let same = play.json(&[&compare[..], &["--outcome", "bad", "--json"]].concat());
    assert_eq!(same["rows"], 500);
}

#[test]
fn tables_that_cannot_be_trained_on_are_refused_by_row_and_column() {
    let play = Play::new();
    let good = applicants(300, 5);
    let lines: Vec<&str> = good.lines().collect();
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line;
        lines.join("\n") + "\n"
    };
    let one_class = good.lines().map(|line| match line.strip_suffix(",1") {
        Some(rest) => format!("{rest},0\n"),
        None => format!("{line}\n"),
    });
    let wide = |cells: &str| vec![cells; 10_000].join(",");
    let header: Vec<String> = (0..10_000).map(|at| format!("c{at}")).collect();
    let wide = format!(
        "bad,{}\n0,{}\n1,{}\n",
        header.join(","),
        wide("1"),
        wide("2")
    );
    for (name, table, words) in [
        (
            "not a number",
            with(7, "P0006,4x,0.50,joint,0"),
            &["line 8", "months", "number"][..],
        ),
        (
            "an outcome that is none",
            with(7, "P0006,4,0.50,joint,maybe"),
            &["row 7", "bad"],
        ),
        (
            "a row too short",
            with(7, "P0006,4,0.50"),
            &["line 8", "3 fields", "want 5"],
        ),
        (
            "one id twice",
            with(7, lines[2]),
            &["rows 2 and 7", "one id"],
        ),
        ("one class", one_class.collect(), &["bad"]),
        ("10,000 columns", wide, &["10000 columns", "at most 255"]),
        (
            "cut short",
            good[..good.len() - 9].to_owned(),
            &["line 301", "cut short"],
        ),
        (
            "an open quote",
            with(7, "P0006,4,0.50,\"joint,0"),
            &["line 8", "quote"],
        ),
        ("no rows", lines[0].to_owned(), &["no rows"]),
        ("nothing", String::new(), &["the table is empty"]),
        (
            "semicolons",
            good.replace(',', ";"),
            &["no column", "semicolons", "commas"],
        ),
        (
            "a cell with a line break",
            with(7, "P0006,4,0.50,\"joint\nprepaid\",0"),
            &["line 8", "line breaks"],
        ),
        (
            "infinity",
            with(7, "P0006,inf,0.50,joint,0"),
            &["line 8", "months", "number"],
        ),
        (
            "a column twice",
            good.replace("months,share", "share,share"),
            &["column 3", "rename"],
        ),
        (
            "no outcome",
            good.replace(",bad\n", ",outcome\n"),
            &["\"bad\"", "no column"],
        ),
    ] {
        play.write("table.csv", table);
        let stderr = play.refused(1, &fit("table.csv", &[]));
        for word in words {
            assert!(stderr.contains(word), "{name}: no {word:?} in {stderr}");
        }
        assert!(stderr.contains("table.csv"), "{name}: {stderr}");
        assert!(!play.path("card.json").exists(), "{name}");
    }
}

#[test]
fn later_tables_are_refused_by_row_and_column() {
    let play = Play::new();
    let good = applicants(400, 6);
    play.write("table.csv", &good);
    play.run(&fit("table.csv", &["--folds", "0"])).success();
    for (table, word) in [
        (String::new(), "the table is empty"),
        (good.replace(',', ";"), "semicolons"),
    ] {
        play.write("later.csv", &table);
        let stderr = play.refused(1, &validate("later.csv", &[]));
        assert!(stderr.contains(word), "{stderr}");
    }
    play.write("later.csv", "");
    let stderr = play.refused(1, &["scorecard", "apply", "card.json", "later.csv"]);
    assert!(stderr.contains("the table is empty"), "{stderr}");
    let lines: Vec<&str> = good.lines().collect();
    for (name, line, words) in [
        (
            "an unseen category",
            "P0006,4,0.50,crypto,0",
            ["7", "account", "categor"],
        ),
        (
            "not a number",
            "P0006,four,0.50,joint,0",
            ["7", "months", "number"],
        ),
    ] {
        let mut lines = lines.clone();
        lines[7] = line;
        play.write("later.csv", lines.join("\n"));
        let stderr = play.refused(1, &validate("later.csv", &[]));
        for word in words {
            assert!(stderr.contains(word), "{name}: no {word:?} in {stderr}");
        }
        assert!(
            !stderr.contains("crypto") && !stderr.contains("four"),
            "a cell in {stderr}"
        );
    }
}

#[test]
fn constant_columns_are_told_and_separation_is_refused() {
    let play = Play::new();
    let table = |hint: u32| {
        let mut text = "constant,useful,leak,bad\n".to_owned();
        for row in 0..600_u32 {
            let bad = row % 3 == 0;
            let useful = row * 7 % 13 + if bad { 4 } else { 0 };
            let leak = if bad { hint } else { 0 } + row % 2;
            writeln!(text, "5,{useful},{leak},{}", u8::from(bad)).unwrap();
        }
        text
    };
    play.write("table.csv", table(10));
    let stderr = play.refused(1, &fit("table.csv", &["--folds", "0"]));
    assert!(
        stderr.contains("\"leak\"") && stderr.contains("separated"),
        "{stderr}"
    );

    // One level holds good and bad, since there are more values than levels.
    let mut fine = "amount,bad\n".to_owned();
    for row in 0..900 {
        writeln!(fine, "{row},{}", u8::from(row < 100)).unwrap();
    }
    play.write("fine.csv", fine);
    let stderr = play.refused(1, &fit("fine.csv", &["--folds", "0"]));
    assert!(stderr.contains("separated"), "{stderr}");

    play.write("table.csv", table(0));
    let told = play.run(&fit("table.csv", &["--folds", "0"])).success();
    let stdout = String::from_utf8_lossy(&told.get_output().stdout).into_owned();
    assert!(stdout.contains("one number everywhere"), "{stdout}");
    assert!(stdout.contains("\"constant\" has one bin only"), "{stdout}");
    let card = String::from_utf8(play.read("card.json")).unwrap();
    assert!(
        card.contains("useful") && !card.contains("constant"),
        "{card}"
    );

    let only = ["--only", "constant", "--folds", "0", "--force"];
    let stderr = play.refused(1, &fit("table.csv", &only));
    assert!(
        stderr.contains("table.csv") && stderr.contains("one bin only"),
        "{stderr}"
    );
}

/// Two amounts of which only the ratio tells anything.
fn amounts(rows: u32) -> String {
    let mut text = "id,age,limit,bill,bad\n".to_owned();
    let mut state = 7_u32;
    let mut next = |most: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % most
    };
    for row in 0..rows {
        let limit = 1_000 + next(9_000);
        let share = if row % 50 == 0 { 0 } else { next(1_000) };
        let bill = limit * share / 1_000;
        let bad = u8::from(next(1_000) < 50 + 400 * bill / limit);
        let limit = if row == 3 { 0 } else { limit };
        writeln!(text, "P{row},{},{limit},{bill},{bad}", 20 + next(40)).unwrap();
    }
    text
}

#[test]
fn a_report_shows_each_characteristics_own_bins() {
    let play = Play::new();
    // The columns that the card leaves out stand before those that it reads.
    let mut text = "noise,constant,useful,amount,bad\n".to_owned();
    for row in 0..1_200_u32 {
        let bad = row % 3 == 0;
        let useful = row * 7 % 13 + if bad { 4 } else { 0 };
        let amount = 1_000 + row * 11 % 97 * 10 + if bad { 300 } else { 0 };
        writeln!(text, "{},5,{useful},{amount},{}", row % 2, u8::from(bad)).unwrap();
    }
    play.write("table.csv", text);
    let more = ["--folds", "0", "--report", "card.html", "--json"];
    let json = play.json(&fit("table.csv", &more));
    let page = String::from_utf8(play.read("card.html")).unwrap();
    let candidates = json["fit"]["candidates"].as_array().unwrap();
    let chosen = candidates.iter().filter(|c| c["selected"] == "yes");
    let mut shown = 0;
    for candidate in chosen {
        for bin in candidate["bins"].as_array().unwrap() {
            let label = bin["label"].as_str().unwrap();
            assert!(page.contains(&format!(">{label}<")), "no {label:?}");
            shown += 1;
        }
    }
    assert!(shown >= 4, "{json}");
    assert_eq!(page.matches(">WoE<").count(), 2);
}

#[test]
fn derived_columns_stay_with_the_card() {
    let play = Play::new();
    play.write("table.csv", amounts(1_200));
    let derived = ["--derive", "used=bill/limit", "--folds", "0"];
    play.run(&fit("table.csv", &derived)).success();
    let shown = play.run(&["scheme", "show", "card.json"]).success();
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    assert!(shown.contains("bill / limit"), "{shown}");
    // The table has no such column: the card computes it.
    let json = play.json(&validate("table.csv", &["--encrypted", "3", "--json"]));
    assert!(json["auc"]["area"].as_f64().unwrap() > 0.6, "{json}");
    assert_eq!(json["encrypted"]["equal"], 3);
    let applied = play
        .run(&["scorecard", "apply", "card.json", "table.csv"])
        .success();
    let applied = String::from_utf8_lossy(&applied.get_output().stdout).into_owned();
    assert_eq!(applied.lines().count(), 1_201);
    // Another program computes it first.
    let export = [
        "scorecard",
        "export",
        "card.json",
        "--format",
        "pmml",
        "--out",
        "card.pmml",
    ];
    let told = play.run(&export).success();
    let stderr = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(stderr.contains("\"used\" holds bill / limit"), "{stderr}");
    play.run(&["scorecard", "import", "card.pmml", "--out", "again.json"])
        .success();
    let shown = play.run(&["scheme", "show", "again.json"]).success();
    assert!(!String::from_utf8_lossy(&shown.get_output().stdout).contains("bill / limit"));

    play.write("later.csv", "id,bill,bad\nP1,5,0\nP2,6,1\n");
    let stderr = play.refused(1, &validate("later.csv", &[]));
    assert!(stderr.contains("no column \"limit\""), "{stderr}");
    play.write("later.csv", "id,bill,limit,bad\nP1,5,x,0\nP2,6,9,1\n");
    let stderr = play.refused(1, &validate("later.csv", &[]));
    assert!(
        stderr.contains("row 1") && stderr.contains("\"limit\""),
        "{stderr}"
    );

    for (derive, word) in [
        ("used", "NAME=FORMULA"),
        ("used=bill*limit", "no part of a formula"),
        ("used=bill/absent", "no column \"absent\""),
        ("age=bill/limit", "names a column already"),
        ("used=bill/bad", "must not see"),
    ] {
        let more = ["--derive", derive, "--force"];
        let output = play.run(&fit("table.csv", &more)).failure();
        let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(stderr.contains(word), "{derive}: {stderr}");
    }
}

#[test]
fn ratios_are_made_where_rows_allow_and_can_be_left_out() {
    let play = Play::new();
    play.write("small.csv", amounts(1_200));
    play.write("large.csv", amounts(5_000));
    let ratios = |table, more: &[&str]| {
        let more = [&["--folds", "0", "--force"][..], more].concat();
        let told = play.run(&fit(table, &more)).success();
        String::from_utf8_lossy(&told.get_output().stdout).into_owned()
    };
    assert!(!ratios("small.csv", &[]).contains("ratios of columns"));
    assert!(ratios("small.csv", &["--ratios", "always"]).contains("3 ratios of columns"));
    let told = ratios("large.csv", &[]);
    assert!(
        told.contains("3 ratios of columns") && told.contains("bill / limit"),
        "{told}"
    );
    assert!(!ratios("large.csv", &["--ratios", "never"]).contains("bill / limit"));
}
