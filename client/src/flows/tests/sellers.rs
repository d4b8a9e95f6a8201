//! Whose document is financed: found by identifiers, said before anything is proven, asked, agreed to.

use serde_json::{Value, json};

use sealane_types::alias::Standing;
use sealane_types::ids::AliasId;
use sealane_types::transaction::Payload;

use super::*;
use crate::flows::{Agreed, SellerFault, Whose};

/// The home register's number and the VAT number of one company.
pub(super) const KVK: (&str, &str) = ("nl-kvk", "81726354");
const VAT: (&str, &str) = ("vat", "DE129273398");

/// The example invoice as one that claims no standard, and whose seller shows these identifiers.
pub(super) fn invoice(seller: &[(&str, &str)], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let document = sealane_documents::read(INVOICE, "invoice.xml").expect("an invoice");
    let mut invoice = sealane_documents::to_json(&document);
    invoice["customization"] = Value::Null;
    let id = |(scheme, value): &(&str, &str)| json!({"scheme": scheme, "value": value});
    invoice["seller"]["ids"] = seller.iter().map(id).collect();
    change(&mut invoice);
    invoice.to_string().into_bytes()
}

pub(super) async fn customer(bank: &Bank, name: &str, role: CustomerRole, ids: &[(&str, &str)]) {
    let own = |(scheme, value): &(&str, &str)| ((*scheme).to_owned(), (*value).to_owned());
    let new = NewCustomer {
        name: name.to_owned(),
        role,
        identifiers: ids.iter().map(own).collect(),
        reading: Reading::default(),
    };
    let _ = bank.register(&new, &Silent).await.expect("registered");
}

pub(super) async fn put(bank: &Bank, document: &[u8]) -> RecordId {
    let sealed = bank.seal("invoice.json", document, None, &Silent).await;
    sealed.expect("sealed").record
}

pub(super) fn fault<T: std::fmt::Debug>(result: Result<T, ClientError>) -> SellerFault {
    match result.expect_err("refused") {
        ClientError::Seller(fault) => fault,
        other => panic!("{other}"),
    }
}

fn of(customer: &str) -> FinanceOptions {
    FinanceOptions {
        customer: Some(customer.to_owned()),
        ..plain()
    }
}

fn confirmed(customer: &str) -> FinanceOptions {
    FinanceOptions {
        confirmed: true,
        ..of(customer)
    }
}

#[tokio::test]
async fn two_banks_that_know_a_seller_by_other_numbers_meet_as_soon_as_both_files_have_both() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    customer(&a, "acme", CustomerRole::Company, &[KVK, VAT]).await;
    customer(&b, "acme", CustomerRole::Company, &[VAT, KVK]).await;
    let by_register = put(&a, &invoice(&[KVK], |_| ())).await;
    a.finance(&by_register, &plain(), &Silent)
        .await
        .expect("financed");
    let by_vat = put(&b, &invoice(&[VAT], |_| ())).await;
    let told = refusal(b.finance(&by_vat, &plain(), &Silent).await);
    let strict = Rule::Strict;
    assert!(matches!(told, Refusal::Duplicate { rule, .. } if rule == strict));
    let none = put(&b, &invoice(&[], |_| ())).await;
    let unsaid = fault(b.finance(&none, &plain(), &Silent).await);
    assert_eq!(unsaid, SellerFault::NoIdentifier);
    let told = refusal(b.finance(&none, &confirmed("acme"), &Silent).await);
    assert!(matches!(told, Refusal::Duplicate { rule, .. } if rule == strict));
}

/// Each of more than a hundred German courts counts from 1: one register number at two of them is two companies.
#[tokio::test]
async fn two_sellers_with_one_register_number_at_two_courts_are_both_financed() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let of = async |bank: &Bank, name: &str, number: &str| {
        let ids = [("de-hr", number)];
        customer(bank, name, CustomerRole::Company, &ids).await;
        let document = invoice(&ids, |invoice| invoice["seller"]["name"] = json!(name));
        put(bank, &document).await
    };
    let leipzig = of(&a, "Werk Ost GmbH", "HRB 33517 Amtsgericht Leipzig").await;
    let cologne = of(&b, "Werk West GmbH", "HRB 33517 Amtsgericht Köln").await;
    for (bank, record) in [(&a, &leipzig), (&b, &cologne)] {
        let financed = bank.finance(record, &plain(), &Silent).await;
        financed.expect("financed, and nothing to waive");
    }
    assert_eq!(world.counted("finance"), (2, 0));
    // at one court it is one company, however the document writes its name and number
    let again = of(&b, "Werk Ost", "AG Leipzig, HR B 33517").await;
    let told = refusal(b.finance(&again, &plain(), &Silent).await);
    let rule = Rule::Strict;
    assert_eq!(told, Refusal::Duplicate { rule });
}

