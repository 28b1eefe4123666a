//! From the question to the released score and the withdrawal, over HTTP.

use blindscore_client::lender::{Verification, verify};
use blindscore_protocol::message::Standing;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_is_scored_released_and_withdrawn() {
    let mut world = World::start().await;
    let request = world.asks(|_| {});
    let (scheme, cards) = cards();

    let home = world.get("/").await;
    assert!(home.text.contains("A loan for a bicycle"), "{}", home.text);
    let question = format!("/questions/{}", request.digest());
    let asked = world.get(&question).await;
    for said in [
        "Example Lender",
        "30 days",
        "Example Bank",
        "Example Wallet",
    ] {
        assert!(asked.text.contains(said), "{said}");
    }
    let path = world.granted(&request, "sample").await;
    let scored = world.wait_for(&path, texts::SCORED_LEAD).await;
    assert!(scored.text.contains(cards[1].name()));
    let in_log = scored.text.matches("in the log, entry").count();
    assert_eq!(in_log, 2, "{}", scored.text);

    // Nothing went to the lender yet.
    assert!(lock(&world.lender).given.is_empty());
    let chosen = cards[0].digest();
    let release = format!("{path}/release");
    let released = world.post(&release, &format!("scorecard={chosen}")).await;
    assert_eq!(released.redirected(), path);
    let page = world.wait_for(&path, "Released to Example Lender").await;
    assert!(page.text.contains("taken-1"));
    let given = lock(&world.lender).given.clone();
    let [message] = &given[..] else {
        panic!("one release");
    };
    let verification = Verification {
        registry: &world.registry,
        request: &request,
        scheme: &scheme,
        scorecard: &cards[0],
        histories: &[],
        now: Clock::system().now(),
    };
    let score = verify(message, &verification).unwrap();
    assert_eq!(score.standing(), Standing::Attested);
    let shown = format!("<strong class=\"big\">{}</strong>", score.published());
    assert!(page.text.contains(&shown), "{}", page.text);
    // The question is answered, and a second release is not to be had.
    assert!(!world.get("/").await.text.contains(&question));
    let again = world.post(&release, &format!("scorecard={chosen}")).await;
    assert_eq!(again.status, 422);

    // Another process goes on with what the folder holds.
    world.open_wallet().await;
    let page = world.get(&path).await;
    assert!(page.text.contains("Released to Example Lender"));
    assert!(page.text.contains("1 of 1 times"), "{}", page.text);
    let withdrawn = world.post(&format!("{path}/withdraw"), "").await;
    assert_eq!(withdrawn.redirected(), path);
    let page = world.get(&path).await;
    assert!(page.text.contains("You withdrew this consent"));
    let state = "<dd id=\"platform-state\">withdrawn</dd>";
    assert!(page.text.contains(state), "{}", page.text);
    // Where it went before stays to be seen.
    assert!(page.text.contains("taken-1") && !page.text.contains(texts::SCORES_STAY));
    let none = "<dd id=\"platform-holds\">none</dd>";
    assert!(page.text.contains(none), "{}", page.text);
    let history = world.get("/consents").await;
    assert!(history.text.contains(texts::STAGE_WITHDRAWN));
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_statements_are_declared_and_say_so() {
    let world = World::start().await;
    let request = world.asks(|wanted| {
        wanted.sources = Vec::new();
        wanted.self_declared = true;
        wanted.scorecards.truncate(1);
    });
    let csv = blindscore_examples::BANK_CSV.as_bytes();
    let uploaded = world.upload(&[("my bank.csv", csv)]).await;
    assert_eq!(uploaded.redirected(), "/spending?of=own");
    let spending = world.get("/spending?of=own").await;
    assert!(spending.text.contains("my bank.csv"));
    assert!(
        spending.text.contains("Ready to be scored"),
        "{}",
        spending.text
    );

    let path = world.granted(&request, "own").await;
    world.wait_for(&path, texts::SCORED_LEAD).await;
    let chosen = request.statement().scorecards[0];
    let fields = format!("scorecard={chosen}");
    world.post(&format!("{path}/release"), &fields).await;
    let page = world.wait_for(&path, "Released to Example Lender").await;
    assert!(page.text.contains(texts::STANDING_OWN));
    let given = lock(&world.lender).given.clone();
    let (scheme, cards) = cards();
    let card = cards.iter().find(|card| card.digest() == chosen).unwrap();
    let verification = Verification {
        registry: &world.registry,
        request: &request,
        scheme: &scheme,
        scorecard: card,
        histories: &[],
        now: Clock::system().now(),
    };
    let score = verify(&given[0], &verification).unwrap();
    assert_eq!(score.standing(), Standing::SelfDeclared);

    // What was dropped in can be taken out again.
    let removed = world.post("/statements/1/remove", "").await;
    assert_eq!(removed.redirected(), "/spending?of=own");
    let statements = world.folder.path().join("wallet/statements");
    assert_eq!(std::fs::read_dir(statements).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lender_that_refuses_is_heard_and_asked_again() {
    let world = World::start().await;
    let request = world.asks(|wanted| wanted.scorecards.truncate(1));
    lock(&world.lender).refuses = Some("closed for the day");
    let path = world.granted(&request, "sample").await;
    world.wait_for(&path, texts::SCORED_LEAD).await;
    let fields = format!("scorecard={}", request.statement().scorecards[0]);
    world.post(&format!("{path}/release"), &fields).await;
    let page = world.wait_for(&path, "closed for the day").await;
    assert!(page.text.contains(texts::STAGE_RELEASE_STOPPED));
    let release = std::fs::read(released_file(&world, &path)).unwrap();

    lock(&world.lender).refuses = None;
    world.post(&format!("{path}/release-again"), "").await;
    world.wait_for(&path, "Released to Example Lender").await;
    // The very bytes that were proven: no second proof, no more phases.
    assert_eq!(lock(&world.lender).given, [release]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_goes_on_after_a_restart() {
    let mut world = World::start().await;
    let request = world.asks(|wanted| wanted.scorecards.truncate(1));
    let path = world.granted(&request, "sample").await;
    world.wait_for(&path, texts::SCORED_LEAD).await;
    // As if the process had ended after each of the steps.
    let record = released_file(&world, &path).with_file_name("application.json");
    for done in 0..9 {
        let text = std::fs::read_to_string(&record).unwrap();
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["done"], 9);
        json["done"] = done.into();
        std::fs::write(&record, json.to_string()).unwrap();
        world.open_wallet().await;
        let page = world.wait_for(&path, texts::SCORED_LEAD).await;
        assert!(page.text.contains("1 of 1 times"), "one use: {}", page.text);
    }
}

fn released_file(world: &World, path: &str) -> std::path::PathBuf {
    let id = path.rsplit('/').next().unwrap();
    let folder = world.folder.path().join("wallet/applications").join(id);
    folder.join("release")
}
