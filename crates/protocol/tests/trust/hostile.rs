//! No bytes make a reader panic, and a changed document is refused or says the
//! same.

use blindscore_protocol::consent::import::import;
use blindscore_protocol::consent::{ConsentRecord, ConsentRegister};
use blindscore_protocol::log::{ConsistencyProof, Entry, InclusionProof, Log};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use proptest::prelude::*;

use crate::fixture::*;
use crate::log_proofs::log;

fn withdrawn() -> ConsentRecord {
    let withdrawal = Signed::sign(record().withdrawal_at(time(NOW)), &key(1));
    record().with_withdrawal(&withdrawal).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(ConsentRecord::from_json(&bytes).is_err());
        prop_assert!(ConsentRegister::from_json(&bytes).is_err());
        prop_assert!(InclusionProof::from_json(&bytes).is_err());
        prop_assert!(ConsistencyProof::from_json(&bytes).is_err());
        prop_assert!(import(&bytes).is_err());
        prop_assert!(Log::read(id("platform"), bytes.as_slice(), None).is_err() || bytes.is_empty());
        if let Ok(text) = std::str::from_utf8(&bytes) {
            prop_assert!(Registry::from_json(text).is_err());
        }
    }

    #[test]
    fn a_record_with_one_byte_changed_is_refused_or_the_same(
        at: prop::sample::Index, byte: u8, twice: bool,
    ) {
        let record = if twice { withdrawn() } else { record() };
        let mut bytes = record.to_json().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = ConsentRecord::from_json(&bytes) {
            prop_assert_eq!(read, record);
        }
    }

    #[test]
    fn a_record_with_a_piece_cut_out_is_refused_or_the_same(
        from: prop::sample::Index, length in 1_usize..200,
    ) {
        let record = withdrawn();
        let mut bytes = record.to_json().into_bytes();
        let from = from.index(bytes.len());
        let end = (from + length).min(bytes.len());
        bytes.drain(from..end);
        if let Ok(read) = ConsentRecord::from_json(&bytes) {
            prop_assert_eq!(read, record);
        }
    }

    #[test]
    fn a_log_with_one_byte_changed_is_noticed(at: prop::sample::Index, byte: u8) {
        let log = log(9);
        let head = log.head(time(NOW), &key(3));
        let lines = log.entries().iter().flat_map(Entry::line);
        let mut bytes: Vec<u8> = lines.collect();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        prop_assert!(Log::read(id("platform"), bytes.as_slice(), Some(&head)).is_err());
    }
}
