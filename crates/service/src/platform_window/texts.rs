//! Every word of the platform's window, in one place for translation.

use blindscore_history::form::Form;
use blindscore_history::money::grouped;

pub(super) const LANGUAGE: &str = "en";
pub(super) const WINDOW: &str = "Platform";
pub(super) const HOME: &str = "What is held";
pub(super) const DOCS: &str = "Routes for programs";
pub(super) const SKIP: &str = "To the content";
pub(super) const NAVIGATION: &str = "Pages of this window";
pub(super) const FOOT: &str =
    "This page shows what the platform itself can read. It holds no key that opens anything.";
pub(super) const OTHER_NAME: &str =
    "this window answers under its own address on this machine only\n";
pub(super) const SELF_DECLARED: &str = "Self-declared";
pub(super) const BACK: &str = "Back to what is held";

pub(super) const LEAD: &str = "The platform scores spending histories that it cannot read. Here is what it holds of them, as it \
     holds it. The pictures are ciphertexts: one grey dot a byte.";
pub(super) const HISTORIES: &str = "Sealed histories";
pub(super) const HISTORIES_ABOUT: &str =
    "Each picture shows the first 16,384 bytes of ciphertext as they are stored, 128 by 128 dots.";
pub(super) const NO_HISTORIES: &str = "No sealed history is held.";
pub(super) const RESULTS: &str = "Encrypted results";
pub(super) const RESULTS_ABOUT: &str = "What came out of an evaluation: the score, still encrypted to the applicant's key. Each picture \
     shows the first 16,384 bytes of its numbers as they are stored. The dark stripes are zeros that every result has, by how \
     results are computed.";
pub(super) const NO_RESULTS: &str = "No result is held.";
pub(super) const CONSENTS: &str = "Consents";
pub(super) const NO_CONSENTS: &str = "No consent was taken yet.";
pub(super) const DELETED: &str = "Deleted";
pub(super) const DELETED_ABOUT: &str =
    "The ciphertexts are gone. Ids and times stay, as evidence of what was done.";
pub(super) const LOG: &str = "Public log";
pub(super) const LOG_ABOUT: &str = "Entries are digests, in an order that cannot be changed later without being noticed. The signed head \
     covers them all.";
pub(super) const LOOK_INSIDE: &str = "Look inside";

pub(super) const HELD: &str = "Held";
pub(super) const QUEUE: &str = "At work or waiting";
pub(super) const RECEIPTS: &str = "Receipts signed";
pub(super) const SCORECARDS: &str = "Scorecards published";
pub(super) const CONSENT: &str = "Consent";
pub(super) const LENDER: &str = "Lender";
pub(super) const STATE: &str = "State";
pub(super) const USES: &str = "Uses";
pub(super) const VALID_UNTIL: &str = "Valid until";
pub(super) const WHAT: &str = "What";
pub(super) const SOURCE: &str = "Source";
pub(super) const SIZE: &str = "Size";
pub(super) const TAKEN_AT: &str = "Taken";
pub(super) const DELETED_AT: &str = "Deleted";
pub(super) const ID: &str = "Id";
pub(super) const ENTRY: &str = "Entry";
pub(super) const KIND: &str = "Kind";
pub(super) const TIME: &str = "Time";
pub(super) const DIGEST: &str = "Digest";
pub(super) const ENTRIES: &str = "Entries";
pub(super) const ROOT: &str = "Root";
pub(super) const SIGNED_AT: &str = "Signed";
pub(super) const HISTORY: &str = "Sealed history";
pub(super) const RESULT: &str = "Result";
pub(super) const SCORECARD: &str = "Scorecard";
pub(super) const KEY: &str = "Applicant's key";
pub(super) const SCHEME: &str = "Scheme";
pub(super) const FORM: &str = "Form";
pub(super) const AS_OF: &str = "As of";
pub(super) const COVERED: &str = "Whole months covered";
pub(super) const CIPHERTEXTS: &str = "Ciphertexts";
pub(super) const ATTESTATION: &str = "Attestation";
pub(super) const RECEIPT: &str = "Receipt";
pub(super) const PLAN: &str = "Plan";
pub(super) const VOUCHED: &str = "Vouched for by";
pub(super) const VOUCHED_BY_SOURCE: &str = "the source, with its signature";
pub(super) const VOUCHED_BY_NOBODY: &str = "nobody but the applicant";