/// The example's seller shows no number: whose document it is, a person says, before anything is proven.
#[tokio::test]
async fn nothing_is_presented_or_sealed_for_whom_the_document_does_not_name_unless_confirmed() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    customer(&a, "VAN DER BRUG", CustomerRole::Company, &[VAT]).await;
    let named = |party| SellerFault::NotNamed {
        customer: "acme".to_owned(),
        party,
        shown: "Van der Brug B.V., without a legal identifier".to_owned(),
    };
    let nameless = invoice(&[], |invoice| {
        invoice["seller"]["name"] = json!("Van der Brug B.V.")
    });
    let none = put(&a, &nameless).await;
    let unsaid = fault(a.finance(&none, &of("acme"), &Silent).await);
    assert_eq!(unsaid, named("seller"));
    let acme = |confirmed| Whose {
        name: "acme",
        confirmed,
    };
    let seal = async |document: &[u8], confirmed| {
        let sealed = a.seal_for((acme(confirmed), false), "a.json", document, None, &Silent);
        sealed.await
    };
    let unsaid = fault(seal(&nameless, false).await);
    assert_eq!(unsaid, named("seller"));
    let other = fault(seal(&invoice(&[VAT], |_| ()), false).await);
    assert!(matches!(other, SellerFault::NotNamed { .. }), "{other}");
    let asked = a.inquire("a.json", &nameless, Some(acme(false)), &Silent);
    assert_eq!(fault(asked.await), named("seller"));
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    let own = seal(&invoice(&[KVK], |_| ()), false).await;
    let (alias, _) = own.expect("the document names acme");
    let (other, sealed) = seal(&nameless, true).await.expect("confirmed");
    assert_eq!(alias, other);
    // what was confirmed when it was sealed is not asked for again
    a.finance(&sealed.record, &of("acme"), &Silent)
        .await
        .expect("financed");
    // a customer by the seller's own name needs no word, whatever its case and legal form
    let told = refusal(a.finance(&none, &of("VAN DER BRUG"), &Silent).await);
    assert_eq!(
        told,
        Refusal::SameName,
        "the rules' answer, and no question"
    );
}

/// A bank without a number of the seller in its file refuses nobody else's document for good: the other is told what the alert
/// means and whom to ask, and finances with its reason.
#[tokio::test]
async fn a_hit_by_name_of_a_file_without_numbers_is_waived_and_says_whom_to_ask_first() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    customer(&a, "acme", CustomerRole::Company, &[]).await;
    customer(&b, "acme", CustomerRole::Company, &[KVK]).await;
    let of_a = put(&a, &invoice(&[], |_| ())).await;
    a.finance(&of_a, &confirmed("acme"), &Silent)
        .await
        .expect("financed");
    let of_b = put(&b, &invoice(&[KVK], |_| ())).await;
    let told = b.finance(&of_b, &plain(), &Silent).await;
    let told = told.expect_err("it alerts");
    let rule = Rule::NameNumberAmount;
    assert_eq!(told.refusal(), Some(&Refusal::Alert { rules: vec![rule] }));
    let words = told.to_string();
    let record = of_a.to_string();
    for part in ["stop: bank-a has financed", &record, "--waive 6=REASON"] {
        assert!(words.contains(part), "{words}");
    }
    let mut waived = plain();
    waived.waivers.push(Waiver {
        waived: Waived::Alert(rule),
        reason: "bank A says that it is another company's".to_owned(),
    });
    let financed = b.finance(&of_b, &waived, &Silent).await;
    financed.expect("financed over the alert");
}

