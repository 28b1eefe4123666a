#!/usr/bin/env bash
# A scorecard from the Taiwan credit card data: with repayment status, and from
# limits, bills and payments alone. Sex, education, marriage and age are left to
# the analysis of fairness.
#
#   examples/real/taiwan.sh DATA OUT
#
# DATA holds taiwan/default_of_credit_card_clients.csv.gz; what is made goes to
# the folder OUT. Set BLINDSCORE to a program that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=${1:?the folder that holds taiwan/}/taiwan/default_of_credit_card_clients.csv.gz
out=${2:?a folder for what is made}
blindscore=${BLINDSCORE:-cargo run --release -q -p blindscore-cli --}
if [ ! -e "$data" ]; then
  echo "passed over: no $data" >&2
  exit 0
fi
mkdir -p "$out"

# Spending, shares of limit used and bills paid, from the columns there are.
# Every fourth row is kept for the test.
gzip -dc "$data" | awk -f "$here/taiwan.awk" > "$out/all.csv"
awk 'NR == 1 || NR % 4 != 0' "$out/all.csv" > "$out/train.csv"
awk 'NR == 1 || NR % 4 == 0' "$out/all.csv" > "$out/test.csv"

outcome=(--outcome default.payment.next.month --id ID)
private=(--exclude SEX --exclude EDUCATION --exclude MARRIAGE --exclude AGE)
repayment=(--exclude PAY_0 --exclude PAY_2 --exclude PAY_3 --exclude PAY_4 --exclude PAY_5 --exclude PAY_6)
for lines in with without; do
  left_out=("${private[@]}")
  if [ $lines = without ]; then left_out+=("${repayment[@]}"); fi
  echo "== $lines repayment lines: a scorecard, cross-validated"
  $blindscore scorecard fit --table "$out/train.csv" "${outcome[@]}" "${left_out[@]}" --folds 5 --repeats 2 \
    --name "Taiwan, $lines repayment" --out "$out/$lines.card.json" --report "$out/$lines.html" --force
  echo "== $lines repayment lines: the rows kept for the test, all of them under encryption"
  $blindscore scorecard validate "$out/$lines.card.json" --table "$out/test.csv" "${outcome[@]}" --group SEX \
    --reference "$out/train.csv" --encrypted 1000000
done
