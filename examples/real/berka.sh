#!/usr/bin/env bash
# A cash-flow scorecard from the Berka transactions: with balance and income
# lines, and from outgoings alone.
#
#   examples/real/berka.sh DATA OUT
#
# DATA holds berka/loans.csv and berka/transactions.csv.gz; what is made goes to
# the folder OUT. Set BLINDSCORE to a program that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=${1:?the folder that holds berka/}/berka
out=${2:?a folder for what is made}
blindscore=${BLINDSCORE:-cargo run --release -q -p blindscore-cli --}
if [ ! -e "$data/loans.csv" ]; then
  echo "passed over: no $data/loans.csv" >&2
  exit 0
fi
mkdir -p "$out"

# Fifty bad loans choose no characteristics: all of them enter, shrunk by a
# ridge penalty, in few bins that rise or fall.
people=(--outcomes "$data/loans.csv" --id account_id --as-of loan_date --profile "$here/berka.toml" --allow-shorter)
for lines in all outgoings; do
  echo "== $lines: units that fit the values"
  $blindscore scheme fit --scheme "$here/berka-$lines.json" --transactions "$data/transactions.csv.gz" \
    "${people[@]}" --out "$out/$lines.scheme.json" --force
  echo "== $lines: a table of levels"
  $blindscore history table "$data/transactions.csv.gz" "${people[@]}" --scheme "$out/$lines.scheme.json" \
    --out "$out/$lines.csv" --force
  echo "== $lines: a scorecard, cross-validated"
  $blindscore scorecard fit --table "$out/$lines.csv" --outcome bad --id account_id --scheme "$out/$lines.scheme.json" \
    --options "$here/berka.options.json" --folds 5 --repeats 20 --name "Berka, $lines" --out "$out/$lines.card.json" --report "$out/$lines.html" --force
  echo "== $lines: every applicant under encryption"
  $blindscore scorecard validate "$out/$lines.card.json" --table "$out/$lines.csv" --outcome bad --id account_id \
    --encrypted 1000000
done