/// An amendment reaches no record that was presented before it; the refusal says so, and what it advises helps.
#[tokio::test]
async fn a_record_presented_before_an_amendment_is_sealed_anew_to_have_what_was_added() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    customer(&b, "acme", CustomerRole::Company, &[]).await;
    let document = invoice(&[], |_| ());
    let of_a = put(&a, &document).await;
    a.finance(&of_a, &confirmed("acme"), &Silent)
        .await
        .expect("financed");
    let of_b = put(&b, &document).await;
    let told = b.finance(&of_b, &confirmed("acme"), &Silent).await;
    assert_eq!(refusal(told), Refusal::SameName);
    let more = [(KVK.0.to_owned(), "90000001".to_owned())];
    let amended = b.amend("acme", &more, &Reading::default(), &Silent).await;
    assert_eq!(amended.expect("amended"), 1);
    let told = b.finance(&of_b, &confirmed("acme"), &Silent).await;
    let words = told.expect_err("refused").to_string();
    let advice = format!(
        "presented before its customer's file was amended, and keeps the identifiers of then. Seal the document anew in its place, under the same name (sealane seal FILE --replaces {of_b})"
    );
    assert!(words.contains(&advice), "{words}");
    let anew = b.seal("invoice.json", &document, Some(of_b), &Silent);
    let anew = anew.await.expect("sealed").record;
    let told = refusal(b.finance(&anew, &confirmed("acme"), &Silent).await);
    assert!(matches!(told, Refusal::Alert { .. }), "{told:?}");
}

#[tokio::test]
async fn a_second_customer_with_one_number_is_registered_only_on_a_clerks_word() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let new = |name: &str, ids: &[(&str, &str)], shared| NewCustomer {
        name: name.to_owned(),
        role: CustomerRole::Company,
        identifiers: ids
            .iter()
            .map(|(scheme, value)| ((*scheme).to_owned(), (*value).to_owned()))
            .collect(),
        reading: Reading {
            shared,
            ..Reading::default()
        },
    };
    let first = a.register(&new("acme", &[KVK], false), &Silent).await;
    let first = first.expect("registered");
    assert!(!first.already);
    let again = a.register(&new("acme", &[KVK], false), &Silent).await;
    let again = again.expect("typed again");
    assert!(again.already && again.alias == first.alias, "{again:?}");
    assert_eq!(again.identifiers, ["nl-kvk:81726354"]);
    let both = new("acme two", &[VAT, KVK], false);
    let told = a.register(&both, &Silent).await.expect_err("refused");
    assert_eq!(
        (told.name(), told.exit_code()),
        ("identifier-of-another", 2)
    );
    let words = told.to_string();
    let said = words.starts_with("nl-kvk:81726354 is an identifier of your customer acme already");
    assert!(said && words.contains("--shared"), "{words}");
    let second = a
        .register(&new("acme two", &[VAT, KVK], true), &Silent)
        .await;
    assert_ne!(second.expect("registered").alias, first.alias);
}

/// Two companies of one tax group number their invoices alike. Their registers' numbers tell them apart, however the files are typed; the
/// group's number alerts.
#[tokio::test]
async fn members_of_a_tax_group_are_both_financed_where_their_files_have_register_numbers() {
    const GROUP: (&str, &str) = ("vat", "PL7740001454");
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let [north, south] = ["0000028860", "0000019193"].map(|number| ("pl-krs", number));
    customer(&a, "north", CustomerRole::Company, &[GROUP, north]).await;
    customer(&b, "south", CustomerRole::Company, &[south, GROUP]).await;
    let listed = a.aliases().await.expect("listed");
    let identifiers = ["pl-krs:0000028860", "pl-nip:7740001454"];
    assert_eq!(listed[0].identifiers, identifiers, "the register's first");
    let document = invoice(&[GROUP], |_| ());
    let of_north = put(&a, &document).await;
    a.finance(&of_north, &plain(), &Silent)
        .await
        .expect("financed");
    let of_south = put(&b, &document).await;
    let told = refusal(b.finance(&of_south, &plain(), &Silent).await);
    let Refusal::Alert { rules } = told else {
        panic!("a strict fingerprint met: {told:?}");
    };
    assert!(rules.contains(&Rule::WithoutDate));
    let mut options = plain();
    options.waivers = rules.into_iter().map(waiver).collect();
    b.finance(&of_south, &options, &Silent)
        .await
        .expect("financed");
    // a file with the group's number alone, to which the register's is added later, keeps it strict
    let group = NewCustomer {
        name: "group".to_owned(),
        role: CustomerRole::Company,
        identifiers: vec![(GROUP.0.to_owned(), GROUP.1.to_owned())],
        reading: Reading {
            shared: true,
            ..Reading::default()
        },
    };
    let _ = a.register(&group, &Silent).await.expect("registered");
    let more = [(south.0.to_owned(), south.1.to_owned())];
    let amended = a.amend("group", &more, &Reading::default(), &Silent).await;
    assert_eq!(amended.expect("amended"), 1);
    let other = invoice(&[GROUP], |invoice| invoice["id"] = json!("OTHER-1"));
    let of_group = put(&a, &other).await;
    let similar = [
        Rule::PartiesAmountDate,
        Rule::OrderReference,
        Rule::TransportDocument,
    ];
    let options = FinanceOptions {
        waivers: similar.map(waiver).to_vec(),
        ..of("group")
    };
    a.finance(&of_group, &options, &Silent)
        .await
        .expect("financed");
    let of_south = put(&b, &other).await;
    let told = refusal(b.finance(&of_south, &of("south"), &Silent).await);
    let by_register = matches!(told, Refusal::Duplicate { rule, .. } if rule == Rule::Strict);
    assert!(by_register, "{told:?}");
}

