//! The log's tree is RFC 6962's, and its proofs show what they should.

use blindscore_history::digest::Digest;
use blindscore_protocol::log::{
    ConsistencyProof, Entry, EntryKind, InclusionProof, Log, LogError, LogFault, ProofError,
    TreeHead, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::fixture::*;

pub(crate) fn entry(n: u64) -> Entry {
    let kinds = [
        EntryKind::Scorecard,
        EntryKind::Consent,
        EntryKind::Withdrawal,
        EntryKind::Receipt,
    ];
    Entry {
        kind: kinds[(n % 4) as usize],
        digest: digest(&n.to_string()),
        time: jiff::Timestamp::from_second(1_780_000_000 + n as i64).unwrap(),
    }
}

pub(crate) fn log(size: u64) -> Log {
    let mut log = Log::new(id("platform"));
    for n in 0..size {
        assert_eq!(log.append(entry(n)), Ok(n));
    }
    log
}

pub(crate) fn head(log: &Log) -> TreeHead {
    log.head(time(NOW), &key(3)).statement().clone()
}

/// MTH of RFC 6962, section 2.1, word for word.
fn mth(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [leaf] => Sha256::new()
            .chain_update([0])
            .chain_update(leaf)
            .finalize()
            .into(),
        leaves => {
            let k = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(k);
            Sha256::new()
                .chain_update([1])
                .chain_update(mth(left))
                .chain_update(mth(right))
                .finalize()
                .into()
        }
    }
}

