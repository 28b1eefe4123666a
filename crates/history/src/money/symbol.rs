//! Signs that people write beside an amount, and the currencies they can mean.

use super::Currency;

/// Whether `mark` beside an amount says that it is in `currency`: its code, or a
/// symbol that stands for it, perhaps among others.
pub(super) fn names(mark: &str, currency: Currency) -> bool {
    mark == currency.code()
        || SYMBOLS.iter().any(|&(symbol, codes)| {
            symbol == mark && codes.split(' ').any(|code| code == currency.code())
        })
}

const DOLLARS: &str = "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BBD BMD BND BSD BZD FJD GYD \
                       JMD KYD LRD NAD SBD SRD TTD XCD UYU DOP CUP NIO";

const SYMBOLS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", DOLLARS),
    ("US$", "USD"),
    ("A$", "AUD"),
    ("C$", "CAD NIO"),
    ("CA$", "CAD"),
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("NZ$", "NZD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    ("£", "GBP GIP FKP SHP EGP LBP SYP SSP SDG"),
    ("¥", "JPY CNY"),
    ("￥", "JPY CNY"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("₹", "INR"),
    ("Rs", "INR PKR LKR NPR MUR SCR"),
    ("Rs.", "INR PKR LKR NPR MUR SCR"),
    ("₩", "KRW KPW"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₵", "GHS"),
    ("GH₵", "GHS"),
    ("₫", "VND"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("₪", "ILS"),
    ("₸", "KZT"),
    ("₡", "CRC"),
    ("₲", "PYG"),
    ("₾", "GEL"),
    ("₼", "AZN"),
    ("֏", "AMD"),
    ("₮", "MNT"),
    ("৳", "BDT"),
    ("៛", "KHR"),
    ("₭", "LAK"),
    ("zł", "PLN"),
    ("kr", "SEK NOK DKK ISK"),
    ("kr.", "SEK NOK DKK ISK"),
    ("Kč", "CZK"),
    ("Ft", "HUF"),
    ("lei", "RON MDL"),
    ("Fr", "CHF"),
    ("Fr.", "CHF"),
    ("SFr.", "CHF"),
    ("R", "ZAR"),
    ("KSh", "KES"),
    ("Ksh", "KES"),
    ("TSh", "TZS"),
    ("USh", "UGX"),
    ("RM", "MYR"),
    ("Rp", "IDR"),
    ("S/", "PEN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_is_known() {
        for (symbol, codes) in SYMBOLS {
            for code in codes.split(' ') {
                let currency = code.parse::<Currency>().expect(code);
                assert!(names(symbol, currency), "{symbol} {code}");
            }
        }
    }

    #[test]
    fn a_symbol_of_another_currency_does_not_name_this_one() {
        let euro = "EUR".parse().unwrap();
        assert!(names("€", euro) && names("EUR", euro));
        assert!(!names("$", euro) && !names("USD", euro) && !names("", euro));
    }
}
