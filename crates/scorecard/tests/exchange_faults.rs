//! Files that cannot be: each refusal says what is wrong and where.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exchange_common;

use std::fmt::Write;

use blindscore_scorecard::exchange::{IMPORT_BYTES_MAX, ImportOptions, InputFile, import};
use exchange_common::{refused, try_texts};
use proptest::prelude::*;

fn refused_bytes(bytes: &[u8]) -> String {
    let file = InputFile {
        name: "card",
        bytes,
    };
    import(&[file], &ImportOptions::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn pickles_are_never_read() {
    for bytes in [
        &b"\x80\x04\x95\x10\x00"[..],
        b"\x80\x02}q\x00.",
        b"ccopy_reg\n_reconstructor\np0\n.",
        b"(dp0\nS'a'\np1\n.",
    ] {
        let error = refused_bytes(bytes);
        assert!(
            error.contains("Python pickle") && error.contains("never read"),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_card_is_refused() {
    for (text, want) in [
        ("", "not a format that is known"),
        ("hello\nworld\n", "not a format that is known"),
        ("{}", "not a format that is known"),
        ("[1, 2]", "not a format that is known"),
        ("<html></html>", "is no PMML"),
        ("a,b\n1,2,3\n", "line 2: 3 fields; want 2"),
        ("{\"age\": {\"[-inf ~ inf)\": NaN}}", "line 1"),
        (
            "{\"age\": {\"[-inf ~ inf)\": 1}, \"age\": {\"[-inf ~ inf)\": 2}}",
            "\"age\" is there twice",
        ),
        ("{\"age\": {\"[-inf ~ 3)\": 1", "line 1"),
        ("{\"age\": [1.5, NaN]}", "toad's combiner"),
        (
            "{\"age\": {\"[-inf ~ inf)\": \"1\"}}",
            "got the text \"1\"; want a number",
        ),
        (
            ",name,dtype,status,selected,n_bins,iv\n0,x,numerical,OPTIMAL,True,5,0.1\n",
            "holds no points",
        ),
        ("variable,bin,woe\nx,missing,0.1\n", "holds no points"),
    ] {
        let error = refused(text);
        assert!(error.contains(want), "{text:?}: {error}");
    }
    assert!(refused_bytes(b"variable,bin,points\n\xff\xfe").contains("from byte 20 on"));
    let large = vec![b' '; IMPORT_BYTES_MAX + 1];
    assert!(refused_bytes(&large).contains("want at most"));
}

#[test]
fn bins_and_variables_are_named() {
    let head = "variable,bin,points\n";
    for (rows, want) in [
        (
            "age,\"[-inf,3.0)\",1\nage,\"[4.0,inf)\",2\n",
            "variable \"age\": bins [-inf,3.0) and [4.0,inf) leave a gap",
        ),
        ("age,\"[-inf,5.0)\",1\nage,\"[4.0,inf)\",2\n", "overlap"),
        ("age,\"[1.0,inf)\",1\n", "no bin below"),
        (
            "age,\"[-inf,inf)\",nan\n",
            "line 2: variable \"age\", points: got \"nan\"",
        ),
        (
            "age,\"[-inf,inf)\",1\nwork,own,2\nage,missing,3\n",
            "line 4: variable \"age\" comes again",
        ),
        (
            "age,missing,1\nage,missing,2\n",
            "line 3: variable \"age\" has bin \"missing\" twice",
        ),
        (
            "work,\"own%,%paid\",1\nwork,paid,2\n",
            "category \"paid\" is in two bins",
        ),
        (",missing,1\n", "line 2: no variable"),
        ("age,\"[-inf,inf)\",1e12\n", "points out of bounds"),
        ("basepoints,,5\n", "got 0 variables"),
        ("", "cut short"),
        ("age,\"[-inf,inf)\"\n", "line 2: 2 fields; want 3"),
        (
            "age,\"[-inf,3)\",1\nage,\"[3,inf)\",2\nage,often,3\n",
            "neither a range nor a number",
        ),
    ] {
        let error = refused(&format!("{head}{rows}"));
        assert!(error.contains(want), "{rows:?}: {error}");
    }
}

#[test]
fn ten_thousand_columns_are_counted_not_carried() {
    let mut text = String::from("variable,bin,points\n");
    for index in 0..10_000 {
        writeln!(text, "x{index},\"[-inf,1.0)\",1\nx{index},\"[1.0,inf)\",2").unwrap();
    }
    let error = refused(&text);
    assert!(
        error.contains("got 10000 variables; want 1 to 255"),
        "{error}"
    );
}

#[test]
fn many_bins_are_counted() {
    let mut text = String::from("variable,bin,points\nx,\"[-inf,0)\",1\n");
    for index in 0..300 {
        writeln!(text, "x,\"[{index},{})\",1", index + 1).unwrap();
    }
    text += "x,\"[300,inf)\",2\n";
    let error = refused(&text);
    assert!(error.contains("302 bins; want at most 255"), "{error}");
}

#[test]
fn binning_and_table_must_be_of_one_fit() {
    let table = "Variable,Bin,Points\nage,\"(-inf, 30.50)\",1\nage,\"[30.50, inf)\",2\nage,Special,0\nage,Missing,0\n";
    let binning = |cuts: &str| {
        format!(
            r#"{{"name": "age", "dtype": "numerical", "splits": [{cuts}], "special_codes": null}}"#
        )
    };
    for (cuts, fits) in [
        ("30.5", true),
        ("30.504", true),
        ("30.6", false),
        ("30.5, 40", false),
    ] {
        let read = try_texts(&[table, &binning(cuts)], &ImportOptions::default());
        assert_eq!(read.is_ok(), fits, "{cuts}: {read:?}");
    }
    let other = binning("30.5").replace("\"name\": \"age\"", "\"name\": \"income\"");
    let error = try_texts(&[table, &other], &ImportOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("in the table but not in the binning"),
        "{error}"
    );
    let broken = binning("40, 30.5");
    let error = try_texts(&[table, &broken], &ImportOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("at splits[1]") && error.contains("ascending"),
        "{error}"
    );
}

#[test]
fn card_files_are_checked() {
    let csv = "Variable,Bin,Points\nbasepoints,,1\nage,\"(-inf, 30)\",5.5\nage,\"[30, inf)\",25\nage,missing,12\n";
    let card = exchange_common::texts(&[csv]).card;
    let json = card.to_json();
    for (from, to, want) in [
        ("\"blindscore_card\": 1", "\"blindscore_card\": 2", "want 1"),
        ("\"decimals\": 1", "\"decimals\": 10", "decimals"),
        (
            "\"decimals\": 1",
            "\"decimals\": 2",
            "contradicts the scorecard",
        ),
        ("\"baselines\"", "\"lines\"", "unknown field"),
        ("\"sources_max\":1", "\"sources_max\":9", "sources_max"),
    ] {
        assert!(json.contains(from), "no {from} in {json}");
        let error = refused(&json.replace(from, to));
        assert!(error.contains(want), "{to}: {error}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_importer_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let file = InputFile { name: "x", bytes: &bytes };
        let _ = import(&[file], &ImportOptions::default());
    }

    #[test]
    fn no_cut_or_changed_file_makes_the_importer_panic(
        which in 0_usize..5, at in 0_usize..600, byte in any::<char>(), cut in any::<bool>(),
    ) {
        let text = SAMPLES[which];
        let place = (0..=at.min(text.len())).rev().find(|p| text.is_char_boundary(*p)).unwrap();
        let changed = if cut {
            text[..place].to_owned()
        } else {
            format!("{}{byte}{}", &text[..place], &text[place..])
        };
        let force = ImportOptions { force: true, ..ImportOptions::default() };
        let _ = try_texts(&[&changed], &force);
    }
}

const SAMPLES: [&str; 5] = [
    "variable,bin,points\nbasepoints,,500\nage,missing,3\nage,\"[-inf,3.0)\",1\nage,\"[3.0,inf)\",2\nwork,a%,%b,5\n",
    "{\"age\": {\"[-inf ~ 3)\": 1.5, \"[3 ~ inf)\": 2, \"nan\": 3}, \"work\": {\"a,b\": 1, \"c\": 2}}",
    "Variable,Bin,Points\nage,\"(-inf, 3.50)\",1\nage,\"[3.50, inf)\",2\nage,Special,3\nage,Missing,4\nwork,['a' 'b'],1\nwork,Missing,2\n",
    "{\"age\": {\"name\": \"age\", \"dtype\": \"numerical\", \"splits\": [1.5], \"special_codes\": {\"s\": [-1]}, \"n_event\": [1,2,3,4]}}",
    "<PMML version=\"4.4\"><Header/><DataDictionary><DataField name=\"x\" optype=\"continuous\" dataType=\"double\"/></DataDictionary><Scorecard functionName=\"regression\"><MiningSchema><MiningField name=\"x\"/></MiningSchema><Characteristics><Characteristic name=\"c\" reasonCode=\"R\"><Attribute partialScore=\"1\"><SimplePredicate field=\"x\" operator=\"lessThan\" value=\"5\"/></Attribute><Attribute partialScore=\"2\"><True/></Attribute></Characteristic></Characteristics></Scorecard></PMML>",
];
