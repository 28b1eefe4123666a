//! Bytes from outside that mean harm.

use super::*;

/// What the first page says of one message that the lender's server lists.
async fn said_of(world: &World, digest: Digest, message: Vec<u8>) -> String {
    world.lists(&[(digest, message)]);
    let home = world.get("/").await;
    assert_eq!(home.status, 200);
    let path = format!("/questions/{digest}");
    assert!(!home.text.contains(&path), "{}", home.text);
    assert_ne!(world.get(&path).await.status, 200);
    let draft = world.post(&format!("{path}/draft"), "data=sample").await;
    assert_ne!(draft.status, 303);
    home.text
}

#[tokio::test(flavor = "multi_thread")]
async fn v234_messages_of_a_lender_that_do_not_hold_up_are_refused() {
    let world = World::start().await;
    let good = world.request(|_| {});
    let bytes = envelope::close(&good, &[]);
    let refused = "was refused";

    // Changed, cut, of another kind, of another version, too long.
    for place in [0, 5, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(
            said_of(&world, good.digest(), changed)
                .await
                .contains(refused),
            "{place}"
        );
    }
    let cut = bytes[..bytes.len() - 1].to_vec();
    assert!(said_of(&world, good.digest(), cut).await.contains(refused));
    assert!(
        said_of(&world, good.digest(), Vec::new())
            .await
            .contains(refused)
    );
    let long = vec![0; 8 << 20];
    said_of(&world, good.digest(), long).await;

    // Listed as another.
    let other = world.request(|_| {});
    assert!(
        said_of(&world, other.digest(), bytes.clone())
            .await
            .contains(refused)
    );

    // Signed by somebody else: of the registry, or of nobody.
    let strangers = [&world.cast.other_lender, &world.cast.bank];
    for stranger in strangers {
        let forged = Signed::sign(good.statement().clone(), stranger.key());
        let message = envelope::close(&forged, &[]);
        assert!(
            said_of(&world, forged.digest(), message)
                .await
                .contains(refused)
        );
    }
    // Another lender's own request, on this lender's server.
    let mut said = good.statement().clone();
    said.lender = world.cast.other_lender.id().clone();
    let others = Signed::sign(said, world.cast.other_lender.key());
    let message = envelope::close(&others, &[]);
    assert!(
        said_of(&world, others.digest(), message)
            .await
            .contains(refused)
    );

    // For another platform.
    let elsewhere = world.request(|wanted| wanted.platform = "other-platform".parse().unwrap());
    let message = envelope::close(&elsewhere, &[]);
    assert!(
        said_of(&world, elsewhere.digest(), message)
            .await
            .contains(refused)
    );

    // A list that is none, and one without an end.
    for list in [b"{}".to_vec(), b"[\"../x\"]".to_vec(), vec![b'['; 1 << 20]] {
        lock(&world.lender).list = list;
        assert_eq!(world.get("/").await.status, 200);
    }
    // And the good one, to know that it was not the test.
    let home = {
        world.lists(&[(good.digest(), bytes)]);
        world.get("/").await.text
    };
    assert!(
        home.contains(&format!("/questions/{}", good.digest())),
        "{home}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn v233_files_that_are_no_statements_are_not_kept() {
    let world = World::start().await;
    let kept = world.folder.path().join("wallet/statements");
    let noise: Vec<u8> = (0..100_000_u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect();
    let zip = [b"PK\x03\x04".to_vec(), vec![0xff; 5000]].concat();
    let deep = vec![b'['; 1 << 20];
    let broken: [(&str, &[u8]); 9] = [
        ("empty.csv", b""),
        ("noise.bin", &noise),
        ("nul.csv", b"date,amount,currency\n2026-01-01,1\0,EUR\n"),
        ("bomb.xlsx", &zip),
        ("deep.json", &deep),
        (
            "entity.xml",
            b"<!DOCTYPE a [<!ENTITY b \"c\">]><Document>&b;</Document>",
        ),
        ("utf16.csv", b"\xff\xfed\0a\0"),
        (
            "cut.csv",
            b"date,amount,currency,description,mcc\n2026-13-40,x",
        ),
        (
            "<script>alert(1)</script>.csv",
            b"<script>alert(1)</script>",
        ),
    ];
    for (name, bytes) in broken {
        let page = world.upload(&[(name, bytes)]).await;
        assert_eq!(page.status, 422, "{name}");
        assert!(!page.text.contains("<script>alert"), "{name}");
        assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 0, "{name}");
    }
    // A good one beside a bad one is kept, and the bad one is named.
    let page = world
        .upload(&[
            ("good.csv", blindscore_examples::BANK_CSV.as_bytes()),
            ("bad.csv", b"?"),
        ])
        .await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("bad.csv") && page.text.contains("good.csv"));
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 2);

    // Above the size of a file, and of all together.
    let large = vec![b'a'; super::super::statements::FILE_MAX + 1];
    let page = world.upload(&[("large.csv", &large)]).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("16 MiB"), "{}", page.text);
    // More files than are taken.
    let row = b"date,amount,currency,description,mcc\n2026-03-02,-1.00,EUR,grocer,5411\n";
    let many: Vec<(&str, &[u8])> = vec![("a.csv", row); 40];
    let page = world.upload(&many).await;
    assert_eq!(page.status, 422);
    assert!(std::fs::read_dir(&kept).unwrap().count() <= 64);
    // No form at all.
    let page = world
        .post_as("/statements", "multipart/form-data; boundary=edge", b"--ed")
        .await;
    assert_eq!(page.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn v235_texts_from_outside_are_only_shown() {
    let world = World::start().await;
    let purpose = "<img src=x onerror=alert(1)> & \"quoted\"";
    let request = world.asks(|wanted| wanted.purpose = purpose.parse().unwrap());
    let csv = "date,amount,currency,description,mcc\n\
               2026-03-02,-64.18,EUR,<script>alert(2)</script>,5411\n";
    world.upload(&[("<b>bold.csv", csv.as_bytes())]).await;
    let path = format!("/questions/{}", request.digest());
    for path in ["/", "/consents", "/spending?of=own", path.as_str()] {
        let page = world.get(path).await.text;
        for raw in ["<img src=x", "<script>alert", "<b>bold"] {
            assert!(!page.contains(raw), "{path}: {raw}");
        }
    }
    let own = world.get("/spending?of=own").await.text;
    assert!(own.contains("&lt;script&gt;alert(2)"), "{own}");
    assert!(own.contains("&lt;b&gt;bold.csv"));
    assert!(world.get("/").await.text.contains("&lt;img src=x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_make_no_sense_change_nothing() {
    let world = World::start().await;
    let request = world.asks(|wanted| wanted.outputs = Outputs::Score);
    let card = request.statement().scorecards[0];
    let path = format!("/questions/{}/draft", request.digest());
    let other = Digest::new([7; 32]);
    for fields in [
        String::new(),
        "data=sample&outputs=score&days=7".to_owned(),
        format!("data=own&outputs=score&days=7&scorecard={card}"),
        format!("data=sample&outputs=score&days=7&scorecard={other}"),
        format!("data=sample&outputs=score&days=0&scorecard={card}"),
        format!("data=sample&outputs=score&days=4000&scorecard={card}"),
        // More than the lender asks for.
        format!("data=sample&outputs=reasons&days=7&scorecard={card}"),
    ] {
        let page = world.post(&path, &fields).await;
        assert_eq!(page.status, 422, "{fields}: {}", page.text);
    }
    let applications = world.folder.path().join("wallet/applications");
    assert_eq!(std::fs::read_dir(applications).unwrap().count(), 0);
    for path in [
        "/consents/nobody",
        "/consents/00",
        "/questions/x",
        "/..%2f..%2fetc",
    ] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
}
