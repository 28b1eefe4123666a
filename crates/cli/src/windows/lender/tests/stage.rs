//! A platform's service on a port, and an applicant who answers as a wallet
//! does.

use blindscore_client::applicant::{Choice, Review, SecretKey, draw_application_id};
use blindscore_client::http::{Applicant, Async, Operator, Source, idempotency_key};
use blindscore_client::source::{AttestRequest, KeyJournal, SealRequest};
use blindscore_evaluator::{AttestedHistory, Evaluation, Gathered, Vouching};
use blindscore_examples::application::registry_around;
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_examples::walk::{Forgotten, Holder, titles};
use blindscore_examples::{SCHEME_JSON, SCORECARDS};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;
use blindscore_protocol::api::EvaluationOrder;
use blindscore_protocol::consent::Period;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{Attestation, Receipt, ScoreRequest};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use blindscore_service::{Clock, Config, Service, Serving};
use jiff::ToSpan;
use tempfile::TempDir;

use crate::windows::lender::Settings;

/// A platform that serves, and whoever stands around it.
pub(super) struct Stage {
    cast: Cast,
    pub(super) person: Person,
    registry: Registry,
    serving: Option<Serving>,
    folder: TempDir,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let now = Clock::system().now();
        let cast = Cast::load().unwrap();
        let registry = registry_around(&cast, now).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let platform = folder.path().join("platform");
        std::fs::create_dir(&platform).unwrap();
        blindscore_service::init(&platform, &cast.platform, &registry, now).unwrap();
        let mut config = Config::at(platform);
        config.listen = ([127, 0, 0, 1], 0).into();
        let service = Service::open(config).await.unwrap();
        let serving = service.listen().await.unwrap();
        let token = std::fs::read_to_string(service.token_file()).unwrap();
        let calls = Async::connect(&serving.url(), &[]).await.unwrap();
        for (_, card) in SCORECARDS {
            let publish = Operator::with(&token).publish(SCHEME_JSON, card);
            calls.send(&publish).await.unwrap();
        }
        Self {
            cast,
            person: Person::load().unwrap(),
            registry,
            serving: Some(serving),
            folder,
        }
    }

    fn url(&self) -> String {
        self.serving.as_ref().unwrap().url()
    }

    pub(super) fn settings(&self) -> Settings {
        Settings {
            folder: self.folder.path().join("lender"),
            signatory: Cast::load().unwrap().lender,
            registry: self.registry.clone(),
            platform: self.url(),
            now: Clock::system(),
        }
    }

    pub(super) fn lender_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("lender")
    }

    /// An applicant answers a request: the message that the wallet sends.
    pub(super) async fn answered(&self, request: &Signed<ScoreRequest>, form: Form) -> Vec<u8> {
        let now = Clock::system().now();
        let calls = Async::connect(&self.url(), &[]).await.unwrap();
        let holders = self.person.holders(&self.cast);
        let holders = match form {
            Form::Packed => &holders[..1],
            Form::Composable => &holders[..],
        };
        let secret = SecretKey::generate(draw_application_id().unwrap()).unwrap();
        let consent = {
            let names = holders.iter().map(|holder| holder.source.id().clone());
            let first = holders[0].levels.as_of().first_of_month();
            let months = i64::from(self.person.scheme.longest_window());
            let choice = Choice {
                scorecards: request.statement().scorecards.clone(),
                sources: names.collect(),
                data: Period {
                    from: first.checked_sub(months.months()).unwrap(),
                    to: first.yesterday().unwrap(),
                },
                outputs: request.statement().outputs,
                uses: 1,
                valid_from: now,
                valid_until: now.checked_add(24.hours()).unwrap(),
            };
            let titles = titles(&self.person.scorecards).unwrap();
            let draft = secret.draft(request, &self.registry, choice, &titles);
            secret.grant(draft.unwrap(), &self.registry, now).unwrap()
        };
        let applicant = Applicant::of(&secret);
        calls
            .send(&applicant.hand_in_request(request))
            .await
            .unwrap();
        calls.send(&applicant.hand_in_key()).await.unwrap();
        calls.send(&applicant.grant(&consent)).await.unwrap();
        let vouching = Vouching {
            registry: &self.registry,
            key: secret.public_key(),
            scheme: &self.person.scheme,
            now,
        };
        let (mut histories, mut attestations) = (Vec::new(), Vec::new());
        for holder in holders {
            let (sealed, attestation) = self.sealed(holder, &secret, form, now);
            let bytes = envelope::close(&attestation, &[]);
            let source = Source::of(holder.signatory);
            let hand_in = source.hand_in(secret.public_key().id(), &bytes, &sealed);
            calls.send(&hand_in).await.unwrap();
            histories.push(AttestedHistory::admit(&vouching, &sealed, &bytes).unwrap());
            attestations.push(attestation.digest());
        }
        let scorecard = &self.person.scorecards[0];
        let order = EvaluationOrder {
            consent: consent.id(),
            scorecards: vec![scorecard.digest()],
            histories: attestations,
        };
        let key = idempotency_key().unwrap();
        let answer = calls.send(&applicant.evaluate(&order, &key)).await.unwrap();
        let answer = &answer.answers[0];
        let (receipt, _) =
            envelope::open::<Signed<Receipt>>(&answer.signed_receipt.0, PARAMETER_ID).unwrap();
        let checked = secret
            .review(&Review {
                registry: &self.registry,
                scheme: &self.person.scheme,
                scorecard,
                request,
                consent: &consent,
                histories: &Gathered::new(histories).unwrap(),
                evaluation: &Evaluation::admit(&answer.evaluation.0).unwrap(),
                receipt: &receipt,
                now: Clock::system().now(),
            })
            .unwrap();
        let now = Clock::system().now();
        let released = secret.release(&checked, &mut Forgotten::default(), now, &mut |_| {});
        released.unwrap().message
    }

    fn sealed(
        &self,
        holder: &Holder<'_>,
        secret: &SecretKey,
        form: Form,
        now: jiff::Timestamp,
    ) -> (Vec<u8>, Signed<Attestation>) {
        let request = SealRequest {
            key: secret.public_key(),
            scheme: &self.person.scheme,
            form,
            roles: holder.roles,
            coverage: CoverageRule::Full,
        };
        let sealed = holder.source.seal(&request, holder.levels).unwrap();
        let attest = AttestRequest {
            sealed: &sealed,
            scheme: &self.person.scheme,
            customer: &self.cast.customer,
            salt: &secret.person_salt(),
            account: holder.account,
            issued: now,
        };
        let journal = &mut KeyJournal::default();
        let attestation = holder.source.attest(holder.signatory, &attest, journal);
        (sealed.to_bytes(), attestation.unwrap())
    }

    pub(super) async fn stop(mut self) {
        self.serving.take().unwrap().shut_down().await.unwrap();
    }
}
