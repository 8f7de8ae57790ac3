# What the tests of the real window share, sourced with their arguments, [PROGRAM] [FOLDER FOR PICTURES]: a display and
# a home of their own, a way to wait, and a look into the library. Needs Xvfb, xdotool and Debian's python3.
# shellcheck shell=bash
program=${1:-target/debug/cantus}
pictures=${2:-}
for tool in Xvfb xdotool /usr/bin/python3; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 0; }
done
[ -x "$program" ] || { echo "there is no program at $program: build it first" >&2; exit 1; }

home=$(mktemp -d)
jobs_started=()
clean_up() {
    for job in "${jobs_started[@]}"; do kill "$job" 2>/dev/null || true; done
    rm -rf "$home"
}
trap clean_up EXIT

# the display's number is chosen by the server, which lives on when its first client has looked for a window
mkfifo "$home/display"
Xvfb -noreset -displayfd 3 -screen 0 1440x900x24 3>"$home/display" 2>/dev/null &
jobs_started+=($!)
export DISPLAY=":$(head -1 "$home/display")"
export HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" XDG_RUNTIME_DIR="$home/run"
mkdir -p "$home/config/cantus" "$home/bin"
mkdir -m 700 "$home/run"

fail() {
    echo "$1" >&2
    for log in "$home"/*.log; do sed "s/^/  $(basename "$log"): /" "$log" >&2; done
    exit 1
}
picture() { [ -z "$pictures" ] || import -window root "$pictures/$1.png"; }
wait_for() { # WHAT COMMAND...
    local what=$1 end=$((SECONDS + 90)) # for machines with much else to do
    shift
    while [ "$SECONDS" -lt "$end" ]; do
        "$@" >/dev/null 2>&1 && return
        for job in "${jobs_started[@]}"; do
            kill -0 "$job" 2>/dev/null || fail "something ended while waiting for $what"
        done
        sleep 0.2
    done
    picture failed
    fail "waited in vain for $what"
}

# starts the program, with what is in $home/bin for tools of the system, and gives it the keys
open_window() {
    PATH="$home/bin:$PATH" "$program" 2>"$home/studio.log" &
    studio=$!
    jobs_started+=($studio)
    wait_for "the window" focus
}
focus() {
    window=$(xdotool search --onlyvisible --name Cantus | tail -1) && xdotool windowfocus "$window"
}
quit() {
    xdotool key ctrl+q
    for _ in $(seq 50); do
        kill -0 "$studio" 2>/dev/null || return 0
        sleep 0.1
    done
    fail "the studio did not end"
}

library="import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute('SELECT title, data FROM sessions '
        'JOIN compositions ON id = sessions.composition JOIN parts ON parts.composition = id ORDER BY position'):
    print(*row)"
# what the library has of what the window is at
kept() { /usr/bin/python3 -c "$library" "$home/data/cantus/library.db" 2>/dev/null; }
holds() { kept | grep -q "$1"; }
