//! Every word of the lender's window, in one place for translation. What others
//! wrote (purposes, reasons, names, the words of a check) is put in as it is.

use std::fmt::Write;

use blindscore_client::lender::VerifyError;
use blindscore_history::money::grouped;
use blindscore_protocol::envelope::EnvelopeError;

use super::cheat::Attempt;
use super::state::NotTaken;

pub(super) const LANGUAGE: &str = "en";
pub(super) const WINDOW: &str = "Lender";
pub(super) const SKIP: &str = "To the content";
pub(super) const NAVIGATION: &str = "Pages of this window";
pub(super) const FOOT: &str =
    "A demonstration: all parties are invented, and their keys are known to everybody.";
pub(super) const FAILED: &str = "That did not work";
pub(super) const FAILED_NEXT: &str =
    "Nothing was sent or changed here. If the platform is not running, start it and try again.";
pub(super) const NO_PAGE_TITLE: &str = "No such page";
pub(super) const NO_PAGE: &str = "There is nothing at this address.";

pub(super) const HOME: &str = "Requests";
pub(super) const HOME_LEAD: &str = "You ask applicants for a score. What comes back is one number with a proof. Amounts, \
     categories and statements never reach you, and you need not trust the applicant or the scoring platform's word for \
     the number.";
pub(super) const ASK: &str = "Ask for a score";
pub(super) const REQUESTS: &str = "What you asked";
pub(super) const NO_REQUESTS: &str = "You have not asked for anything yet.";
pub(super) const STATE: &str = "State";
pub(super) const WAITING: &str = "Waiting";
pub(super) const WAITING_ABOUT: &str =
    "for the applicant, who sees the request in their wallet and may answer it or not.";
pub(super) const CHECKING: &str = "Checking";
pub(super) const CHECKING_ABOUT: &str = "a score that came in. The sealed histories are fetched from the platform and the evaluation \
     is run again on them, without opening them.";
pub(super) const EXPIRED: &str = "Expired";
pub(super) const EXPIRED_ABOUT: &str = "No answer came in time. Ask again if you still want one.";
pub(super) const ANSWERED: &str = "Answered.";
pub(super) const REFUSED: &str = "Refused";
pub(super) const REFUSED_ABOUT: &str =
    "What came in and did not pass. Nothing is kept of it but this. The request waits on.";
pub(super) const WHEN: &str = "When";
pub(super) const REFUSED_BY: &str = "Check";
pub(super) const IN_ITS_WORDS: &str = "In its words";

pub(super) const ASK_LEAD: &str = "The applicant is shown all of this before they agree to anything. They may say no, or choose \
     one of your scorecards.";
pub(super) const NO_CARDS: &str =
    "The platform has not published a scorecard yet, and only published ones are applied.";
pub(super) const QUESTION: &str = "What you ask";
pub(super) const QUESTION_ABOUT: &str =
    "You sign this part with your key. Nobody can change it afterwards, nor can you.";
pub(super) const PURPOSE: &str = "Purpose";
pub(super) const PURPOSE_EXAMPLE: &str = "A loan for a bicycle";
pub(super) const SCORECARDS: &str = "Scorecards whose score will do";
pub(super) const DATA: &str = "Data";
pub(super) const DATA_ABOUT: &str = "Tick nothing to take data of any data holder in the registry. A holder that must take part cannot \
     be left out by the applicant. Self-declared data are sealed by the applicant alone, so nobody else vouches for them; \
     a score of them is marked as such.";
pub(super) const TAKE_SELF_DECLARED: &str =
    "A score of the applicant's own, self-declared data will do";
pub(super) const WHAT_COMES_BACK: &str = "What comes back";
pub(super) const WANT_REASONS: &str = "The main reasons, too";
pub(super) const SCORE_ONLY: &str = "The score";
pub(super) const SCORE_AND_REASONS: &str = "The score and the main reasons";
pub(super) const DAYS: &str = "Days the request stays open";
pub(super) const STORAGE_DAYS: &str = "Days you keep what comes back";
pub(super) const POLICY: &str = "How you will decide";
pub(super) const POLICY_ABOUT: &str = "Your policy stays here: it is not sent. It is fixed when you ask, so that it cannot follow the \
     score. Points of different scorecards do not compare, so each has a cut-off of its own.";
