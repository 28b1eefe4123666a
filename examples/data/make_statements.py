#!/usr/bin/env python3
"""Writes bank.csv and wallet.json: the year of one invented person.

    python3 make_statements.py

Everything is invented: the person, the employer, the shops, the amounts. The
output depends on nothing but this file (random.random() of a seeded generator
is stable between Python versions; no other draw is used).
"""

import csv
import json
import random
from calendar import monthrange
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
FIRST = date(2025, 11, 1)
LAST = date(2026, 11, 12)
OPENING_BANK = 193_050  # cents
OPENING_WALLET = 4_310
TOP_UP = 5_000

rng = random.Random(20261115)


def cents(low, high):
    """An amount in cents, low and high in euro."""
    return round((low + (high - low) * rng.random()) * 100)


def day(low, high):
    return low + int((high - low + 1) * rng.random())


def pick(choices):
    return choices[int(len(choices) * rng.random())]


def months():
    year, month = FIRST.year, FIRST.month
    while (year, month) <= (LAST.year, LAST.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def days(count, low, high):
    """Days in ascending order, about evenly spread."""
    step = (high - low + 1) / count
    return [low + int(step * (i + rng.random())) for i in range(count)]


def wallet_spending():
    """(date, cents out, merchant, primary, detailed), by date."""
    food, transport = "FOOD_AND_DRINK", "TRANSPORTATION"
    entries = []
    for year, month in months():
        end = monthrange(year, month)[1]
        put = lambda d, *rest: entries.append((date(year, month, d), *rest))
        for d in days(5, 1, end):
            put(d, cents(6, 24), pick(["Example Corner Grocer", "Example Market Hall"]), food, "FOOD_AND_DRINK_GROCERIES")
        for d in days(4, 1, end):
            put(d, cents(9, 27), pick(["Example Noodle Bar", "Example Pizzeria", "Example Canteen"]), food, "FOOD_AND_DRINK_RESTAURANT")
        for d in days(3, 1, end):
            put(d, cents(2.4, 5.8), "Example Coffee House", food, "FOOD_AND_DRINK_COFFEE")
        for d in days(4, 1, end):
            put(d, cents(2.8, 9.6), pick(["Example City Transit", "Example Bike Share"]), transport, "TRANSPORTATION_PUBLIC_TRANSIT")
        if rng.random() < 0.5:
            put(day(8, end), cents(8, 19), "Example Picture House", "ENTERTAINMENT", "ENTERTAINMENT_VIDEO_GAMES")
    entries.sort(key=lambda entry: entry[0])
    return [entry for entry in entries if entry[0] <= LAST]


def wallet():
    """(date, cents, positive in, merchant, primary, detailed), with top-ups."""
    balance, entries = OPENING_WALLET, []
    # An entry on the first day, so that the period starts there.
    for when, spent, *rest in [(FIRST, 480, "Example City Transit", "TRANSPORTATION", "TRANSPORTATION_PUBLIC_TRANSIT"), *wallet_spending()]:
        if balance < spent + 500:
            balance += TOP_UP
            entries.append((when, TOP_UP, "Top-up from bank account", "TRANSFER_IN", "TRANSFER_IN_ACCOUNT_TRANSFER"))
        balance -= spent
        entries.append((when, -spent, *rest))
    return entries


def bank_month(year, month):
    """(day, cents, description, mcc, flow, category); flow and category only
    where the merchant code does not tell."""
    end = monthrange(year, month)[1]
    winter = month in (11, 12, 1, 2, 3)
    out = []

    def pay(d, amount, description, mcc="", flow="", category=""):
        out.append((d, -amount, description, mcc, flow, category))

    pay(1, 74_000, "EXAMPLE HOMES RENT", "6513")
    pay(3, 390, "EXAMPLE BANK ACCOUNT FEE", "", "tax_fee")
    pay(5, cents(88, 116) if winter else cents(54, 73), "EXAMPLE POWER AND GAS", "4900")
    if month % 2 == 1:
        pay(9, cents(41, 47), "EXAMPLE WATER WORKS", "4900")
    pay(7, 3_490, "EXAMPLE BROADBAND", "4899")
    pay(15, 1_799, "EXAMPLE MOBILE", "4814")
    pay(10, 2_850, "EXAMPLE HOME INSURANCE", "6300")
    pay(12, 12_000, "EXAMPLE CARD REPAYMENT", "", "debt_service")
    for d in days(5, 2, end):
        pay(d, cents(28, 79), pick(["EXAMPLE GROCER", "EXAMPLE SUPERMARKET"]), "5411")
    for d in days(2, 4, end):
        pay(d, cents(18, 46), pick(["EXAMPLE BISTRO", "EXAMPLE GRILL"]), "5812")
    for d in days(2, 2, end):
        pay(d, cents(19, 52), "EXAMPLE FUEL STATION", "5541")
    for d in days(2, 3, end):
        pay(d, pick([2_000, 4_000, 5_000]), "EXAMPLE BANK CASH MACHINE", "6011")
    shops = [
        (22, 85, "EXAMPLE CLOTHING", "5651"),
        (15, 60, "EXAMPLE HOME STORE", "5200"),
        (9, 24, "EXAMPLE CINEMA", "7832"),
        (12, 40, "EXAMPLE BOOKS", "5942"),
    ]
    for d in days(2, 4, end):
        low, high, description, mcc = pick(shops)
        pay(d, cents(low, high), description, mcc)
    if rng.random() < 0.5:
        pay(day(6, end), pick([500, 1_000]), "EXAMPLE LOTTERY", "7995")
    if (year, month) not in ((2026, 8), (2026, 9)):
        pay(26, 20_000, "EXAMPLE SAVINGS PLAN", "", "saving_investment")
    out.append((25, cents(2_190, 2_235), "EXAMPLE EMPLOYER SALARY", "", "income", ""))

    if (year, month) == (2025, 12):
        pay(14, 18_640, "EXAMPLE TOYS AND GIFTS", "5945")
        pay(15, 8_990, "EXAMPLE CLOTHING", "5651")
    if (year, month) == (2026, 1):
        out.append((6, 8_990, "EXAMPLE CLOTHING REFUND", "5651", "refund_reversal", "CLOTHING"))
    if (year, month) == (2026, 8):
        pay(11, 152_800, "EXAMPLE GARAGE REPAIR", "7538")
        pay(17, 64_500, "EXAMPLE SEASIDE HOTEL", "7011")
    return out


def bank(top_ups):
    entries = []
    for year, month in months():
        for d, *rest in bank_month(year, month):
            entries.append((date(year, month, d), *rest))
    entries += [(when, -amount, "EXAMPLE WALLET TOP-UP", "", "transfer", "") for when, amount in top_ups]
    entries.sort(key=lambda entry: entry[0])
    return [entry for entry in entries if entry[0] <= LAST]


def euro(amount):
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"


def write_bank(entries):
    balance = OPENING_BANK
    with open(HERE / "bank.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow("date amount currency description mcc balance flow category id".split())
        for number, (when, amount, description, mcc, flow, category) in enumerate(entries, 1):
            balance += amount
            rows.writerow([when, euro(amount), "EUR", description, mcc, euro(balance), flow, category, f"bank-{number:04}"])


def write_wallet(entries):
    account = "wallet-example-1"
    balance = OPENING_WALLET + sum(amount for _, amount, *_ in entries)
    added = [
        {
            "account_id": account,
            "amount": -amount / 100,  # positive is money out
            "iso_currency_code": "EUR",
            "date": str(when),
            "name": merchant,
            "merchant_name": None if amount > 0 else merchant,
            "pending": False,
            "personal_finance_category": {"primary": primary, "detailed": detailed, "confidence_level": "VERY_HIGH", "version": "v2"},
            "transaction_id": f"wallet-{number:04}",
        }
        for number, (when, amount, merchant, primary, detailed) in enumerate(entries, 1)
    ]
    head = {
        "accounts": [{"account_id": account, "balances": {"current": balance / 100, "iso_currency_code": "EUR"}, "name": "Example Wallet", "type": "depository", "subtype": "ewallet"}],
    }
    tail = {"modified": [], "removed": [], "next_cursor": "example-cursor", "has_more": False, "request_id": "example-request"}
    line = lambda value: json.dumps(value, separators=(", ", ": "))
    with open(HERE / "wallet.json", "w", encoding="utf-8") as file:
        file.write("{\n")
        file.write(f'"accounts": {line(head["accounts"])},\n')
        file.write('"added": [\n' + ",\n".join(line(entry) for entry in added) + "\n],\n")
        file.write(line(tail)[1:-1].replace(', "', ',\n"') + "\n}\n")


def main():
    wallet_entries = wallet()
    top_ups = [(when, amount) for when, amount, _, primary, _ in wallet_entries if primary == "TRANSFER_IN"]
    write_wallet(wallet_entries)
    write_bank(bank(top_ups))


if __name__ == "__main__":
    main()
