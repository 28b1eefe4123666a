use super::*;
use crate::train::{FitOptions, fit, fixture};
use crate::validate::{Contender, FoldOptions, ValidateOptions, compare, cross_validate, validate};

#[test]
fn the_page_is_whole_closed_and_fetches_nothing() {
    let (scheme, table) = (fixture::scheme(), fixture::table(900, 4));
    let options = FitOptions {
        name: "Card <b>&\"'".into(),
        ..FitOptions::default()
    };
    let fitted = fit(&scheme, &table, &options).expect("fitted");
    let how = ValidateOptions {
        bootstrap: 0,
        reference: Some(&table),
        ..ValidateOptions::default()
    };
    let found = validate(&fitted.scorecard, &scheme, &table, &how).expect("measured");
    let folds = FoldOptions {
        folds: 3,
        repeats: 1,
        ..FoldOptions::default()
    };
    let cross = cross_validate(&scheme, &table, &options, &folds, &mut |_, _| {});
    let cross = cross.expect("measured");
    let contender = Contender {
        card: &fitted.scorecard,
        scheme: &scheme,
        table: &table,
    };
    let both = compare(&contender, &contender, 0.95).expect("compared");
    let page = html(&Report {
        title: "</title><script>alert(1)</script>".into(),
        scorecard: &fitted.scorecard,
        scheme: &scheme,
        fit: Some(&fitted),
        validations: vec![("Training <sample>".into(), &found)],
        cross_validation: Some(&cross),
        comparison: Some(&both),
    })
    .expect("a page");
    for never in [
        "<script", "<b>&", "http:", "https:", "url(", "src=", "href=", "NaN", "inf\"",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    for want in [
        "&lt;script&gt;",
        "Card &lt;b&gt;&amp;&quot;&#39;",
        "Training &lt;sample&gt;",
        "prefers-color-scheme:dark",
        "ROC curve",
        "Score bands",
        "Groups at cut-off",
        "Cross-validation",
        "Comparison",
        "Calibration slope",
        "How it was fitted",
    ] {
        assert!(page.contains(want), "no {want:?}");
    }
    assert_eq!(
        page.matches("<svg").count(),
        4 + fitted.scorecard.characteristics().len()
    );
    balanced(&page);
}

/// Every tag that is opened is closed, in order.
fn balanced(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().expect("a tag");
        let name = tag.split([' ', '/']).next().expect("a name");
        if tag.starts_with('!') || name == "meta" || tag.ends_with('/') {
            continue;
        }
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed)),
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_card_alone_has_a_page_too() {
    let scheme = crate::fixture::scheme();
    let card = crate::fixture::built();
    let report = Report {
        title: "A card".into(),
        scorecard: &card,
        scheme: &scheme,
        fit: None,
        validations: Vec::new(),
        cross_validation: None,
        comparison: None,
    };
    let page = html(&report).expect("a page");
    assert!(page.contains("Fixture card"));
    balanced(&page);
    let other = fixture::scheme();
    assert!(
        html(&Report {
            scheme: &other,
            ..report
        })
        .is_err()
    );
}
