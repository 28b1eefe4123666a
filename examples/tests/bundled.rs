//! The bundled data is fit for what the examples, tests and benches do with
//! it.

use std::collections::BTreeSet;

use blindscore_examples::{
    ALIPAY_CSV, AS_OF, BANK_CSV, CURRENT_OFX, SCHEME_JSON, SCORECARDS, WALLET_JSON,
};
use blindscore_history::explain::Explained;
use blindscore_history::gather::{AccountRule, gather};
use blindscore_history::levels::{ApplicantLevels, CoverageRule, Part, Role, SourceLevels};
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_history::statement::{ReadOptions, open, read};
use blindscore_scorecard::{Attribute, Explanation, Scorecard};

fn scheme() -> Scheme {
    Scheme::from_json(SCHEME_JSON).expect("the scheme reads")
}

fn cards(scheme: &Scheme) -> Vec<(&'static str, Scorecard)> {
    SCORECARDS
        .into_iter()
        .map(|(name, json)| (name, Scorecard::from_json(json, scheme).expect(name)))
        .collect()
}

fn levels(scheme: &Scheme, statement: &str, name: &str) -> SourceLevels {
    let ledger =
        read(statement.as_bytes(), name, &ReadOptions::default()).expect("the statement reads");
    SourceLevels::compute(scheme, &ledger, AS_OF, CoverageRule::Full)
        .expect("twelve whole months give levels")
}

fn person(scheme: &Scheme) -> ApplicantLevels {
    let bank = levels(scheme, BANK_CSV, "bank.csv");
    let wallet = levels(scheme, WALLET_JSON, "wallet.json");
    let main = BTreeSet::from([Role::new("main_account").expect("a role")]);
    let parts = [
        Part {
            levels: &bank,
            roles: &main,
        },
        Part {
            levels: &wallet,
            roles: &BTreeSet::new(),
        },
    ];
    ApplicantLevels::combine(scheme, &parts).expect("two sources combine")
}

/// External products over `sources` sources: a cell for each window up to the
/// characteristic's own, of each member of a sum, of each source; a single
/// line is one cell of one source.
fn products(scheme: &Scheme, card: &Scorecard, sources: usize) -> usize {
    let cells = |index: usize| {
        let found = &scheme.line_windows()[index];
        match scheme.lines()[found.line].kind() {
            LineKind::Pooled(_) => sources * (found.window + 1),
            LineKind::Sum(sum) => sources * sum.members().len() * (found.window + 1),
            LineKind::Single(_) | LineKind::Column(_) => 1,
        }
    };
    card.characteristics()
        .iter()
        .map(|c| cells(c.line_window()))
        .sum()
}

#[test]
fn the_scheme_fits_both_forms() {
    let scheme = scheme();
    assert!(!scheme.is_tabular());
    assert_eq!(scheme.longest_window(), 12);
    assert!(scheme.slots() <= 2048, "{} slots", scheme.slots());
    let largest = scheme.line_windows().iter().map(|lw| lw.level_max).max();
    assert!(largest <= Some(127), "level {largest:?}");
}

#[test]
fn both_cards_stand_on_the_scheme() {
    let scheme = scheme();
    let cards = cards(&scheme);
    for (name, card) in &cards {
        assert_eq!(card.scheme_digest(), scheme.digest());
        assert_eq!(card.characteristics().len(), 12, "{name}");
        assert_eq!((card.scaling().min(), card.scaling().max()), (300, 850));
        let again = Scorecard::from_json(&card.to_json(), &scheme).expect("reads back");
        assert_eq!(again.digest(), card.digest());
    }
    assert_ne!(cards[0].1.digest(), cards[1].1.digest());
    assert!(cards[1].1.raw_min() < 0, "growth has negative points");
}

#[test]
fn the_steady_card_is_the_size_that_is_measured() {
    let scheme = scheme();
    let cards = cards(&scheme);
    assert_eq!(products(&scheme, &cards[0].1, 2), 93);
    assert_eq!(products(&scheme, &cards[1].1, 2), 68);
}

