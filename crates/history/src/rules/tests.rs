use super::*;
use Category::*;
use Direction::{In, Out};

fn meaning(text: &str, direction: Direction) -> Option<(&'static str, Flow, Category)> {
    let rule = Rules::builtin().find(&searched(text, ""), direction)?;
    let (flow, category) = rule.meaning();
    Some((rule.name(), flow, category))
}

fn refused(toml: &str) -> String {
    Rules::from_toml(toml).unwrap_err().to_string()
}

const HEAD: &str = "version = 1\n[[rules]]\nname = \"a\"\nflow = \"expenditure\"\n";

#[test]
fn the_shipped_rules_speak_six_languages_each() {
    let raw: toml::Table = Rules::BUILTIN.parse().unwrap();
    let rules = raw["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Rules::builtin().iter().count());
    for rule in rules {
        for language in ["en", "de", "fr", "es", "sw", "zh"] {
            assert!(
                rule["patterns"].get(language).is_some(),
                "{} has no {language}",
                rule["name"]
            );
        }
    }
    let categories: std::collections::BTreeSet<_> = Rules::builtin()
        .iter()
        .map(|rule| rule.meaning().1)
        .collect();
    assert_eq!(categories.len(), Category::ALL.len(), "{categories:?}");
}

#[test]
fn texts_of_several_languages_find_their_rule() {
    use Flow::*;
    for (text, direction, name, flow, category) in [
        ("EXAMPLE GROCERY 0001", Out, "food", Expenditure, Food),
        ("BEISPIEL SUPERMARKT; Fürth", Out, "food", Expenditure, Food),
        ("CB BOULANGERIE EXEMPLE", Out, "food", Expenditure, Food),
        (
            "COMPRA SUPERMERCADO EJEMPLO",
            Out,
            "food",
            Expenditure,
            Food,
        ),
        ("示例超市", Out, "food", Expenditure, Food),
        ("Duka la vyakula Mfano", Out, "food", Expenditure, Food),
        ("GEHALT MÄRZ", In, "salary", Income, Unclassified),
        (
            "EXAMPLE EMPLOYER PAYROLL",
            In,
            "salary",
            Income,
            Unclassified,
        ),
        ("VIREMENT SALAIRE MARS", In, "salary", Income, Unclassified),
        ("Abono nómina", In, "salary", Income, Unclassified),
        ("工资", In, "salary", Income, Unclassified),
        ("Mshahara wa Machi", In, "salary", Income, Unclassified),
        ("MIETE MAERZ", Out, "housing", Expenditure, Housing),
        ("Loyer mars", Out, "housing", Expenditure, Housing),
        ("房租", Out, "housing", Expenditure, Housing),
        (
            "EXAMPLE POWER & LIGHT",
            Out,
            "utilities",
            Expenditure,
            Utilities,
        ),
        ("Abschlag Strom", Out, "utilities", Expenditure, Utilities),
        ("电费", Out, "utilities", Expenditure, Utilities),
        ("OVERDRAFT FEE", Out, "penalty-fee", TaxFee, Unclassified),
        ("ATM WITHDRAWAL", Out, "cash", Cash, Unclassified),
        (
            "Customer Withdrawal At Agent Till 000003",
            Out,
            "cash",
            Cash,
            Unclassified,
        ),
        (
            "Airtime Purchase",
            Out,
            "communication",
            Expenditure,
            Communication,
        ),
        (
            "Pay Bill Charge",
            Out,
            "account-charge",
            Expenditure,
            InsuranceFinance,
        ),
        (
            "OD Loan Repayment to 000004",
            Out,
            "debt",
            DebtService,
            Unclassified,
        ),
        ("信用卡还款", Out, "debt", DebtService, Unclassified),
        ("EXAMPLE BETTING", Out, "gambling", Expenditure, Gambling),
        (
            "Example Shop refund",
            In,
            "refund",
            RefundReversal,
            Unclassified,
        ),
        ("余额宝-转入", Out, "saving", SavingInvestment, Unclassified),
        ("Café Exemple", Out, "dining", Expenditure, DiningLodging),
        ("ｓｕｐｅｒｍａｒｋｅｔ", Out, "food", Expenditure, Food),
        (
            "Umbuchung Tagesgeld",
            Out,
            "saving",
            SavingInvestment,
            Unclassified,
        ),
        ("Kodi ya nyumba", Out, "housing", Expenditure, Housing),
        (
            "Finanzamt Steuererstattung",
            In,
            "tax",
            TaxFee,
            Unclassified,
        ),
    ] {
        assert_eq!(
            meaning(text, direction),
            Some((name, flow, category)),
            "{text}"
        );
    }
}

#[test]
fn words_within_words_and_other_directions_do_not_fit() {
    for (text, direction) in [
        ("TRENTINO", Out),     // rent
        ("ALPHABETICAL", Out), // bet
        ("EXAMPLE LTD 4711", Out),
        ("SALARY SACRIFICE", Out), // a salary comes in
        ("", Out),
        (" \u{3000} ", In),
    ] {
        assert_eq!(meaning(text, direction), None, "{text}");
    }
}

#[test]
fn the_first_rule_that_fits_decides() {
    let toml = "version = 1\n\
        [[rules]]\nname = \"in\"\ndirection = \"in\"\nflow = \"income\"\npatterns.x = 'shop'\n\
        [[rules]]\nname = \"first\"\nflow = \"cash\"\npatterns.x = 'sho'\n\
        [[rules]]\nname = \"second\"\nflow = \"transfer\"\npatterns.a = 'a'\npatterns.x = 'SHOP'\n";
    let rules = Rules::from_toml(toml).unwrap();
    let name = |text, direction| rules.find(text, direction).map(Rule::name);
    assert_eq!(name("Shop", In), Some("in"));
    assert_eq!(name("Shop", Out), Some("first"));
    assert_eq!(name("aa", Out), Some("second"));
    assert_eq!(name("b", Out), None);
    assert_eq!(Rules::none().find("Shop", Out), None);
}

#[test]
fn own_rules_come_before_the_shipped_ones_and_replace_them_by_name() {
    let own = "version = 1\ninclude_builtin = true\n\
        [[rules]]\nname = \"food\"\nflow = \"expenditure\"\ncategory = \"FOOD\"\npatterns.x = 'lidl'\n";
    let rules = Rules::from_toml(own).unwrap();
    assert_eq!(rules.iter().count(), Rules::builtin().iter().count());
    assert_eq!(rules.find("salary", In).map(Rule::name), Some("salary"));
    assert_eq!(
        rules.find("lidl restaurant", Out).map(Rule::name),
        Some("food")
    );
    assert_eq!(rules.find("aldi", Out), None);
}

#[test]
fn what_cannot_be_is_refused_and_the_rule_named() {
    for (toml, words) in [
        ("", "version"),
        ("version = 2\n", "got 2; want 1"),
        ("version = 1\nrule = 1\n", "rule"),
        (
            "version = 1\n[[rules]]\nname = \"a\"\nflow = \"spending\"\npatterns.x = 'a'\n",
            "spending",
        ),
        (
            "version = 1\n[[rules]]\nname = \"a b\"\nflow = \"cash\"\npatterns.x = 'a'\n",
            "rule number 1: want a name",
        ),
        (
            &format!("{HEAD}category = \"Food\"\npatterns.x = 'a'\n"),
            "Food",
        ),
        (
            &format!("{HEAD}[rules.patterns]\n"),
            "rule \"a\": no pattern",
        ),
        (
            &format!("{HEAD}patterns.de = 'a('\n"),
            "rule \"a\": pattern \"de\": not a regular",
        ),
        (&format!("{HEAD}patterns.x = 'a|'\n"), "fits every text"),
        (&format!("{HEAD}patterns.x = '.*'\n"), "fits every text"),
        (&format!("{HEAD}patterns.x = '(a+)\\1'\n"), "backreference"),
        (
            &format!("{HEAD}patterns.x = 'a{{2000}}{{2000}}'\n"),
            "size limit",
        ),
        (
            &format!(
                "{HEAD}patterns.x = '{}a{}'\n",
                "(".repeat(99),
                ")".repeat(99)
            ),
            "nest",
        ),
        (
            &format!("{HEAD}patterns.x = '{}'\n", "a".repeat(2001)),
            "2001 characters",
        ),
        (
            &format!(
                "{HEAD}patterns.x = 'a'\n{}",
                &HEAD[12..].replace("flow", "patterns.x='b'\nflow")
            ),
            "stands before it",
        ),
        (
            "version = 1\n[[rules]]\nname = \"a\"\nflow = \"cash\"\ncategory = \"FOOD\"\npatterns.x = 'a'\n",
            "carry a category",
        ),
    ] {
        let message = refused(toml);
        assert!(message.contains(words), "{message}\nwant {words}");
    }
    assert!(refused(&" ".repeat(Rules::BYTES_MAX + 1)).contains("larger than"));
    let rule = |n: usize| format!("[[rules]]\nname=\"r{n}\"\nflow=\"cash\"\npatterns.x='a'\n");
    let many: String = (0..501).map(rule).collect();
    assert!(refused(&format!("version = 1\n{many}")).contains("501 rules"));
}

#[test]
fn the_text_that_is_searched_is_bounded_and_plain() {
    assert_eq!(searched("a \t b\n", "  C  "), "a b / C");
    assert_eq!(searched("", "C"), "C");
    assert_eq!(searched("Ａｂｃ", ""), "Abc");
    // One character that NFKC makes eighteen of.
    let long = "\u{fdfa}".repeat(100_000);
    assert!(searched(&long, &long).chars().count() <= 400);
}
