#!/usr/bin/env python3
"""Makes data/supervisory-authorities.txt from a JSON list of authorities (CC0).

    scripts/authorities.py LIST.json DATE > data/supervisory-authorities.txt

LIST.json is an array of objects with slug, relevant-countries, name, address, web and webform. DATE
is the day on which the list was read. Only facts are taken: which State, name, postal address, web
site, page for complaints.
"""

import json
import re
import sys

# By what an authority is called in settings, beside its name: abbreviations in common use.
CALLED = {
    "atdsb": ["DSB"], "beapd": ["APD", "GBA", "Autorité de protection des données",
                              "Gegevensbeschermingsautoriteit"],
    "bgcpdp": ["CPDP", "КЗЛД", "Commission for Personal Data Protection"],
    "chedoeb": ["EDÖB", "PFPDT", "FDPIC"], "czcuooz": ["ÚOOÚ"], "debaylda": ["BayLDA"],
    "debfdi": ["BfDI"], "dkdi": ["Datatilsynet"], "eeaki": ["AKI"], "esaepa": ["AEPD"],
    "frcnil": ["CNIL", "Commission nationale de l'informatique et des libertés"],
    "gbico": ["ICO", "Information Commissioner", "Information Commission"],
    "hrazop": ["AZOP"], "hunaih": ["NAIH"],
    "iedpc": ["Data Protection Commission", "DPC"], "isdpa": ["Persónuvernd"],
    "itgpdp": ["Garante"], "ltada": ["VDAI"], "lucnpd": ["CNPD"], "lvdvi": ["DVI"],
    "mtidpc": ["IDPC", "Information and Data Protection Commissioner"],
    "nlap": ["AP", "Autoriteit Persoonsgegevens"], "nods": ["Datatilsynet"],
    "plgiodo": ["UODO", "Urząd Ochrony Danych Osobowych"],
    "ptcnpd": ["CNPD", "Comissão Nacional de Proteção de Dados"], "roanspdcp": ["ANSPDCP"], "sedi": ["IMY"],
    "siiprs": ["IP-RS"],
}
# The same for the only authority of a State.
CALLED_IN = {
    "cy": ["Commissioner for Personal Data Protection"], "fi": ["Tietosuojavaltuutettu"],
    "gr": ["Hellenic Data Protection Authority", "ΑΠΔΠΧ"], "li": ["Datenschutzstelle"],
    "sk": ["Úrad na ochranu osobných údajov"],
}


def line(text):
    """One line without tabs; the parts of an address are joined by commas."""
    return ", ".join(part.strip() for part in re.split(r"[\r\n]+", text or "") if part.strip())


def main():
    source, date = sys.argv[1:3]
    with open(source, encoding="utf-8") as file:
        authorities = json.load(file)
    print(f"# Supervisory authorities, from a public list under CC0 read on {date}.")
    print("# Made by scripts/authorities.py; the addresses were not opened.")
    print("# states\tcalled\tname\taddress\tweb site\tpage for complaints")
    for each in sorted(authorities, key=lambda each: (each["relevant-countries"], each["slug"])):
        states = ",".join(state.upper() for state in each["relevant-countries"])
        # What stands in brackets is a translation or an abbreviation, not the name.
        name = re.sub(r"\s*\([^)]*\)\s*$", "", line(each["name"]))
        called = list(CALLED.get(each["slug"], []))
        for state in each["relevant-countries"]:
            called += CALLED_IN.get(state.lower(), [])
        called = ",".join(called)
        columns = [states, called, name, line(each["address"]), each["web"], each["webform"]]
        print("\t".join((column or "").replace("\t", " ") for column in columns))


if __name__ == "__main__":
    main()
