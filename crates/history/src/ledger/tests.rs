use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn euro() -> Currency {
    "EUR".parse().unwrap()
}

fn day(day: i8) -> Date {
    date(2026, 3, day)
}

fn period(first: i8, last: i8) -> Coverage {
    Coverage {
        first: day(first),
        last: day(last),
    }
}

fn entry(on: i8, amount: i64, id: &str) -> Entry {
    Entry {
        date: day(on),
        amount,
        direction: Direction::Out,
        flow: Flow::Expenditure,
        category: Category::Food,
        id: id.to_owned(),
    }
}

fn balance(on: i8, closing: i64) -> DayBalance {
    DayBalance {
        date: day(on),
        closing,
    }
}

fn ledger(period: Coverage, entries: Vec<Entry>, balances: Vec<DayBalance>) -> Ledger {
    Ledger::new(euro(), period, entries, balances).unwrap()
}

#[test]
fn entries_are_sorted_by_date_and_keep_their_order_within_a_day() {
    let given = vec![entry(9, 1, "c"), entry(2, 2, "b"), entry(9, 3, "a")];
    let ledger = ledger(period(1, 31), given, Vec::new());
    let ids: Vec<_> = ledger.entries().iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["b", "c", "a"]);
}

#[test]
fn what_cannot_be_is_refused() {
    let new = |period, entries, balances| Ledger::new(euro(), period, entries, balances);
    assert_eq!(
        new(period(9, 8), vec![], vec![]),
        Err(LedgerError::CoverageReversed(period(9, 8)))
    );
    assert_eq!(
        new(
            period(1, 9),
            vec![entry(2, 1, ""), entry(2, -1, "")],
            vec![]
        ),
        Err(LedgerError::NegativeAmount { position: 1 })
    );
    let outside = new(period(3, 9), vec![entry(2, 1, "")], vec![]).unwrap_err();
    assert!(outside.to_string().contains("2026-03-02"), "{outside}");
    assert_eq!(
        new(period(1, 9), vec![], vec![balance(4, 0), balance(4, 0)]),
        Err(LedgerError::BalanceOrder { date: day(4) })
    );
    assert!(matches!(
        new(period(1, 9), vec![], vec![balance(10, 0)]),
        Err(LedgerError::BalanceOutside { .. })
    ));
}

#[test]
fn overlapping_parts_count_their_common_entries_once() {
    let first = ledger(
        period(1, 10),
        vec![entry(2, 1, "a"), entry(9, 2, "b")],
        vec![],
    );
    let second = ledger(
        period(8, 20),
        vec![entry(9, 2, "b"), entry(11, 3, "c")],
        vec![],
    );
    let merged = Ledger::merge(vec![second, first]).unwrap();
    assert_eq!(merged.coverage(), period(1, 20));
    assert_eq!(
        merged.entries(),
        [entry(2, 1, "a"), entry(9, 2, "b"), entry(11, 3, "c")]
    );
}

#[test]
fn entries_that_differ_in_amount_or_direction_all_count() {
    let mut back = entry(2, 1, "a");
    back.direction = Direction::In;
    let first = ledger(period(1, 10), vec![entry(2, 1, "a"), back], vec![]);
    let second = ledger(period(1, 10), vec![entry(2, 2, "a")], vec![]);
    assert_eq!(
        Ledger::merge(vec![first, second]).unwrap().entries().len(),
        3
    );
}

#[test]
fn twins_within_one_part_stay_two() {
    let twins = || {
        ledger(
            period(1, 10),
            vec![entry(2, 1, "a"), entry(2, 1, "a")],
            vec![],
        )
    };
    assert_eq!(
        Ledger::merge(vec![twins(), twins()])
            .unwrap()
            .entries()
            .len(),
        2
    );
}

#[test]
fn of_two_classifications_the_one_with_a_category_wins() {
    let mut vague = entry(2, 1, "a");
    vague.category = Category::Unclassified;
    let first = ledger(period(1, 10), vec![vague], vec![]);
    let second = ledger(period(1, 10), vec![entry(2, 1, "a")], vec![]);
    for parts in [vec![first.clone(), second.clone()], vec![second, first]] {
        let merged = Ledger::merge(parts).unwrap();
        assert_eq!(merged.entries()[0].category, Category::Food);
    }
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    assert_eq!(Ledger::merge(vec![]), Err(LedgerError::NothingToMerge));
    let dollar = "USD".parse().unwrap();
    let other = Ledger::new(dollar, period(1, 10), vec![], vec![]).unwrap();
    let first = ledger(period(1, 10), vec![], vec![]);
    assert_eq!(
        Ledger::merge(vec![other, first.clone()]),
        Err(LedgerError::Currencies {
            first: euro(),
            other: dollar
        })
    );
    let late = ledger(period(12, 20), vec![], vec![]);
    assert_eq!(
        Ledger::merge(vec![late, first.clone()]),
        Err(LedgerError::Gap {
            gap: period(11, 11)
        })
    );
    let next = ledger(period(11, 20), vec![], vec![]);
    assert_eq!(
        Ledger::merge(vec![next, first]).unwrap().coverage(),
        period(1, 20)
    );
}

