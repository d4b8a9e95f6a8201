//! Which files of an authority are taken over, and which would let in again, or cut off.

use std::fs;
use std::path::Path;

use super::*;

fn contents(place: &Path) -> Vec<Vec<u8>> {
    let files = ["identity.pem", "authority.pem", "revoked.pem"];
    files.map(|name| fs::read(place.join(name)).unwrap()).into()
}

/// The part of a file of an authority that is its list, and the part before it.
fn parts(given: &str) -> (&str, &str) {
    let (before, list) = given.split_at(given.find("-----BEGIN X509 CRL").unwrap());
    (list, before)
}

#[tokio::test]
async fn an_older_list_lets_nobody_in_again() {
    let mut world = World::new();
    let (a, bank) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    let place = world.place(&node("node-a"));
    let older = world.authority.published().unwrap();
    // a certificate that was issued before comes with an older list
    let renewed = request(&place, &node("node-a")).unwrap();
    let renewed = world.authority.issue(&renewed, 1).unwrap();
    world.authority.revoke(&home("bank-a"), Which::All).unwrap();
    world.publish(&node("node-a"));
    a.refresh().unwrap();
    let before = contents(&place);
    for given in [&older[..], parts(&older).0] {
        let told = refused(&place, given);
        assert!(
            told.contains("has number 3, and the one here number 5"),
            "{told}"
        );
    }
    assert_eq!(contents(&place), before);
    let done = install(&place, renewed.bundle.as_bytes()).unwrap();
    assert!(done.identity);
    assert_eq!((done.revoked, done.older), (0, 1));
    assert_eq!(fs::read(place.join("revoked.pem")).unwrap(), before[2]);
    a.refresh().unwrap();
    assert!(meet(&bank, "node-a", &a).await.1.is_err());
    // the same list again is no fault
    world.publish(&node("node-a"));
    // and by hand neither
    fs::write(place.join("revoked.pem"), parts(&older).0).unwrap();
    let told = a.refresh().err().unwrap().to_string();
    assert!(told.contains("number 5 is in force"), "{told}");
    assert!(meet(&bank, "node-a", &a).await.1.is_err());
}

/// An authority that was put back from a backup signs another list of the same number.
#[test]
fn another_list_of_the_same_number_is_refused() {
    let mut world = World::new();
    world.equip(&node("node-a"));
    world.equip(&home("bank-a"));
    let (folder, copy) = (
        world.folder.path().join("authority"),
        world.folder.path().join("copy"),
    );
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir(&folder).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    let mut restored = Authority::open(&copy).unwrap();
    world.authority.revoke(&home("bank-a"), Which::All).unwrap();
    world.publish(&node("node-a"));
    restored.revoke(&home("bank-b"), Which::All).unwrap();
    let place = world.place(&node("node-a"));
    let told = refused(&place, &restored.published().unwrap());
    assert!(
        told.contains("number 4, and the one here number 4"),
        "{told}"
    );
    restored.revoke(&home("bank-a"), Which::All).unwrap();
    install(&place, restored.published().unwrap().as_bytes()).unwrap();
}

#[tokio::test]
async fn a_file_without_a_list_revokes_as_before() {
    let (mut world, other) = (World::new(), World::new());
    let (a, bank) = (world.equip(&node("node-a")), world.equip(&home("bank-a")));
    world.authority.revoke(&home("bank-a"), Which::All).unwrap();
    world.publish(&node("node-a"));
    a.refresh().unwrap();
    let path = world.place(&node("node-a")).join("revoked.pem");
    let whole = fs::read_to_string(&path).unwrap();
    let others = other.authority.published().unwrap();
    for given in ["", "garbage\n", &whole[..whole.len() / 2], parts(&others).0] {
        fs::write(&path, given).unwrap();
        for error in [
            a.refresh().err(),
            Credentials::open(path.parent().unwrap()).err(),
        ] {
            let told = error.unwrap().to_string();
            assert!(
                told.contains("revoked.pem") && told.contains("certificate install"),
                "{told}"
            );
        }
        assert!(meet(&bank, "node-a", &a).await.1.is_err(), "{given:?}");
    }
    // what is installed mends it
    world.publish(&node("node-a"));
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
    a.refresh().unwrap();
}

