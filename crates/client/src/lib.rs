//! What a prototype links: each party's verbs as a small API.
//!
//! | module | party | verbs |
//! |---|---|---|
//! | [`applicant`] | the person | generate a key, look into a sealed history, open, run again, explain |
//! | [`source`] | a bank, wallet, shop | seal levels to an applicant's key |
//!
//! The platform's verbs (admit, compile, evaluate) are in
//! `blindscore_evaluator`, which this crate uses to run an evaluation again.
//! This is the only crate with a type that decrypts, [`applicant::SecretKey`].
//!
//! ```
//! use blindscore_client::applicant::{SecretKey, draw_application_id, re_execute};
//! use blindscore_client::source::{SealRequest, Source};
//! use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
//! use blindscore_history::form::Form;
//! use blindscore_history::levels::{ApplicantLevels, CoverageRule, Part, SourceLevels};
//! use blindscore_history::scheme::Scheme;
//! use blindscore_scorecard::Scorecard;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scheme = Scheme::from_json(r#"{
//!     "blindscore_scheme": 1, "name": "small", "version": 1,
//!     "currency": "EUR", "sources_max": 3,
//!     "lines": [{"name": "eating_out", "kind": "pooled", "flows": ["expenditure"],
//!                "categories": ["DINING_LODGING"], "unit": 5000, "cap": 40, "windows": [1, 3]}]
//! }"#)?;
//! let scorecard = Scorecard::from_json(&format!(r#"{{
//!     "blindscore_scorecard": 1, "name": "tiny", "provider": "Example", "version": 1,
//!     "scheme": "{}", "base_points": 100,
//!     "characteristics": [{{"name": "Eating out", "line": "eating_out", "window": 3,
//!         "attributes": [{{"from": 0, "to": 4, "points": 30}}, {{"from": 4, "points": 10}}],
//!         "reason": {{"code": "R1", "text": "Spending on eating out"}}, "baseline": 20}}],
//!     "scaling": {{"offset_millionths": 0, "factor_millionths": 1000000, "min": 0, "max": 200}}
//! }}"#, scheme.digest()), &scheme)?;
//!
//! // The applicant, before anything is sealed.
//! let secret = SecretKey::generate(draw_application_id()?)?;
//!
//! // A source, with levels from its own customer's statement.
//! let levels = SourceLevels::from_levels(&scheme, "2026-11-15".parse()?, 3, vec![1, 6])?;
//! let source = Source::generate("bank".parse()?)?;
//! let request = SealRequest { key: secret.public_key(), scheme: &scheme, form: Form::Packed, roles: &[], coverage: CoverageRule::Full };
//! let sealed = source.seal(&request, &levels)?;
//!
//! // The platform: ciphertexts in, a ciphertext out.
//! let plan = Plan::compile(&scheme, &scorecard, &Lineup::of(&[&sealed])?)?;
//! let prepared = PreparedHistory::new(&sealed);
//! let evaluation = plan.evaluate(secret.public_key(), &[&prepared])?;
//!
//! // The applicant again: the platform must have done what it says.
//! re_execute(&plan, secret.public_key(), &[&prepared], &evaluation)?;
//! let opened = secret.open(&plan, &scorecard, &evaluation)?;
//! let combined = ApplicantLevels::combine(&scheme, &[Part { levels: &levels, roles: &Default::default() }])?;
//! let explanation = opened.explain(&scheme, &scorecard, &combined)?;
//! assert_eq!(opened.published(), 110);
//! assert_eq!(explanation.reasons[0].code(), "R1");
//! # Ok(())
//! # }
//! ```

pub mod applicant;
mod entropy;
#[cfg(feature = "http")]
pub mod http;
pub mod lender;
mod secret_key_file;
pub mod source;

pub use entropy::EntropyError;
pub use secret_key_file::SecretKeyError;
