//! Deleting, rewriting, reordering, rolling back and forking are noticed.

use blindscore_protocol::log::{
    Entry, Evidence, EvidenceError, Log, LogFault, StoreError, TreeHead, WatchError, Watcher,
    verify_consistency,
};
use blindscore_protocol::registry::TrustError;
use blindscore_protocol::sign::Signed;

use crate::fixture::*;
use crate::log_proofs::{entry, head, log};

/// The file of a log, one line an entry.
fn file(log: &Log) -> Vec<Vec<u8>> {
    log.entries().iter().map(Entry::line).collect()
}

fn read(lines: &[Vec<u8>], head: Option<&Signed<TreeHead>>) -> Result<Log, StoreError> {
    Log::read(id("platform"), lines.concat().as_slice(), head)
}

fn signed(log: &Log, at: &str) -> Signed<TreeHead> {
    log.head(time(at), &key(3))
}

#[test]
fn a_stored_log_reads_back() {
    let full = log(20);
    let head = signed(&full, NOW);
    let back = read(&file(&full), Some(&head)).unwrap();
    assert_eq!(back.root(), full.root());
    assert_eq!(back.entries(), full.entries());
    // Appended since the head was signed.
    let older = signed(&log(13), NOW);
    assert_eq!(read(&file(&full), Some(&older)).unwrap().size(), 20);
    let empty = read(&[], Some(&signed(&log(0), NOW))).unwrap();
    assert_eq!(empty.size(), 0);
}

#[test]
fn a_changed_file_is_noticed() {
    let full = log(20);
    let head = signed(&full, NOW);
    let attempt = |change: fn(&mut Vec<Vec<u8>>)| {
        let mut lines = file(&full);
        change(&mut lines);
        read(&lines, Some(&head)).unwrap_err()
    };
    // Deleted at the end and in the middle; deleted and made up for.
    assert!(matches!(
        attempt(|lines| lines.truncate(19)),
        StoreError::Truncated { got: 19, want: 20 }
    ));
    assert!(matches!(
        attempt(|lines| drop(lines.remove(7))),
        StoreError::Truncated { got: 19, .. }
    ));
    for change in [
        (|lines| {
            lines.remove(7);
            lines.push(entry(99).line());
        }) as fn(&mut Vec<Vec<u8>>),
        // Rewritten.
        |lines| lines[7] = entry(99).line(),
        // Dated back.
        |lines| {
            let mut dated = entry(7);
            dated.time = time("2026-01-01T00:00:00Z");
            lines[7] = dated.line();
        },
        // Reordered.
        |lines| lines.swap(7, 8),
        // One put in.
        |lines| lines.insert(7, entry(99).line()),
        // One twice.
        |lines| lines.insert(7, entry(7).line()),
    ] {
        let refused = attempt(change);
        assert!(
            matches!(refused, StoreError::Root { size: 20, .. }),
            "{refused}"
        );
    }
}

#[test]
fn lines_that_are_no_entries_are_refused_where_they_are() {
    let attempt = |line: &[u8]| {
        let mut lines = file(&log(3));
        lines.insert(1, line.to_vec());
        read(&lines, None).unwrap_err()
    };
    let spaced = String::from_utf8(entry(1).line())
        .unwrap()
        .replace(',', ", ");
    for bad in [
        b"\n".as_slice(),
        b"{}\n",
        spaced.as_bytes(),
        &[b'x'; 1000],
        b"\xff\xff\n",
    ] {
        let refused = attempt(bad);
        assert!(matches!(refused, StoreError::Line { line: 2 }), "{refused}");
    }
    let mut cut = file(&log(3)).concat();
    cut.truncate(cut.len() - 1);
    let refused = Log::read(id("platform"), cut.as_slice(), None).unwrap_err();
    assert!(matches!(refused, StoreError::Cut { line: 3 }), "{refused}");
}

#[test]
fn the_head_of_another_log_is_refused() {
    let mut rival = Log::new(id("rival"));
    rival.append(entry(0)).unwrap();
    let head = rival.head(time(NOW), &key(7));
    assert!(matches!(
        read(&file(&log(1)), Some(&head)),
        Err(StoreError::Platform { .. })
    ));
    let proof = log(1).prove_consistency(1, 1).unwrap();
    assert_eq!(
        verify_consistency(&crate::log_proofs::head(&log(1)), head.statement(), &proof),
        Err(LogFault::Platforms)
    );
}

/// A log that shares its first entries with the honest one.
fn forked(shared: u64, size: u64) -> Log {
    let mut log = log(shared);
    for n in shared..size {
        log.append(entry(1000 + n)).unwrap();
    }
    log
}

#[test]
fn a_watcher_follows_a_log_that_grows() {
    let full = log(12);
    let mut watcher = Watcher::new(signed(&log(4), NOW), &registry(), time(NOW)).unwrap();
    for size in [4, 5, 8, 12] {
        let proof = full.prove_consistency(watcher.seen().statement().size, size);
        let head = signed(&log(size), NOW);
        watcher
            .advance(head, &proof.unwrap(), &registry(), time(NOW))
            .unwrap();
        assert_eq!(watcher.seen().statement().size, size);
    }
    let text = serde_json::to_string(&watcher).unwrap();
    assert_eq!(serde_json::from_str::<Watcher>(&text).unwrap(), watcher);
}

