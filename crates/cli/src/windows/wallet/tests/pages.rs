//! What every page of the wallet must have, and must not.

use super::*;

/// What is wrong with a page.
fn faults(page: &Page) -> Vec<String> {
    let text = &page.text;
    let mut faults = Vec::new();
    let mut want = |holds: bool, what: String| {
        if !holds {
            faults.push(what);
        }
    };
    want(text.matches("<h1").count() == 1, "one h1".to_owned());
    want(text.contains("<html lang=\"en\">"), "language".to_owned());
    want(!text.contains(" style="), "inline style".to_owned());
    want(!text.contains("<style"), "style element".to_owned());
    want(!text.contains("javascript:"), "script in a link".to_owned());
    for script in text.split("<script").skip(1) {
        want(
            script.starts_with(" src=\"/assets/"),
            "inline script".to_owned(),
        );
    }
    for tag in tags(text) {
        let name = tag.split([' ', '>']).next().unwrap_or_default();
        let on = tag
            .split(' ')
            .any(|part| part.starts_with("on") && part.contains('='));
        want(!on || tag.contains("\"on"), format!("handler: {tag}"));
        if !["input", "select", "textarea"].contains(&name) || tag.contains("type=\"hidden\"") {
            continue;
        }
        let id = tag
            .split(" id=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let label = id.is_some_and(|id| text.contains(&format!("<label for=\"{id}\"")));
        want(label, format!("label: {tag}"));
    }
    let policy = page.headers.get("content-security-policy");
    let policy = policy
        .map(|policy| policy.to_str().unwrap())
        .unwrap_or_default();
    want(
        policy == blindscore_service::window::POLICY,
        "policy".to_owned(),
    );
    want(!policy.contains("unsafe"), "unsafe policy".to_owned());
    faults
}

fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
}

