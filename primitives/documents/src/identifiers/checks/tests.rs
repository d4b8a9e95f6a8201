//! Numbers that companies and registers publish themselves, and the same with a digit changed.

use super::named;

/// Each number fits its rule; of its single changed digits most do not (a rule modulo 11 that writes 10 as 0 misses some).
fn holds(rule: &str, numbers: &[&str]) {
    holds_over(rule, numbers, usize::MAX);
}

/// The same of a rule that covers the first `over` characters.
fn holds_over(rule: &str, numbers: &[&str], over: usize) {
    let check = named(rule).expect("a rule");
    let (mut changed, mut missed) = (0, 0);
    for number in numbers {
        assert!(check(number), "{rule}: {number}");
        for (at, letter) in number.char_indices().take(over) {
            let Some(digit) = letter.to_digit(10) else {
                continue;
            };
            for other in (0..10).filter(|other| *other != digit) {
                let mut wrong = (*number).to_owned();
                wrong.replace_range(at..=at, &other.to_string());
                changed += 1;
                missed += usize::from(check(&wrong));
            }
        }
    }
    assert!(
        missed * 4 < changed,
        "{rule}: {missed} of {changed} changes are missed"
    );
    for text in [
        "",
        "0",
        "é",
        "1é345678",
        "ÄÖÜ",
        "AAAAAAAAAAAAAA",
        "99999999999999999999999999",
    ] {
        check(text);
    }
}

#[test]
fn standards() {
    // INSEE's example, Stellantis, TotalEnergies, EDF; Volvo, Ericsson; Eni, TIM; Bank Hapoalim, Teva.
    holds(
        "luhn",
        &["732829320", "552100554", "542051180", "552081317"],
    );
    holds(
        "luhn",
        &[
            "5560125790",
            "5560160680",
            "00905811006",
            "00488410010",
            "520000118",
            "520013954",
        ],
    );
    // Deutsche Bank, the Bundesbank's example, Apple.
    holds(
        "mod97-10",
        &[
            "7LTWFZYICNSX8D621K86",
            "529900T8BM49AURSDO55",
            "HWUPKR0MPOU8FGXBT394",
        ],
    );
    // BMW, Siemens; Hrvatski Telekom, INA; NIS.
    holds(
        "mod11-10",
        &[
            "129273398",
            "129274202",
            "81793146560",
            "27759560625",
            "104052135",
        ],
    );
    holds("gtin", &["4006381333931"]);
}

#[test]
fn western_europe() {
    holds("at-uid", &["U14189108"]); // OMV
    holds("be", &["0403170701", "0202239951"]); // Electrabel, Proximus
    holds("ch-uid", &["103867266", "101329561"]); // Novartis, UBS
    holds(
        "es-nif",
        &[
            "A28015865",
            "A39000013",
            "A48265169",
            "A15075062",
            "P2807900B",
            "Q2826004J",
        ],
    );
    holds("fr-siret", &["35600000000048"]); // La Poste
    holds("fr-vat", &["59542051180", "03552081317"]); // TotalEnergies, EDF
    holds("gb-vat", &["220430231", "333289454"]); // Tesco, BBC
    holds("ie-vat", &["6388047V", "9692928F", "4749148U", "8D79739I"]); // Google, Meta, Ryanair
    holds("lu-vat", &["20260743", "15027442"]); // Amazon
    holds("mt", &["11679112"]);
    holds("nl-rsin", &["004495445", "002230884"]);
    holds("nl-vat", &["004495445B01", "002230884B01"]);
    holds("pt", &["500697256", "502011378"]); // EDP, Universidade do Minho
    holds("cy-vat", &["10259033P"]);
    holds("gr", &["094019245"]); // OTE
}

