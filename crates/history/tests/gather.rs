//! Several statements into one history.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::gather::{AccountRule, GatherError, Gathered, gather};
use blindscore_history::ledger::Direction::{self, In, Out};
use blindscore_history::money::Rates;
use blindscore_history::statement::{CsvProfile, Opened, ReadOptions, open};
use blindscore_history::taxonomy::{Category, Flow};
use proptest::prelude::*;

/// A layout with every column that gathering looks at.
const PROFILE: &str = "name = \"full\"\n\
    [date]\ncolumn = \"day\"\nformat = \"%Y-%m-%d\"\n\
    [amount]\nmode = \"signed\"\ncolumn = \"sum\"\n\
    [columns]\ncurrency = \"currency\"\ndescription = \"text\"\nid = \"ref\"\naccount = \"account\"\n\
    counterparty = \"party\"\ncounterparty_account = \"other\"\nmcc = \"mcc\"\n";
const HEADER: &str = "day,sum,currency,text,ref,account,party,other,mcc\n";

fn options() -> ReadOptions {
    let other = PROFILE
        .replace("\"full\"", "\"other\"")
        .replace("\"day\"", "\"Day\"");
    ReadOptions {
        profiles: vec![
            CsvProfile::from_toml(PROFILE).unwrap(),
            CsvProfile::from_toml(&other).unwrap(),
        ],
        ..ReadOptions::default()
    }
}

fn file(lines: &[&str]) -> Opened {
    let text = format!("{HEADER}{}\n", lines.join("\n"));
    open(text.as_bytes(), "a.csv", &options()).unwrap()
}

/// The same account in another layout.
fn other_file(lines: &[&str]) -> Opened {
    let text = format!("{}{}\n", HEADER.replace("day", "Day"), lines.join("\n"));
    open(text.as_bytes(), "b.csv", &options()).unwrap()
}

fn gathered(files: Vec<Opened>) -> Gathered {
    gather(files, AccountRule::Automatic).unwrap()
}

type Fact = (String, i64, Direction, Flow, Category, String);

fn facts(gathered: &Gathered) -> Vec<Fact> {
    let fact = |e: &blindscore_history::gather::GatheredEntry| {
        let entry = &e.posting.entry;
        (
            entry.date.to_string(),
            entry.amount,
            entry.direction,
            entry.flow,
            entry.category,
            e.posting.why.to_string(),
        )
    };
    gathered.entries().iter().map(fact).collect()
}

fn brief(gathered: &Gathered) -> Vec<(String, i64, Flow)> {
    facts(gathered)
        .into_iter()
        .map(|f| (f.0, f.1, f.3))
        .collect()
}

#[test]
fn an_entry_is_told_by_code_then_source_then_rule() {
    let gathered = gathered(vec![file(&[
        "2026-03-01,-5.00,EUR,Restaurant,1,A,,,5411",
        "2026-03-02,-6.00,EUR,Restaurant,2,A,,,",
        "2026-03-03,-7.00,EUR,xyzzy,3,A,,,",
        "2026-03-04,8.00,EUR,Restaurant,4,A,,,",
        "2026-03-05,9.00,EUR,xyzzy,5,A,,,",
    ])]);
    let why: Vec<_> = facts(&gathered)
        .into_iter()
        .map(|f| (f.3, f.4, f.5))
        .collect();
    use Category::{DiningLodging, Food, Unclassified};
    use Flow::{Expenditure, RefundReversal, Transfer};
    let nothing = || "nothing known".to_owned();
    assert_eq!(
        why,
        [
            (Expenditure, Food, "merchant code 5411".to_owned()),
            (Expenditure, DiningLodging, "rule dining".to_owned()),
            (Expenditure, Unclassified, nothing()),
            (RefundReversal, DiningLodging, "rule dining".to_owned()),
            (Transfer, Unclassified, nothing()),
        ]
    );
}

#[test]
fn overlapping_exports_count_once_with_ids_and_without() {
    let early = || {
        file(&[
            "2026-03-01,-5.00,EUR,shop,1,A,,,",
            "2026-03-09,-5.00,EUR,shop,,A,,,",
            "2026-03-09,-5.00,EUR,shop,,A,,,",
        ])
    };
    let late = || {
        file(&[
            "2026-03-09,-5.00,EUR,shop,,A,,,",
            "2026-03-09,-5.00,EUR,shop,,A,,,",
            "2026-03-12,-5.00,EUR,shop,2,A,,,",
        ])
    };
    let both = gathered(vec![late(), early()]);
    assert_eq!(both.entries().len(), 4);
    assert_eq!(both.counts().duplicates, 2);
    assert_eq!(both.accounts().len(), 1);
    assert_eq!(
        facts(&both),
        facts(&gathered(vec![early(), late(), early()]))
    );
}

