#!/usr/bin/env python3
"""Writes current.ofx and alipay.csv: the year of another invented person.

    python3 make_ofx_alipay.py

A salary account in yuan, exported as OFX 1.0.2, and the same person's Alipay
balance, filled from that account, exported by the app: GB18030, a preamble,
closed orders, refunds. Everything is invented. The output depends on nothing
but this file (random.random() of a seeded generator is stable between Python
versions; no other draw is used).
"""

import random
from calendar import monthrange
from datetime import date, datetime, time
from pathlib import Path

HERE = Path(__file__).parent
FIRST = date(2025, 11, 1)
LAST = date(2026, 11, 12)
TOP_UP = 150_000  # fen

rng = random.Random(20261116)


def fen(low, high):
    """An amount in fen, low and high in yuan."""
    return round((low + (high - low) * rng.random()) * 100)


def pick(choices):
    return choices[int(len(choices) * rng.random())]


def months():
    year, month = FIRST.year, FIRST.month
    while (year, month) <= (LAST.year, LAST.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def yuan(amount):
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def spending():
    """(date, fen, category, party, goods), by date."""
    entries = []
    for year, month in months():
        end = monthrange(year, month)[1]
        put = lambda d, *rest: entries.append((date(year, month, d), *rest))
        day = lambda low, high: low + int((high - low + 1) * rng.random())
        for _ in range(7):
            put(day(1, end), fen(60, 240), "日用百货", pick(["示例超市", "示例生鲜"]), "超市购物")
        for _ in range(8):
            put(day(1, end), fen(28, 120), "餐饮美食", pick(["示例小馆", "示例咖啡"]), pick(["午餐", "晚餐"]))
        for _ in range(6):
            put(day(1, end), fen(4, 30), "交通出行", "示例地铁", "地铁乘车")
        put(day(3, 9), fen(180, 420), "充值缴费", "示例电力", "电费")
        put(day(10, 20), 9_900, "充值缴费", "示例通信", "话费充值")
        if rng.random() < 0.6:
            put(day(5, 25), fen(150, 600), "服饰装扮", "示例商城", "外套")
        if rng.random() < 0.4:
            put(day(5, 25), fen(60, 180), "文化休闲", "示例影院", "电影票")
    entries.sort(key=lambda entry: entry[0])
    return [entry for entry in entries if entry[0] <= LAST]


def alipay():
    """Rows of the export by time, and the days on which the bank filled it up."""
    rows, top_ups, balance, number = [], [], 30_000, 0

    def put(when, category, party, goods, side, amount, method, status, order=None):
        nonlocal number
        number += 1
        stamp = datetime.combine(when, time(8 + number % 12, number * 7 % 60, number * 13 % 60))
        order = order or f"{when:%Y%m%d}{number:014d}"
        rows.append((stamp, category, party, "/", goods, side, yuan(amount), method, status, order))
        return order

    for when, amount, category, party, goods in [(FIRST, 480, "交通出行", "示例地铁", "地铁乘车"), *spending()]:
        while balance < amount:
            top_ups.append(when)
            balance += TOP_UP
            put(when, "账户存取", "示例银行", "充值-普通充值", "不计收支", TOP_UP, "示例银行储蓄卡(0001)", "交易成功")
        order = put(when, category, party, goods, "支出", amount, "余额", "交易成功")
        balance -= amount
        if category == "服饰装扮" and rng.random() < 0.3:
            put(when, "退款", party, f"退款-{goods}", "不计收支", amount // 2, "余额", "退款成功", order + "_R1")
            balance += amount // 2
        if rng.random() < 0.02:
            put(when, category, party, goods, "支出", amount, "余额", "交易关闭")
    return rows, top_ups


def write_alipay(rows):
    head = [
        "-" * 84,
        "导出信息：",
        "姓名：示例用户",
        "支付宝账户：demo@example.com",
        f"起始时间：[{FIRST} 00:00:00]    终止时间：[{LAST} 23:59:59]",
        "导出交易类型：[全部]",
        f"共{len(rows)}笔记录",
        "",
        "特别提示：",
        "1.本明细为示例数据，所有内容均为虚构；",
        "",
        "------------------------支付宝（示例）网络技术有限公司  电子客户回单------------------------",
        "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,",
    ]
    lines = [",".join([f"{row[0]:%Y-%m-%d %H:%M:%S}", *row[1:9], row[9] + "\t", "\t", ""]) + "," for row in reversed(rows)]
    (HERE / "alipay.csv").write_bytes(("\r\n".join(head + lines) + "\r\n").encode("gb18030"))


def bank(top_ups):
    """(date, fen, type, merchant code, name), by date."""
    entries = [(when, -TOP_UP, "XFER", None, "ALIPAY BALANCE TOP-UP") for when in top_ups]
    for year, month in months():
        end = monthrange(year, month)[1]
        put = lambda d, *rest: entries.append((date(year, month, d), *rest))
        put(1, -420_000, "PAYMENT", None, "EXAMPLE HOMES RENT")
        put(5, -130_000, "PAYMENT", None, "EXAMPLE BANK CAR LOAN")
        put(8, -fen(300, 500), "POS", "5541", "EXAMPLE FUEL STATION")
        put(12, -50_000, "ATM", None, "CASH WITHDRAWAL")
        put(15, -16_800, "DIRECTDEBIT", None, "EXAMPLE LIFE INSURANCE")
        put(18, -fen(200, 900), "POS", "5311", "EXAMPLE DEPARTMENT STORE")
        put(min(25, end), 1_450_000 + fen(0, 900), "DIRECTDEP", None, "EXAMPLE EMPLOYER PAYROLL")
        put(26, -200_000, "DEBIT", None, "TRANSFER TO SAVINGS")
    entries.sort(key=lambda entry: entry[0])
    return [entry for entry in entries if entry[0] <= LAST]


def write_ofx(entries):
    lines = [
        "OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII",
        "CHARSET:1252", "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE", "",
        "<OFX>", "<SIGNONMSGSRSV1><SONRS>", "<STATUS><CODE>0<SEVERITY>INFO</STATUS>",
        "<DTSERVER>20261115120000", "<LANGUAGE>ENG", "</SONRS></SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1><STMTTRNRS>", "<TRNUID>0", "<STATUS><CODE>0<SEVERITY>INFO</STATUS>",
        "<STMTRS>", "<CURDEF>CNY", "<BANKACCTFROM>", "<BANKID>000000000", "<ACCTID>6200000000000001",
        "<ACCTTYPE>CHECKING", "</BANKACCTFROM>", "<BANKTRANLIST>",
        f"<DTSTART>{FIRST:%Y%m%d}", f"<DTEND>{LAST:%Y%m%d}",
    ]
    balance = 2_600_000
    for number, (when, amount, kind, code, name) in enumerate(entries, 1):
        balance += amount
        lines += ["<STMTTRN>", f"<TRNTYPE>{kind}", f"<DTPOSTED>{when:%Y%m%d}120000", f"<TRNAMT>{yuan(amount)}",
                  f"<FITID>{when:%Y%m%d}{number:04d}"]
        lines += [f"<SIC>{code}"] if code else []
        lines += [f"<NAME>{name}", "</STMTTRN>"]
    lines += ["</BANKTRANLIST>", f"<LEDGERBAL><BALAMT>{yuan(balance)}<DTASOF>{LAST:%Y%m%d}120000</LEDGERBAL>",
              "</STMTRS>", "</STMTTRNRS></BANKMSGSRSV1>", "</OFX>"]
    (HERE / "current.ofx").write_text("\n".join(lines) + "\n", encoding="ascii")


rows, top_ups = alipay()
write_alipay(rows)
write_ofx(bank(top_ups))