#[test]
fn points_are_monotone_in_each_characteristic() {
    for (name, card) in cards(&scheme()) {
        for characteristic in card.characteristics() {
            let points: Vec<i64> = characteristic
                .attributes()
                .iter()
                .map(Attribute::points)
                .collect();
            let rising = points.windows(2).all(|p| p[0] < p[1]);
            let falling = points.windows(2).all(|p| p[0] > p[1]);
            assert!(rising || falling, "{name}: {}", characteristic.name());
        }
    }
}

#[test]
fn the_cards_print_as_tables() {
    let scheme = scheme();
    for (_, card) in cards(&scheme) {
        let table = card.to_table(&scheme).expect("prints");
        for characteristic in card.characteristics() {
            assert!(table.contains(characteristic.name()));
        }
        assert!(
            table.contains(" EUR") && table.contains(" per mille"),
            "{table}"
        );
        assert!(!table.contains("no level"), "{table}");
    }
}

#[test]
fn the_person_scores_inside_the_range_and_is_told_why() {
    let scheme = scheme();
    let levels = person(&scheme);
    let mut reasons = Vec::new();
    for (name, card) in cards(&scheme) {
        let Explanation {
            score,
            points,
            reasons: given,
            ..
        } = card.explain(&scheme, &levels).expect("explained");
        let (min, max) = (card.scaling().min(), card.scaling().max());
        assert!(min < score.published && score.published < max, "{name}");
        assert_eq!(card.published(score.shifted), Ok(score.published));
        assert!(points.iter().all(|p| p.attribute != "not known"), "{name}");
        reasons.push(given.len());
    }
    assert!(
        reasons.iter().any(|n| (2..=4).contains(n)),
        "{reasons:?} reasons"
    );
}

#[test]
fn the_wallet_adds_to_the_bank() {
    let scheme = scheme();
    let bank = levels(&scheme, BANK_CSV, "bank.csv");
    let both = person(&scheme);
    for line in ["groceries", "dining", "transport"] {
        let index = scheme.find(line, 12).expect("a line-window");
        assert!(both.levels()[index] > bank.levels()[index], "{line}");
    }
    // Money moved between the person's own accounts is not income.
    let income = scheme.find("income", 12).expect("a line-window");
    assert_eq!(both.levels()[income], bank.levels()[income]);
}

/// The model card came later than the card; a card that has none keeps the
/// digest that it always had.
#[test]
fn without_its_model_card_a_card_has_its_old_digest() {
    let scheme = scheme();
    let old = |json: &str| {
        let mut card: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let members = card.as_object_mut().expect("an object");
        assert!(members.remove("model_card").is_some());
        let card = Scorecard::from_json(&card.to_string(), &scheme).expect("reads");
        card.digest().to_string()
    };
    assert_eq!(
        old(SCORECARDS[0].1),
        "f56582b999911317b6af90834b80a33514b9a3fc4f1b707c3725ab8567f3c7b7"
    );
    assert!(
        cards(&scheme)
            .iter()
            .all(|(_, card)| card.model_card().is_some())
    );
}

#[test]
fn the_ofx_file_and_the_alipay_list_make_one_history() {
    let options = ReadOptions::default();
    let bank = open(CURRENT_OFX.as_bytes(), "current.ofx", &options).expect("it reads");
    let wallet = open(ALIPAY_CSV, "alipay.csv", &options).expect("it reads");
    let gathered = gather(vec![bank, wallet], AccountRule::Automatic).expect("they fit");
    // Every top-up stands in both files.
    let top_ups = CURRENT_OFX.matches("TOP-UP").count();
    assert!(top_ups > 12);
    assert_eq!(gathered.counts().own_transfers, top_ups);
    let told = Explained::of(&gathered).expect("one currency");
    // What is left: a department store, which sells across categories.
    assert!(told.unclassified.per_mille_of_entries() < 50, "{told:?}");
    let rates = ["CNY=0.128".parse().expect("a rate")];
    let rates = blindscore_history::money::Rates::new(rates).expect("one a currency");
    let scheme = scheme();
    let euros = gathered.in_currency(scheme.currency(), &rates);
    let ledger = euros.and_then(|euros| euros.ledger()).expect("a ledger");
    let levels = SourceLevels::compute(&scheme, &ledger, AS_OF, CoverageRule::Full);
    assert_eq!(levels.expect("twelve whole months").covered_months(), 12);
}
