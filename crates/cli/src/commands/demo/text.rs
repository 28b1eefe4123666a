//! The demo as text for a person.

use blindscore_client::lender::EvaluationCheck;
use blindscore_examples::walk::{Party, Walk};
use blindscore_fhe::proof::forging_bound_log2;
use blindscore_history::form::Form;

use super::{Reader, Shown};
use crate::output::{count, heading, milliseconds, table};
use crate::report::explanation;

pub(super) fn text(shown: &Shown) -> String {
    let Shown {
        form,
        readers,
        walk,
        total,
        ..
    } = shown;
    let mut text =
        String::from("One invented person applies for credit. Their spending is known to ");
    text += match form {
        Form::Packed => "a bank.\n",
        Form::Composable => "a bank and a wallet, a part to each.\n",
    };
    text += &heading("What the person was asked, and agreed to");
    for line in walk.notice.lines() {
        text += &format!("  {line}\n");
    }
    text += &heading("Who held and who saw what");
    text += &parties(readers, walk);
    text += &heading("What happened");
    text += &steps(readers, walk);
    text += &heading("The scores, which the applicant alone has seen so far");
    text += &scores(walk);
    for score in &walk.scores {
        text += &heading(&format!(
            "Why {} by {}",
            score.opened.published(),
            score.name
        ));
        text += &explanation(&score.explanation);
    }
    text += &heading("What the lender got");
    text += &lender(walk);
    text += &heading("Three attempts to cheat");
    for foiled in &shown.foiled {
        text += &format!(
            "  {}:\n    refused by the {}: {}\n",
            foiled.attack, foiled.refused_by, foiled.reason
        );
    }
    text += &format!(
        "\nAll of it took {} ms, {} ms of them at the platform. Nothing was written or sent.\n\
         To take the steps yourself, on files: blindscore examples write play\n",
        milliseconds(*total),
        milliseconds(
            walk.steps
                .iter()
                .filter(|s| s.party == Party::Platform)
                .map(|s| s.time)
                .sum()
        ),
    );
    text
}

fn lender(walk: &Walk) -> String {
    let verified = &walk.verified;
    let sources: Vec<_> = verified.sources().iter().map(ToString::to_string).collect();
    let evaluation = match verified.evaluation() {
        EvaluationCheck::Recomputed => "run again by the lender on the ciphertexts, same bytes",
        EvaluationCheck::Attested => "believed by the platform's signature",
    };
    let (lowest, highest) = verified.range();
    let mut text = format!(
        "  verified score  {}, by {}, which can give {lowest} to {highest}\n",
        verified.published(),
        verified.scorecard_name(),
    );
    for (name, value) in [
        (
            "data",
            format!("{} by {}", verified.standing().name(), sources.join(", ")),
        ),
        ("evaluation", evaluation.to_owned()),
        (
            "proof",
            format!(
                "{} bytes, made in {} ms at attempt {}, verified with the rest in {} ms",
                count(walk.released.proof_bytes),
                milliseconds(walk.proving),
                walk.released.report.attempts,
                milliseconds(walk.verifying),
            ),
        ),
        (
            "forging",
            format!(
                "2^{:.1} a guess at the proof; 2^{:.1} by a key made for a wrong score",
                forging_bound_log2(),
                verified.wrong_score_bound_log2()
            ),
        ),
        (
            "receipt",
            format!(
                "{} by {}, in its log of {} entries",
                verified.receipt().short(),
                verified.platform(),
                walk.book.size()
            ),
        ),
        (
            "for",
            format!(
                "{} alone, until {}",
                verified.lender(),
                verified.valid_until()
            ),
        ),
    ] {
        text += &format!("  {name:<14}  {value}\n");
    }
    text
}

fn parties(readers: &[Reader], walk: &Walk) -> String {
    let received: usize = walk
        .steps
        .iter()
        .filter(|s| !matches!(s.party, Party::Platform | Party::Lender))
        .filter(|s| s.verb != "prove and release")
        .map(|s| s.bytes)
        .sum();
    let mut rows = Vec::new();
    for reader in readers {
        rows.push([
            reader.source.id().to_string(),
            format!(
                "{}: {} entries of its own customer",
                reader.file,
                count(reader.entries)
            ),
            "what it had before, nothing else".to_owned(),
        ]);
    }
    rows.push([
        "platform".to_owned(),
        format!("{} scorecards, no key", walk.scores.len()),
        format!(
            "{} bytes of ciphertext and public key, and times; no amount, no score",
            count(received)
        ),
    ]);
    rows.push([
        "applicant".to_owned(),
        "the only key that opens anything".to_owned(),
        "own levels, scores, points and reasons".to_owned(),
    ]);
    rows.push([
        "lender".to_owned(),
        "a policy of its own".to_owned(),
        "one score, the reasons, and the proof that it is right".to_owned(),
    ]);
    table(["party", "held", "saw"], rows, &[])
}

fn steps(readers: &[Reader], walk: &Walk) -> String {
    let reading = readers.iter().map(|reader| {
        let verb = "read statement, build levels".to_owned();
        [
            reader.source.id().to_string(),
            verb,
            milliseconds(reader.reading),
            String::new(),
        ]
    });
    let walked = walk.steps.iter().map(|step| {
        let bytes = if step.bytes == 0 {
            String::new()
        } else {
            count(step.bytes)
        };
        [
            party(&step.party),
            match &step.scorecard {
                Some(scorecard) => format!("{}: {scorecard}", step.verb),
                None => step.verb.to_owned(),
            },
            milliseconds(step.time),
            bytes,
        ]
    });
    table(
        ["party", "did", "ms", "bytes sent"],
        reading.chain(walked),
        &[2, 3],
    )
}

fn scores(walk: &Walk) -> String {
    let rows = walk.scores.iter().map(|score| {
        [
            score.name.clone(),
            score.opened.published().to_string(),
            score.plain.published.to_string(),
            if score.equal { "yes" } else { "NO" }.to_owned(),
        ]
    });
    table(
        ["scorecard", "encrypted", "in the clear", "equal"],
        rows,
        &[1, 2],
    )
}

pub(super) fn party(party: &Party) -> String {
    match party {
        Party::Lender => "lender".to_owned(),
        Party::Applicant => "applicant".to_owned(),
        Party::Source(source) => source.to_string(),
        Party::Platform => "platform".to_owned(),
    }
}
