//! All words of the wallet's window, in one place for translation.

use blindscore_history::explain::Share;
use blindscore_history::taxonomy::{Category, Flow};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::Outputs;
use jiff::Timestamp;
use jiff::civil::Date;

use super::record::Decision;
use super::statements::{FileSaid, NotReady};
use crate::chart::Words;

pub(super) const LANGUAGE: &str = "en";

// The frame.
pub(super) const WALLET: &str = "Wallet";
pub(super) const OWNER: &str = "yours: your data, your key, your decision";
pub(super) const HOME: &str = "Home";
pub(super) const SPENDING: &str = "Spending";
pub(super) const CONSENTS: &str = "Consents";
pub(super) const SKIP: &str = "To the content";
pub(super) const PAGES: &str = "Pages of the wallet";
pub(super) const FOOT: &str = "Invented parties, keys known to everybody: a demonstration. What you drop in here stays on this computer; of your data, only ciphertext leaves this window.";
pub(super) const BACK_HOME: &str = "Back to the first page";
pub(super) const NOT_DONE: &str = "This was not done";
pub(super) const MISSING: &str = "There is nothing here of that name.";

// Home.
pub(super) const HOME_TITLE: &str = "Your wallet";
pub(super) const HOME_LEAD: &str = "Lenders ask here for a credit score. You see what they ask, choose who computes what, and look at the score before anybody else does. Nobody gets it unless you release it.";
pub(super) const WHO_ASKS: &str = "Who asks";
pub(super) const NOBODY_ASKS: &str =
    "Nobody is asking now. Ask for a score in the lender’s window; it appears here.";
pub(super) const LOOK_AT_IT: &str = "Look at the question";
pub(super) const UNDER_WAY: &str = "Your applications";
pub(super) const ALL_CONSENTS: &str = "All consents";
pub(super) const HOW_IT_GOES: &str = "How it goes";
pub(super) const HOW: [(&str, &str); 4] = [
    (
        "Choose.",
        "Which data, whose scorecard, for how long, and what the lender may get.",
    ),
    (
        "Consent.",
        "Your bank and your wallet encrypt your data to a key that only you have, and hand them in.",
    ),
    (
        "Look.",
        "A platform computes the score without being able to read it. Your wallet opens it and checks it.",
    ),
    (
        "Decide.",
        "Release the score with a proof that it is right, keep it to yourself, or withdraw.",
    ),
];

// Spending.
pub(super) const SPENDING_TITLE: &str = "Where the money went";
pub(super) const OWN_TITLE: &str = "Your own statements";
pub(super) const SAMPLE_TAB: &str = "The sample person";
pub(super) const OWN_TAB: &str = "Your own statements";
pub(super) const SAMPLE_LEAD: &str = "A year of an invented person, who has an account at Example Bank and a balance at Example Wallet.";
pub(super) const DROP_TITLE: &str = "Add statements";
pub(super) const DROP_LEAD: &str = "Drop in what your bank lets you export. The files are read on this computer and stay in the wallet’s folder until you remove them.";
pub(super) const DROP_HERE: &str = "Drop files here, or choose them";
pub(super) const DROP_FORMATS: &str = "CSV, CAMT.053, OFX, Excel, JSON of several interfaces; the format is found by looking at the file. At most 16 MiB a file, 32 files, 64 MiB together.";
pub(super) const READ_THEM: &str = "Read them";
pub(super) const YOUR_STATEMENTS: &str = "In your wallet";
pub(super) const NO_STATEMENTS: &str = "No statement yet.";
pub(super) const NOT_TAKEN: &str = "Some of it was not taken";
pub(super) const NOT_TAKEN_LEAD: &str =
    "These files are not kept; the others are. What the reader says of each:";
pub(super) const REMOVE: &str = "Remove";
pub(super) const REMOVE_SOME: &str =
    "Remove the statement that does not fit, or add the one that is missing.";
pub(super) const UNNAMED_FILE: &str = "a file without a name";
pub(super) const UPLOAD_BROKEN: &str =
    "The upload ended early, or it was too large. What was complete is kept.";
