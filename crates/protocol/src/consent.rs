//! Consent that a platform enforces.
//!
//! A [`ConsentRecord`] is one JSON-LD document with two readers. For people and
//! auditors it is a consent record after ISO/IEC TS 27560:2023 in the terms of
//! the W3C Data Privacy Vocabulary 2.3 (guide of the DPV community group,
//! <https://w3id.org/dpv/guides/consent-27560>). For programs it carries a
//! [`Binding`]: which lender, platform, purpose, scheme, scorecards, sources,
//! data, outputs, how often, from when until when, and what the person was
//! shown. A program acts on the binding alone; that the rest says the same is
//! checked when the document is read, by writing it again from the binding.
//!
//! The applicant's key of the application signs the RFC 8785 canonical form,
//! under [`label::CONSENT`](blindscore_history::label::CONSENT).
//!
//! ```text
//!             valid_from      uses counted         valid_until
//!   NotYet ------------> Given{n} ----> UsedUp ----------> Expired
//!      \                   |              |                   |
//!       +------------------+---- signed Withdrawal -----------+--> Withdrawn
//! ```
//!
//! What a platform does: [`ConsentRegister::admit`] a record,
//! [`ConsentRegister::begin_use`] before each evaluation,
//! [`ConsentRegister::withdraw`] when it is told to.

mod ask;
mod binding;
mod document;
mod entity;
pub mod import;
mod notice;
mod record;
mod register;
mod terms;

pub use ask::{Ask, AskedHistory, ConsentRefusal};
pub use binding::{Binding, BindingError, Period};
pub use entity::Entity;
pub use notice::{Notice, NoticeError, ScorecardTitle};
pub use record::{ConsentError, ConsentRecord, WithdrawalError};
pub use register::{ConsentRegister, ConsentState, RegisterError};
pub use terms::{AnswerError, Terms};