#[tokio::test(flavor = "multi_thread")]
async fn v232_every_page_is_well_made_in_every_state() {
    let world = World::start().await;
    let request = world.asks(|_| {});
    let question = format!("/questions/{}", request.digest());
    let own = "/spending?of=own";
    let mut seen = Vec::new();
    for path in ["/", "/spending", own, "/consents", &question, "/nowhere"] {
        seen.push((path.to_owned(), world.get(path).await));
    }
    seen.push((
        "refused upload".to_owned(),
        world.upload(&[("x", b"?")]).await,
    ));
    world
        .upload(&[("a.csv", blindscore_examples::BANK_CSV.as_bytes())])
        .await;
    seen.push(("own, with one".to_owned(), world.get(own).await));
    let cards = &request.statement().scorecards;
    let fields = format!(
        "data=sample&outputs=reasons&days=7&scorecard={}&scorecard={}",
        cards[0], cards[1]
    );
    let path = world
        .post(&format!("{question}/draft"), &fields)
        .await
        .redirected();
    seen.push(("drafted".to_owned(), world.get(&path).await));
    world.post(&format!("{path}/grant"), "").await;
    seen.push(("running".to_owned(), world.get(&path).await));
    seen.push((
        "scored".to_owned(),
        world.wait_for(&path, texts::SCORED_LEAD).await,
    ));
    seen.push(("answered".to_owned(), world.get(&question).await));
    world.post(&format!("{path}/keep"), "").await;
    seen.push(("kept".to_owned(), world.get(&path).await));
    lock(&world.lender).refuses = Some("no");
    world
        .post(
            &format!("{path}/release"),
            &format!("scorecard={}", cards[1]),
        )
        .await;
    seen.push(("releasing".to_owned(), world.get(&path).await));
    seen.push((
        "stopped".to_owned(),
        world.wait_for(&path, texts::TRY_AGAIN).await,
    ));
    lock(&world.lender).refuses = None;
    world.post(&format!("{path}/release-again"), "").await;
    seen.push((
        "released".to_owned(),
        world.wait_for(&path, texts::TAKEN_AS).await,
    ));
    world.post(&format!("{path}/withdraw"), "").await;
    seen.push(("withdrawn".to_owned(), world.get(&path).await));
    seen.push(("history".to_owned(), world.get("/consents").await));
    for (name, page) in &seen {
        assert_eq!(faults(page), Vec::<String>::new(), "{name}:\n{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn v230_v231_foreign_names_and_foreign_forms_are_refused() {
    let world = World::start().await;
    let rebound = world.http.get(&world.url).header("host", "rebound.example");
    assert_eq!(rebound.send().await.unwrap().status(), 403);
    let request = world.asks(|_| {});
    let draft = format!("{}/questions/{}/draft", world.url, request.digest());
    let fields = format!(
        "data=sample&outputs=score&days=7&scorecard={}",
        request.statement().scorecards[0]
    );
    for (name, value) in [
        ("origin", "http://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let sent = world
            .http
            .post(&draft)
            .header(name, value)
            .body(fields.clone());
        let sent = sent.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(sent.send().await.unwrap().status(), 403);
    }
    assert!(
        world
            .get("/consents")
            .await
            .text
            .contains(texts::NO_CONSENTS)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn v236_reading_changes_nothing_and_the_folder_is_ones_own() {
    let world = World::start().await;
    let request = world.asks(|wanted| wanted.scorecards.truncate(1));
    world
        .upload(&[("a.csv", blindscore_examples::BANK_CSV.as_bytes())])
        .await;
    let path = world.granted(&request, "sample").await;
    world.wait_for(&path, texts::SCORED_LEAD).await;
    let before = files(&world);
    let id = path.rsplit('/').next().unwrap();
    for path in [
        "/".to_owned(),
        "/spending".to_owned(),
        "/spending?of=own".to_owned(),
        "/consents".to_owned(),
        "/live/questions".to_owned(),
        format!("/questions/{}", request.digest()),
        path.clone(),
        format!("{path}/progress/scored"),
        format!("{path}/consent.json"),
        // Not GETs, so GETs of them do nothing.
        format!("{path}/withdraw"),
        format!("{path}/release"),
        format!("/questions/{}/draft", request.digest()),
        "/statements/1/remove".to_owned(),
    ] {
        world.get(&path).await;
    }
    assert_eq!(files(&world), before);
    assert!(
        before
            .keys()
            .any(|name| name.ends_with(&format!("{id}/applicant.secret")))
    );
    #[cfg(unix)]
    for (path, _) in before {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let path = std::path::PathBuf::from(path);
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
    }
}

/// Every file of the wallet, with its bytes.
fn files(world: &World) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![world.folder.path().join("wallet")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

/// Words stand in `texts.rs`: no quoted text of two words elsewhere, but for
/// formats of paths and reasons of the code.
#[test]
fn words_are_in_one_place() {
    for (name, source) in [
        ("consent", include_str!("../pages/consent.rs")),
        ("history", include_str!("../pages/history.rs")),
        ("home", include_str!("../pages/home.rs")),
        ("progress", include_str!("../pages/progress.rs")),
        ("question", include_str!("../pages/question.rs")),
        ("score", include_str!("../pages/score.rs")),
        ("spending", include_str!("../pages/spending.rs")),
        ("pages", include_str!("../pages.rs")),
        ("gauge", include_str!("../gauge.rs")),
        ("routes", include_str!("../routes.rs")),
    ] {
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        let code = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for quoted in line.split('"').skip(1).step_by(2) {
                let mut words = quoted
                    .split(' ')
                    .filter(|word| word.len() > 2 && word.chars().all(|c| c.is_ascii_alphabetic()));
                let sentence = words.next().is_some() && words.next().is_some();
                // Classes of the style.
                let class = ["flag ", "said "].iter().any(|c| quoted.starts_with(c));
                assert!(!sentence || class, "{name}: {quoted:?}");
            }
        }
    }
}
