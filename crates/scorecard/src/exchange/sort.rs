//! What a file holds, told by its content.

use blindscore_history::decimal::Decimal;
use blindscore_history::scheme::Scheme;

use super::card_file::CardFile;
use super::draft::Draft;
use super::error::{IMPORT_BYTES_MAX, ImportFault};
use super::json::Json;
use super::optbinning_json::Binning;
use super::optbinning_model::Model;
use super::pmml::verify::Verification;
use super::settle::ImportOptions;
use super::table::Table;
use super::{InputFile, own_csv, pmml, scorecardpy, toad};

/// A file that was read.
pub(super) enum Content {
    /// A card of its own, and rows to check it by.
    Draft(Box<Draft>, Option<Verification>),
    /// optbinning's table.
    Table(Table),
    /// optbinning's binning.
    Binning(Vec<Binning>),
    /// optbinning's fitted model.
    Model(Model),
    /// The intercept of an intercept-based card.
    Intercept(Decimal),
    /// This project's card file.
    Card(Box<CardFile>),
    /// This project's scorecard, which needs its scheme.
    Scorecard(String),
    /// This project's scheme.
    Scheme(Scheme),
}

/// Reads a file.
pub(super) fn content(
    file: &InputFile<'_>,
    options: &ImportOptions,
) -> Result<Content, ImportFault> {
    if file.bytes.len() > IMPORT_BYTES_MAX {
        return Err(ImportFault::TooLarge {
            got: file.bytes.len(),
        });
    }
    if is_pickle(file.bytes) {
        return Err(ImportFault::Pickle);
    }
    let text = std::str::from_utf8(file.bytes).map_err(|error| ImportFault::NotText {
        from: error.valid_up_to(),
    })?;
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().chars().next() {
        Some('<') => {
            let read = pmml::read::read(text, options.force)?;
            Ok(Content::Draft(Box::new(read.draft), read.verification))
        }
        Some('{' | '[') => json(text),
        Some(_) => csv(text),
        None => Err(ImportFault::Unknown),
    }
}

/// Pickles of protocol 2 and later begin with 0x80 and the protocol; earlier
/// ones with an opcode that names a class or opens a dictionary, and end with a
/// full stop.
fn is_pickle(bytes: &[u8]) -> bool {
    match bytes {
        [0x80, 0..=9, ..] => true,
        [b'c', rest @ ..] => rest.starts_with(b"copy_reg\n") || rest.starts_with(b"copyreg\n"),
        [b'(', b'd' | b'i' | b'l' | b'c', ..] => bytes.trim_ascii_end().ends_with(b"."),
        _ => false,
    }
}

fn json(text: &str) -> Result<Content, ImportFault> {
    if CardFile::is_one(text) {
        let card = CardFile::from_json(text);
        let card = card.map_err(|error| ImportFault::field("the card file", error.to_string()))?;
        return Ok(Content::Card(Box::new(card)));
    }
    let json = match Json::read(text) {
        Ok(json) => json,
        // toad's combiner writes a bare NaN, which is not JSON.
        Err(_) if is_combiner(&text.replace("NaN", "null")) => return Err(combiner()),
        Err(fault) => return Err(fault),
    };
    let Json::Object(fields) = &json else {
        return Err(ImportFault::Unknown);
    };
    let has = |name: &str| json.get(name).is_some();
    if has("blindscore_scorecard") {
        return Ok(Content::Scorecard(text.to_owned()));
    }
    if has("blindscore_scheme") {
        let scheme = Scheme::from_json(text);
        let scheme = scheme.map_err(|error| ImportFault::field("the scheme", error.to_string()))?;
        return Ok(Content::Scheme(scheme));
    }
    if has("coefficients") {
        return Model::read(&json).map(Content::Model);
    }
    if fields.len() == 1
        && let Some(intercept) = json.get("intercept_").or_else(|| json.get("intercept"))
    {
        return Ok(Content::Intercept(intercept.number("intercept_")?.clone()));
    }
    let all = |holds: &dyn Fn(&Json) -> bool| {
        !fields.is_empty() && fields.iter().all(|(_, value)| holds(value))
    };
    if Binning::is_one(&json) || all(&Binning::is_one) {
        return Binning::read_all(&json).map(Content::Binning);
    }
    if all(&|value| matches!(value, Json::List(_))) {
        return Err(combiner());
    }
    let is_scores = |value: &Json| matches!(value, Json::Object(bins) if !bins.is_empty());
    if all(&is_scores) {
        return toad::read_json(&json).map(|draft| Content::Draft(Box::new(draft), None));
    }
    Err(ImportFault::Unknown)
}

fn is_combiner(text: &str) -> bool {
    let Ok(Json::Object(fields)) = Json::read(text) else {
        return false;
    };
    !fields.is_empty()
        && fields
            .iter()
            .all(|(_, value)| matches!(value, Json::List(_)))
}

fn combiner() -> ImportFault {
    ImportFault::NoPoints {
        what: "toad's combiner",
        want: "import ScoreCard.export(), which has the same cut points and the scores",
    }
}

fn csv(text: &str) -> Result<Content, ImportFault> {
    let table = Table::read(text)?;
    let draft = |draft: Draft| Content::Draft(Box::new(draft), None);
    if table.has(&["Variable", "Bin", "Points"]) {
        if table.has_cell("Variable", own_csv::BASE) {
            return own_csv::read(&table).map(draft);
        }
        return Ok(Content::Table(table));
    }
    if table.has(&["variable", "bin", "points"]) {
        return scorecardpy::read(&table).map(draft);
    }
    if table.has(&["name", "value", "score"]) {
        return toad::read_csv(&table).map(draft);
    }
    if table.has(&["variable", "bin", "woe"]) {
        return Err(ImportFault::NoPoints {
            what: "scorecardpy's binning",
            want: "import the card, pd.concat(scorecard(…)) as CSV",
        });
    }
    if table.has(&["name", "dtype", "iv"]) {
        return Err(ImportFault::NoPoints {
            what: "the summary of optbinning's binning",
            want: "import Scorecard.table() as CSV",
        });
    }
    Err(ImportFault::Unknown)
}
