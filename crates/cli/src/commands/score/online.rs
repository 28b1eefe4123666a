//! The commissioned way at a platform's service: hand in what it does not have,
//! order, and keep what comes back.

use std::path::Path;

use blindscore_client::http::{Applicant, Lender, idempotency_key};
use blindscore_protocol::api::{EvaluationAnswer, EvaluationOrder};
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::message::{Attestation, ScoreRequest};
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;

use super::Score;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, trust};
use crate::online::{Service, wanted};
use crate::output::{fields, heading, print, print_json};

impl Score {
    /// Hands in request, key and consent as the applicant, or orders as the
    /// lender whom the consent names.
    pub(super) fn run_online(&self, url: &str, request: &Path, consent: &Path) -> Outcome {
        let targets = self.targets()?;
        if let Some(path) = targets.iter().find(|path| path.exists()) {
            return Err(files::exists(path));
        }
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecards = inputs::scorecards(&self.scorecards, &scheme)?;
        let request = trust::signed::<ScoreRequest>(request)?;
        let consent = trust::consent(consent)?;
        let mut histories = Vec::with_capacity(self.attestations.len());
        for path in &self.attestations {
            histories.push(trust::signed::<Attestation>(path)?.digest());
        }
        let order = EvaluationOrder {
            consent: consent.id(),
            scorecards: scorecards.iter().map(Scorecard::digest).collect(),
            histories,
        };
        let service = self.trust.connect(url)?;
        service.is(&consent.binding().platform)?;
        let (answer, receipt) = match (&self.secret, &self.signing_key) {
            (Some(path), _) => self.as_applicant(&service, path, &request, &consent, &order)?,
            (None, Some(path)) => {
                let signatory = trust::signing_key(path)?;
                let key = idempotency_key().map_err(Failure::internal)?;
                let evaluate = Lender::of(&signatory).evaluate(&order, &key);
                (service.send(&evaluate)?, None)
            }
            (None, None) => {
                return Err(wanted(
                    "--secret of the applicant, or --signing-key of the lender",
                ));
            }
        };
        self.keep_answer(&answer, receipt.as_deref(), &targets)
    }

    fn as_applicant(
        &self,
        service: &Service,
        secret: &Path,
        request: &Signed<ScoreRequest>,
        consent: &ConsentRecord,
        order: &EvaluationOrder,
    ) -> Outcome<(EvaluationAnswer, Option<String>)> {
        let secret = inputs::secret_key(secret)?;
        let applicant = Applicant::of(&secret);
        service.send(&applicant.hand_in_request(request))?;
        service.send(&applicant.hand_in_key())?;
        // Sources hand in their own; what the applicant declares, the applicant.
        for (sealed, attestation) in self.sealed().zip(&self.attestations) {
            let said = trust::signed::<Attestation>(attestation)?;
            if said.statement().source().is_self_declared() {
                let kind = blindscore_protocol::envelope::Kind::SealedHistory;
                let sealed = files::read(sealed, kind.max_envelope())?;
                let message = blindscore_protocol::envelope::close(&said, &[]);
                service.send(&applicant.declare(&message, &sealed))?;
            }
        }
        let taken = service.send(&applicant.grant(consent))?;
        let key = idempotency_key().map_err(Failure::internal)?;
        let answer = service.send(&applicant.evaluate(order, &key))?;
        Ok((answer, Some(taken.receipt)))
    }

    fn keep_answer(
        &self,
        answer: &EvaluationAnswer,
        consent_receipt: Option<&str>,
        targets: &[std::path::PathBuf],
    ) -> Outcome {
        if answer.answers.len() != targets.len() {
            return Err(Failure::refused(
                "the platform answered for another number of scorecards than asked",
            ));
        }
        let mut text = fields(&[
            ("consent", answer.consent.to_string()),
            (
                "use",
                format!("{} of {}", answer.consent_use, answer.consent_uses),
            ),
            (
                "log",
                format!("{} entries, root {}", answer.head.size, answer.head.root),
            ),
        ]);
        text += &heading("Evaluated, blind");
        for (answered, target) in answer.answers.iter().zip(targets) {
            if let Some(folder) = target.parent().filter(|folder| *folder != Path::new("")) {
                files::make_directory(folder)?;
            }
            let receipt = target.with_extension("receipt");
            files::write_new(target, &answered.evaluation.0, Access::Public)?;
            files::write_new(&receipt, &answered.signed_receipt.0, Access::Public)?;
            text += &format!("wrote {} and {}\n", target.display(), receipt.display());
        }
        if let Some(receipt) = consent_receipt {
            let folder = targets.first().and_then(|target| target.parent());
            let path = folder.unwrap_or(Path::new("")).join("consent-receipt.json");
            files::write(&path, receipt.as_bytes(), Access::Owner)?;
            text += &format!("wrote {}, for the applicant\n", path.display());
        }
        if self.json {
            print_json(answer)
        } else {
            print(&text)
        }
    }
}