#[test]
fn balances_agree_or_the_part_that_covers_more_wins() {
    let part = |last, balances| ledger(period(1, last), vec![], balances);
    let merge = |parts| Ledger::merge(parts).map(|merged| merged.balances().to_vec());
    let agree = merge(vec![
        part(9, vec![balance(5, 1)]),
        part(9, vec![balance(5, 1)]),
    ]);
    assert_eq!(agree, Ok(vec![balance(5, 1)]));
    let conflict = merge(vec![
        part(9, vec![balance(5, 1)]),
        part(9, vec![balance(5, 2)]),
    ]);
    assert_eq!(conflict, Err(LedgerError::BalanceConflict { date: day(5) }));
    let midday = merge(vec![
        part(5, vec![balance(5, 1)]),
        part(9, vec![balance(5, 2)]),
    ]);
    assert_eq!(midday, Ok(vec![balance(5, 2)]));
    let bare = part(9, vec![balance(5, 1)]).without_balances();
    assert_eq!(
        merge(vec![bare, part(9, vec![balance(5, 2)])]),
        Ok(vec![balance(5, 2)])
    );
}

#[test]
fn a_ledger_can_be_cut_to_a_period_it_covers() {
    let whole = ledger(
        period(1, 20),
        vec![entry(2, 1, "a"), entry(9, 2, "b")],
        vec![balance(2, 5), balance(9, 3)],
    );
    let part = whole.within(period(3, 20)).unwrap();
    assert_eq!(part.entries(), [entry(9, 2, "b")]);
    assert_eq!(part.balances(), [balance(9, 3)]);
    assert!(matches!(
        whole.within(period(3, 21)),
        Err(LedgerError::NotCovered { .. })
    ));
    assert!(whole.within(period(9, 3)).is_err());
}

#[test]
fn months_are_covered_only_whole() {
    let march = YearMonth::of(day(1));
    assert!(period(1, 31).contains_month(march));
    assert!(!period(1, 30).contains_month(march));
    assert!(!period(2, 31).contains_month(march));
}

#[test]
fn the_summary_is_a_table_of_exact_totals() {
    let mut pay = entry(27, 215_000, "p");
    (pay.direction, pay.flow) = (Direction::In, Flow::Income);
    pay.category = Category::Unclassified;
    let mut most = entry(9, i64::MAX, "m");
    most.category = Category::Health;
    let entries = vec![
        entry(2, 6_418, "a"),
        entry(3, 82, "b"),
        pay,
        most.clone(),
        most,
    ];
    let summary = ledger(period(1, 31), entries, vec![]).summary();
    assert_eq!(summary.total_in(), 215_000);
    assert_eq!(summary.total_out(), 6_500 + 2 * i128::from(i64::MAX));
    let want = "\
2026-03-01 to 2026-03-31 in EUR
month    flow         category      entries        in                           out
2026-03  expenditure  FOOD                2      0.00                         65.00
2026-03  expenditure  HEALTH              2      0.00  184,467,440,737,095,516.14
2026-03  income       UNCLASSIFIED        1  2,150.00                          0.00
total                                     5  2,150.00  184,467,440,737,095,581.14";
    // The width of the last column follows from the largest total.
    let squeeze = |text: &str| -> Vec<String> {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        text.lines().map(words).collect()
    };
    assert_eq!(squeeze(&summary.to_string()), squeeze(want));
    let table = summary.to_string();
    let widths: Vec<_> = table.lines().skip(1).map(str::len).collect();
    assert!(widths.iter().all(|&width| width == widths[0]), "{table}");
    let json = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
}

#[test]
fn debug_shows_no_amount() {
    let ledger = ledger(
        period(1, 31),
        vec![entry(2, 777, "777")],
        vec![balance(2, 777)],
    );
    assert!(!format!("{ledger:?}").contains("777"));
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let what = (0_usize..8, 0_usize..16, any::<bool>());
    (1_i8..=28, 0_i64..4, 0_u8..3, what).prop_map(|(on, amount, id, (flow, category, inward))| {
        Entry {
            direction: if inward {
                Direction::In
            } else {
                Direction::Out
            },
            flow: Flow::ALL[flow],
            category: Category::ALL[category],
            ..entry(on, amount, &id.to_string())
        }
    })
}

fn any_part() -> impl Strategy<Value = Ledger> {
    let balances = prop::collection::btree_map(1_i8..=28, 0_i64..2, 0..4);
    let lists = (prop::collection::vec(any_entry(), 0..12), balances);
    (lists, 28_i8..=31).prop_map(|((entries, balances), last)| {
        let balances = balances
            .into_iter()
            .map(|(on, closing)| balance(on, closing))
            .collect();
        ledger(period(1, last), entries, balances)
    })
}

proptest! {
    #[test]
    fn merge_does_not_depend_on_order(
        (parts, shuffled) in prop::collection::vec(any_part(), 1..5)
            .prop_flat_map(|parts| (Just(parts.clone()), Just(parts).prop_shuffle()))
    ) {
        prop_assert_eq!(Ledger::merge(parts), Ledger::merge(shuffled));
    }

    #[test]
    fn merge_with_itself_changes_nothing(part in any_part()) {
        let once = Ledger::merge(vec![part.clone()]).unwrap();
        let twice = Ledger::merge(vec![part.clone(), part.clone()]).unwrap();
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(once.summary(), part.summary());
    }
}