pub(super) const NO_FILE: &str = "Choose a file first.";
pub(super) const BY_MONTH: &str = "By month";
pub(super) const CHART_WORDS: Words = Words {
    title: "Spending by month and category",
    net: "less refunds",
    income: "Income",
    category,
};
pub(super) const CHART: &str = "Chart: spending by month and category";
pub(super) const BY_CATEGORY: &str = "By category";
pub(super) const CATEGORY: &str = "Category";
pub(super) const SHARE: &str = "Compared";
pub(super) const SUM: &str = "Sum";
pub(super) const NOTHING_SPENT: &str = "Nothing was spent.";
pub(super) const WHAT_WAS_READ: &str = "What was read";
pub(super) const COMMON_PERIOD: &str = "Covered by all accounts";
pub(super) const WHOLE_MONTHS: &str = "A file that does not say which days it covers is taken for whole months, from its first entry’s to its last entry’s.";
pub(super) const NO_PERIOD: &str = "no day";
pub(super) const UNCLASSIFIED: &str = "Not classified";
pub(super) const MONTH_TABLE: &str = "The same as a table, with income and transfers";
pub(super) const ENTRIES: &str = "Entries, and why each went where it did";
pub(super) const FLOW: &str = "Kind";
pub(super) const DATE: &str = "Date";
pub(super) const AMOUNT: &str = "Amount";
pub(super) const TEXT: &str = "Text";
pub(super) const WHY: &str = "Decided by";

// A question.
pub(super) const WHAT_IS_ASKED: &str = "What is asked";
pub(super) const WHO: &str = "Who asks";
pub(super) const WHAT_FOR: &str = "What for";
pub(super) const WHO_COMPUTES: &str = "Who computes, without seeing";
pub(super) const WANTED_SOURCES: &str = "Whose data must take part";
pub(super) const ANY_SOURCE: &str = "You choose.";
pub(super) const OWN_WORD_TAKEN: &str = "Data that only you vouch for will do.";
pub(super) const WANTED_OUTPUTS: &str = "What the lender wants to get";
pub(super) const KEEPS: &str = "The lender keeps it for";
pub(super) const ANSWER_UNTIL: &str = "Answers are taken until";
pub(super) const ANSWERED_ALREADY: &str = "You have answered this question.";
pub(super) const WHICH_DATA: &str = "1. Which data";
pub(super) const WHICH_DATA_LEGEND: &str = "Compute the score from";
pub(super) const OWN_WORD_REFUSED: &str = "This lender wants data that a bank or shop vouches for.";
pub(super) const OWN_WORD_MARKED: &str =
    "Nobody but you vouches for them, and the lender is told so.";
pub(super) const LOOK_AT_SPENDING: &str = "See these data, or add statements of your own";
pub(super) const WHICH_PROVIDER: &str = "2. Whose scorecard";
pub(super) const WHICH_PROVIDER_LEAD: &str = "A scorecard says how points come from data. Each provider publishes its own; the lender takes any of these. Choose several and you see a score of each, and release one of them at most.";
pub(super) const OFFERED: &str = "Compute with";
pub(super) const WHAT_IT_SAYS: &str = "What the provider says of it";
pub(super) const NO_MODEL_CARD: &str = "The provider says nothing of where it comes from.";
pub(super) const WHAT_IT_READS: &str =
    "What it reads of your data, and how much of the range it moves";
pub(super) const DIGEST: &str = "Digest";
pub(super) const INTENDED_USE: &str = "Made for";
pub(super) const TRAINED_ON: &str = "Made from";
pub(super) const DOES_NOT_USE: &str = "Does not use";
pub(super) const LIMITATIONS: &str = "Limits";
pub(super) const VALIDATION: &str = "How well it separates";
pub(super) const FAIRNESS: &str = "How it treats groups";
pub(super) const CONTACT: &str = "Contact";
pub(super) const AS_OF: &str = "As of";
pub(super) const LIMITS: &str = "3. Limits";
pub(super) const WHAT_LENDER_GETS: &str = "If you release, the lender gets";
pub(super) const GETS_SCORE: &str = "The score alone";
pub(super) const GETS_REASONS: &str = "The score, and the reasons for it";
pub(super) const REASONS_NOTE: &str =
    "With the reasons it can tell you why it declined, if it does.";
