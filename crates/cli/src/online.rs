//! A platform that is reached over HTTP.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use blindscore_client::http::{self, Blocking, Call, HttpError};
use blindscore_protocol::api::ProblemKind;
use clap::Args;
use zeroize::Zeroizing;

use crate::error::{Exit, Failure, Outcome};
use crate::files;

/// Largest file of certificates, and of a token.
const SMALL: usize = 1 << 20;
/// How long a platform that is busy is asked again.
const PATIENCE: Duration = Duration::from_secs(60);

/// A platform's folder, or the URL of its service.
#[derive(Clone, Debug)]
pub(crate) struct Place(PathBuf);

impl From<OsString> for Place {
    fn from(text: OsString) -> Self {
        Self(text.into())
    }
}

impl Place {
    /// The URL, if it is one.
    pub(crate) fn url(&self) -> Option<&str> {
        let text = self.0.to_str()?;
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        is_url.then_some(text)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }
}

/// How a service is trusted.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Trust {
    /// With a URL: certificates (PEM) to trust beside the system's
    #[arg(long, value_name = "FILE")]
    platform_ca: Option<PathBuf>,
}

impl Trust {
    /// Finds out who answers at a URL.
    pub(crate) fn connect(&self, url: &str) -> Outcome<Service> {
        Ok(Service(Blocking::connect(url, &self.certificates()?)?))
    }

    /// Whether a service at a URL is ready.
    pub(crate) fn ready(&self, url: &str) -> Outcome {
        // Exit code 1 whatever the reason: not ready.
        http::ready(url, &self.certificates()?).map_err(Failure::refused)
    }

    fn certificates(&self) -> Outcome<Zeroizing<Vec<u8>>> {
        match &self.platform_ca {
            None => Ok(Zeroizing::default()),
            Some(path) => files::read(path, SMALL),
        }
    }
}

/// A service that answered.
#[derive(Debug)]
pub(crate) struct Service(Blocking);

impl Service {
    /// That it is the platform that the papers name.
    pub(crate) fn is(&self, platform: &blindscore_protocol::id::PartyId) -> Outcome {
        Ok(self.0.is(platform)?)
    }

    /// The platform's name, as it says.
    pub(crate) fn platform(&self) -> &blindscore_protocol::id::PartyId {
        self.0.platform()
    }

    /// Sends a call; again for a while, if the platform is busy.
    pub(crate) fn send<T>(&self, call: &Call<T>) -> Outcome<T> {
        let start = Instant::now();
        loop {
            match self.0.send(call) {
                Ok(answer) => return Ok(answer),
                Err(error) => match error.retry_after() {
                    Some(seconds) if start.elapsed() < PATIENCE => {
                        std::thread::sleep(Duration::from_secs(seconds.clamp(1, 10)));
                    }
                    _ => return Err(error.into()),
                },
            }
        }
    }
}

/// The operator's token.
pub(crate) fn token(path: &Path) -> Outcome<Zeroizing<String>> {
    Ok(Zeroizing::new(files::read_text(path, SMALL)?))
}

/// What a URL needs and was not given.
pub(crate) fn wanted(what: &str) -> Failure {
    Failure::usage(format!("a URL needs {what}")).hint("with a platform's folder, it is not needed")
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        let hint = match error.problem() {
            Some(ProblemKind::Stale) => Some("this machine's clock, or the platform's, is wrong"),
            Some(ProblemKind::NotOperator) => {
                Some("the token is in operator.token of the service's folder")
            }
            Some(ProblemKind::Busy | ProblemKind::RateLimited | ProblemKind::Unavailable) => {
                Some("nothing was done; try again later")
            }
            _ => None,
        };
        let exit = match &error {
            HttpError::Refused { problem, .. } if problem.kind != ProblemKind::Internal => {
                Exit::Refused
            }
            HttpError::Url { .. } | HttpError::OtherPlatform { .. } => Exit::Refused,
            _ => Exit::Internal,
        };
        Self::new(exit, error).hint_if(hint)
    }
}