fn waiver(rule: Rule) -> Waiver {
    Waiver {
        waived: Waived::Alert(rule),
        reason: "another company of the group".to_owned(),
    }
}

#[tokio::test]
async fn what_the_customers_file_lacks_is_said_before_anything_is_proven_and_can_be_added() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let record = put(&a, &invoice(&[KVK, VAT], |_| ())).await;
    let nobody = fault(a.finance(&record, &plain(), &Silent).await);
    assert!(matches!(nobody, SellerFault::Nobody(shown) if shown.len() == 2));
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let lacking = fault(a.finance(&record, &plain(), &Silent).await);
    let missing = vec!["de-vat:129273398".to_owned()];
    let customer = "acme".to_owned();
    assert_eq!(lacking, SellerFault::Lacks { customer, missing });
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    let more = [(VAT.0.to_owned(), VAT.1.to_owned())];
    for amended in [1, 0] {
        let done = a.amend("acme", &more, &Reading::default(), &Silent).await;
        assert_eq!(done.expect("amended"), amended, "typed again");
    }
    let listed = a.aliases().await.expect("listed");
    let identifiers = ["nl-kvk:81726354", "de-vat:129273398"];
    assert_eq!(listed[0].identifiers, identifiers, "in their order");
    a.finance(&record, &plain(), &Silent)
        .await
        .expect("financed");
}

#[tokio::test]
async fn a_set_that_was_presented_before_an_amendment_is_financed_after_it() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let document = invoice(&[KVK], |_| ());
    let asked = a.inquire("invoice.json", &document, None, &Silent).await;
    let record = asked.expect("answered").record;
    let more = [(VAT.0.to_owned(), VAT.1.to_owned())];
    let amended = a.amend("acme", &more, &Reading::default(), &Silent).await;
    assert_eq!(amended.expect("amended"), 1);
    let financed = a.finance(&record, &plain(), &Silent).await;
    assert!(financed.expect("financed").amended_since);
}

#[tokio::test]
async fn who_is_no_customer_is_asked_about_under_an_alias_that_says_so_and_not_financed() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    customer(&a, "acme", CustomerRole::Company, &[KVK, VAT]).await;
    let document = invoice(&[VAT], |_| ());
    let record = put(&a, &document).await;
    a.finance(&record, &plain(), &Silent)
        .await
        .expect("financed");
    let asked = b.inquire("invoice.json", &document, None, &Silent).await;
    let asked = asked.expect("answered");
    assert!(matches!(asked.answer, Answer::Taken(_)), "{asked:?}");
    let listed = b.aliases().await.expect("listed");
    assert_eq!(listed[0].role, CustomerRole::Asked);
    let told = refusal(b.finance(&asked.record, &plain(), &Silent).await);
    assert_eq!(told, Refusal::OnlyAsked);
    assert_eq!(world.counted("finance").1, 0, "said before it is sent");
    // another invoice of the same seller: nobody sees that both inquiries are about one
    let other = invoice(&[VAT], |invoice| invoice["id"] = json!("VF-OTHER"));
    let other = b.inquire("invoice.json", &other, None, &Silent).await;
    let other = other.expect("answered").record;
    let states = b
        .record_states(&[asked.record, other])
        .await
        .expect("proven");
    let [first, second] = [0, 1].map(|at: usize| states[at].set.as_ref().expect("presented"));
    assert_ne!(first.alias, second.alias);
    assert_ne!(first.alias_commitment, second.alias_commitment);
    assert_eq!(world.counted("amend"), (0, 0));
}

