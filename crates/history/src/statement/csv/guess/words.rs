//! The words of headers, in English, German, French, Spanish, Chinese, Swahili
//! and some of Italian, Dutch, Portuguese and Polish.

use csv::StringRecord;

use crate::ledger::Direction;
use crate::money::Currency;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Date,
    Amount,
    Debit,
    Credit,
    Indicator,
    Currency,
    Description,
    Counterparty,
    CounterpartyAccount,
    Account,
    Balance,
    Id,
    Mcc,
}

/// Words by role, in small letters without spaces and signs; of several columns
/// of one role the one whose word comes first is taken.
const WORDS: [(Role, &str); 13] = [
    (
        Role::Date,
        "bookingdate bookeddate posteddate postdate postingdate dateposted transactiondate transdate \
         txndate completeddate completiontime date datetime buchungstag buchungsdatum buchung datum \
         belegdatum dateopération dateoperation datedopération datecomptable datedecomptabilisation \
         fechaoperación fechaoperacion fechadeoperación fechacontable fecha 交易时间 交易日期 记账日期 \
         入账日期 日期 时间 tarehe tareheyamuamala dataoperazione datacontabile data dataoperacji \
         boekdatum datamov datalançamento time valuedate wertstellung valutadatum datevaleur \
         datedevaleur fechavalor 起息日",
    ),
    (
        Role::Amount,
        "amount transactionamount amt betrag umsatz montant importe cantidad monto 金额 金额元 交易金额 \
         发生额 kiasi importo bedrag kwota valor value sum summe net netamount gross grossamount",
    ),
    (
        Role::Debit,
        "debit debitamount withdrawal withdrawals withdrawalamount withdrawalamt withdrawn debitamt moneyout paidout out soll \
         lastschrift belastung débit cargo cargos retiro retiros egreso 支出 支出金额 借方 借方金额 借方发生额 \
         imetoka zilizotoka fedhaimetoka uscite addebiti af débito",
    ),
    (
        Role::Credit,
        "credit creditamount creditamt deposit deposits depositamount depositamt paidin moneyin in haben gutschrift crédit abono \
         abonos ingreso ingresos depósito 收入 收入金额 贷方 贷方金额 贷方发生额 imeingia zilizoingia \
         fedhaimeingia entrate accrediti bij crédito",
    ),
    (
        Role::Indicator,
        "creditdebit creditdebitindicator debitcredit drcr crdr dc cdtdbtind sollhaben \
         sollhabenkennzeichen sh sens signo 收支 借贷 借贷标志 收付标志 transactiontype type art tipo \
         afbij aina",
    ),
    (
        Role::Currency,
        "currency ccy currencycode währung waehrung devise divisa moneda 币种 货币 sarafu valuta waluta moeda",
    ),
    (
        Role::Description,
        "description transactiondescription transactiondetails details narrative narration memo particulars verwendungszweck \
         buchungstext beschreibung text libellé libelle libellédelopération concepto descripción \
         descripcion detalle 摘要 交易摘要 商品说明 商品 交易说明 用途 附言 maelezo descrizione causale \
         omschrijving mededelingen tytuł opis histórico descrição remarks 备注",
    ),
    (
        Role::Counterparty,
        "payee merchant merchantname counterparty counterpartyname beneficiary payeename name \
         empfänger auftraggeber auftraggeberempfänger beguenstigterzahlungspflichtiger \
         begünstigterzahlungspflichtiger zahlungsempfänger zahlungsbeteiligter namezahlungsbeteiligter \
         bénéficiaire tiers beneficiario comercio 交易对方 对方户名 对方名称 商户名称 mpokeaji jina \
         naamtegenpartij",
    ),
    (
        Role::CounterpartyAccount,
        "counterpartyaccount counterpartyiban beneficiaryaccount payeeaccount ibanzahlungsbeteiligter \
         kontonummeriban empfängeriban comptebénéficiaire cuentabeneficiario 对方账号 对方账户 tegenrekening",
    ),
    (
        Role::Account,
        "account accountnumber accountno accountid iban konto kontonummer auftragskonto ibanauftragskonto \
         compte numérodecompte cuenta 账号 卡号 本方账号 akaunti rekening",
    ),
    (
        Role::Balance,
        "balance runningbal runningbalance closingbalance balanceafter balanceaftertransaction saldo \
         kontostand saldonachbuchung solde 余额 账户余额 交易后余额 salio saldodopo",
    ),
    (
        Role::Id,
        "transactionid id transactionreference entryreference receiptno referenceno refno referencenumber \
         reference ref referenz buchungsreferenz transaktionscode référence numérodopération referencia \
         númerodeoperación 交易号 交易单号 交易订单号 交易流水号 流水号 kumbukumbu nambayarisiti fitid",
    ),
    (Role::Mcc, "mcc merchantcategorycode sic 商户类别码"),
];

const IN: &str = "credit cr c in crdt haben h gutschrift crédit abono ingreso 收入 收 贷 贷方 deposit + paidin \
                  bij imeingia entrata";
const OUT: &str = "debit dr d out dbit soll s lastschrift débit cargo egreso 支出 支 借 借方 withdrawal - \
                   paidout af imetoka uscita";

/// The role that a header's name tells, how early its word stands, and the
/// currency that the name ends with.
pub(super) fn role(name: &str) -> Option<(Role, usize, Option<Currency>)> {
    let plain = plain(name);
    let find = |word: &str| {
        WORDS.iter().find_map(|(role, words)| {
            let at = words.split_whitespace().position(|known| known == word)?;
            Some((*role, at))
        })
    };
    if let Some((role, at)) = find(&plain) {
        return Some((role, at, None));
    }
    // Such as "Débit euros", "Amount (GBP)" and "Betrag in EUR".
    let euros = ["euros", "euro"].into_iter();
    let (start, code) = match euros.filter_map(|word| plain.strip_suffix(word)).next() {
        Some(start) => (start, "EUR".to_owned()),
        None => {
            let (start, end) = plain.split_at_checked(plain.len().checked_sub(3)?)?;
            (start, end.to_uppercase())
        }
    };
    let currency = code.parse().ok()?;
    let found = find(start).or_else(|| find(start.strip_suffix("in")?));
    found.map(|(role, at)| (role, at, Some(currency)))
}

/// How many names of a line are known words.
pub(super) fn known(record: &StringRecord) -> usize {
    record.iter().filter(|name| role(name).is_some()).count()
}

/// Which way a word of an indicator column says that money went.
pub(super) fn direction(word: &str) -> Option<Direction> {
    let trimmed = word.trim();
    let word = match trimmed {
        "+" | "-" => trimmed.to_owned(),
        _ => plain(trimmed),
    };
    let says = |words: &str| words.split_whitespace().any(|known| known == word);
    if says(IN) {
        Some(Direction::In)
    } else if says(OUT) {
        Some(Direction::Out)
    } else {
        None
    }
}

/// Whether a text has several of the Chinese words of headers.
pub(super) fn has_chinese(text: &str) -> bool {
    let words = WORDS.iter().flat_map(|(_, words)| words.split_whitespace());
    let chinese = words.filter(|word| word.chars().any(|c| ('\u{4e00}'..'\u{a000}').contains(&c)));
    chinese.filter(|word| text.contains(word)).take(2).count() == 2
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|char| char.is_alphanumeric()).take(60);
    letters.flat_map(char::to_lowercase).collect()
}