#[test]
fn a_date_that_moves_between_exports_is_one_entry_of_the_later_date() {
    let first = || file(&["2026-03-01,-5.00,EUR,shop,1,A,,,"]);
    let moved = || file(&["2026-03-03,-5.00,EUR,shop,1,A,,,"]);
    let far = || file(&["2026-03-20,-5.00,EUR,shop,1,A,,,"]);
    for files in [vec![first(), moved()], vec![moved(), first()]] {
        assert_eq!(
            brief(&gathered(files)),
            [("2026-03-03".to_owned(), 500, Flow::Expenditure)]
        );
    }
    assert_eq!(gathered(vec![first(), far()]).entries().len(), 2);
    // One file that has the id on two days means two entries.
    let both = file(&[
        "2026-03-01,-5.00,EUR,shop,1,A,,,",
        "2026-03-03,-5.00,EUR,shop,1,A,,,",
    ]);
    assert_eq!(gathered(vec![first(), both]).entries().len(), 2);
    // A charge shares its payment's receipt number.
    let charge = file(&["2026-03-01,-0.50,EUR,charge,1,A,,,"]);
    assert_eq!(gathered(vec![first(), charge]).entries().len(), 2);
}

#[test]
fn one_account_in_two_formats_counts_once() {
    let one = || {
        file(&[
            "2026-03-01,-5.00,EUR,shop,1,A,,,5411",
            "2026-03-02,-6.00,EUR,shop,2,A,,,",
            "2026-03-02,-6.00,EUR,shop,3,A,,,",
        ])
    };
    let two = || {
        other_file(&[
            "2026-03-01,-5.00,EUR,card payment,x,A,,,",
            "2026-03-02,-6.00,EUR,card payment,y,A,,,",
            "2026-03-05,-7.00,EUR,card payment,z,A,,,",
        ])
    };
    let both = gathered(vec![one(), two()]);
    assert_eq!(both.entries().len(), 4);
    assert_eq!(facts(&both), facts(&gathered(vec![two(), one()])));
    // The better classification stays.
    assert_eq!(facts(&both)[0].4, Category::Food);
    let apart = gather(vec![one(), two()], AccountRule::EachFile).unwrap();
    assert_eq!(apart.entries().len(), 6);
    // Without an identifier, two formats are two accounts unless told otherwise.
    let nameless = || other_file(&["2026-03-01,-5.00,EUR,card payment,x,,,,"]);
    assert_eq!(gathered(vec![one(), nameless()]).entries().len(), 4);
    let told = gather(vec![one(), nameless()], AccountRule::One).unwrap();
    assert_eq!(told.entries().len(), 3);
}

#[test]
fn a_transfer_between_own_accounts_is_neither_spending_nor_income() {
    let bank = || {
        file(&[
            "2026-03-01,-50.00,EUR,to my wallet,1,A,,,",
            "2026-03-10,-50.00,EUR,groceries,2,A,,,5411",
            "2026-03-20,-30.00,EUR,late,3,A,,,",
        ])
    };
    let wallet = || {
        file(&[
            "2026-03-03,50.00,EUR,load,1,B,,,",
            "2026-03-11,50.00,EUR,load,2,B,,,",
            "2026-03-25,30.00,EUR,load,3,B,,,",
        ])
    };
    let both = gathered(vec![bank(), wallet()]);
    assert_eq!(both.counts().own_transfers, 1);
    let marked: Vec<_> = facts(&both)
        .into_iter()
        .filter(|fact| fact.5.starts_with("own transfer"))
        .map(|fact| (fact.0, fact.3))
        .collect();
    assert_eq!(
        marked,
        [
            ("2026-03-01".to_owned(), Flow::Transfer),
            ("2026-03-03".to_owned(), Flow::Transfer)
        ]
    );
    assert_eq!(facts(&both), facts(&gathered(vec![wallet(), bank()])));
}

#[test]
fn an_account_that_is_named_speaks_for_or_against() {
    // Two deposits fit; the one whose other account is named is taken, though
    // later, and the spending that names a stranger is left alone.
    let bank = file(&[
        "2026-03-01,-50.00,EUR,x,1,DE02120300000000202051,,DE02100100100006820101,",
        "2026-03-02,-50.00,EUR,x,2,DE02120300000000202051,,FR7600000000000000000000000,",
    ]);
    let savings = file(&[
        "2026-03-01,50.00,EUR,x,1,0006820101,,,",
        "2026-03-04,50.00,EUR,x,2,0006820101,,DE02 1203 0000 0000 2020 51,",
    ]);
    let both = gathered(vec![bank, savings]);
    let marked: Vec<_> = facts(&both)
        .into_iter()
        .filter(|fact| fact.5 == "own transfer, other account named")
        .map(|fact| (fact.0, fact.2))
        .collect();
    assert_eq!(
        marked,
        [
            ("2026-03-01".to_owned(), Out),
            ("2026-03-04".to_owned(), In)
        ]
    );
    assert_eq!(both.counts().own_transfers, 1);
}

