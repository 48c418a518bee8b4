#!/usr/bin/env bash
# Wget, one process for each request, with a cookie file.
set -euo pipefail

if [[ $1 == --version ]]; then
    wget --version | sed -n '1s/GNU \(Wget [^ ]*\).*/\1/p'
    exit
fi

base=$1 jar=$2/cookies.txt
touch "$jar"
mapfile -t steps
# Session cookies are kept from one process to the next, and dropped by the last one.
keep=(--keep-session-cookies)
for number in "${!steps[@]}"; do
    IFS=' ' read -r method path csrf_cookie body <<<"${steps[number]}"
    ((number + 1 < ${#steps[@]})) || keep=()
    arguments=(--quiet --output-document=/dev/null --method="$method" --load-cookies="$jar" --save-cookies="$jar")
    csrf=$(awk -v name="$csrf_cookie" '$6 == name { print $7 }' "$jar")
    [[ -z $csrf ]] || arguments+=(--header="X-CSRF-TOKEN: $csrf")
    [[ -z $body ]] || arguments+=(--header="Content-Type: application/json" --body-data="$body")
    wget "${arguments[@]}" "${keep[@]}" "$base$path" || (($? == 6 || $? == 8)) # 401, or another refusal
done
