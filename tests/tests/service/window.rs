//! The platform's window: shows bytes as they are stored, and nothing that only
//! the applicant knows.

use std::collections::BTreeSet;

use blindscore_client::http::Applicant;
use blindscore_examples::walk::Holder;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::{ApplicantLevels, Part};
use blindscore_protocol::envelope::payload_offset;
use blindscore_tests::online::{Backend, Online, now, on_each};

use crate::raw::{Back, back, get};

fn page(online: &Online, path: &str) -> String {
    let answer = get(online, path);
    assert_eq!(answer.status, 200, "{path}");
    String::from_utf8(answer.body).unwrap()
}

/// The pixels of a grey picture.
fn pixels(picture: &Back) -> Vec<u8> {
    assert_eq!(picture.status, 200);
    assert_eq!(picture.headers["content-type"], "image/png");
    let decoder = png::Decoder::new(std::io::Cursor::new(&picture.body));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Grayscale);
    assert_eq!(
        (frame.width, frame.height, pixels.len()),
        (128, 128, 16_384)
    );
    pixels
}

/// Numbers of a page that stand for themselves: not those within ids, times and
/// thousands.
fn numbers(page: &str) -> BTreeSet<String> {
    let text: String = page
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| format!("{text} "))
        .collect();
    let words = text.split(|c: char| c.is_whitespace() || "();".contains(c));
    words
        .map(|word| word.trim_end_matches(['.', ',']))
        .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// The scores in the clear, as only the applicant knows them.
fn scores(online: &Online, holders: &[Holder<'_>]) -> Vec<String> {
    let roles: Vec<_> = holders
        .iter()
        .map(|holder| holder.roles.iter().cloned().collect())
        .collect();
    let parts: Vec<_> = holders
        .iter()
        .zip(&roles)
        .map(|(holder, roles)| Part {
            levels: holder.levels,
            roles,
        })
        .collect();
    let levels = ApplicantLevels::combine(&online.person.scheme, &parts).unwrap();
    let cards = online.person.scorecards.iter();
    cards
        .flat_map(|card| {
            let score = card.score(&online.person.scheme, &levels).unwrap();
            [score.published.to_string(), score.shifted.to_string()]
        })
        .collect()
}

#[test]
fn v237_the_window_shows_ciphertext_bytes_and_nothing_that_they_hide() {
    on_each(|backend| {
        let online = Online::start_with(backend, |config| config.window = true);
        assert!(page(&online, "/").contains("No sealed history is held"));
        for (number, form) in [(1, Form::Packed), (2, Form::Composable)] {
            let application = online.application(number, form, 1);
            online.grant(&application).unwrap();
            let key = format!("shown-in-the-window-{number}");
            let answer = online.evaluate(&application, &key).unwrap();
            let home = page(&online, "/");
            let mut shown = vec![home.clone(), page(&online, "/window/live")];

            // The pictures are the stored bytes, from the first ciphertext on.
            for (attestation, upload) in application.attestations.iter().zip(&application.uploads) {
                let path = format!("/window/histories/{attestation}");
                assert!(home.contains(&path), "{home}");
                let stored = &upload.sealed;
                let at = payload_offset(stored).unwrap();
                let picture = get(&online, &format!("{path}/noise.png"));
                assert_eq!(pixels(&picture), stored[at..at + 16_384]);
                let inside = page(&online, &path);
                assert!(inside.contains("Nothing to see"), "{inside}");
                shown.push(inside);
            }
            for answer in &answer.answers {
                let path = format!("/window/results/{}", answer.receipt);
                assert!(home.contains(&path), "{home}");
                let stored = &answer.evaluation.0;
                let at = payload_offset(stored).unwrap() + 4;
                let picture = get(&online, &format!("{path}/noise.png"));
                assert_eq!(pixels(&picture), stored[at..at + 16_384]);
                let inside = page(&online, &path);
                assert!(inside.contains("Nothing to see"), "{inside}");
                shown.push(inside);
            }

            // No score, no points, and no name of what a level is about.
            let all = online.person.holders(&online.cast);
            let holders = &all[..application.uploads.len()];
            for page in &shown {
                let numbers = numbers(page);
                for score in scores(&online, holders) {
                    assert!(!numbers.contains(&score), "a score is shown");
                }
                for window in online.person.scheme.line_windows() {
                    let line = online.person.scheme.lines()[window.line].name();
                    assert!(!page.contains(line), "{line}");
                }
                assert!(!page.contains(" style=") && !page.contains("<style"));
            }

            // Withdrawn, all of it is gone but ids and times.
            let withdrawal = application.secret.withdraw(&application.consent, now());
            let applicant = Applicant::of(&application.secret);
            online.calls.send(&applicant.withdraw(&withdrawal)).unwrap();
            let home = page(&online, "/");
            assert!(!home.contains("<img"), "{home}");
            assert!(home.contains("withdrawn") && home.contains("ciphertexts are gone"));
            let named = |digest: &Digest| home.contains(&digest.to_string());
            assert!(application.attestations.iter().all(named), "{home}");
            for attestation in &application.attestations {
                let path = format!("/window/histories/{attestation}");
                assert_eq!(get(&online, &path).status, 410);
                assert_eq!(get(&online, &format!("{path}/noise.png")).status, 404);
            }
            for answer in &answer.answers {
                let path = format!("/window/results/{}", answer.receipt);
                assert_eq!(get(&online, &path).status, 410);
                assert_eq!(get(&online, &format!("{path}/noise.png")).status, 404);
            }
        }
    });
}

#[test]
fn the_window_is_off_unless_it_is_asked_for_and_answers_to_own_names_only() {
    let online = Online::start(Backend::Sqlite);
    for path in ["/", "/window/live", "/window/histories/x"] {
        assert_eq!(get(&online, path).status, 404, "{path}");
    }
    drop(online);
    let online = Online::start_with(Backend::Sqlite, |config| config.window = true);
    for path in ["/window/histories/x", "/window/results/x"] {
        assert_eq!(get(&online, path).status, 404, "{path}");
    }
    let client = reqwest::blocking::Client::new();
    let named = |host: &str| {
        let request = client.get(format!("{}/", online.url)).header("host", host);
        back(request).status
    };
    assert_eq!(named("localhost:1"), 200);
    for host in [
        "rebound.example",
        "127.0.0.1.rebound.example:80",
        "localhost.example",
    ] {
        assert_eq!(named(host), 403, "V-230: {host}");
    }
    let policy = &get(&online, "/").headers["content-security-policy"];
    assert!(policy.to_str().unwrap().contains("default-src 'none'"));
}
