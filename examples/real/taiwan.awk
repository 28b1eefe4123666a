# Characteristics from limits, bills and payments: spending of a month, the
# share of the limit that is used, the share of a bill that is paid, and the
# months in which a bill was left unpaid.
BEGIN { FS = OFS = "," }
NR == 1 {
  for (i = 1; i <= NF; i++) at[$i] = i
  line = $0
  for (i = 1; i <= 6; i++) line = line OFS "USED" i
  for (i = 1; i <= 5; i++) line = line OFS "SPENT" i OFS "PAID_SHARE" i
  print line OFS "USED_MEAN" OFS "PAID_SHARE" OFS "MONTHS_UNPAID" OFS "SPENT_SHARE" OFS "USED_RISE" OFS "PAID_OF_LIMIT"
  next
}
{
  line = $0; limit = $at["LIMIT_BAL"]; used = 0; paid = 0; billed = 0; unpaid = 0; spent_all = 0
  for (i = 1; i <= 6; i++) { u = $at["BILL_AMT" i] / limit; used += u; line = line OFS sprintf("%.3f", u) }
  for (i = 1; i <= 5; i++) {
    before = $at["BILL_AMT" (i + 1)]; pay = $at["PAY_AMT" i]
    spent = $at["BILL_AMT" i] - before + pay; spent_all += spent
    share = ""
    if (before > 0) { share = sprintf("%.3f", pay / before > 2 ? 2 : pay / before); billed += before; if (pay == 0) unpaid++ }
    paid += pay
    line = line OFS spent OFS share
  }
  whole = billed > 0 ? sprintf("%.3f", paid / billed > 2 ? 2 : paid / billed) : ""
  rise = ($at["BILL_AMT1"] - $at["BILL_AMT6"]) / limit
  print line OFS sprintf("%.3f", used / 6) OFS whole OFS unpaid OFS sprintf("%.3f", spent_all / limit) OFS sprintf("%.3f", rise) OFS sprintf("%.4f", paid / limit)
}
