//! What a person is shown is what is enforced.

use blindscore_protocol::consent::{Notice, NoticeError};
use blindscore_protocol::message::Outputs;

use crate::fixture::*;

const SHOWN: &str = "\
Your consent to a credit score

Who asks: Example lender, 2 Example Street, IE (privacy@lender.example)
What for: One loan of the spring
Who computes: Example platform, 3 Example Street, IE (privacy@platform.example)

Data: your spending and income of 2025-06-01 to 2026-05-31, from
  - Example bank
  - Example wallet
Each of them signs for its part. No other source, and no other day.

Criteria: the published scorecards
  - Expenditure card, by Example Scorecards (CARD)

What Example lender gets: the score, and the reasons for it.
You see the score first. It is handed over only if you then release it.
How often it is computed: at most 2 times.
Valid: from 2026-06-01T11:30:00Z until 2026-06-08T00:00:00Z.
Example lender keeps what it gets for 30 days.

What nobody sees: your data are encrypted before they leave their source.
Example platform computes without being able to read the data or the score; Example lender never gets the data.
Only your key opens the score.

You can withdraw at any time, with the key of this application, at Example platform: it then computes nothing more and deletes the encrypted data at once.
What you released before stays with Example lender for the time said above.
";

#[test]
fn the_notice_says_every_limit() {
    let (binding, notice) = bound();
    assert_eq!(
        notice.text(),
        SHOWN.replace("CARD", &digest("card").short())
    );
    assert_eq!(binding.notice, notice.digest());
}

#[test]
fn the_notice_is_written_again_from_the_record() {
    assert_eq!(record().notice(&titles()).unwrap(), bound().1);
    let mut other = titles();
    other[0].provider = plain("Somebody Else");
    other[1].provider = plain("Somebody Else");
    assert!(matches!(
        record().notice(&other),
        Err(NoticeError::Digest { .. })
    ));
    assert!(matches!(
        record().notice(&[]),
        Err(NoticeError::Untitled { .. })
    ));
}

#[test]
fn every_choice_shows() {
    let text = |change: fn(&mut blindscore_protocol::consent::Terms)| -> Notice {
        let mut terms = terms();
        change(&mut terms);
        let mut asked = asked();
        asked.sources.clear();
        let request = blindscore_protocol::sign::Signed::sign(asked, &key(2));
        terms.bind(&request, &registry(), &titles()).unwrap().1
    };
    let base = text(|_| ());
    let own = text(|t| t.sources = vec![id("self-declared")]);
    assert!(own.text().contains("No bank or shop vouches"));
    assert!(!own.text().contains("Example bank"));
    let score = text(|t| t.outputs = Outputs::Score);
    assert!(score.text().contains("the score, without reasons"));
    let once = text(|t| t.uses = 1);
    assert!(once.text().contains("How often it is computed: once."));
    let two = text(|t| t.scorecards.push(digest("second card")));
    assert!(two.text().contains("Expenditure second card"));
    let days = text(|t| t.data.from = "2026-01-01".parse().unwrap());
    for other in [own, score, once, two, days] {
        assert_ne!(other.digest(), base.digest());
    }
}
