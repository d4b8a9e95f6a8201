//! Pairs of names that are one company's, and pairs that are not.

use super::*;

#[test]
fn spellings_of_one_company_have_one_plain_name() {
    for same in [
        &[
            "Müller & Söhne GmbH & Co. KG",
            "MULLER und SOHNE GmbH + Co KG",
            "Söhne et Müller",
        ][..],
        &[
            "Norrvik Timber AB",
            "AB Norrvik Timber",
            "Norrvik Timber Aktiebolag (publ)",
        ],
        &[
            "Żubr sp. z o.o.",
            "ZUBR Sp. z o. o.",
            "Żubr Spzoo",
            "ZUBR SP ZOO",
            "Żubr sp. zo.o.",
        ],
        &[
            "Škoda Díly, s.r.o.",
            "Skoda Dily spol. s r.o.",
            "SKODA DILY S R O",
        ],
        &[
            "Acme S.A.",
            "ACME SA",
            "Acme S. A.",
            "acme, Société Anonyme",
        ],
        &["Jensen & Søn A/S", "JENSEN OG SON AS", "Jensen og Søn a.s."],
        &["Rossi S.p.A.", "ROSSI SPA", "Rossi Società per Azioni"],
        &[
            "J.P. Morgan",
            "JP Morgan",
            "J P Morgan Co.",
            "J. P. Morgan & Company",
        ],
        // letters that look like Latin ones: Cyrillic o and a, Greek O
        &[
            "Nordwind Maschinen",
            "N\u{43e}rdwind M\u{430}schinen",
            "N\u{39f}RDWIND MASCHINEN",
        ],
        &["L’Oréal SA", "L'OREAL", "LOREAL S.A."],
        &["Kwik Pty Ltd", "KWIK PTY. LTD.", "Kwik Proprietary Limited"],
        &["Tan Pte. Ltd.", "Tan Pte Ltd", "TAN (Pte) Limited"],
        &["Lim Sdn. Bhd.", "LIM SDN BHD"],
        &["Nagy és Társa Kft.", "NAGY ES TARSA KFT"],
        &[
            "日立製作所株式会社",
            "株式会社日立製作所",
            "㈱日立製作所",
            "日立製作所 株式会社",
        ],
        &["华为技术有限公司", "华为技术"],
        &["삼성전자 주식회사", "주식회사 삼성전자", "㈜삼성전자"],
        &["Ｆｕｌｌ Ｗｉｄｔｈ ＧｍｂＨ", "Full Width"],
        &[
            "Soft\u{ad}hyphen Zero\u{200b}width Ltd",
            "Soft\u{2066}hyphen Zero\u{61c}width Ltd",
            "Softhyphen\u{e0101} Zero\u{fe0f}width Ltd",
            "Softhyphen Zerowidth",
        ],
        &["Straße AG", "STRASSE"],
        // legal forms written out, and what stands around them
        &[
            "Nordwind GmbH",
            "Nordwind Gesellschaft mbH",
            "Nordwind Gesellschaft m.b.H.",
            "Firma Nordwind GmbH",
            "Nordwind GmbH i.L.",
            "Nordwind GmbH i. L.",
            "Nordwind GmbH in Liquidation",
            "Nordwind gemeinnützige GmbH",
        ],
        &[
            "Fjord AS",
            "Fjord Aksjeselskap",
            "Fjord Aktieselskab",
            "Fjord Anpartsselskab",
            "Fjord ApS",
        ],
        &[
            "Wisla sp. z o.o.",
            "Wisła Spółka z o.o.",
            "Wisła Spółka z ograniczoną odpowiedzialnością",
        ],
        &["Acme LLC", "Acme Limited Liability Company"],
        &["Sol S. de R.L.", "Sol Sociedad de Responsabilidad Limitada"],
        &[
            "Rossi S.r.l.",
            "Rossi S.r.l. unipersonale",
            "Rossi S.r.l. a socio unico",
        ],
        &[
            "Molen BV",
            "Molen besloten vennootschap met beperkte aansprakelijkheid",
        ],
        &["Winzer eG", "Winzer eingetragene Genossenschaft"],
        &[
            "Severstal PJSC",
            "PJSC Severstal",
            "Severstal Public Joint Stock Company",
        ],
        &["ООО Ромашка", "Ромашка ООО", "\"Ромашка\""],
        &["Oy Kallio Ab", "Kallio Oy", "KALLIO OY AB"],
    ] {
        let plain: Vec<String> = same.iter().map(|name| plain_name(name)).collect();
        for (name, plain_of) in same.iter().zip(&plain) {
            assert_eq!(*plain_of, plain[0], "{name}");
            assert!(!plain_of.is_empty());
        }
    }
}

#[test]
fn other_names_stay_apart() {
    for [one, other] in [
        ["Müller GmbH", "Mueller GmbH"], // two spellings that two companies may have
        ["Norrvik Timber AB", "Norrvik Timber Trading AB"],
        ["Nordwind 1 GmbH", "Nordwind 2 GmbH"],
        ["かき株式会社", "がき株式会社"],
        ["Siemens AG", "Siemens AG Österreich"],
        ["Smith & Jones Ltd", "Smith Ltd"],
        ["Il Forno S.r.l.", "Forno S.r.l."],
        ["Gesellschaft Nordwind GmbH", "Nordwind GmbH"],
    ] {
        assert_ne!(plain_name(one), plain_name(other));
    }
}

#[test]
fn a_name_of_nothing_but_forms_stays_and_one_of_nothing_is_empty() {
    for (name, plain) in [
        ("GmbH", "GMBH"),
        ("AG & Co. KG", "AG"),
        ("The Company", "THE"),
        ("Limited Company", "LIMITED"),
        ("有限公司", "有限公司"),
        ("S.A.", "SA"),
        ("& Co", "CO"),
        ("&", "&"),
        ("Müller & Co", "MULLER"),
        ("", ""),
        (" -–. ", ""),
        ("42", "42"),
    ] {
        assert_eq!(plain_name(name), plain, "{name}");
    }
}

#[test]
fn plain_is_plain_again() {
    for name in [
        "Müller & Söhne GmbH & Co. KG",
        "Żubr sp. z o.o.",
        "Jensen & Søn A/S",
        "日立製作所株式会社",
        "ŉ Straße ﬁ İI",
        "Ünal San. ve Tic. A.Ş.",
        "A B C Holding",
    ] {
        let once = plain_name(name);
        let again = words_of(&once);
        let mut sorted = again.clone();
        sorted.sort_unstable();
        assert_eq!(sorted.join(" "), once, "{name}: its words are plain");
    }
}

#[test]
fn every_declared_form_is_left_out() {
    let forms = &*LEGAL_FORMS;
    assert!(forms.words.len() > 200 && forms.joined.len() > 10);
    for form in &forms.words {
        for name in [
            format!("Norrvik {}", form.join(" ")),
            format!("{} Norrvik", form.join(" ")),
        ] {
            assert_eq!(plain_name(&name), "NORRVIK", "{name}");
        }
    }
    for form in &forms.joined {
        assert_eq!(plain_name(&format!("日立{form}")), "日立");
        assert_eq!(plain_name(&format!("{form}日立")), "日立");
    }
}
