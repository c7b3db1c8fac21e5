"""Countries that keep one time of day, for clocks that a page shows but does not name."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from pipeline.dates.zones import region_offset

_ZONES = """
AE Asia/Dubai|AL Europe/Tirane|AM Asia/Yerevan|AR America/Argentina/Buenos_Aires|AT Europe/Vienna
AZ Asia/Baku|BA Europe/Sarajevo|BD Asia/Dhaka|BE Europe/Brussels|BG Europe/Sofia|BH Asia/Bahrain
BO America/La_Paz|BY Europe/Minsk|CH Europe/Zurich|CI Africa/Abidjan|CM Africa/Douala
CN Asia/Shanghai|CR America/Costa_Rica|CU America/Havana|CY Asia/Nicosia|CZ Europe/Prague
DE Europe/Berlin|DK Europe/Copenhagen|DO America/Santo_Domingo|DZ Africa/Algiers|EE Europe/Tallinn
EG Africa/Cairo|ET Africa/Addis_Ababa|FI Europe/Helsinki|FR Europe/Paris|GE Asia/Tbilisi
GH Africa/Accra|GR Europe/Athens|GT America/Guatemala|HK Asia/Hong_Kong|HN America/Tegucigalpa
HR Europe/Zagreb|HU Europe/Budapest|IE Europe/Dublin|IL Asia/Jerusalem|IN Asia/Kolkata
IQ Asia/Baghdad|IR Asia/Tehran|IS Atlantic/Reykjavik|IT Europe/Rome|JM America/Jamaica
JO Asia/Amman|JP Asia/Tokyo|KE Africa/Nairobi|KH Asia/Phnom_Penh|KR Asia/Seoul|KW Asia/Kuwait
LB Asia/Beirut|LK Asia/Colombo|LT Europe/Vilnius|LU Europe/Luxembourg|LV Europe/Riga
MA Africa/Casablanca|MD Europe/Chisinau|MK Europe/Skopje|MM Asia/Yangon|MT Europe/Malta
MY Asia/Kuala_Lumpur|NG Africa/Lagos|NI America/Managua|NL Europe/Amsterdam|NO Europe/Oslo
NP Asia/Kathmandu|NZ Pacific/Auckland|OM Asia/Muscat|PA America/Panama|PE America/Lima
PH Asia/Manila|PK Asia/Karachi|PL Europe/Warsaw|PT Europe/Lisbon|PY America/Asuncion|QA Asia/Qatar
RO Europe/Bucharest|RS Europe/Belgrade|SA Asia/Riyadh|SE Europe/Stockholm|SG Asia/Singapore
SI Europe/Ljubljana|SK Europe/Bratislava|SN Africa/Dakar|SV America/El_Salvador|TH Asia/Bangkok
TN Africa/Tunis|TR Europe/Istanbul|TW Asia/Taipei|TZ Africa/Dar_es_Salaam|UA Europe/Kyiv
UG Africa/Kampala|GB Europe/London|UY America/Montevideo|VE America/Caracas|VN Asia/Ho_Chi_Minh
ZA Africa/Johannesburg|ZM Africa/Lusaka|ZW Africa/Harare
"""
_ZONE_OF = {entry[:2]: entry[3:] for line in _ZONES.split("\n") for entry in line.split("|")}
_ANYBODYS = "ac ai am as cc co fm gg im io is la li ly me ms nu pm sc sh so st su to tk tv vc ws"
_OF_ANYBODY = frozenset(_ANYBODYS.split())
"""Country codes under which anybody registers names."""


def country_of_host(url: str) -> str | None:
    """The ISO code of the country whose domain the address is under, or None."""
    try:
        code = (urlsplit(url).hostname or "").rpartition(".")[2]
    except ValueError:
        return None
    if len(code) != 2 or not code.isalpha() or code in _OF_ANYBODY:
        return None
    return "GB" if code == "uk" else code.upper()


def country_offset(country: str, at: datetime) -> int | None:
    """Minutes east of UTC in the country at an instant; None if it has several or is unknown."""
    zone = _ZONE_OF.get(country)
    return region_offset(zone, at) if zone else None
