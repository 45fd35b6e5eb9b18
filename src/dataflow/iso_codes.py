"""ISO codes: currencies (4217), countries (3166-1), states of countries (3166-2)."""

from __future__ import annotations

from collections.abc import Mapping

_CURRENCIES = """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd
    btn bwp byn bzd cad cdf chf clp cny cop crc cup cve czk djf dkk dop dzd egp ern etb
    eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr iqd irr isk
    jmd jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lsl lyd mad mdl mga
    mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk
    php pkr pln pyg qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sle sos srd ssp stn
    svc syp szl thb tjs tmt tnd top try ttd twd tzs uah ugx usd uyu uzs ved ves vnd vuv
    wst xaf xcd xof xpf yer zar zmw
"""
_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN
    BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
    DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
    GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM
    JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD
    SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

CURRENCIES = frozenset(_CURRENCIES.split())
COUNTRIES = frozenset(_COUNTRIES.split())

_US = """
    AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado,
    CT Connecticut, DE Delaware, DC District of Columbia, FL Florida, GA Georgia,
    HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky,
    LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota,
    MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire,
    NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota,
    OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island,
    SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont,
    VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming
"""
_CANADA = """
    AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick,
    NL Newfoundland and Labrador, NS Nova Scotia, NT Northwest Territories, NU Nunavut,
    ON Ontario, PE Prince Edward Island, QC Quebec, SK Saskatchewan, YT Yukon
"""
_INDIA = """
    AP Andhra Pradesh, AR Arunachal Pradesh, AS Assam, BR Bihar, CT Chhattisgarh,
    DL Delhi, GA Goa, GJ Gujarat, HR Haryana, HP Himachal Pradesh,
    JK Jammu and Kashmir, JH Jharkhand, KA Karnataka, KL Kerala, LA Ladakh,
    MP Madhya Pradesh, MH Maharashtra, MN Manipur, ML Meghalaya, MZ Mizoram,
    NL Nagaland, OR Odisha, PY Puducherry, PB Punjab, RJ Rajasthan, SK Sikkim,
    TN Tamil Nadu, TG Telangana, TR Tripura, UP Uttar Pradesh, UT Uttarakhand,
    WB West Bengal
"""
_EMIRATES = """
    AZ Abu Dhabi, AJ Ajman, DU Dubai, FU Fujairah, RK Ras al-Khaimah, SH Sharjah,
    UQ Umm al-Quwain
"""
_STATES = {"US": _US, "CA": _CANADA, "IN": _INDIA, "AE": _EMIRATES}

#: Names of states by country and code, of the countries whose states Chargebee knows.
#: The spelling of the names is unconfirmed.
STATES: Mapping[tuple[str, str], str] = {
    (country, code): name
    for country, listed in _STATES.items()
    for code, _, name in (
        " ".join(entry.split()).partition(" ") for entry in listed.split(",")
    )
}
