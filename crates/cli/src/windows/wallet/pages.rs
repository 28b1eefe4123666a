//! What the wallet's pages look like. Words are in `texts.rs`.

pub(super) mod consent;
pub(super) mod history;
pub(super) mod home;
pub(super) mod progress;
pub(super) mod question;
pub(super) mod score;
pub(super) mod spending;

use blindscore_service::window::{Frame, Link, page};
use maud::{Markup, html};

use super::fault::Fault;
use super::record::Stage;
use super::texts;

const LINKS: [Link<'static>; 3] = [
    Link {
        path: "/",
        text: texts::HOME,
    },
    Link {
        path: "/spending",
        text: texts::SPENDING,
    },
    Link {
        path: "/consents",
        text: texts::CONSENTS,
    },
];

/// A whole page of the wallet.
pub(super) fn whole(path: &str, title: &str, content: &Markup) -> Markup {
    let frame = Frame {
        language: texts::LANGUAGE,
        kind: "wallet",
        name: texts::WALLET,
        owner: texts::OWNER,
        links: &LINKS,
        skip: texts::SKIP,
        navigation: texts::PAGES,
        foot: texts::FOOT,
    };
    page(&frame, path, title, content)
}

/// A page that says what could not be done.
pub(super) fn fault(fault: &Fault) -> Markup {
    let content = html! {
        div.card {
            p.said.bad role="alert" { (fault.text()) }
            p.buttons { a.button.plain href="/" { (texts::BACK_HOME) } }
        }
    };
    whole("", texts::NOT_DONE, &content)
}

/// Where an application stands, as a flag.
fn flag(stage: Stage) -> Markup {
    let (class, text) = match stage {
        Stage::Drafted => ("flag warn", texts::STAGE_DRAFTED),
        Stage::Running => ("flag", texts::STAGE_RUNNING),
        Stage::Stopped => ("flag bad", texts::STAGE_STOPPED),
        Stage::Scored => ("flag good", texts::STAGE_SCORED),
        Stage::Kept => ("flag", texts::STAGE_KEPT),
        Stage::Releasing => ("flag", texts::STAGE_RELEASING),
        Stage::ReleaseStopped => ("flag bad", texts::STAGE_RELEASE_STOPPED),
        Stage::Released => ("flag good", texts::STAGE_RELEASED),
        Stage::Withdrawn => ("flag", texts::STAGE_WITHDRAWN),
    };
    html! { span class=(class) { (text) } }
}

/// A form of one button.
fn button(action: &str, id: &str, class: &str, text: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            button class=(class) id=(id) type="submit" { (text) }
        }
    }
}
