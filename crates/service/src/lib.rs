//! The platform as an HTTP service: a thin shell around the evaluator.
//!
//! What may be computed is decided where it always is, in
//! [`blindscore_evaluator`]; here are only the ways in and out (HTTP, signed
//! requests, limits), the storage (a database, an object store) and the queue
//! before the threads that compute. The service holds no key that opens
//! anything, and a test over the dependency graph keeps it so.
//!
//! ```no_run
//! use blindscore_service::{Config, Service};
//!
//! # async fn run() -> Result<(), blindscore_service::ServiceError> {
//! // In this process: keys, registry and database are made in the folder.
//! let mut config = Config::at("platform");
//! config.listen = ([127, 0, 0, 1], 0).into();
//! let service = Service::open(config).await?;
//! let serving = service.listen().await?;
//! println!("{}", serving.url());
//! serving.shut_down().await
//! # }
//! ```
//!
//! Routes, signing and limits: `docs/service.md`; the operator's guide:
//! `docs/operating.md`.

mod api;
mod app;
mod auth;
mod config;
mod error;
mod holdings;
mod home;
mod limit;
mod logs;
mod metrics;
mod objects;
mod openapi;
mod platform_window;
mod pool;
mod published;
mod refusal;
mod replay;
mod retention;
mod router;
mod service;
mod store;
pub mod window;

pub use config::{Clock, Config, Limits, Retention, Tls};
pub use error::ServiceError;
pub use home::init;
pub use logs::{LogForm, Tracing, init as init_logs};
pub use service::{Service, Serving, serve};