/// A customer of one bank has sealed an invoice, and the other bank is given a field of it: the customer's alias, the
/// document and its record.
async fn handed_over(a: &Bank, b: &Bank) -> (AliasId, Vec<u8>, RecordId) {
    customer(a, "acme", CustomerRole::Company, &[KVK]).await;
    let alias = a.alias_of("acme", false, &Silent).await.expect("an alias");
    let document = invoice(&[KVK], |_| ());
    let of_seller = a.seal_as(alias, "invoice.json", &document, None, &Silent);
    let of_seller = of_seller.await.expect("sealed").record;
    handover::acquainted(a, b).await;
    let file = handover::given(a, &of_seller, "id").await;
    b.import(&file).await.expect("it holds");
    (alias, document, of_seller)
}

/// Everybody sees an inquiry's alias: that of another bank's customer, which was handed over, would say whom it is about.
#[tokio::test]
async fn an_inquiry_never_shows_an_alias_that_was_handed_over() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (alias, ..) = handed_over(&a, &b).await;
    let other = invoice(&[KVK], |invoice| invoice["id"] = json!("VF-OTHER"));
    let asked = b.inquire("invoice.json", &other, None, &Silent).await;
    let record = asked.expect("answered").record;
    let set = b.record_state(&record).await.expect("proven").set;
    let shown = set.expect("presented").alias;
    assert_ne!(shown, alias);
    let shown = b.alias(&shown).await.expect("proven").expect("there");
    assert_eq!(shown.role, sealane_types::alias::Role::Asked);
}

#[tokio::test]
async fn an_assigned_claim_and_another_payee_need_a_reason_each() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let factored = invoice(&[KVK], |invoice| {
        invoice["type_code"] = json!("393");
        invoice["payee"] = json!({"name": "Fast Factors", "ids": []});
    });
    let record = put(&a, &factored).await;
    let mut options = plain();
    for what in [Waived::Assigned, Waived::Payee] {
        let needed = fault(a.finance(&record, &options, &Silent).await);
        assert!(
            matches!(&needed, SellerFault::Needs(concern) if concern.what == what),
            "{needed}"
        );
        options.waivers.push(Waiver {
            waived: what,
            reason: "the factor has handed it back".to_owned(),
        });
    }
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    a.finance(&record, &options, &Silent)
        .await
        .expect("financed");
}

#[tokio::test]
async fn a_copy_needs_a_reason() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let record = put(
        &a,
        &invoice(&[KVK], |invoice| invoice["copy"] = json!(true)),
    )
    .await;
    let mut options = plain();
    let needed = fault(a.finance(&record, &options, &Silent).await);
    let text = needed.to_string();
    assert!(
        matches!(&needed, SellerFault::Needs(concern) if concern.what == Waived::Copy)
            && text.contains("--waive copy=REASON"),
        "{text}"
    );
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    options.waivers.push(Waiver {
        waived: Waived::Copy,
        reason: "the buyer has confirmed it".to_owned(),
    });
    a.finance(&record, &options, &Silent)
        .await
        .expect("financed");
}

#[tokio::test]
async fn of_self_billed_invoices_a_duplicate_says_that_the_buyer_numbers_them() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let of = |buyer: &'static str, code: &'static str| {
        invoice(&[KVK], move |invoice| {
            invoice["type_code"] = json!(code);
            invoice["buyer"] = json!({"name": buyer, "ids": []});
        })
    };
    for (bank, buyer, code) in [(&a, "First Buyer", "389"), (&b, "Second Buyer", "389")] {
        customer(bank, "acme", CustomerRole::Company, &[KVK]).await;
        let record = put(bank, &of(buyer, code)).await;
        let done = bank.finance(&record, &plain(), &Silent).await;
        if code == "389" && buyer == "First Buyer" {
            done.expect("financed");
            continue;
        }
        let Err(ClientError::Refused(refused)) = done else {
            panic!("one number and date of one seller: financed once");
        };
        assert!(matches!(refused.reason, Refusal::Duplicate { .. }));
        assert!(
            refused.advice.contains("The buyer has numbered"),
            "{refused}"
        );
    }
    // an invoice of the seller's own under that number is refused without it, whatever its buyer
    let own = put(&b, &of("Second Buyer", "380")).await;
    let Err(ClientError::Refused(refused)) = b.finance(&own, &plain(), &Silent).await else {
        panic!("calling it another type frees nothing");
    };
    assert!(matches!(refused.reason, Refusal::Duplicate { .. }));
    assert!(
        !refused.advice.contains("The buyer has numbered"),
        "{refused}"
    );
}