pub(super) const SCORE_ONLY: &str = "If you release, the lender gets the score alone.";
pub(super) const FOR_HOW_LONG: &str = "Your consent is valid for";
pub(super) const NOTHING_YET: &str =
    "Nothing leaves this window yet. Next you read what you would agree to.";
pub(super) const READ_CONSENT: &str = "Read the consent";
pub(super) const CHOOSE_DATA: &str = "Choose which data to use, of those that the lender takes.";
pub(super) const CHOOSE_A_SCORECARD: &str = "Choose at least one of the scorecards offered.";
pub(super) const CHOOSE_OUTPUTS: &str = "Choose what the lender may get.";
pub(super) const CHOOSE_DAYS: &str = "Choose for how long the consent is valid.";
pub(super) const CHOOSE_ONE_SCORE: &str = "Choose which score to release.";
pub(super) const NOT_NOW: &str = "This cannot be done now: it was decided before, or is under way.";
pub(super) const BUSY: &str =
    "The wallet is in the middle of a step of this application. Try again in a moment.";

// Checks.
pub(super) const OTHER_MESSAGE: &str = "The lender’s server gave another message than it listed.";
pub(super) const OTHER_LENDER: &str = "The message is not of the lender whose server gave it.";
pub(super) const OTHER_SCHEME: &str = "The platform gave another scheme than the question names.";
pub(super) const OTHER_SCORECARD: &str =
    "The platform gave another scorecard than the question names.";
pub(super) const OTHER_SCHEME_THAN_HELD: &str =
    "The data holders of this demonstration compute by another scheme than the lender asks for.";
pub(super) const OTHER_ANSWERS: &str =
    "The platform answered for other scorecards than were ordered. Nothing was opened.";
pub(super) const OTHER_HISTORY: &str =
    "The platform holds another history than was sealed. Nothing was opened.";
pub(super) const OTHER_ENTRY: &str = "The platform proved another entry of its log than was asked.";
pub(super) const LOG_FORKED: &str =
    "The platform’s log shows two different roots of one size: it is forked.";
pub(super) const LOG_TOO_FAST: &str =
    "The platform’s log grew faster than it could be checked. Try again.";
pub(super) const QUESTION_OVER: &str = "The lender takes no answers to this question any more.";

// The consent.
pub(super) const DRAFT_TITLE: &str = "Read before you agree";
pub(super) const DRAFT_LEAD: &str = "This is the consent, word for word. The platform enforces what it says, and nothing is computed without it.";
pub(super) const NOTICE: &str = "The consent";
pub(super) const NOTICE_DIGEST: &str = "You sign exactly this text; its digest is";
pub(super) const GRANT_LEAD: &str = "If you agree, your data are encrypted and handed in, and the score is computed and shown to you. Releasing it is another decision, which you take when you have seen it.";
pub(super) const DISCARD: &str = "Do not agree";
pub(super) const THE_CONSENT: &str = "The consent";
pub(super) const DATA: &str = "Data";
pub(super) const VALID_UNTIL: &str = "Valid until";
pub(super) const RECEIPT: &str = "Receipt";
pub(super) const RECEIPTS: &str = "Receipts";
pub(super) const CONSENT_ID: &str = "Number";
pub(super) const DOWNLOAD_CONSENT: &str = "The consent record (ISO/IEC TS 27560, JSON-LD)";
pub(super) const DOWNLOAD_RECEIPT: &str = "The platform’s receipt for it";
pub(super) const WHAT_PLATFORM_HOLDS: &str = "What the platform still holds";
pub(super) const PLATFORM_SAYS: &str = "Asked just now. The platform says:";
pub(super) const STATE: &str = "State";
pub(super) const USES: &str = "Computed";
pub(super) const HISTORIES: &str = "Your encrypted data";
pub(super) const HOLDS_NONE: &str = "none";
pub(super) const HOLDS_WHAT: &str =
    "Receipts, the consent and its withdrawal stay as evidence, by numbers and digests.";
pub(super) const PLATFORM_WINDOW: &str = "Look into the platform’s window";
pub(super) const WITHDRAW_TITLE: &str = "Withdraw this consent";
pub(super) const WITHDRAW_LEAD: &str = "The platform then computes nothing more and deletes your encrypted data at once. This cannot be undone.";
pub(super) const WITHDRAW_AFTER_RELEASE: &str =
    "A score that the lender has stays with it for the time that the consent says.";