pub(super) const WANT_RECOMPUTED: &str =
    "Decide only if the evaluation was run again here; otherwise a person looks";
pub(super) const APPROVE_SELF_DECLARED: &str =
    "Decide on self-declared data as well; otherwise a person looks";
pub(super) const SEND_REQUEST: &str = "Sign and send the request";
pub(super) const NO_SCORECARD: &str = "Choose at least one scorecard.";
pub(super) const TWO_SCHEMES: &str =
    "These scorecards look at different features of a history. Choose scorecards of one scheme.";
pub(super) const SELF_DECLARED_AND_SOURCES: &str = "Self-declared data come from the applicant alone: either a data holder must take part, or \
     self-declared data will do. Choose one.";
pub(super) const UNKNOWN_SOURCE: &str = "This data holder is not in the registry.";

pub(super) const WHAT_WAS_ASKED: &str = "What you asked";
pub(super) const PLATFORM: &str = "Platform";
pub(super) const ASKED_AT: &str = "Asked";
pub(super) const ANSWER_UNTIL: &str = "Answer until";
pub(super) const KEPT_FOR: &str = "You may keep it";
pub(super) const REQUEST_ID: &str = "Request";

pub(super) const SCORE: &str = "Verified score";
pub(super) const SCORECARD: &str = "Scorecard";
pub(super) const PROVIDER: &str = "Provider";
pub(super) const DATA_OF: &str = "Data of";
pub(super) const SELF_DECLARED: &str = "Self-declared: nobody but the applicant";
pub(super) const VALID_UNTIL: &str = "Valid until";
pub(super) const SCORE_OVER: &str = "The time in which this score may be used is over. Ask again.";
pub(super) const CONSENT_WITHDRAWN: &str = "The applicant has withdrawn consent since. The platform has deleted the sealed histories, and no \
     new score can be made from them. Use this one for nothing new.";
pub(super) const DECISION: &str = "Decision";
pub(super) const APPROVED: &str = "Approved";
pub(super) const DECLINED: &str = "Declined";
pub(super) const REFERRED: &str = "For a person";
pub(super) const DECISION_ABOUT: &str = "By the policy that you fixed when you asked.";
pub(super) const DECIDED_AT: &str = "Decided";
pub(super) const REASONS: &str = "Main reasons";
pub(super) const REASONS_KEPT_BACK: &str = "The applicant gave the score without reasons.";
pub(super) const NO_REASONS: &str = "None: no characteristic is below its baseline.";
pub(super) const REASONS_ABOUT: &str = "What cost the most points, the largest first. They are the applicant's own statement, in words of \
     the scorecard. The proof covers the score, not the reasons.";
pub(super) const NOTICE: &str = "Notice to the applicant";
pub(super) const NOTICE_ABOUT: &str =
    "A draft that you could send. Have it checked against the law of the place before you do.";

pub(super) const EVIDENCE: &str = "What was checked";
pub(super) const SIGNED_BY_APPLICANT: &str =
    "The applicant signed the release, with the key that the histories were sealed to.";
pub(super) const ANSWERS_REQUEST: &str =
    "It answers this request of yours and no other, and comes in time.";
pub(super) const CONSENT_ALLOWS: &str =
    "The enclosed consent allows this scorecard, for you, for this purpose, on these data.";
pub(super) const DATA_ATTESTED: &str =
    "Each data holder signed for its sealed history, and is in your registry.";
pub(super) const DATA_SELF_DECLARED: &str =
    "The applicant sealed the data alone. Nobody else vouches for them.";
pub(super) const EVALUATED: &str = "Evaluated by";
pub(super) const RECEIPT: &str = "Receipt";
pub(super) const CONSENT: &str = "Consent";
pub(super) const SCORECARD_ID: &str = "Scorecard";
pub(super) const LOG_HEAD: &str = "Log then";
pub(super) const OTHER_ENTRY: &str = "the platform proves another entry than the receipt";