/// The buyer writes and seals a self-billed invoice; the claim is the seller's, under whose alias its bank finances it.
#[tokio::test]
async fn what_the_buyer_seals_is_financed_under_the_sellers_alias() {
    const BUYER: (&str, &str) = ("vat", "DE129274202");
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    for bank in [&a, &b] {
        customer(bank, "acme", CustomerRole::Company, &[KVK]).await;
    }
    customer(&a, "buyer", CustomerRole::Company, &[BUYER]).await;
    let of = |code: &'static str, number: &'static str| {
        invoice(&[KVK], move |invoice| {
            let ids = json!([{"scheme": BUYER.0, "value": BUYER.1}]);
            invoice["buyer"] = json!({"name": "Buyer GmbH", "ids": ids});
            invoice["type_code"] = json!(code);
            invoice["id"] = json!(number);
            invoice["issue_date"] = json!(format!("2026-03-{}", &number[3..]));
            for references in ["order_references", "despatch_references"] {
                invoice[references] = json!([]);
            }
            invoice["lines"] = json!([]);
        })
    };
    let buyer = || Whose {
        name: "buyer",
        confirmed: false,
    };
    let seal = async |document: &[u8]| {
        let sealed = a.seal_for((buyer(), false), "i.json", document, None, &Silent);
        sealed.await
    };
    let seller = a.alias_of("acme", false, &Silent).await.expect("an alias");
    for (code, number) in [("389", "SB-11"), ("500", "SB-12")] {
        let document = of(code, number);
        let (sealer, sealed) = seal(&document).await.expect("the buyer writes it");
        let record = a.home().record(&sealed.record).expect("read");
        assert_eq!(record.expect("kept").header.sealer, sealer, "{code}");
        assert_ne!(sealer, seller, "{code}");
        a.finance(&sealed.record, &plain(), &Silent)
            .await
            .expect("financed");
        // the fingerprints are the seller's: its other bank meets them
        let again = put(&b, &document).await;
        let told = refusal(b.finance(&again, &plain(), &Silent).await);
        assert!(matches!(told, Refusal::Duplicate { rule, .. } if rule == Rule::Strict));
    }
    assert_eq!(world.counted("finance"), (2, 0));
    // what the seller writes, the buyer does not seal
    let unsaid = fault(seal(&of("380", "SB-13")).await);
    assert!(matches!(unsaid, SellerFault::NotNamed { .. }), "{unsaid}");
}

#[tokio::test]
async fn another_banks_customer_is_financed_over_its_own_word() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let (_, document, of_seller) = handed_over(&a, &b).await;
    let record = put(&b, &document).await;
    let needs = fault(b.finance(&record, &plain(), &Silent).await);
    assert!(matches!(needs, SellerFault::NeedsConsent { .. }), "{needs}");
    let agreed = |record| a.agree("acme", record, "bank-b");
    let consent = |agreed: Agreed| FinanceOptions {
        consent: Some(agreed),
        ..plain()
    };
    let other = consent(agreed(of_seller).await.expect("signed"));
    let other = fault(b.finance(&record, &other, &Silent).await);
    assert!(matches!(other, SellerFault::OtherConsent { .. }), "{other}");
    assert_eq!(world.counted("present"), (0, 0), "nothing was proven");
    let agreed = consent(agreed(record).await.expect("signed"));
    b.finance(&record, &agreed, &Silent)
        .await
        .expect("financed");
}