pub(super) const WITHDRAW: &str = "Withdraw";
pub(super) const SCORES_STAY: &str = "The scores below were released to nobody.";

// Steps.
pub(super) const COMPUTING: &str = "Your score is being computed";
pub(super) const RELEASING: &str = "Your score is being released";
pub(super) const GOES_ON: &str = "This goes on by itself, also when you close the page.";
pub(super) const THE_PLATFORM: &str = "the platform";
pub(super) const STEP_LOGGED: &str =
    "Consent and receipts found in the platform’s public log, which only grew";
pub(super) const STEP_CHECKED: &str = "Computed again here, byte for byte; opened with your key and compared with the score in the clear";
pub(super) const STEP_CHECKED_AGAIN: &str = "Everything checked once more";
pub(super) const TRY_AGAIN: &str = "Try again";

// The score.
pub(super) const SCORED_LEAD: &str = "Only you see this. Every check was passed: the platform computed what you agreed to, on the data that were sealed, and nothing else.";
pub(super) const REASONS: &str = "Reasons";
pub(super) const REASONS_LEAD: &str = "Where most points are missing, in the provider’s words:";
pub(super) const NO_REASONS: &str = "None: no characteristic falls short of its baseline.";
pub(super) const POINTS: &str = "Points, characteristic by characteristic";
pub(super) const CHARACTERISTIC: &str = "Characteristic";
pub(super) const YOURS: &str = "Yours";
pub(super) const POINTS_GIVEN: &str = "Points";
pub(super) const OF_THE_MOST: &str = "Of what it can give";
pub(super) const WHICH_SCORE: &str = "Release";
pub(super) const KEEP_IT: &str = "Keep it to myself";
pub(super) const KEPT: &str = "You kept it to yourself. Nobody was told; you can still release it while the consent is valid.";
pub(super) const TAKEN_AT: &str = "Taken";
pub(super) const TAKEN_AS: &str = "The lender calls it";
pub(super) const PROOF: &str = "Proof";
pub(super) const ITS_REASONS: &str = "Its principal reasons:";
pub(super) const SCORE: &str = "Score";
pub(super) const SCORECARD: &str = "Scorecard";
pub(super) const NOT_GIVEN: &str = "not given, as you chose";
pub(super) const STANDING: &str = "Data";
pub(super) const STANDING_OWN: &str = "self-declared: nobody but you vouches for them";
pub(super) const STANDING_ATTESTED: &str = "attested by their sources";
pub(super) const YOUR_DATA: &str = "Your spending";
pub(super) const NOTHING_OF_THEM: &str = "nothing but ciphertext, which the lender cannot open";

// History.
pub(super) const HISTORY_TITLE: &str = "Your consents";
pub(super) const HISTORY_LEAD: &str =
    "Everything that you agreed to, or were about to, and what became of it.";
pub(super) const NO_CONSENTS: &str = "You have agreed to nothing yet.";
pub(super) const SINCE: &str = "Since";
pub(super) const STAGE_DRAFTED: &str = "not agreed yet";
pub(super) const STAGE_RUNNING: &str = "computing";
pub(super) const STAGE_STOPPED: &str = "stopped";
pub(super) const STAGE_SCORED: &str = "score ready";
pub(super) const STAGE_KEPT: &str = "kept to yourself";
pub(super) const STAGE_RELEASING: &str = "releasing";
pub(super) const STAGE_RELEASE_STOPPED: &str = "release stopped";
pub(super) const STAGE_RELEASED: &str = "released";
pub(super) const STAGE_WITHDRAWN: &str = "withdrawn";
pub(super) const YOURSELF: &str = "yourself";

/// A function for each text in which something is put.
macro_rules! said {
    ($($name:ident($($given:ident: $kind:ty),*) $text:literal;)*) => {
        $(pub(super) fn $name($($given: $kind),*) -> String {
            format!($text)
        })*
    };
}