pub(super) const SEES: &str = "What the platform can see";
pub(super) const SEES_ALL: [&str; 5] = [
    "Which lender asked, for what purpose, and on which terms the applicant agreed: it must check the consent before it computes.",
    "Which data holder sealed a history, for what day and how many months: it checks the holder's signature on that.",
    "When something came, and how large it is. The size follows from the scheme, the form and the account's role, not from what is in it.",
    "Which scorecard is applied, and how often: it counts the uses of a consent. Scorecards are public.",
    "Which histories and results belong to one application, by its key. It is not told who the applicant is.",
];
pub(super) const SEES_NOT: &str = "What it cannot see";
pub(super) const SEES_NOT_ALL: [&str; 4] = [
    "Any amount, shop or transaction: they never leave the data holder. Only levels are sealed, such as a spending range.",
    "Any level: each is encrypted to the applicant's key before it is sent, and only the applicant has that key.",
    "The points of a characteristic or their sum: the computation runs on ciphertexts, and its result is a ciphertext.",
    "The score and the reasons: only the applicant opens the result, and only a lender that they release it to learns it.",
];

pub(super) const LOOK_LEAD: &str = "Everything below is what the platform can do with these bytes: read the label on the outside, look at \
     the numbers, and measure them.";
pub(super) const LABEL: &str = "The label: what it can read";
pub(super) const LABEL_ABOUT: &str =
    "These facts are in the clear, since the platform checks them before it computes.";
pub(super) const NUMBERS: &str = "The numbers: what it can look at";
pub(super) const NUMBERS_ABOUT: &str = "A ciphertext has two parts. The mask is random. The body is the mask mixed with the applicant's key, \
     which has 2,048 secret numbers, plus a little noise, plus what is sealed. Whoever has the key takes the mix away. \
     Whoever has not sees only a sum of which all but nothing is random.";
pub(super) const MASK: &str = "Mask, first numbers";
pub(super) const BODY: &str = "Body, first numbers";
pub(super) const SUPPOSE: &str = "A guess at the score";
pub(super) const SUPPOSE_ABOUT: &str = "The first number of the body hides the score. Suppose a score, take it away, and a rest is left that mask, \
     key and noise must have made. Every score of the scorecard leaves such a rest, and each rest looks as good as the other: \
     to tell which is right takes the key.";
pub(super) const IF_SCORE: &str = "If the score were";
pub(super) const THEN_REST: &str = "mask, key and noise would have made";
pub(super) const MEASURE: &str = "The spread: what it can measure";
pub(super) const MEASURE_ABOUT: &str = "In anything readable some bytes occur far more often than others. In random bytes all 256 occur alike, \
     but for chance. The bars count how often each byte occurs.";
pub(super) const THESE_BYTES: &str = "These bytes";
pub(super) const READABLE: &str = "For comparison: a scorecard, which is public text";
pub(super) const BYTES_MEASURED: &str = "Bytes measured";
pub(super) const ENTROPY: &str = "Entropy";
pub(super) const CHI_SQUARED: &str = "Chi-squared";
pub(super) const MEANS: &str = "That means";
pub(super) const EVEN: &str = "Nothing to see: no byte is more frequent than chance makes it.";
pub(super) const UNEVEN: &str = "Some bytes are more frequent than chance makes them.";
pub(super) const WHY: &str = "Why nobody at the platform can open it";
pub(super) const WHY_ALL: [&str; 3] = [
    "The key was made on the applicant's device and never left it. What was sent here is a public key: it seals and checks, and opens nothing.",
    "This program contains no code that opens: the part that could is left out when the platform's program is built, and a test over its parts keeps it so.",
    "That the numbers look random is not the proof; many weak ciphers look random. What makes them safe is a well-studied problem, learning with errors: finding the key from the public key is out of reach of all known methods.",
];
pub(super) const RESULT_FORM: &str = "composable";
pub(super) const GONE: &str = "Deleted";
pub(super) const NOT_HELD_TITLE: &str = "Not held";
pub(super) const NOT_HELD: &str = "Nothing of this name is held here.";