/// A document of a single trade is presented under that trade's alias: another of the customer's would join the two for
/// everybody.
#[tokio::test]
async fn a_document_of_a_single_trade_is_never_presented_under_another_alias_of_its_customer() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let acme = Whose {
        name: "acme",
        confirmed: false,
    };
    let seal = async |document: &[u8]| {
        let sealed = a.seal_for((acme, true), "invoice.json", document, None, &Silent);
        sealed.await.expect("sealed")
    };
    let presented = async |record: &RecordId| {
        let state = a.record_state(record).await.expect("shown");
        state.set.expect("presented").alias
    };
    let (alias, first) = seal(&invoice(&[KVK], |_| ())).await;
    a.finance(&first.record, &of("acme"), &Silent)
        .await
        .expect("financed");
    assert_eq!(presented(&first.record).await, alias);
    // one that lacks what the document shows is left as it is, and the document sealed anew
    let shows = invoice(&[KVK, VAT], |invoice| {
        invoice["id"] = json!("OTHER-2");
        invoice["issue_date"] = json!("2026-03-19");
        invoice["order_references"] = json!([]);
        invoice["despatch_references"] = json!([]);
    });
    let (_, lacking) = seal(&shows).await;
    let missing = vec!["de-vat:129273398".to_owned()];
    for in_file in [false, true] {
        for options in [of("acme"), plain()] {
            let told = fault(a.finance(&lacking.record, &options, &Silent).await);
            let customer = "acme".to_owned();
            let missing = missing.clone();
            let right = SellerFault::OneTradeLacks {
                customer,
                missing,
                in_file,
            };
            assert_eq!(told, right);
            let words = told.to_string();
            assert!(words.contains("seal FILE --as acme --one-trade"), "{words}");
            assert_eq!(words.contains("alias amend"), !in_file, "{words}");
        }
        let more = [(VAT.0.to_owned(), VAT.1.to_owned())];
        let amended = a.amend("acme", &more, &Reading::default(), &Silent).await;
        let _ = amended.expect("amended");
    }
    assert_eq!(world.counted("present"), (1, 0), "nothing was proven");
    let (alias, anew) = seal(&shows).await;
    a.finance(&anew.record, &of("acme"), &Silent)
        .await
        .expect("financed");
    assert_eq!(presented(&anew.record).await, alias);
}

/// A refused financing stands in its block with its fingerprints: what the ledger must refuse for a reason that everybody
/// sees is not sent.
#[tokio::test]
async fn nothing_is_sent_under_an_alias_that_is_suspended() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let document = invoice(&[KVK], |_| ());
    let asked = a.inquire("invoice.json", &document, None, &Silent).await;
    let record = asked.expect("answered").record;
    let stand = async |standing| {
        let set = a.set_standing("acme", standing, &Silent).await;
        let _ = set.expect("set");
    };
    stand(Standing::Suspended).await;
    let told = refusal(a.finance(&record, &plain(), &Silent).await);
    assert_eq!(told, Refusal::NotVouchedFor);
    let other = invoice(&[KVK], |invoice| invoice["id"] = json!("OTHER-3"));
    let other = put(&a, &other).await;
    let told = refusal(a.finance(&other, &plain(), &Silent).await);
    assert_eq!(told, Refusal::NotVouchedFor);
    assert_eq!(world.counted("finance"), (0, 0), "nothing was sent");
    assert_eq!(world.counted("present"), (1, 0), "nothing was proven");
    stand(Standing::Active).await;
    a.finance(&record, &plain(), &Silent)
        .await
        .expect("financed");
}

/// A waiver is public, and tells what kind of document it is over.
#[tokio::test]
async fn a_waiver_over_nothing_is_left_out_and_told() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    customer(&a, "acme", CustomerRole::Company, &[KVK]).await;
    let record = put(&a, &invoice(&[KVK], |_| ())).await;
    let needless = vec![Waived::Alert(Rule::OrderReference), Waived::Correction];
    let mut options = plain();
    options.waivers = needless
        .iter()
        .map(|waived| Waiver {
            waived: *waived,
            reason: "to be sure".to_owned(),
        })
        .collect();
    let done = a.finance(&record, &options, &Silent).await;
    assert_eq!(done.expect("financed").needless, needless);
    let served = world.node.served();
    let blocks = served.chain.blocks.iter();
    let mut sent = blocks.flat_map(|block| &block.block.transactions);
    let finances = sent.find_map(|one| match &one.body.payload {
        Payload::Finance(finance) => Some(finance.waivers.clone()),
        _ => None,
    });
    assert_eq!(finances, Some(Vec::new()));
}