#[test]
fn northern_and_eastern_europe() {
    holds("dk", &["24256790", "22756214", "61126228"]); // Novo Nordisk, Mærsk, Danske Bank
    holds("fi", &["01120389"]); // Nokia
    holds("is-kt", &["4710080280"]); // Landsbankinn
    holds("no", &["923609016", "974760673", "984851006"]); // Equinor, the register itself, DNB
    holds("ee-vat", &["100931558", "100594102"]);
    holds("ee-reg", &["10137025", "10765896"]);
    holds("lv", &["40003032949", "40003245752"]); // Latvenergo, airBaltic
    holds("lt-code", &["124110246", "121215434"]); // the register itself (Registrų centras), Telia Lietuva
    holds("lt-vat", &["119511515"]);
    holds("pl-nip", &["7740001454", "5252344078"]); // Orlen, Google Poland
    holds("pl-regon", &["610188201"]); // Orlen
    holds("cz-ico", &["00177041", "45274649"]); // Škoda Auto, ČEZ
    holds("cz-dic", &["00177041", "45274649"]);
    holds("sk-dic", &["2022749619", "2020273893"]);
    holds("hu", &["10625790", "10773381"]); // MOL, Magyar Telekom
    holds("ro-cui", &["1590082", "361757"]); // OMV Petrom, BCR
    holds("bg-eik", &["175074752", "121759222"]);
    holds("bg-vat", &["131468980", "175074752"]); // A1 Bulgaria, as the VAT register (VIES) and its invoices have it
    holds("si-vat", &["80267432", "50223054"]); // Petrol
    holds("si-mat", &["1732803", "5025796"]); // the register itself (AJPES, in its catalogue of public information), Petrol
    holds("ru-inn", &["7707083893", "7736050003"]); // Sberbank, Gazprom
    holds("ua", &["14360570", "20077720", "00032129"]); // PrivatBank, Naftogaz, Oschadbank
    holds("me", &["02655284"]);
    holds("mk", &["4030000375897"]);
}

#[test]
fn asia_and_australasia() {
    holds("au-abn", &["51824753556", "33051775556"]); // the Tax Office, Telstra
    holds("au-acn", &["051775556", "000000019"]); // Telstra, ASIC's example
    holds("nz-ird", &["049091850", "035901981", "136410132"]); // Inland Revenue's examples
    holds("jp-cn", &["7000012050002", "1180301018771"]); // the National Tax Agency, Toyota
    holds("cn-uscc", &["914403001922038216"]); // Huawei
    holds(
        "sg-uen",
        &["196800306E", "199201624D", "00192200M", "S16FC0121D"],
    ); // DBS, Singtel
    holds("in-gstin", &["27AAPFU0939F1ZV"]);
    // Bank Central Asia, as the exchange publishes it (IDX, profile of BBCA), in sixteen digits; Telkom Indonesia
    holds_over("id-npwp", &["0013084496091000", "0010000131093000"], 10);
    holds("th", &["0107537000521", "0107536000374"]);
    holds("vn", &["0300588569", "0100109106"]); // Vinamilk, Viettel
    holds("tw", &["22099131", "04541302"]); // TSMC, Hon Hai
    holds("tr-vkn", &["4540536920"]);
    holds("tr-tckn", &["10000000146"]);
}

#[test]
fn america() {
    holds(
        "br-cnpj",
        &["33000167000101", "00000000000191", "60746948000112"],
    ); // Petrobras, Banco do Brasil, Bradesco
    holds("mx-rfc", &["WMT970714R10", "GODE561231GR8"]); // Walmart de México; the tax office's example
    holds("ar-cuit", &["30546689979", "30500010912"]); // YPF, Banco de la Nación
    holds("cl-rut", &["970040005", "61704000K"]); // Banco de Chile, Codelco
    holds("pe-ruc", &["20131312955", "20100017491"]); // SUNAT, Telefónica
}

/// No rule of the table goes without a number that somebody outside publishes.
#[test]
fn each_rule_is_tested_against_published_numbers() {
    let tests = include_str!("tests.rs");
    let called: String = tests.split_whitespace().collect();
    for check in &super::super::table::table().checks {
        let call = format!("(\"{}\",&[\"", check.name);
        assert!(called.contains(&call), "{}", check.name);
    }
}