#[test]
fn a_named_own_account_is_enough_without_the_other_half() {
    let bank = file(&["2026-03-01,-50.00,EUR,groceries,1,ACCOUNT-1,,ACCOUNT-2,"]);
    let other = file(&["2026-03-20,-1.00,EUR,shop,1,ACCOUNT-2,,,"]);
    let both = gathered(vec![bank, other]);
    assert_eq!(both.counts().own_transfers_half, 1);
    assert_eq!(facts(&both)[0].3, Flow::Transfer);
}

#[test]
fn a_refund_takes_the_category_of_the_payment_to_that_party() {
    let gathered = gathered(vec![file(&[
        "2026-03-01,-50.00,EUR,x,1,A,Shoe Shop,,5661",
        "2026-03-02,-5.00,EUR,x,2,A,Shoe Shop,,5812",
        "2026-03-09,20.00,EUR,refund,3,A,SHOE  SHOP,,",
        "2026-03-09,20.00,EUR,refund,4,A,Another,,",
    ])]);
    let told = facts(&gathered);
    assert_eq!(
        (told[2].3, told[2].4, told[2].5.as_str()),
        (
            Flow::RefundReversal,
            Category::Clothing,
            "refund of a payment to that party"
        )
    );
    assert_eq!(told[3].4, Category::Unclassified);
    assert_eq!(gathered.counts().refunds, 1);
}

#[test]
fn several_currencies_need_rates() {
    let euros = || file(&["2026-03-01,-50.00,EUR,x,1,A,,,"]);
    let dollars = || file(&["2026-03-02,-10.01,USD,x,1,B,,,"]);
    let both = || gathered(vec![euros(), dollars()]);
    let (euro, dollar) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
    assert_eq!(
        both().ledger(),
        Err(GatherError::SeveralCurrencies {
            first: euro,
            other: dollar
        })
    );
    let convert = |rates: &[&str]| {
        let rates = rates.iter().map(|rate| rate.parse().unwrap());
        both().in_currency(euro, &Rates::new(rates).unwrap())
    };
    assert_eq!(
        convert(&["JPY=1"]).unwrap_err(),
        GatherError::NoRate {
            from: dollar,
            to: euro
        }
    );
    assert_eq!(
        convert(&["EUR=1", "USD=1"]).unwrap_err(),
        GatherError::OwnRate(euro)
    );
    let ledger = convert(&["USD=0.5"]).unwrap().ledger().unwrap();
    let amounts: Vec<_> = ledger.entries().iter().map(|entry| entry.amount).collect();
    // 500.5 cents go to the even 500.
    assert_eq!(amounts, [5_000, 500]);
    assert_eq!(ledger.currency(), euro);
    assert!(matches!(
        convert(&["USD=1000000000000"]).map(|_| ()),
        Ok(())
    ));
}

#[test]
fn one_file_may_hold_several_currencies() {
    let mixed = file(&[
        "2026-03-01,-50.00,EUR,x,1,A,,,",
        "2026-03-02,-10,JPY,x,2,A,,,",
    ]);
    let euro = "EUR".parse().unwrap();
    let rates = Rates::new(["JPY=0.01".parse().unwrap()]).unwrap();
    let ledger = gathered(vec![mixed]).in_currency(euro, &rates).unwrap();
    let ledger = ledger.ledger().unwrap();
    assert_eq!(ledger.entries()[1].amount, 10);
}

#[test]
fn a_ledger_covers_the_days_that_every_account_covers() {
    let bank = || {
        file(&[
            "2026-01-05,-1.00,EUR,x,1,A,,,",
            "2026-03-05,-2.00,EUR,x,2,A,,,",
        ])
    };
    let wallet = || {
        file(&[
            "2026-02-05,-3.00,EUR,x,1,B,,,",
            "2026-04-05,-4.00,EUR,x,2,B,,,",
        ])
    };
    let ledger = gathered(vec![bank(), wallet()]).ledger().unwrap();
    assert_eq!(ledger.coverage().to_string(), "2026-02-01 to 2026-03-31");
    assert_eq!(ledger.entries().len(), 2);
    let gap = file(&["2026-05-05,-2.00,EUR,x,2,A,,,"]);
    let error = gathered(vec![bank(), gap]).ledger().unwrap_err();
    assert!(
        error.to_string().starts_with("a.csv: the days 2026-04-01"),
        "{error}"
    );
    let later = file(&["2026-06-05,-2.00,EUR,x,2,C,,,"]);
    assert!(matches!(
        gathered(vec![bank(), later]).ledger(),
        Err(GatherError::NoCommonDay { .. })
    ));
}