said! {
    asks(lender: &str) "{lender} asks for your score";
    message_refused(lender: &str, digest: &str) "A message of {lender} was refused ({digest}). It is not shown, and cannot be answered.";
    for_lender(lender: &str, since: &str) "For {lender}, {since}";
    open_it(purpose: &str) "Open “{purpose}”";
    remove(name: &str) "Remove {name}";
    listed(shown: usize, all: usize) "The newest {shown} of {all}.";
    own_ready(months: u8, as_of: &str) "Ready to be scored: {months} whole months before {as_of}.";
    too_many_files(most: usize) "More than {most} files: remove some first.";
    no_such_holder(name: &str) "The lender wants data of {name}, who takes no part in this demonstration.";
    signed_by(lender: &str) "Signed by {lender}, with a key that your registry knows.";
    by_provider(provider: &str, low: i64, high: i64, characteristics: usize) "By {provider}. Scores from {low} to {high}, from {characteristics} characteristics.";
    by(provider: &str) "By {provider}";
    grant(lender: &str) "I agree: compute a score for {lender}";
    decide(lender: &str) "Release it to {lender}?";
    release_to(lender: &str) "Release to {lender}";
    released_to(lender: &str) "Released to {lender}";
    lender_sees(lender: &str) "What {lender} sees";
    lender_checks(lender: &str) "{lender} took it and has not said more yet. Its decision is in its own window.";
    lender_window(lender: &str) "Open the window of {lender}";
    withdrawn_at(at: &str) "You withdrew this consent, {at}.";
    released_before(lender: &str) "The score was released before: {lender} has it for the time that the consent says.";
    in_log(index: u64) "in the log, entry {index}";
    log_head(size: u64, time: &str) "The log as you last saw it: {size} entries, {time}. Its root:";
    uses(uses: u32, of: u32) "{uses} of {of} times";
    step_registered(platform: &str) "Question and your new public key handed in at {platform}";
    step_sealed(source: &str) "Encrypted to your key and signed by {source}";
    step_handed_in(source: &str) "Handed in by {source}";
    step_consented(platform: &str) "Your consent handed in at {platform}";
    step_scored(platform: &str) "Scored by {platform}, without seeing anything";
    step_sent(lender: &str) "Sent to {lender}, and taken";
    step_answered(lender: &str) "Checked and decided by {lender}";
    lender_answered(lender: &str) "What {lender} answered";
    not_held(lender: &str) "{lender} does not hold it: one of its checks refused it, and its window says which.";
    steps_done(done: usize, all: usize) "{done} of {all} steps done";
    gauge(score: i64, low: i64, high: i64) "Score {score}, on a range from {low} to {high}";
    range(low: i64, high: i64) "This scorecard gives {low} to {high}.";
    points_of(name: &str) "Points of {name}";
    of_range(points: i64, least: i64, greatest: i64) "{points} points, on a range from {least} to {greatest}";
    from_to(least: i64, greatest: i64) "{least} to {greatest}";
    no_answer(url: &str) "{url} does not answer.";
    bad_answer(url: &str, status: u16) "{url} answered with status {status}, which makes no sense here.";
    answer_too_large(url: &str, limit: usize) "{url} answered with more than {limit} bytes; nothing of it was used.";
    no_server(lender: &str) "This wallet knows no server of {lender}.";
    lender_refused(lender: &str, detail: &str) "{lender} did not take it: {detail}";
}