pub(super) const CHEAT: &str = "Try to cheat";
pub(super) const CHEAT_TEASER: &str = "Change the score, use it twice, alter the reasons or stretch its time, and see who would notice.";
pub(super) const CHEAT_OPEN: &str = "Open the panel";
pub(super) const CHEAT_LEAD: &str = "Each attempt below is really carried out on the release that came in, and put through the same \
     checks. You see which check refuses it, in that check's own words.";
pub(super) const NOTHING_TO_CHEAT_WITH: &str = "There is no verified score to cheat with yet.";
pub(super) const BACK_TO_REQUEST: &str = "Back to the request";
pub(super) const EDIT_SCORE: &str = "Edit the score";
pub(super) const EDIT_SCORE_ABOUT: &str = "Write another number into the release.";
pub(super) const TRY_EDIT_SCORE: &str = "Write it in";
pub(super) const SAME_SCORE: &str = "That is the score that was proved. Choose another.";
pub(super) const REPLAY: &str = "Use it twice";
pub(super) const REPLAY_ABOUT: &str =
    "Send the same release again, and use it as the answer to another request.";
pub(super) const TRY_REPLAY: &str = "Send it again";
pub(super) const ALTER_REASONS: &str = "Alter the reasons";
pub(super) const ALTER_REASONS_ABOUT: &str =
    "Put another reason of the same scorecard in place of those that were released.";
pub(super) const TRY_REASONS: &str = "Put another reason in";
pub(super) const EXTEND: &str = "Stretch its time";
pub(super) const EXTEND_ABOUT: &str =
    "Let the score hold for thirty days more than the applicant allowed.";
pub(super) const TRY_EXTEND: &str = "Add thirty days";
pub(super) const REFUSED_FLAG: &str = "Refused";
pub(super) const NOT_REFUSED: &str = "Not refused. This must not happen: please report it.";

pub(super) const CARRIER: &str = "Whoever carries the message";
pub(super) const ANYBODY: &str = "Anybody";
pub(super) const APPLICANT: &str = "The applicant";
pub(super) const LENDER: &str = "You, the lender,";
pub(super) const CHANGES_BYTES: &str = "changes the bytes on the way.";
pub(super) const REPAIRS_FRAME: &str = "changes the bytes and puts the checksum around them right.";
pub(super) const SIGNS_ANEW: &str = "signs the changed release with a key of their own.";
pub(super) const SIGNS_AS_APPLICANT: &str = "holds the right key and could sign the changed release. This window has no such key, so here the \
     signature is taken for granted and the proof alone is asked.";
pub(super) const SENDS_AGAIN: &str = "sends the same release a second time.";
pub(super) const USES_FOR_ANOTHER: &str =
    "use it as the answer to another request, for the same purpose, signed just now.";
pub(super) const REWRITES_REQUEST: &str =
    "rewrite your own request to end thirty days later, sign it, and hold the release against it.";
pub(super) const SCORE_NOTE: &str = "The score stands in the proof: it shows that the platform's encrypted result opens to this number \
     under the applicant's key, and to no other. That is why the key's owner cannot change it either.";
pub(super) const REPLAY_NOTE: &str = "Every request has a random number of its own, and a release names the request that it answers.";
pub(super) const REASONS_NOTE: &str = "The proof was made for this release as a whole, so nothing in it can be altered afterwards. An \
     applicant who made the release with a changed program could have stated other reasons of the scorecard to begin with: \
     the proof covers the score only. So reasons are shown as the applicant's statement.";
pub(super) const VALIDITY_NOTE: &str = "How long the score may be used is the applicant's to say, within the consent and your request.";

pub(super) const CHECK_INBOX: &str = "taking a release once";
pub(super) const NOT_ASKED_HERE: &str = "no such request was asked here: see /outbox";
pub(super) const TOO_LARGE: &str = "larger than any release";
pub(super) const NOT_HELD: &str =
    "no such release is held here: it was never taken, or a check refused it";
pub(super) const ANSWERS_NOTHING: &str =
    "the release answers no request of this lender: check for whom it was made";
pub(super) const REFUSED_AT_DOOR: &str = "the release was refused";
pub(super) const FOLDER_FAILED: &str = "the lender cannot keep anything now: try again later";

