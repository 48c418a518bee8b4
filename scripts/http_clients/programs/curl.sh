#!/usr/bin/env bash
# curl, one process for each request, with a cookie file.
set -euo pipefail

if [[ $1 == --version ]]; then
    curl --version | sed -n '1s/\(curl [^ ]*\).*/\1/p'
    exit
fi

base=$1 jar=$2/cookies.txt
# The file keeps session cookies. `--junk-session-cookies` is how curl begins a new session.
first=(--junk-session-cookies)
while IFS=' ' read -r method path csrf_cookie body; do
    arguments=(--silent --show-error --output /dev/null --request "$method" --cookie "$jar" --cookie-jar "$jar")
    csrf=$(awk -v name="$csrf_cookie" '$6 == name { print $7 }' "$jar" 2>/dev/null || true)
    [[ -z $csrf ]] || arguments+=(--header "X-CSRF-TOKEN: $csrf")
    [[ -z $body ]] || arguments+=(--header "Content-Type: application/json" --data "$body")
    curl "${arguments[@]}" "${first[@]}" "$base$path"
    first=()
done