#[test]
fn another_authority_is_not_taken_over_by_the_way() {
    let (mut world, mut other) = (World::new(), World::new());
    let a = world.equip(&node("node-a"));
    let place = world.place(&node("node-a"));
    let before = contents(&place);
    let others = other.authority.published().unwrap();
    let (list, authority) = parts(&others);
    for (given, why) in [
        (
            list,
            "the revocation list in the file is of Sealane network test",
        ),
        (authority, "--add-authority"),
        (&others[..], "--add-authority"),
    ] {
        let told = refused(&place, given);
        assert!(
            told.contains(why) && told.contains("nothing was installed"),
            "{told}"
        );
    }
    let only = install_with(&place, others.as_bytes(), Trust::Only);
    let told = only.err().unwrap().to_string();
    assert!(told.contains("nobody could connect"), "{told}");
    let bare = install_with(&place, authority.as_bytes(), Trust::Add);
    let told = bare.err().unwrap().to_string();
    assert!(told.contains("the revocation list of"), "{told}");
    // a certificate of another authority for a key of this side
    let asked = request(&place, &node("node-a")).unwrap();
    let foreign = other.authority.issue(&asked, 1).unwrap().bundle;
    assert!(refused(&place, &foreign).contains("--add-authority"));
    let own = &foreign[..foreign[5..].find("-----BEGIN").unwrap() + 5];
    let told = refused(&place, own);
    assert!(told.contains("the certificate in the file is of"), "{told}");
    assert_eq!(contents(&place), before);
    a.refresh().unwrap();
    // and on purpose, one after the other
    let done = install_with(&place, others.as_bytes(), Trust::Add).unwrap();
    assert_eq!((done.new, done.revoked, done.older), (1, 1, 0));
    install(&place, foreign.as_bytes()).unwrap();
    install_with(
        &place,
        other.authority.published().unwrap().as_bytes(),
        Trust::Only,
    )
    .unwrap();
    Credentials::open(&place).unwrap();
    let own = world.authority.published().unwrap();
    assert!(
        refused(&place, parts(&own).0).contains("is of"),
        "it is believed no more"
    );
}

#[test]
fn a_certificate_that_its_authority_did_not_issue_is_none() {
    let (mut world, mut other) = (World::new(), World::new());
    world.equip(&node("node-a"));
    other.equip(&node("node-a"));
    let (place, others) = (world.place(&node("node-a")), other.place(&node("node-a")));
    let whole = contents(&place);
    for (at, name) in ["identity.pem", "authority.pem"].into_iter().enumerate() {
        fs::copy(others.join(name), place.join(name)).unwrap();
        let told = Credentials::open(&place).err().unwrap().to_string();
        assert!(
            told.contains(name) && told.contains("Sealane network test"),
            "{told}"
        );
        fs::write(place.join(name), &whole[at]).unwrap();
        Credentials::open(&place).unwrap();
    }
}

/// Whoever is revoked learns it, and what else the list revokes counts.
#[test]
fn a_list_that_revokes_this_side_is_in_force() {
    let mut world = World::new();
    let a = world.equip(&node("node-a"));
    assert!(!a.is_revoked());
    world.authority.revoke(&node("node-a"), Which::All).unwrap();
    world.publish(&node("node-a"));
    a.refresh().unwrap();
    assert!(a.is_revoked());
    let again = Credentials::open(&world.place(&node("node-a"))).unwrap();
    assert!(again.is_revoked());
}

#[test]
fn a_certificate_for_an_earlier_request_says_what_to_do() {
    let mut world = World::new();
    let place = world.place(&home("bank-a"));
    let first = request(&place, &home("bank-a")).unwrap();
    let first = world.authority.issue(&first, 1).unwrap();
    request(&place, &home("bank-a")).unwrap();
    let told = refused(&place, &first.bundle);
    assert!(told.contains("request again"), "{told}");
}

#[test]
fn what_a_killed_command_left_is_removed() {
    let mut world = World::new();
    world.equip(&node("node-a"));
    let place = world.place(&node("node-a"));
    let left = place.join(".tmpAb3dE9");
    let own = place.join(".tmp-of-mine");
    fs::write(&own, "mine").unwrap();
    for _ in 0..2 {
        fs::write(&left, "a key").unwrap();
        request(&place, &node("node-a")).unwrap();
        assert!(!left.exists(), "by what is written next");
    }
    fs::write(&left, "a key").unwrap();
    Credentials::open(&place).unwrap();
    assert!(!left.exists(), "at the next start");
    assert!(own.exists());
    let held = fs::File::open(&place).unwrap();
    held.lock().unwrap();
    fs::write(&left, "a key").unwrap();
    Credentials::open(&place).unwrap();
    assert!(left.exists(), "somebody writes it");
}

#[test]
fn a_file_that_is_cut_off_is_named_with_what_to_do() {
    let mut world = World::new();
    world.equip(&node("node-a"));
    let place = world.place(&node("node-a"));
    for name in ["identity.pem", "authority.pem", "revoked.pem"] {
        let path = place.join(name);
        let whole = fs::read(&path).unwrap();
        for length in [0, 40, whole.len() - 20] {
            fs::write(&path, &whole[..length]).unwrap();
            let told = Credentials::open(&place).err().unwrap().to_string();
            assert!(
                told.contains(name) && told.contains("from a backup, or"),
                "{told}"
            );
            assert!(!told.contains('['), "no bytes: {told}");
        }
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_place_where_no_file_can_be_made_is_no_file_that_is_lost() {
    let told = Authority::create(Path::new("/proc/sealane/authority"), "test");
    let told = told.err().unwrap().to_string();
    assert!(told.contains("Name another folder"), "{told}");
    assert!(!told.contains("backup"), "{told}");
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let told = crate::tls::words::of_owner(&denied);
    assert!(told.contains("must belong to the user"), "{told}");
}
