"""Currencies that nobody uses: a slip of one letter, and no condition with that amount ever holds.

Core: pure. A warning, because a database may have currencies of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.lint.draft import Draft
from bot.config.problems import ConfigProblem, did_you_mean

#: ISO 4217, the codes in use (https://www.iso.org/iso-4217-currency-codes.html), and those that left it lately.
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
    LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
    PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XCD XCG XDR XOF XPD
    XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL
"""
KNOWN = frozenset(_CODES.split())


def unknown_currencies(draft: Draft) -> Iterator[ConfigProblem]:
    """Amounts in a currency that is none of ISO 4217's."""
    for place, currency in draft.amounts:
        if currency not in KNOWN:
            yield draft.warning(place, f"no currency {currency} is known", did_you_mean(currency, KNOWN))
