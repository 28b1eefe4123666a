//! An invented release as a verifiable credential: what the applicant's wallet
//! keeps, what it shows, what the lender reads.
//!
//! Run it with `cargo run -p blindscore-protocol --example credential`.

use std::collections::BTreeSet;
use std::error::Error;

use blindscore_history::digest::Framed;
use blindscore_protocol::credential::{
    Claim, Credential, CredentialClaims, CredentialReason, Expected, ProofClaim, SaltSeed,
    ScoreRange, ScorecardClaim, verify,
};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::Standing;
use blindscore_protocol::sign::SigningKey;
use jiff::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let lender: PartyId = "example-lender".parse()?;
    let (now, nonce): (Timestamp, _) = ("2026-11-20T12:00:00Z".parse()?, "7d1f0c2a9b3e4856");
    // A program takes both from the operating system's random source.
    let (key, seed) = (SigningKey::from_bytes(&[1; 32]), SaltSeed::new([2; 32]));

    let credential = Credential::issue(&claims(&lender)?, &key, &seed, now)?;
    println!("credential\n{}\n", credential.to_text());

    let chosen = BTreeSet::from([
        Claim::Score,
        Claim::Range,
        Claim::Scorecard,
        Claim::Reason(0),
    ]);
    let shown = credential.present(&chosen, &key, lender.as_str(), nonce, now)?;
    println!("presentation\n{shown}\n");

    let expected = Expected {
        lender: &lender,
        audience: lender.as_str(),
        nonce,
        now,
    };
    let read = verify(&shown, &expected)?;
    println!("score {:?} of {:?}", read.score, read.range);
    println!("sources {:?}, {}", read.sources, read.standing.name());
    for (rank, reason) in &read.reasons {
        println!("reason {}: {} {}", rank + 1, reason.code, reason.text);
    }
    Ok(())
}

fn claims(lender: &PartyId) -> Result<CredentialClaims, Box<dyn Error>> {
    let digest = |name: &str| {
        let list = Framed::new("blindscore example v1").bytes(name.as_bytes());
        list.digest()
    };
    let reason = |code: &str, text: &str| CredentialReason {
        code: code.to_owned(),
        text: text.to_owned(),
    };
    Ok(CredentialClaims {
        score: 704,
        range: ScoreRange { min: 300, max: 850 },
        scorecard: ScorecardClaim {
            name: "Example Lender's Card A (steady)".parse()?,
            provider: "Example Lender".parse()?,
            digest: digest("scorecard"),
        },
        reasons: vec![
            reason(
                "S10",
                "the balance of the main account ran low in the last three months",
            ),
            reason("S12", "income came unevenly"),
        ],
        lender: lender.clone(),
        purpose: "a loan for a used car".parse()?,
        sources: vec!["bank".parse()?, "wallet".parse()?],
        standing: Standing::Attested,
        evaluated_at: "2026-11-20T11:58:20Z".parse()?,
        valid_until: "2026-11-27T12:00:00Z".parse()?,
        consent: ApplicationId::new([7; 16]),
        receipt: digest("receipt"),
        proof: ProofClaim::Digest(digest("release")),
    })
}