#[test]
fn a_rolled_back_log_is_noticed_and_convicted() {
    let (now, later) = ("2026-06-01T12:00:00Z", "2026-06-01T13:00:00Z");
    let mut watcher = Watcher::new(signed(&log(12), now), &registry(), time(later)).unwrap();
    let smaller = signed(&log(11), later);
    let proof = log(12).prove_consistency(11, 12).unwrap();
    let caught = watcher.advance(smaller.clone(), &proof, &registry(), time(later));
    let Err(WatchError::Fault { fault, evidence }) = caught else {
        panic!("{caught:?}");
    };
    let rolled_back = LogFault::RolledBack { seen: 12, now: 11 };
    assert_eq!(fault, rolled_back);
    let evidence = evidence.unwrap();
    assert_eq!(evidence.check(&registry(), time(later)), Ok(rolled_back));
    assert_eq!(watcher.seen().statement().size, 12);

    // An old head shown again is refused as well, but it was honest once: it
    // convicts nobody.
    let old = signed(&log(11), "2026-06-01T11:00:00Z");
    let caught = watcher.advance(old.clone(), &proof, &registry(), time(later));
    assert!(matches!(
        caught,
        Err(WatchError::Fault {
            fault: LogFault::RolledBack { .. },
            evidence: None
        })
    ));
    let two = Evidence {
        one: old,
        other: smaller,
    };
    assert_eq!(
        two.check(&registry(), time(later)),
        Err(EvidenceError::NoContradiction)
    );
}

#[test]
fn a_forked_log_is_noticed_and_convicted() {
    let mut watcher = Watcher::new(signed(&log(12), NOW), &registry(), time(NOW)).unwrap();
    let fork = forked(9, 12);
    let proof = fork.prove_consistency(12, 12).unwrap();
    let caught = watcher.advance(signed(&fork, NOW), &proof, &registry(), time(NOW));
    let Err(WatchError::Fault {
        fault,
        evidence: Some(evidence),
    }) = caught
    else {
        panic!("{caught:?}");
    };
    assert_eq!(fault, LogFault::Forked { size: 12 });
    assert_eq!(evidence.check(&registry(), time(NOW)), Ok(fault));

    // A fork that has grown cannot be proved to begin with what was seen, by
    // no proof that either log can make.
    let grown = forked(9, 20);
    for proof in [
        grown.prove_consistency(12, 20).unwrap(),
        log(20).prove_consistency(12, 20).unwrap(),
    ] {
        let caught = watcher.advance(signed(&grown, NOW), &proof, &registry(), time(NOW));
        assert!(matches!(
            caught,
            Err(WatchError::Fault {
                fault: LogFault::Inconsistent { old: 12, new: 20 },
                evidence: None,
            })
        ));
    }
}

#[test]
fn evidence_needs_the_platforms_own_signatures() {
    let honest = signed(&log(12), NOW);
    let check = |other: Signed<TreeHead>| {
        let one = honest.clone();
        Evidence { one, other }.check(&registry(), time(NOW))
    };
    assert_eq!(
        check(signed(&forked(9, 12), NOW)),
        Ok(LogFault::Forked { size: 12 })
    );
    assert_eq!(check(honest.clone()), Err(EvidenceError::NoContradiction));
    assert_eq!(
        check(signed(&log(13), NOW)),
        Err(EvidenceError::NoContradiction)
    );
    // Somebody else cannot frame the platform.
    let framed = forked(9, 12).head(time(NOW), &key(7));
    assert!(matches!(
        check(framed),
        Err(EvidenceError::Trust(TrustError::UnknownKey { .. }))
    ));
    let mut changed = serde_json::to_value(&honest).unwrap();
    changed["statement"]["root"] = serde_json::json!(digest("another"));
    assert!(matches!(
        check(serde_json::from_value(changed).unwrap()),
        Err(EvidenceError::Trust(TrustError::Signature(_)))
    ));
    let rival = Log::new(id("rival")).head(time(NOW), &key(7));
    assert_eq!(check(rival), Err(EvidenceError::Platforms));
}

#[test]
fn a_watcher_believes_the_platform_only() {
    let forged = log(5).head(time(NOW), &key(6));
    assert!(matches!(
        Watcher::new(forged.clone(), &registry(), time(NOW)),
        Err(TrustError::UnknownKey { .. })
    ));
    let mut watcher = Watcher::new(signed(&log(4), NOW), &registry(), time(NOW)).unwrap();
    let proof = log(5).prove_consistency(4, 5).unwrap();
    assert!(matches!(
        watcher.advance(forged, &proof, &registry(), time(NOW)),
        Err(WatchError::Trust(TrustError::UnknownKey { .. }))
    ));
    assert_eq!(watcher.seen().statement(), &head(&log(4)));
}