pub(super) fn owner(platform: &str) -> String {
    format!("{platform} computes on sealed histories")
}

pub(super) fn bytes(bytes: u64) -> String {
    format!("{} bytes", grouped(&bytes.to_string()))
}

pub(super) fn held(histories: u64, results: u64) -> String {
    let histories = counted(histories, "sealed history", "sealed histories");
    format!("{histories}, {}", counted(results, "result", "results"))
}

fn counted(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{} {many}", grouped(&number.to_string())),
    }
}

pub(super) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

pub(super) fn uses(uses: u32, of: u32) -> String {
    format!("{uses} of {of}")
}

pub(super) fn made_in_use(number: u32) -> String {
    format!("Use {number} of consent")
}

pub(super) fn receipt_in_log(entry: u64) -> String {
    format!("Log entry {}, receipt", grouped(&entry.to_string()))
}

pub(super) fn use_number(number: u32) -> String {
    format!("use {number} of its consent")
}

pub(super) fn noise_of_history(source: &str) -> String {
    format!("Ciphertext of {source} as a picture: even grey noise without any pattern to recognise")
}

pub(super) fn noise_of_result(card: &str) -> String {
    format!("Encrypted result of {card} as a picture: grey noise")
}

pub(super) fn look_inside_of(what: &str, id: &str) -> String {
    let beginning: String = id.chars().take(12).collect();
    format!("{LOOK_INSIDE} {what} {beginning}")
}

pub(super) fn inside_history(source: &str) -> String {
    format!("Inside the history of {source}")
}

pub(super) fn inside_result(card: &str) -> String {
    format!("Inside the result of {card}")
}

pub(super) fn form(form: Form, ciphertexts: usize) -> String {
    match form {
        Form::Packed => "packed: all levels in one ciphertext".to_owned(),
        Form::Composable => format!("composable: {ciphertexts} ciphertexts, one a level"),
    }
}

pub(super) fn entropy(bits: f64) -> String {
    format!("{bits:.4} of 8 bits a byte")
}

pub(super) fn chi_squared(value: f64, least: f64, most: f64) -> String {
    format!("{value:.0}; random bytes give {least:.0} to {most:.0} in 9,999 of 10,000 cases")
}

pub(super) fn measured_history(bytes: u64) -> String {
    format!("the first {} of ciphertext", self::bytes(bytes))
}

/// What was measured of a result, of whose numbers `fixed` bytes of eight never
/// change.
pub(super) fn measured_result(bytes: u64, fixed: usize) -> String {
    let bytes = self::bytes(bytes);
    match fixed {
        0 => format!("all {bytes} of its numbers"),
        fixed => format!(
            "{bytes} of its numbers; of each number, {fixed} of 8 bytes are 0 in every result, by how results are computed, and are left out"
        ),
    }
}

pub(super) const STRIPES: &str = "The dark stripes are bytes that are 0 in every result, by how results are computed: the same for everybody.";

pub(super) fn bars(what: &str) -> String {
    format!("{what}: how often each of the 256 bytes occurs")
}

pub(super) fn gone_history(source: &str, received: &str, deleted: &str) -> String {
    format!(
        "The sealed history of {source} came at {received} and was deleted at {deleted}. Nothing is left of it here but its id."
    )
}

pub(super) fn gone_result() -> &'static str {
    "The result was deleted with the consent that it was made under. Its receipt stays as evidence."
}