#[test]
fn nothing_and_too_many_accounts_are_refused() {
    assert!(matches!(
        gather(vec![], AccountRule::Automatic),
        Err(GatherError::NoFiles)
    ));
    let many = (0..33).map(|n| file(&[&format!("2026-03-01,-1.00,EUR,x,1,A{n},,,")]));
    assert!(matches!(
        gather(many.collect(), AccountRule::Automatic),
        Err(GatherError::TooManyAccounts { got: 33, .. })
    ));
}

/// One true movement: day, signed amount, whether it has an id, account, party
/// and whether it names another account.
type Truth = (u8, i16, bool, u8, u8, u8);

fn line((number, truth): (usize, &Truth)) -> String {
    let &(day, amount, has_id, account, party, other) = truth;
    let id = if has_id {
        format!("id{number}")
    } else {
        String::new()
    };
    let texts = ["grocer", "xyzzy", "refund", "salary", "transfer to"];
    let text = texts[usize::from(party) % texts.len()];
    let names = ["", "", "OWN-ACCOUNT-0", "OWN-ACCOUNT-1", "STRANGER-9"];
    let named = names[usize::from(other) % names.len()];
    format!(
        "2026-03-{:02},{amount}.00,EUR,{text},{id},OWN-ACCOUNT-{account},p{party},{named},",
        day + 1
    )
}

fn truths() -> impl Strategy<Value = Vec<Truth>> {
    let one = (0..12u8, -3..4i16, any::<bool>(), 0..3u8, 0..5u8, 0..5u8);
    proptest::collection::vec(one, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Overlapping files of three accounts, cut anywhere between days and given
    /// in any order, some twice, make what one complete file makes.
    #[test]
    fn what_is_gathered_does_not_depend_on_cuts_and_order(
        mut truths in truths(),
        cuts in proptest::collection::vec((0..12u8, 0..12u8), 0..4),
        seed in any::<u64>(),
    ) {
        truths.sort_by_key(|truth| truth.0);
        let lines: Vec<String> = truths.iter().enumerate().map(line).collect();
        let all: Vec<&str> = lines.iter().map(String::as_str).collect();
        // A CSV file of one account each, as banks export them.
        let of = |account: u8, first: u8, last: u8| -> Vec<&str> {
            let inside = |truth: &Truth| truth.3 == account && (first..=last).contains(&truth.0);
            let here = truths.iter().zip(&all).filter(|(truth, _)| inside(truth));
            here.map(|(_, line)| *line).collect()
        };
        let whole: Vec<Vec<&str>> = (0..3).map(|account| of(account, 0, 11)).collect();
        let mut pieces: Vec<Vec<&str>> = whole.clone();
        for account in 0..3 {
            for &(a, b) in &cuts {
                pieces.push(of(account, a.min(b), a.max(b)));
            }
        }
        let open = |pieces: &[Vec<&str>]| -> Vec<Opened> {
            pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| file(piece)).collect()
        };
        let want = gathered(open(&whole));
        // A shuffle that the seed decides.
        let mut keyed: Vec<(u64, Vec<&str>)> = pieces
            .into_iter()
            .enumerate()
            .map(|(n, piece)| {
                let mixed = seed.wrapping_mul(n as u64 * 2 + 1).rotate_left(n as u32 * 7);
                (mixed, piece)
            })
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Vec<&str>> = keyed.into_iter().map(|(_, piece)| piece).collect();
        let got = gathered(open(&shuffled));
        prop_assert_eq!(want.entries(), got.entries());
        prop_assert_eq!(want.ledger(), got.ledger());
    }

    /// Own transfers pair off: as much out as in, and only across accounts.
    #[test]
    fn paired_transfers_balance(truths in truths()) {
        let lines: Vec<String> = truths.iter().enumerate().map(line).collect();
        let of = |account: u8| -> Vec<&str> {
            let here = truths.iter().zip(&lines).filter(|(truth, _)| truth.3 == account);
            here.map(|(_, line)| line.as_str()).collect()
        };
        let mut sorted: Vec<Vec<&str>> = (0..3).map(of).filter(|lines| !lines.is_empty()).collect();
        for lines in &mut sorted {
            lines.sort_unstable();
        }
        let gathered = gathered(sorted.iter().map(|lines| file(lines)).collect());
        let counts = gathered.counts();
        let mut moved = std::collections::BTreeMap::new();
        let mut by_amount = 0;
        for entry in gathered.entries() {
            if entry.posting.why.to_string() == "own transfer, by amount and date" {
                by_amount += 1;
                let sign = if entry.posting.entry.direction == In { 1 } else { -1 };
                *moved.entry(entry.posting.entry.amount).or_insert(0) += sign;
            }
        }
        prop_assert!(moved.values().all(|&sum| sum == 0), "{:?}", moved);
        prop_assert!(by_amount <= 2 * counts.own_transfers);
    }
}
