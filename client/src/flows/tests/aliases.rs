//! An alias on the chain that is not as its home registered it is used for nothing.

use std::collections::BTreeMap;

use sealane_ledger::state::Key;
use sealane_types::alias::{Alias, Role, Standing};
use sealane_types::encoding::Encode as _;
use sealane_types::ids::{AliasId, FieldBytes, PublicKey, TradeId};

use super::sellers::{KVK, customer, fault, invoice, put};
use super::*;
use crate::flows::{SellerFault, Whose};

const ACME: Whose<'_> = Whose {
    name: "acme",
    confirmed: false,
};

impl World {
    /// The chain's word about an alias is another from now on.
    fn rewrite(&self, alias: &Alias) {
        let writes = BTreeMap::from([(Key::alias(&alias.id), Some(alias.to_bytes()))]);
        self.node.served().chain.commit(Vec::new(), writes);
    }
}

/// What each use of the alias comes to.
async fn uses(bank: &Bank, alias: AliasId, own: RecordId, of_alias: RecordId) -> Vec<SellerFault> {
    let document = invoice(&[KVK], |invoice| invoice["id"] = "NEXT-1".into());
    let more = [("vat".to_owned(), "DE129273398".to_owned())];
    let new = NewCustomer {
        name: "acme".to_owned(),
        role: CustomerRole::Company,
        identifiers: vec![(KVK.0.to_owned(), KVK.1.to_owned())],
        reading: Reading::default(),
    };
    let trade = TradeId::new([7; 32]);
    vec![
        fault(bank.register(&new, &Silent).await),
        fault(
            bank.amend("acme", &more, &Reading::default(), &Silent)
                .await,
        ),
        fault(
            bank.set_standing("acme", Standing::Suspended, &Silent)
                .await,
        ),
        fault(bank.alias_of("acme", false, &Silent).await),
        fault(
            bank.seal_for((ACME, false), "a.json", &document, None, &Silent)
                .await,
        ),
        fault(
            bank.seal_as(alias, "a.json", &document, None, &Silent)
                .await,
        ),
        fault(bank.inquire("a.json", &document, None, &Silent).await),
        fault(bank.finance(&own, &plain(), &Silent).await),
        fault(bank.agree("acme", of_alias, "bank-b").await),
        fault(bank.agree(&alias.to_string(), of_alias, "bank-b").await),
        fault(bank.correct_trade(&trade, &of_alias, &Silent).await),
        fault(bank.grant(&of_alias, "bank-b", "id").await),
    ]
}

/// Bank, role and commitment, which its possession is signed for, and the key.
#[tokio::test]
async fn whoever_uses_an_alias_compares_bank_role_commitment_and_key_with_the_chain() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    handover::acquainted(&a, &b).await;
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let alias = a.alias_of("acme", false, &Silent).await.expect("an alias");
    let own = put(&a, &invoice(&[KVK], |_| ())).await;
    let other = invoice(&[KVK], |invoice| invoice["id"] = "OTHER-1".into());
    let of_alias = a.seal_as(alias, "a.json", &other, None, &Silent).await;
    let of_alias = of_alias.expect("sealed").record;
    let honest = a.alias(&alias).await.expect("proven").expect("there");
    let bank_b = b.home().alias();
    let others = [
        Alias {
            bank: bank_b,
            ..honest.clone()
        },
        Alias {
            role: Role::Carrier,
            ..honest.clone()
        },
        Alias {
            key: PublicKey::new([9; 32]),
            ..honest.clone()
        },
        Alias {
            commitment: FieldBytes::new([9; 32]),
            ..honest.clone()
        },
    ];
    let sent = || {
        let words = [
            "register",
            "amend",
            "set-standing",
            "present",
            "finance",
            "trade",
        ];
        words.map(|word| world.counted(word))
    };
    let before = sent();
    for other in others {
        world.rewrite(&other);
        for (at, found) in uses(&a, alias, own, of_alias).await.into_iter().enumerate() {
            assert_eq!(
                found,
                SellerFault::OtherAlias(alias),
                "use {at} of {other:?}"
            );
        }
        let listed = a.aliases().await.expect("the list shows what there is");
        assert_eq!(listed[0].alias, alias);
    }
    assert_eq!(sent(), before, "nothing was sent under it");
    world.rewrite(&honest);
    let agreed = a.agree("acme", of_alias, "bank-b").await;
    agreed.expect("as this home registered it");
    a.finance(&own, &plain(), &Silent).await.expect("financed");
}
