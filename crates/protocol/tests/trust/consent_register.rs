//! Uses are counted before they begin, and a withdrawal ends them at once.

use blindscore_protocol::consent::{
    ConsentRefusal, ConsentRegister, ConsentState, RegisterError, WithdrawalError,
};
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::sign::Signed;
use serde_json::{Value, json};

use crate::fixture::*;

fn register() -> ConsentRegister {
    let mut register = ConsentRegister::new(id("platform"));
    register.admit(record()).unwrap();
    register
}

fn begin(register: &mut ConsentRegister) -> Result<u32, ConsentRefusal> {
    Asker::new().ask(|ask| register.begin_use(record().id(), ask))
}

fn state(register: &ConsentRegister, now: &str) -> ConsentState {
    register.state(record().id(), time(now)).unwrap()
}

#[test]
fn a_consent_goes_through_its_states() {
    let mut register = register();
    let before = "2026-06-01T11:00:00Z";
    assert_eq!(state(&register, before), ConsentState::NotYet);
    assert_eq!(state(&register, NOW), ConsentState::Given { uses_left: 2 });
    assert_eq!(begin(&mut register), Ok(1));
    assert_eq!(state(&register, NOW), ConsentState::Given { uses_left: 1 });
    assert_eq!(begin(&mut register), Ok(2));
    assert_eq!(state(&register, NOW), ConsentState::UsedUp);
    assert_eq!(
        begin(&mut register),
        Err(ConsentRefusal::UsedUp { uses: 2 })
    );
    assert_eq!(register.uses(record().id()), Some(2));
    assert_eq!(
        state(&register, "2026-07-01T00:00:00Z"),
        ConsentState::Expired
    );
    let withdrawal = Signed::sign(record().withdrawal_at(time(NOW)), &key(1));
    register.withdraw(&withdrawal).unwrap();
    for now in [before, NOW, "2026-07-01T00:00:00Z"] {
        assert_eq!(state(&register, now), ConsentState::Withdrawn);
    }
}

#[test]
fn withdrawal_between_two_uses_stops_the_second() {
    let mut register = register();
    assert_eq!(begin(&mut register), Ok(1));
    // Dated far ahead: it works when it arrives all the same.
    let ahead = record().withdrawal_at(time("2030-01-01T00:00:00Z"));
    let withdrawal = Signed::sign(ahead, &key(1));
    register.withdraw(&withdrawal).unwrap();
    assert_eq!(begin(&mut register), Err(ConsentRefusal::Withdrawn));
    // Again changes nothing, a later one neither; handing the consent in again
    // does not bring it back.
    register.withdraw(&withdrawal).unwrap();
    let later = Signed::sign(record().withdrawal_at(time(NOW)), &key(1));
    register.withdraw(&later).unwrap();
    assert_eq!(
        register.record(record().id()).unwrap().withdrawal(),
        Some(&withdrawal)
    );
    register.admit(record()).unwrap();
    assert_eq!(begin(&mut register), Err(ConsentRefusal::Withdrawn));
}

#[test]
fn nobody_else_withdraws() {
    let mut register = register();
    let forged = Signed::sign(record().withdrawal_at(time(NOW)), &key(3));
    assert!(matches!(
        register.withdraw(&forged),
        Err(RegisterError::Withdrawal(WithdrawalError::Key { .. }))
    ));
    let mut unknown = record().withdrawal_at(time(NOW));
    unknown.consent = ApplicationId::new([1; 16]);
    assert!(matches!(
        register.withdraw(&Signed::sign(unknown, &key(1))),
        Err(RegisterError::Unknown { .. })
    ));
    assert_eq!(begin(&mut register), Ok(1));
}

