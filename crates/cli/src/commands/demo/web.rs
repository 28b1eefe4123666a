//! `demo --web`: the same parties in three windows of a browser.

use std::path::{Path, PathBuf};

use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{fields, print};
use crate::windows::start::{self, Windows};

/// Runs the windows until they are stopped. Without a folder, everything is in
/// a temporary one that goes with the process.
pub(super) fn run(data: Option<&Path>, port: u16, json: bool) -> Outcome {
    let _tracing = blindscore_service::init_logs(blindscore_service::LogForm::Text);
    let (folder, _temporary) = match data {
        Some(data) => {
            files::make_directory(data)?;
            (data.to_owned(), None)
        }
        None => {
            let temporary = tempfile::tempdir().map_err(Failure::internal)?;
            (PathBuf::from(temporary.path()), Some(temporary))
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::internal)?;
    let kept = data.is_some();
    let ready = |windows: &Windows| shown(windows, json, kept);
    runtime.block_on(start::run(&folder, port, ready))
}

fn shown(windows: &Windows, json: bool, kept: bool) -> Outcome {
    if json {
        // On one line, for whoever waits for it.
        let line = serde_json::to_string(windows).map_err(Failure::internal)?;
        return print(&(line + "\n"));
    }
    let folder = windows.data.display();
    let data = if kept {
        folder.to_string()
    } else {
        format!("{folder}, deleted at the end; --data DIR keeps it")
    };
    print(&fields(&[
        (
            "wallet",
            format!("{}  start here, as the applicant", windows.wallet),
        ),
        ("lender", format!("{}  asks for a score", windows.lender)),
        (
            "platform",
            format!("{}  computes without seeing", windows.platform),
        ),
        ("data", data),
        ("stop", "Ctrl-C".to_owned()),
    ]))
}
