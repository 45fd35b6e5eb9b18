"""The states of those countries whose codes the vendor knows, by ISO 3166-2."""

from __future__ import annotations

from collections.abc import Mapping

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
_LISTS = {"US": _US, "CA": _CANADA, "IN": _INDIA, "AE": _EMIRATES}

#: Names of states by country and code. The spelling of the names is unconfirmed.
STATES: Mapping[tuple[str, str], str] = {
    (country, code): name
    for country, listed in _LISTS.items()
    for code, _, name in (
        " ".join(entry.split()).partition(" ") for entry in listed.split(",")
    )
}