pub(super) fn offer(scorecards: usize, until: &str) -> String {
    match scorecards {
        1 => format!("With one scorecard. Answer until {until}."),
        n => format!("With any of {n} scorecards: you choose. Answer until {until}."),
    }
}
pub(super) fn kilobytes(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}
pub(super) fn file_said(file: &FileSaid) -> String {
    let covers = match file.covers {
        Some(covers) => period(covers.first, covers.last),
        None => "no account taken".to_owned(),
    };
    format!("{}, {} entries, {covers}", file.format, file.entries)
}
pub(super) fn unclassified(share: &Share) -> String {
    let percent = |per_mille: u64| format!("{}.{} %", per_mille / 10, per_mille % 10);
    format!(
        "{} of {} entries, {} of the money",
        share.entries,
        share.of_entries,
        percent(share.per_mille_of_amount())
    )
}
pub(super) fn not_ready(why: &NotReady) -> String {
    match why {
        NotReady::None => "You have added no statements.".to_owned(),
        NotReady::Apart(why) => format!("Your statements do not go together yet: {why}."),
        NotReady::Other(why) => format!("Your statements cannot be scored: {why}."),
        NotReady::Missing {
            months,
            covers,
            want,
        } => {
            let months: Vec<String> = months.iter().map(ToString::to_string).collect();
            format!(
                "Your statements cover {}. The score looks at {want} whole months; missing are {}. Add statements of these months.",
                period(covers.first, covers.last),
                months.join(", ")
            )
        }
    }
}
pub(super) fn too_large(file: usize, all: usize) -> String {
    format!(
        "Too large: a file may have {} MiB, all together {} MiB. Export a shorter period, or remove files.",
        file >> 20,
        all >> 20
    )
}
pub(super) fn attested_by(sources: &[String]) -> String {
    format!(
        "{} vouch for them with their signatures.",
        sources.join(" and ")
    )
}
pub(super) fn share(per_mille: u32) -> String {
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}
pub(super) fn days(days: u32) -> String {
    match days {
        0 => "not at all".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
pub(super) fn gets(lender: &str, outputs: Outputs) -> String {
    let what = match outputs {
        Outputs::Score => "the score, without reasons and points",
        Outputs::ScoreAndReasons => "the score and the reasons, without the points",
    };
    format!("{lender} gets {what}, with a proof that it is right. Nothing of your spending.")
}
pub(super) fn proof(proof: usize, message: usize, attempts: u32, milliseconds: u64) -> String {
    format!(
        "{} KB in a message of {} KB; {attempts} attempts, {}.{} seconds",
        proof.div_ceil(1000),
        message.div_ceil(1000),
        milliseconds / 1000,
        milliseconds % 1000 / 100
    )
}
pub(super) fn holds(source: &str, bytes: u64) -> String {
    format!("{} KB of {source}", bytes.div_ceil(1000))
}
pub(super) fn step_proven(proving: Option<(u32, u32)>) -> String {
    match proving {
        None => "Proof made that the score is right".to_owned(),
        Some((attempt, expected)) => format!(
            "Proof made that the score is right: attempt {attempt}, about {expected} on average"
        ),
    }
}
pub(super) fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Approved => "Approved",
        Decision::Declined => "Declined",
        Decision::Referred => "A person will look at it",
    }
}
pub(super) fn points_lead(base: i64, count_risk: bool) -> String {
    let risk = if count_risk {
        " On this card points count risk: fewer are better."
    } else {
        ""
    };
    format!("Everybody starts with {base} points.{risk}")
}
pub(super) fn outbox_is_none(lender: &PartyId) -> super::Fault {
    super::Fault::Refused(format!("the server of {lender} gives no list of questions"))
}
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
pub(super) fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}
pub(super) fn period(first: Date, last: Date) -> String {
    format!("{} to {}", day(first), day(last))
}
pub(super) fn flow(flow: Flow, of: Category) -> &'static str {
    match flow {
        Flow::Expenditure | Flow::RefundReversal => category(of),
        Flow::Income => "Income",
        Flow::Transfer => "Transfers",
        Flow::DebtService => "Loans and cards repaid",
        Flow::SavingInvestment => "Savings",
        Flow::Cash => "Cash",
        Flow::TaxFee => "Taxes and fees",
    }
}
pub(super) fn category(category: Category) -> &'static str {
    match category {
        Category::Unclassified => "Not classified",
        Category::Food => "Food",
        Category::AlcoholTobacco => "Alcohol and tobacco",
        Category::Clothing => "Clothing",
        Category::Housing => "Housing",
        Category::Utilities => "Water and energy",
        Category::Household => "Household goods",
        Category::Health => "Health",
        Category::Transport => "Transport",
        Category::Communication => "Phone and internet",
        Category::Recreation => "Leisure and culture",
        Category::Education => "Education",
        Category::DiningLodging => "Restaurants and hotels",
        Category::InsuranceFinance => "Insurance and bank fees",
        Category::PersonalOther => "Personal and other",
        Category::Gambling => "Gambling",
    }
}
