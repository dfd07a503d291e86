//! What follows from the country of a controller: its supervisory authority, law, calendar and time
//! zone. Defaults of the command line, each of which an option replaces.
//!
//! Names, addresses and sites of the authorities were collected from their own pages in 2026. Germany
//! has one authority a Land, so that it must be named.

/// The defaults of one country.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// As a letter names it; none where there are several.
    pub authority: Option<&'static str>,
    pub regime: &'static str,
    pub calendar: &'static str,
    /// IANA: of the mainland.
    pub time_zone: &'static str,
}

/// The defaults of a country, where there are some.
#[must_use]
pub fn of(code: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code)
}

const fn country(
    code: &'static str,
    authority: Option<&'static str>,
    regime: &'static str,
    calendar: &'static str,
    time_zone: &'static str,
) -> Country {
    Country { code, authority, regime, calendar, time_zone }
}

#[rustfmt::skip]
const COUNTRIES: &[Country] = &[
    country("AT", Some("Österreichische Datenschutzbehörde, Barichgasse 40-42, 1030 Wien, https://www.dsb.gv.at/"), "EU-GDPR", "AT", "Europe/Vienna"),
    country("BE", Some("Autorité de protection des données – Gegevensbeschermingsautoriteit, Drukpersstraat 35, 1000 Brussels, https://www.dataprotectionauthority.be/"), "EU-GDPR", "BE", "Europe/Brussels"),
    country("BG", Some("Commission for Personal Data Protection Bulgaria, 2 Prof. Tsvetan Lazarov Blvd., Sofia 1592, https://www.cpdp.bg"), "EU-GDPR", "BG", "Europe/Sofia"),
    country("CH", Some("EDÖB – Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter, Feldeggweg 1, 3003 Bern, https://www.edoeb.admin.ch"), "CH-FADP", "CH", "Europe/Zurich"),
    country("CY", Some("Γραφείο Επιτρόπου Δεδομένων Προσωπικού Χαρακτήρα, Τ.Θ. 23378, 1682 Λευκωσία (Nicosia), http://www.dataprotection.gov.cy"), "EU-GDPR", "CY", "Asia/Nicosia"),
    country("CZ", Some("Úřad pro ochranu osobních údajů, Pplk. Sochora 27, 170 00 Praha 7, https://www.uoou.cz/"), "EU-GDPR", "CZ", "Europe/Prague"),
    country("DE", None, "EU-GDPR", "DE", "Europe/Berlin"),
    country("DK", Some("Datatilsynet, Carl Jacobsens Vej 35, 2500 Valby, https://www.datatilsynet.dk/"), "EU-GDPR", "DK", "Europe/Copenhagen"),
    country("EE", Some("Andmekaitse Inspektsioon, 39 Tatari St., 10134 Tallinn, http://www.aki.ee/"), "EU-GDPR", "EE", "Europe/Tallinn"),
    country("ES", Some("Agencia Española de Protección de Datos, C/ Jorge Juan, 6, 28001 Madrid, https://www.aepd.es/"), "EU-GDPR", "ES", "Europe/Madrid"),
    country("FI", Some("Tietosuojavaltuutetun toimisto, PL 800, 00531 Helsinki, https://tietosuoja.fi"), "EU-GDPR", "FI", "Europe/Helsinki"),
    country("FR", Some("Commission Nationale de l'Informatique et des Libertés – CNIL, 3 Place de Fontenoy, TSA 80715, 75334 PARIS CEDEX 07, https://www.cnil.fr/"), "EU-GDPR", "FR", "Europe/Paris"),
    country("GB", Some("The Information Commissioner’s Office, Wycliffe House, Water Lane, Wilmslow, Cheshire, SK9 5AF, https://ico.org.uk/"), "UK-GDPR", "GB-ENG", "Europe/London"),
    country("GR", Some("Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα, Kifissias 1 – 3, 115 23 Athens, https://www.dpa.gr/"), "EU-GDPR", "GR", "Europe/Athens"),
    country("HR", Some("Agencija za zaštitu osobnih podataka, Selska cesta 136, 10 000 Zagreb, https://azop.hr/"), "EU-GDPR", "HR", "Europe/Zagreb"),
    country("HU", Some("Nemzeti Adatvédelmi és Információszabadság Hatóság, Budapest, Pf.: 9., 1363, https://www.naih.hu/"), "EU-GDPR", "HU", "Europe/Budapest"),
    country("IE", Some("Irish Data Protection Commission, 21 Fitzwilliam Square South, Dublin 2, D02 RD28, https://www.dataprotection.ie"), "EU-GDPR", "IE", "Europe/Dublin"),
    country("IS", Some("Persónuvernd, Rauðarárstígur 10, 105 Reykjavík, https://www.personuvernd.is/"), "EU-GDPR", "IS", "Atlantic/Reykjavik"),
    country("IT", Some("Garante per la protezione dei dati personali, Piazza Venezia 11, 00187 Roma, https://www.garanteprivacy.it/"), "EU-GDPR", "IT", "Europe/Rome"),
    country("LI", Some("Datenschutzstelle (DSS) Fürstentum Liechtenstein, Städtle 38, Postfach 684, 9490 Vaduz, https://www.datenschutzstelle.li/"), "EU-GDPR", "LI", "Europe/Vaduz"),
    country("LT", Some("Valstybinė duomenų apsaugos inspekcija, L. Sapiegos str. 17, 10312 Vilnius, https://vdai.lrv.lt/"), "EU-GDPR", "LT", "Europe/Vilnius"),
    country("LU", Some("Commission nationale pour la protection des données, 15, Boulevard du Jazz, L-4370 Belvaux, https://cnpd.public.lu"), "EU-GDPR", "LU", "Europe/Luxembourg"),
    country("LV", Some("Datu valsts inspekcija, Elijas iela 17, Riga, LV-1050, https://www.dvi.gov.lv/"), "EU-GDPR", "LV", "Europe/Riga"),
    country("MT", Some("Office of the Information and Data Protection Commissioner of Malta, Floor 2, Airways House, Triq Il-Kbira, Tas-Sliema SLM 1549, https://idpc.org.mt"), "EU-GDPR", "MT", "Europe/Malta"),
    country("NL", Some("Autoriteit Persoonsgegevens, Postbus 93374, 2509 AJ DEN HAAG, https://autoriteitpersoonsgegevens.nl"), "EU-GDPR", "NL", "Europe/Amsterdam"),
    country("NO", Some("Datatilsynet, Postboks 458 Sentrum, 0105 Oslo, https://www.datatilsynet.no/"), "EU-GDPR", "NO", "Europe/Oslo"),
    country("PL", Some("UODO – Urząd Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa, https://www.uodo.gov.pl/"), "EU-GDPR", "PL", "Europe/Warsaw"),
    country("PT", Some("CNPD – Comissão Nacional de Protecção de Dados, Av. D. Carlos I, 134 - 1.º, 1200-651 Lisboa, https://www.cnpd.pt"), "EU-GDPR", "PT", "Europe/Lisbon"),
    country("RO", Some("Autoritatea Naţională de Supraveghere a Prelucrării Datelor cu Caracter Personal, B-dul G-ral. Gheorghe Magheru 28-30, Sector 1, cod postal 010336, Bucuresti, https://www.dataprotection.ro/"), "EU-GDPR", "RO", "Europe/Bucharest"),
    country("SE", Some("Integritetsskyddsmyndigheten, Box 8114, 104 20 Stockholm, https://www.imy.se/"), "EU-GDPR", "SE", "Europe/Stockholm"),
    country("SI", Some("Informacijski pooblaščenec, Dunajska cesta 22, 1000 Ljubljana, https://www.ip-rs.si/"), "EU-GDPR", "SI", "Europe/Ljubljana"),
    country("SK", Some("Úrad na ochranu osobných údajov Slovenskej republiky, Hraničná 12, 820 07 Bratislava 27, https://dataprotection.gov.sk/uoou/"), "EU-GDPR", "SK", "Europe/Bratislava"),
];

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, of};
    use crate::domain::calendar::Calendar;
    use crate::domain::regime;

    #[test]
    fn every_default_can_be_used() {
        for country in COUNTRIES {
            assert!(regime::find(country.regime).unwrap().enabled, "{}", country.code);
            assert!(Calendar::shipped(country.calendar).is_ok(), "{}", country.code);
            assert!(country.time_zone.parse::<chrono_tz::Tz>().is_ok(), "{}", country.code);
        }
        assert!(of("FR").unwrap().authority.unwrap().contains("CNIL"));
        assert!(of("DE").unwrap().authority.is_none());
        assert!(of("XX").is_none());
    }
}