/// Why a release is not even checked.
pub(super) fn not_taken(why: NotTaken) -> &'static str {
    match why {
        NotTaken::Answered => "this request has been answered: a release is taken once",
        NotTaken::Checking => "another release for this request is being checked: wait for it",
        NotTaken::Busy => "too many releases wait for their checks: try again later",
    }
}

/// The check that a refusal comes from, and its number in the documentation.
pub(super) fn check_of(error: &VerifyError) -> (&'static str, &'static str) {
    match error {
        VerifyError::Envelope(EnvelopeError::Digest { .. }) => ("the message's checksum", "V-06"),
        VerifyError::Envelope(_) => ("the frame of the message", "V-01 to V-07"),
        VerifyError::Parts(_) => ("the enclosures", "V-96"),
        VerifyError::Signature(_) => ("the signature", "V-105"),
        VerifyError::Message(_) => ("the enclosed key and result", "V-12"),
        VerifyError::Consent(_) => ("the consent", "V-106 to V-109"),
        VerifyError::Attestation(_) => ("the data holders' attestations", "V-98"),
        VerifyError::Commission(_) => ("the chain from request to receipt", "V-97"),
        VerifyError::Plan(_) => ("the plan of scorecard and data", "V-97"),
        VerifyError::Evaluate(_) | VerifyError::OtherBytes => {
            ("running the evaluation again", "V-98")
        }
        VerifyError::Terms { .. } => ("the terms of the release", "V-97"),
        VerifyError::Statement(_) | VerifyError::ProofBytes(_) | VerifyError::Proof(_) => {
            ("the proof of the score", "V-99")
        }
        VerifyError::Score(_) => ("the score's scale", "V-97"),
    }
}

pub(super) fn owner(lender: &str) -> String {
    format!("{lender} asks for scores and decides")
}

pub(super) fn by_provider(provider: &str, lowest: i64, highest: i64) -> String {
    format!("by {provider}, {lowest} to {highest} points")
}

pub(super) fn must_take_part(source: &str) -> String {
    format!("{source} must take part")
}

pub(super) fn cut_off_for(card: &str) -> String {
    format!("{card}: approve from so many points on")
}

pub(super) fn purpose_fault(error: impl std::fmt::Display) -> String {
    format!("{PURPOSE}: {error}.")
}

pub(super) fn cut_off_fault(card: &str, lowest: i64, highest: i64) -> String {
    format!("{card}: the cut-off must be a whole number from {lowest} to {highest}.")
}

pub(super) fn number_fault(what: &str, most: u32) -> String {
    format!("{what}: want a whole number from 1 to {most}.")
}

pub(super) fn card_and_cut_off(card: &str, provider: &str, points: i64) -> String {
    format!("{card} by {provider}; you approve from {points} points on")
}