#[test]
fn the_reference_has_the_roots_of_certificate_transparency() {
    // The eight leaves that the implementations of certificate transparency
    // test with, and their roots.
    let leaves: Vec<Vec<u8>> = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    .map(|leaf| hex::decode(leaf).unwrap())
    .into();
    for (size, root) in [
        (
            0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            1,
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            2,
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        ),
        (
            3,
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ),
        (
            4,
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
        (
            5,
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        ),
        (
            6,
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        ),
        (
            7,
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ),
        (
            8,
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ] {
        assert_eq!(hex::encode(mth(&leaves[..size])), root, "{size}");
    }
}

#[test]
fn roots_are_those_of_the_reference() {
    let all = log(70);
    let leaves: Vec<Vec<u8>> = all.entries().iter().map(Entry::leaf).collect();
    for size in 0..=70 {
        assert_eq!(log(size).root(), Digest::new(mth(&leaves[..size as usize])));
    }
}

#[test]
fn a_leaf_is_canonical_json() {
    let leaf = String::from_utf8(entry(3).leaf()).unwrap();
    let digest = digest("3");
    let want = format!(r#"{{"digest":"{digest}","kind":"receipt","time":"2026-05-28T20:26:43Z"}}"#);
    assert_eq!(leaf, want);
    assert_eq!(Entry::from_leaf(want.as_bytes()), Some(entry(3)));
    for other in [
        want.replace(",", ", "),
        want.replace('Z', "+00:00"),
        want + " ",
    ] {
        assert_eq!(Entry::from_leaf(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn every_entry_is_proved_in_every_size_and_in_no_other_place() {
    for size in 1..=17 {
        let log = log(size);
        let head = head(&log);
        for index in 0..size {
            let proof = log.prove_inclusion(index, size).unwrap();
            assert_eq!(verify_inclusion(&head, &proof), Ok(()));
            let mut other = proof.clone();
            other.index = (index + 1) % size;
            assert_eq!(verify_inclusion(&head, &other).is_ok(), size == 1);
            let mut other = proof.clone();
            other.entry = entry(99);
            assert_eq!(verify_inclusion(&head, &other), Err(LogFault::NotIncluded));
            let mut other = proof.clone();
            other.path.push(digest("more"));
            assert_eq!(verify_inclusion(&head, &other), Err(LogFault::NotIncluded));
            for level in 0..proof.path.len() {
                let mut other = proof.clone();
                other.path[level] = digest("other");
                assert_eq!(verify_inclusion(&head, &other), Err(LogFault::NotIncluded));
            }
        }
    }
}

#[test]
fn every_size_is_consistent_with_every_later_one() {
    let full = log(17);
    for new in 0..=17 {
        let new_head = head(&log(new));
        for old in 0..=new {
            let old_head = head(&log(old));
            let proof = full.prove_consistency(old, new).unwrap();
            assert_eq!(verify_consistency(&old_head, &new_head, &proof), Ok(()));
            for level in 0..proof.path.len() {
                let mut other = proof.clone();
                other.path[level] = digest("other");
                assert!(verify_consistency(&old_head, &new_head, &other).is_err());
            }
            let mut other = proof.clone();
            other.path.push(digest("more"));
            assert!(verify_consistency(&old_head, &new_head, &other).is_err());
            if old > 0 && old < new {
                let mut forked = old_head.clone();
                forked.root = digest("forked");
                assert_eq!(
                    verify_consistency(&forked, &new_head, &proof),
                    Err(LogFault::Inconsistent { old, new })
                );
            }
        }
    }
}

#[test]
fn a_proof_is_for_the_sizes_of_its_heads() {
    let full = log(5);
    let mut proof = full.prove_inclusion(0, 4).unwrap();
    assert_eq!(
        verify_inclusion(&head(&full), &proof),
        Err(LogFault::OtherSizes)
    );
    // The same path can fit two sizes: the size that is said must be the
    // head's all the same.
    proof.size = 3;
    assert_eq!(
        verify_inclusion(&head(&log(4)), &proof),
        Err(LogFault::OtherSizes)
    );
    let proof = full.prove_consistency(2, 4).unwrap();
    assert_eq!(
        verify_consistency(&head(&log(2)), &head(&full), &proof),
        Err(LogFault::OtherSizes)
    );
}

#[test]
fn proofs_that_cannot_be_are_not_made() {
    let log = log(5);
    for (index, size) in [(5, 5), (0, 0), (0, 6), (u64::MAX, 5), (2, 2)] {
        assert!(matches!(
            log.prove_inclusion(index, size),
            Err(LogError::Index { .. })
        ));
    }
    for (old, new) in [(3, 2), (0, 6), (u64::MAX, u64::MAX)] {
        assert!(matches!(
            log.prove_consistency(old, new),
            Err(LogError::Size { .. })
        ));
    }
    assert_eq!(log.find(EntryKind::Receipt, &digest("3")), Some(3));
    assert_eq!(log.find(EntryKind::Consent, &digest("3")), None);
}

#[test]
fn proofs_have_strict_limits() {
    let log = log(9);
    let inclusion = log.prove_inclusion(4, 9).unwrap();
    let consistency = log.prove_consistency(4, 9).unwrap();
    let read = InclusionProof::from_json(inclusion.to_json().as_bytes());
    assert_eq!(read, Ok(inclusion.clone()));
    let read = ConsistencyProof::from_json(consistency.to_json().as_bytes());
    assert_eq!(read, Ok(consistency.clone()));

    let mut long = inclusion.clone();
    long.path = vec![digest("x"); 50];
    let refused = InclusionProof::from_json(long.to_json().as_bytes());
    assert_eq!(refused, Err(ProofError::Path { got: 50 }));
    long.path = vec![digest("x"); 500];
    let refused = InclusionProof::from_json(long.to_json().as_bytes());
    assert!(matches!(refused, Err(ProofError::Json(_))));
    let mut large = consistency;
    large.new = u64::MAX;
    let refused = ConsistencyProof::from_json(large.to_json().as_bytes());
    assert_eq!(refused, Err(ProofError::Size { got: u64::MAX }));

    let text = inclusion.to_json();
    let twice = text.replacen('{', "{\"index\":4,", 1);
    let unknown = text.replacen('{', "{\"more\":4,", 1);
    for bad in ["", "{}", &twice, &unknown] {
        let refused = InclusionProof::from_json(bad.as_bytes());
        assert!(matches!(refused, Err(ProofError::Json(_))), "{bad}");
    }
}

#[test]
fn heads_and_proofs_of_impossible_sizes_are_refused() {
    let (mut head, mut proof) = (head(&log(3)), log(3).prove_inclusion(1, 3).unwrap());
    assert!(verify_inclusion(&head, &proof).is_ok());
    (head.size, proof.size) = (u64::MAX, u64::MAX);
    for index in [1, u64::MAX / 2 + 1, u64::MAX] {
        proof.index = index;
        assert_eq!(
            verify_inclusion(&head, &proof),
            Err(LogFault::Size { got: u64::MAX })
        );
    }
    (head.size, proof.size, proof.index) = (1 << 48, 1 << 48, (1 << 48) - 1);
    assert_eq!(verify_inclusion(&head, &proof), Err(LogFault::NotIncluded));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_of_any_size_hold(size in 1_u64..400, a: prop::sample::Index, b: prop::sample::Index) {
        let full = log(size);
        let index = a.index(size as usize) as u64;
        let proof = full.prove_inclusion(index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&head(&full), &proof), Ok(()));
        let old = b.index(size as usize + 1) as u64;
        let proof = full.prove_consistency(old, size).unwrap();
        prop_assert_eq!(verify_consistency(&head(&log(old)), &head(&full), &proof), Ok(()));
    }

    /// Whatever the bytes, reading and verifying ends in an answer.
    #[test]
    fn foreign_proofs_do_no_harm(
        size: u64, old: u64, index: u64, hashes in prop::collection::vec(any::<[u8; 32]>(), 0..60),
    ) {
        let path: Vec<Digest> = hashes.into_iter().map(Digest::new).collect();
        let (one, mut two) = (head(&log(3)), head(&log(3)));
        two.size = size;
        let inclusion = InclusionProof { entry: entry(0), index, size, path: path.clone() };
        prop_assert!(verify_inclusion(&two, &inclusion).is_err());
        let mut older = one;
        older.size = old;
        let consistency = ConsistencyProof { old, new: size, path };
        let same = old == size && older.root == two.root && consistency.path.is_empty();
        prop_assert_eq!(verify_consistency(&older, &two, &consistency).is_ok(), same);
    }
}
