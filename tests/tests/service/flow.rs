//! An application from the lender's request to the verified score, all of it
//! over HTTP.

use blindscore_client::applicant::Review;
use blindscore_client::http::{Applicant, Lender, anybody};
use blindscore_client::lender::{Verification, verify};
use blindscore_evaluator::{AttestedHistory, Evaluation, Gathered, SealedHistory, Vouching};
use blindscore_examples::walk::Forgotten;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::form::Form;
use blindscore_protocol::envelope;
use blindscore_protocol::log::{EntryKind, TreeHead, verify_consistency, verify_inclusion};
use blindscore_protocol::message::Receipt;
use blindscore_protocol::sign::Signed;
use blindscore_tests::online::{Online, now, on_each};

fn walk(online: &Online, form: Form, number: u64) {
    let application = online.application(number, form, 1);
    let older = online.calls.send(&anybody::log_head()).unwrap();
    online.grant(&application).unwrap();
    let answer = online
        .evaluate(&application, "the-only-evaluation")
        .unwrap();
    assert_eq!((answer.consent_use, answer.consent_uses), (1, 1));
    assert_eq!(answer.answers.len(), online.person.scorecards.len());

    // The applicant fetches everything, and believes nothing of it.
    let applicant = Applicant::of(&application.secret);
    let vouching = Vouching {
        registry: &online.registry,
        key: application.secret.public_key(),
        scheme: &online.person.scheme,
        now: now(),
    };
    let mut histories = Vec::new();
    for entry in online.calls.send(&applicant.histories()).unwrap() {
        let sealed = online.calls.send(&applicant.history(entry.attestation));
        let attestation = online.calls.send(&applicant.attestation(entry.attestation));
        let (sealed, attestation) = (sealed.unwrap(), attestation.unwrap());
        histories.push(AttestedHistory::admit(&vouching, &sealed, &attestation).unwrap());
    }
    let histories = Gathered::new(histories).unwrap();
    let listed = online.calls.send(&applicant.evaluations()).unwrap();
    let (entry, card) = (&listed.receipts[0], &online.person.scorecards[0]);
    assert_eq!(entry.receipt, answer.answers[0].receipt);
    let message = online
        .calls
        .send(&applicant.evaluation(entry.receipt))
        .unwrap();
    assert_eq!(message, answer.answers[0].evaluation.0);
    let receipt = online
        .calls
        .send(&applicant.receipt(entry.receipt))
        .unwrap();
    let (receipt, _) = envelope::open::<Signed<Receipt>>(&receipt, PARAMETER_ID).unwrap();
    let evaluation = Evaluation::admit(&message).unwrap();
    let review = Review {
        registry: &online.registry,
        scheme: &online.person.scheme,
        scorecard: card,
        request: &application.request,
        consent: &application.consent,
        histories: &histories,
        evaluation: &evaluation,
        receipt: &receipt,
        now: now(),
    };
    let checked = application.secret.review(&review).unwrap();
    log_holds(online, &older.signed.0, &receipt);

    let ledger = &mut Forgotten::default();
    let released = application
        .secret
        .release(&checked, ledger, now(), &mut |_| {});
    let released = released.unwrap().message;
    // The lender fetches the histories and runs the evaluation again.
    let lender = Lender::of(&online.cast.lender);
    let mut sealed = Vec::new();
    for entry in online
        .calls
        .send(&lender.histories(application.key()))
        .unwrap()
    {
        let bytes = online
            .calls
            .send(&lender.history(entry.attestation))
            .unwrap();
        sealed.push(SealedHistory::admit(&bytes, &online.person.scheme).unwrap());
    }
    if form == Form::Packed {
        // The release carries it.
        sealed.clear();
    }
    let verification = Verification {
        registry: &online.registry,
        request: &application.request,
        scheme: &online.person.scheme,
        scorecard: card,
        histories: &sealed,
        now: now(),
    };
    let verified = verify(&released, &verification).unwrap();
    assert_eq!(verified.published(), checked.opened().published());
}

#[test]
fn one_source_is_scored_over_http() {
    on_each(|backend| walk(&Online::start(backend), Form::Packed, 1));
}

#[test]
fn two_sources_are_scored_over_http() {
    on_each(|backend| walk(&Online::start(backend), Form::Composable, 2));
}

/// The receipt is in the log, and the log only grew.
fn log_holds(online: &Online, older: &[u8], receipt: &Signed<Receipt>) {
    let open = |bytes: &[u8]| {
        envelope::open::<Signed<TreeHead>>(bytes, PARAMETER_ID)
            .unwrap()
            .0
    };
    let older = open(older);
    let inclusion = anybody::log_inclusion(EntryKind::Receipt, receipt.digest());
    let proven = online.calls.send(&inclusion).unwrap();
    let head = open(&proven.head.signed.0);
    verify_inclusion(head.statement(), &proven.proof).unwrap();
    assert_eq!(proven.proof.entry.digest, receipt.digest());
    let consistency = anybody::log_consistency(older.statement().size);
    let proven = online.calls.send(&consistency).unwrap();
    let newer = open(&proven.head.signed.0);
    verify_consistency(older.statement(), newer.statement(), &proven.proof).unwrap();
}
