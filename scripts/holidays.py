#!/usr/bin/env python3
"""Makes data/holidays.txt from the PyPI package `holidays`, category `public`.

    python3 -m venv /tmp/holidays && /tmp/holidays/bin/pip install holidays==0.109
    /tmp/holidays/bin/python scripts/holidays.py 2026-11-22 > data/holidays.txt

The argument is the date of the data: it becomes the version that every case keeps a copy of.
The package is a second opinion, not the law, so its list is corrected where the law says otherwise:

- FI: the eves of Midsummer and Christmas are free by practice but are no public holidays.
- French overseas: only the day of the abolition of slavery (Code du travail L3422-2); the
  package adds days that are free by local custom.
- FR-ALM: Good Friday and 26 December (Code du travail L3134-13).

Fewer holidays make a deadline earlier, which is always lawful; a controller adds what applies to it.
"""

import sys
import warnings

# This file has the name of the package, so its own folder must not come first.
sys.path.pop(0)

import holidays  # noqa: E402

PINNED = "0.109"
YEARS = range(2020, 2041)

STATES = (
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO "
    "CH US CA BR KR TH TR ZA IN JP CN NZ SA TW"
).split()
NATIONS = ["ENG", "WLS", "SCT", "NIR"]
LAENDER = "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH".split()
CANTONS = (
    "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH"
).split()
# Month and day that the department adds to the French list.
OVERSEAS = {"971": "0527", "972": "0522", "973": "0610", "974": "1220", "976": "0427"}
FINNISH_EVES = {"Midsummer Eve", "Christmas Eve"}


def days(state, region=None):
    """{year: ["MMDD", ...]} of a state or region, and its weekend."""
    languages = getattr(holidays, state).supported_languages
    found = holidays.country_holidays(
        state,
        subdiv=region,
        years=YEARS,
        categories=("public",),
        language="en_US" if "en_US" in languages else None,
    )
    by_year = {year: [] for year in YEARS}
    for day, name in sorted(found.items()):
        if state == "FI" and name in FINNISH_EVES:
            continue
        if day.year in by_year:
            by_year[day.year].append(day.strftime("%m%d"))
    # ISO weekday numbers, Monday 1 to Sunday 7.
    weekend = ",".join(str(day + 1) for day in sorted(found.weekend))
    return by_year, weekend


def write(code, by_year, weekend, parent=None):
    print(f"calendar {code}" + (f" of {parent}" if parent else "") + f" weekend {weekend}")
    for year in YEARS:
        if by_year[year]:
            print(year, " ".join(by_year[year]))


def write_region(code, by_year, state, national, weekend):
    """A region that only adds to its state is written as what it adds."""
    if all(set(national[year]) <= set(by_year[year]) for year in YEARS):
        added = {year: sorted(set(by_year[year]) - set(national[year])) for year in YEARS}
        write(code, added, weekend, parent=state)
    else:
        write(code, by_year, weekend)


def main():
    if holidays.__version__ != PINNED:
        sys.exit(f"holidays {PINNED} is needed, found {holidays.__version__}: pip install holidays=={PINNED}")
    if len(sys.argv) != 2:
        sys.exit("usage: holidays.py DATE-OF-THE-DATA")
    # The package warns that Indian lunar dates end in 2035; the header says so.
    warnings.simplefilter("ignore")
    print("# Public holidays 2020-2040. Made by scripts/holidays.py, which says what it corrects;")
    print("# change the script, not this file.")
    print(f"# source: PyPI holidays {PINNED} (github.com/vacanza/holidays), category public; licence MIT")
    print("# Lunar and Islamic dates of coming years are estimates; IN has no lunar dates after 2035.")
    print("# A region marked `of` adds its days to those of its state. Weekend days: 1 Monday to 7 Sunday.")
    print(f"version {sys.argv[1]}")
    national = {}
    for state in STATES:
        national[state], weekend = days(state)
        write(state, national[state], weekend)
    for nation in NATIONS:
        write(f"GB-{nation}", *days("GB", nation))
    both = [days("FR", region)[0] for region in ("57", "6AE")]
    if both[0] != both[1]:
        sys.exit("Moselle and Alsace differ: FR-ALM needs two calendars")
    write_region("FR-ALM", both[0], "FR", national["FR"], "6,7")
    for department, day in OVERSEAS.items():
        listed = days("FR", department)[0]
        if any(day not in listed[year] for year in YEARS):
            sys.exit(f"FR-{department}: {day} is not in the package's list")
        added = {year: [day] for year in YEARS}
        write(f"FR-{department}", added, "6,7", parent="FR")
    for land in LAENDER:
        write_region(f"DE-{land}", days("DE", land)[0], "DE", national["DE"], "6,7")
    for canton in CANTONS:
        write_region(f"CH-{canton}", days("CH", canton)[0], "CH", national["CH"], "6,7")
    write_region("CA-QC", days("CA", "QC")[0], "CA", national["CA"], "6,7")


if __name__ == "__main__":
    main()