#[test]
fn a_refused_use_is_not_counted() {
    let mut register = register();
    let mut asker = Asker::new();
    asker.lender = id("other-lender");
    let refused = asker.ask(|ask| register.begin_use(record().id(), ask));
    assert!(matches!(refused, Err(ConsentRefusal::Lender { .. })));
    assert_eq!(register.uses(record().id()), Some(0));
    let unknown = ApplicationId::new([1; 16]);
    let refused = Asker::new().ask(|ask| register.begin_use(unknown, ask));
    assert_eq!(refused, Err(ConsentRefusal::Unknown { consent: unknown }));
}

#[test]
fn one_id_is_one_record_at_one_platform() {
    let mut register = register();
    assert_eq!(begin(&mut register), Ok(1));
    // Handed in again: the count stays.
    register.admit(record()).unwrap();
    assert_eq!(register.uses(record().id()), Some(1));
    let mut more = bound().0;
    more.uses = 100;
    assert!(matches!(
        register.admit(granted(more)),
        Err(RegisterError::Another { .. })
    ));
    let mut rival = ConsentRegister::new(id("rival"));
    assert!(matches!(
        rival.admit(record()),
        Err(RegisterError::Platform { .. })
    ));
}

#[test]
fn a_withdrawn_record_is_withdrawn_wherever_it_is_handed_in() {
    let withdrawal = Signed::sign(record().withdrawal_at(time(NOW)), &key(1));
    let withdrawn = record().with_withdrawal(&withdrawal).unwrap();
    let mut fresh = ConsentRegister::new(id("platform"));
    fresh.admit(withdrawn.clone()).unwrap();
    assert_eq!(begin(&mut fresh), Err(ConsentRefusal::Withdrawn));
    let mut known = register();
    known.admit(withdrawn.clone()).unwrap();
    assert_eq!(begin(&mut known), Err(ConsentRefusal::Withdrawn));
    let alone = Asker::new().ask(|ask| withdrawn.allows(ask));
    assert_eq!(alone, Err(ConsentRefusal::Withdrawn));
}

#[test]
fn a_snapshot_keeps_uses_and_withdrawals() {
    let mut register = register();
    begin(&mut register).unwrap();
    let mut second = bound().0;
    second.consent = ApplicationId::new([2; 16]);
    let second = granted(second);
    register.admit(second.clone()).unwrap();
    let withdrawal = Signed::sign(second.withdrawal_at(time(NOW)), &key(1));
    register.withdraw(&withdrawal).unwrap();
    let text = register.to_json();
    let mut read = ConsentRegister::from_json(text.as_bytes()).unwrap();
    assert_eq!(read, register);
    assert_eq!(read.to_json(), text);
    assert_eq!(read.records().count(), 2);
    assert_eq!(begin(&mut read), Ok(2));
    assert_eq!(
        read.state(second.id(), time(NOW)),
        Some(ConsentState::Withdrawn)
    );
}

#[test]
fn a_changed_snapshot_is_refused() {
    let good: Value = serde_json::from_str(&register().to_json()).unwrap();
    let read = |value: &Value| ConsentRegister::from_json(value.to_string().as_bytes());
    assert!(read(&good).is_ok());

    let mut bad = good.clone();
    bad["consents"][0]["uses"] = json!(3);
    assert!(matches!(read(&bad), Err(RegisterError::Uses { .. })));
    let mut bad = good.clone();
    bad["consents"][0]["record"]["bs:binding"]["bs:uses"] = json!(99);
    assert!(matches!(
        read(&bad),
        Err(RegisterError::Record { index: 0, .. })
    ));
    let mut bad = good.clone();
    let again = bad["consents"][0].clone();
    bad["consents"].as_array_mut().unwrap().push(again);
    assert!(matches!(read(&bad), Err(RegisterError::Another { .. })));
    let mut bad = good.clone();
    bad["platform"] = json!("rival");
    assert!(matches!(read(&bad), Err(RegisterError::Platform { .. })));
    let mut bad = good.clone();
    bad["blindscore_consents"] = json!(2);
    assert!(matches!(read(&bad), Err(RegisterError::Json(_))));
    let mut bad = good;
    bad["more"] = json!(1);
    assert!(matches!(read(&bad), Err(RegisterError::Json(_))));
}
