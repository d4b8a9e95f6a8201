//! Lists of a home's records, by everything that they can be searched by.

use sealane_types::schema::Kind;

use super::sellers::{KVK, customer, invoice, put};
use super::*;
use crate::flows::{Found, Page, Search, Whose};

/// Days since 1970 of 1 March 2026.
const MARCH: i32 = 20_513;

const ALL: Page = Page {
    number: 1,
    size: 20,
};

fn numbered(number: &str, day: u8) -> Vec<u8> {
    invoice(&[KVK], |invoice| {
        invoice["id"] = number.into();
        invoice["issue_date"] = format!("2026-03-{day:02}").into();
    })
}

fn records(found: &Found) -> Vec<RecordId> {
    found.records.iter().map(|one| one.record).collect()
}

/// Three invoices of March: the bank seals the first and finances it for acme, the second is sealed under acme's
/// alias, the third under the bank's own and nothing more.
async fn three(world: &World) -> (Bank, [RecordId; 3]) {
    let bank = world.bank("bank-a");
    customer(&bank, "acme", CustomerRole::Company, &[KVK]).await;
    let first = put(&bank, &numbered("Rent-1", 1)).await;
    bank.finance(&first, &plain(), &Silent)
        .await
        .expect("financed");
    let acme = Whose {
        name: "acme",
        confirmed: false,
    };
    let second = numbered("RENT-22", 2);
    let second = bank.seal_for((acme, false), "a.json", &second, None, &Silent);
    let second = second.await.expect("sealed").1.record;
    let third = put(&bank, &numbered("other-3", 3)).await;
    (bank, [first, second, third])
}

#[tokio::test]
async fn records_are_found_by_number_date_customer_and_state_a_page_at_a_time() {
    let world = World::new().await;
    let (bank, [first, second, third]) = three(&world).await;
    let search = Search::default;
    let text = |text: &str| Some(text.to_owned());
    let cases: [(&str, Search, &[RecordId]); 15] = [
        ("all, the newest first", search(), &[third, second, first]),
        (
            "a part of the number, whatever its case",
            Search {
                number: text("rent"),
                ..search()
            },
            &[second, first],
        ),
        (
            "a whole number",
            Search {
                number: text("RENT-22"),
                ..search()
            },
            &[second],
        ),
        (
            "no such number",
            Search {
                number: text("rent-3"),
                ..search()
            },
            &[],
        ),
        (
            "from its very day",
            Search {
                from: Some(MARCH + 1),
                ..search()
            },
            &[third, second],
        ),
        (
            "until its very day",
            Search {
                until: Some(MARCH + 1),
                ..search()
            },
            &[second, first],
        ),
        (
            "a single day",
            Search {
                from: Some(MARCH + 1),
                until: Some(MARCH + 1),
                ..search()
            },
            &[second],
        ),
        (
            "the next month",
            Search {
                from: Some(MARCH + 31),
                ..search()
            },
            &[],
        ),
        (
            "of a customer: its alias sealed it, or it is financed under it",
            Search {
                customer: text("acme"),
                ..search()
            },
            &[second, first],
        ),
        (
            "of nobody known",
            Search {
                customer: text("Acme"),
                ..search()
            },
            &[],
        ),
        (
            "financed",
            Search {
                state: text("financed"),
                ..search()
            },
            &[first],
        ),
        (
            "sealed",
            Search {
                state: text("sealed"),
                ..search()
            },
            &[third, second],
        ),
        (
            "of a customer and sealed",
            Search {
                customer: text("acme"),
                state: text("sealed"),
                ..search()
            },
            &[second],
        ),
        (
            "financings",
            Search {
                financings: true,
                ..search()
            },
            &[first],
        ),
        (
            "financings of a later day",
            Search {
                financings: true,
                from: Some(MARCH + 1),
                ..search()
            },
            &[],
        ),
    ];
    for (what, search, expected) in cases {
        let found = bank.records(&search, ALL).await.expect("listed");
        assert_eq!(records(&found), expected, "{what}");
        assert_eq!(found.all, expected.len(), "{what}");
    }
    let found = bank.records(&search(), ALL).await.expect("listed");
    let oldest = &found.records[2];
    assert_eq!(oldest.kind, Kind::Invoice);
    assert_eq!(oldest.number.as_deref(), Some("RENT-1"));
    assert_eq!(oldest.issued, Some(MARCH));
    assert!(oldest.payable.is_some());
    assert_eq!(oldest.customer.as_deref(), Some("acme"));
    assert_eq!(oldest.state.word(), "financed");
    assert_eq!(found.records[0].customer, None, "the bank's own");
    // an ended financing stays one of the bank's, in another state
    let ended = bank.release(&first, ReleaseReason::Repaid, &Silent).await;
    ended.expect("released");
    let repaid = Search {
        state: text("repaid"),
        financings: true,
        ..search()
    };
    let found = bank.records(&repaid, ALL).await.expect("listed");
    assert_eq!(records(&found), [first]);
}

#[tokio::test]
async fn pages_part_what_was_found_and_only_the_pages_own_records_are_asked_for() {
    let world = World::new().await;
    let (bank, [first, second, third]) = three(&world).await;
    let page = |number, size| Page { number, size };
    let of_acme = Search {
        customer: Some("acme".to_owned()),
        ..Search::default()
    };
    let by_number = Search {
        number: Some("rent".to_owned()),
        ..Search::default()
    };
    let all = [third, second, first];
    let both = [second, first];
    // the home alone decides the first two searches, the chain's answers the third
    let cases: [(Search, &[RecordId]); 3] = [
        (Search::default(), &all),
        (by_number, &both),
        (of_acme, &both),
    ];
    for (search, expected) in cases {
        for size in [1, 2] {
            for (at, records_of) in expected.chunks(size).enumerate() {
                let found = bank.records(&search, page(at + 1, size)).await;
                let found = found.expect("listed");
                assert_eq!(records(&found), records_of, "page {} of {search:?}", at + 1);
                assert_eq!(found.all, expected.len(), "on all pages");
            }
        }
        let beyond = bank.records(&search, page(9, 2)).await.expect("listed");
        assert!(beyond.records.is_empty());
        assert_eq!(beyond.all, expected.len());
    }
    world.node.served().asked.clear();
    let found = bank.records(&Search::default(), page(2, 1)).await;
    assert_eq!(records(&found.expect("listed")), [second]);
    let asked = std::mem::take(&mut world.node.served().asked);
    let about = |record: &RecordId| {
        let holds = |key: &&Vec<u8>| key.windows(32).any(|part| part == record.as_bytes());
        asked.iter().filter(holds).count()
    };
    assert!(about(&second) > 0);
    assert_eq!((about(&first), about(&third)), (0, 0), "on other pages");
}
