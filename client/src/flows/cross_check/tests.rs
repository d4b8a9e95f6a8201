//! Proof files have one form: what is cut, changed or added to is refused, or is another file.

use sealane_checks::{Sizes, limits};
use sealane_types::cross_check::CheckProof as ProofOfCheck;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{ChainId, ProofBytes, RecordId, VerifyingKeyId};

use super::{CheckProof, CheckText, CrossCheckFault, MAX_CHECK_PROOF};

const SOURCE: &str = include_str!("../../../../examples/checks/template.check");

fn file(check: CheckText) -> CheckProof {
    CheckProof {
        chain: ChainId::new([1; 32]),
        check,
        sizes: Sizes::new(8, 2).expect("sizes"),
        verifying_key: VerifyingKeyId::new([2; 32]),
        records: vec![
            Some(RecordId::new([3; 32])),
            None,
            Some(RecordId::new([4; 32])),
        ],
        bits: vec![true, false, true],
        proof: ProofOfCheck::One(ProofBytes::new([5; 192])),
    }
}

fn files() -> [CheckProof; 2] {
    let standard = CheckText::standard("invoice-waybill").expect("a standard check");
    [file(CheckText::Own(SOURCE.to_owned())), file(standard)]
}

#[test]
fn a_file_is_read_as_it_was_written_and_never_cut_or_longer() {
    for file in files() {
        let bytes = file.to_bytes();
        assert_eq!(CheckProof::read(&bytes).expect("reads"), file);
        for length in 0..bytes.len() {
            assert!(CheckProof::read(&bytes[..length]).is_err(), "{length}");
        }
        assert!(CheckProof::read(&[&bytes[..], &[0]].concat()).is_err());
    }
}

#[test]
fn a_changed_byte_is_refused_or_makes_another_file_in_its_own_one_form() {
    for file in files() {
        let bytes = file.to_bytes();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                let Ok(other) = CheckProof::read(&changed) else {
                    continue;
                };
                assert_ne!(other, file, "byte {at} is not read");
                assert_eq!(other.to_bytes(), changed, "byte {at} has two forms");
            }
        }
    }
}

#[test]
fn limits_are_kept_before_anything_is_allocated() {
    let long = vec![b's'; MAX_CHECK_PROOF + 1];
    assert!(matches!(
        CheckProof::read(&long),
        Err(CrossCheckFault::TooLarge { .. })
    ));
    assert!(matches!(
        CheckProof::read(b"slho"),
        Err(CrossCheckFault::NoProofFile)
    ));
    let mut full = file(CheckText::Own("x".repeat(limits::BYTES)));
    full.records = vec![Some(RecordId::new([7; 32])); limits::DOCUMENTS * limits::LIST];
    full.bits = vec![true; 2 * limits::DOCUMENTS + limits::REQUIREMENTS];
    let bytes = full.to_bytes();
    assert!(bytes.len() <= MAX_CHECK_PROOF, "{}", bytes.len());
    assert_eq!(CheckProof::read(&bytes).expect("reads"), full);
    let refused = |change: &dyn Fn(&mut CheckProof)| {
        let mut file = files()[1].clone();
        change(&mut file);
        assert!(CheckProof::from_bytes(&file.to_bytes()).is_err());
    };
    refused(&|file| file.records = vec![None; limits::DOCUMENTS * limits::LIST + 1]);
    refused(&|file| file.bits = vec![false; 2 * limits::DOCUMENTS + limits::REQUIREMENTS + 1]);
    refused(&|file| file.check = CheckText::Own("x".repeat(limits::BYTES + 1)));
    let endless = [&b"slcp\x01"[..], &[0; 32], &[0], &[0xff; 4]].concat();
    assert!(CheckProof::read(&endless).is_err());
}

#[test]
fn a_standard_check_is_the_one_of_this_program() {
    let known = CheckText::standard("invoice-waybill").expect("a standard check");
    assert_eq!(known.read().expect("a check").name, "invoice-waybill");
    let CheckText::Standard { name, version } = known else {
        panic!("not by its name");
    };
    let other = |name: &str, version| CheckText::Standard {
        name: name.to_owned(),
        version,
    };
    for unknown in [other(&name, version + 1), other("mine", 1)] {
        assert!(matches!(
            unknown.read(),
            Err(CrossCheckFault::NoStandard { .. })
        ));
    }
    let none = CheckText::Own("check".to_owned()).read();
    assert!(matches!(none, Err(CrossCheckFault::Check(_))));
}
