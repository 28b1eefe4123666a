//! Currencies by their ISO 4217 codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency of ISO 4217; serialised as its three-letter code.
///
/// Known are the codes in use and those withdrawn so recently that a statement
/// of five years may carry them. Metals, funds and test codes, which have no
/// minor unit, are not currencies here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Codes without a minor unit.
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
/// Codes whose minor unit is a hundredth.
const HUNDREDTHS: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN \
    BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP \
    GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT \
    LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO \
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS \
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD \
    XCG YER ZAR ZMW ZWG ZWL";
/// Codes whose minor unit is a thousandth.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Codes with four digits after the point.
const TEN_THOUSANDTHS: &str = "CLF UYW";

const BY_DIGITS: [(u8, &str); 4] = [
    (2, HUNDREDTHS),
    (0, NONE),
    (3, THOUSANDTHS),
    (4, TEN_THOUSANDTHS),
];

impl Currency {
    /// The yuan: Alipay and WeChat Pay name no currency because they know no
    /// other.
    pub(crate) const YUAN: Self = Self(*b"CNY");
    /// The Kenyan shilling, which M-Pesa's statements are in unless it is said
    /// otherwise.
    pub(crate) const KENYAN_SHILLING: Self = Self(*b"KES");

    /// Its code, such as `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("known codes are ASCII")
    }

    /// How many decimal digits its minor unit has: 2 for EUR, 0 for JPY, 3 for
    /// KWD.
    pub fn minor_digits(&self) -> u8 {
        minor_digits(self.code()).expect("only known codes become a currency")
    }

    /// Every known currency.
    pub fn all() -> impl Iterator<Item = Self> {
        BY_DIGITS
            .into_iter()
            .flat_map(|(_, codes)| codes.split_ascii_whitespace())
            .filter_map(|code| code.parse().ok())
    }
}

fn minor_digits(code: &str) -> Option<u8> {
    BY_DIGITS
        .into_iter()
        .find(|(_, codes)| codes.split_ascii_whitespace().any(|known| known == code))
        .map(|(digits, _)| digits)
}

/// Text that is no known currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown currency; want an ISO 4217 code in capitals such as EUR")]
pub struct UnknownCurrency;

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        minor_digits(text).ok_or(UnknownCurrency)?;
        Ok(Self(code))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({self})")
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_digits_follow_the_currency() {
        let digits = |code: &str| code.parse::<Currency>().unwrap().minor_digits();
        assert_eq!(["EUR", "JPY", "KWD", "CLF"].map(digits), [2, 0, 3, 4]);
    }

    #[test]
    fn unknown_codes_are_refused() {
        for code in ["EUX", "eur", "EU", "EURO", "", " EUR", "XAU", "E R", "€"] {
            assert_eq!(code.parse::<Currency>(), Err(UnknownCurrency), "{code}");
        }
    }

    #[test]
    fn the_table_names_each_code_once() {
        let mut codes: Vec<_> = Currency::all().collect();
        let listed = BY_DIGITS
            .iter()
            .flat_map(|(_, codes)| codes.split(' '))
            .count();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), listed);
        let text = serde_json::to_string(&codes).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Currency>>(&text).unwrap(), codes);
    }
}