pub(super) fn days(days: u32) -> String {
    match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Whose data were asked for.
pub(super) fn data_asked(sources: &[String], self_declared: bool) -> String {
    match (sources, self_declared) {
        (_, true) => "of any data holder in the registry, or self-declared".to_owned(),
        ([], false) => "of any data holder in the registry".to_owned(),
        (sources, false) => format!("with those of {}", sources.join(" and ")),
    }
}

pub(super) fn of_range(lowest: i64, highest: i64) -> String {
    format!("The scorecard goes from {lowest} to {highest}.")
}

pub(super) fn reaches(score: i64, cut_off: i64) -> String {
    format!("{score} points reach your cut-off of {cut_off}.")
}

pub(super) fn below(score: i64, cut_off: i64) -> String {
    format!("{score} points do not reach your cut-off of {cut_off}.")
}

pub(super) fn referred(why: &str) -> String {
    format!("Your policy does not decide on such a score: {why}.")
}

pub(super) fn evidence_about(took_ms: u64) -> String {
    let took = match took_ms {
        0..1000 => format!("{took_ms} milliseconds"),
        _ => format!("{}.{} seconds", took_ms / 1000, took_ms % 1000 / 100),
    };
    format!("In {took}, fetching included. One check that fails, and the score is refused.")
}

pub(super) fn ran_again(bytes: u64) -> String {
    let bytes = grouped(&bytes.to_string());
    format!(
        "The evaluation was run again here, on the same {bytes} bytes of sealed history, and gave the same result to the last bit."
    )
}

pub(super) fn not_run_again(platform: &str, why: &str) -> String {
    format!(
        "The evaluation was not run again here, but is believed by {platform}'s signature: {why}"
    )
}

pub(super) fn proof_holds(bytes: u64, forging_log2: f64) -> String {
    let bytes = grouped(&bytes.to_string());
    format!(
        "The proof holds: {bytes} bytes that show that the result opens to this score. Forging one takes some 2^{forging_log2:.0} tries."
    )
}

pub(super) fn wrong_score(log2: f64) -> String {
    format!("Even a key made to deceive passes with a wrong score by a chance of 2^{log2:.0} only.")
}

pub(super) fn in_log(platform: &str, index: u64, size: u64) -> String {
    let (entry, size) = (index + 1, grouped(&size.to_string()));
    format!("The receipt stands in {platform}'s public log: entry {entry} of {size}.")
}

pub(super) fn not_in_log(why: &str) -> String {
    format!("It was not shown that the receipt stands in the platform's log: {why}")
}

pub(super) fn entries(size: u64) -> String {
    format!("{} entries", grouped(&size.to_string()))
}

pub(super) fn points_field(score: i64) -> String {
    format!("Points in place of {score}")
}

pub(super) fn points_fault(lowest: i64, highest: i64) -> String {
    format!("Enter a whole number from {lowest} to {highest}.")
}

pub(super) fn tried(attempt: Attempt) -> String {
    match attempt {
        Attempt::Score(points) => format!("You wrote {points} into the release"),
        Attempt::Replay => "You used the release again".to_owned(),
        Attempt::Reasons => "You put another reason in".to_owned(),
        Attempt::Validity => "You added thirty days".to_owned(),
    }
}

pub(super) fn all_refused(tries: usize) -> String {
    format!("{tries} of {tries} tries were refused.")
}

pub(super) fn refused_by(check: &str, number: &str) -> String {
    format!("by {check} ({number}):")
}

/// What a notice is written from.
pub(super) struct Letter<'a> {
    pub(super) lender: &'a str,
    pub(super) contact: &'a str,
    pub(super) address: &'a str,
    pub(super) purpose: &'a str,
    pub(super) day: String,
    pub(super) scorecard: &'a str,
    pub(super) provider: &'a str,
    pub(super) score: i64,
    pub(super) lowest: i64,
    pub(super) highest: i64,
    /// Nobody if the data are self-declared.
    pub(super) sources: &'a [&'a str],
    /// Nothing if they were kept back.
    pub(super) reasons: Option<&'a [&'a str]>,
    pub(super) platform: &'a str,
}

/// The notice to a declined applicant.
pub(super) fn letter(letter: &Letter<'_>) -> String {
    let Letter {
        lender,
        contact,
        address,
        purpose,
        day,
        scorecard,
        provider,
        score,
        lowest,
        highest,
        sources,
        reasons,
        platform,
    } = letter;
    let data = if sources.is_empty() {
        "data that you declared yourself".to_owned()
    } else {
        format!("data of {}", sources.join(" and "))
    };
    let mut text = format!(
        "{lender}\n{address}\n\n{day}\n\nYour application: {purpose}\n\nWe cannot approve your application.\n\n\
         We decided by a score that you released to us: {score} points on the scorecard {scorecard} by {provider}, which \
         goes from {lowest} to {highest}. It was computed by {platform} from {data}. Neither we nor {platform} saw those data; \
         we know the score"
    );
    // A string takes all text.
    match reasons {
        None => {
            text += ".\n\nYou gave us the score without reasons. Your wallet shows them to you.\n";
        }
        Some([]) => {
            text += ".\n\nYou stated no reasons to us: none of what the scorecard looks at is below its baseline.\n";
        }
        Some(reasons) => {
            text += " and the reasons below.\n\nThe main reasons, as you stated them to us:\n";
            for reason in *reasons {
                let _ = writeln!(text, "  - {reason}");
            }
        }
    }
    let _ = write!(
        text,
        "\nYour wallet shows what each part of your history contributed. If the data are wrong, ask the data holder to \
         correct them; you can then have a new score made. You can ask us to have a person look at this decision, and tell us \
         what speaks against it: {contact}\n"
    );
    text
}
