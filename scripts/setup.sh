#!/usr/bin/env bash
# Makes .venv and installs the hash-pinned requirements and the project itself (editable) into it.
# A stamp of what was installed makes a second run instant. Whatever is missing on the machine is
# named together with the one line that mends it; nothing is installed outside .venv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.venv
stamp=$venv/.signoff-stamp

say() { printf 'setup: %s\n' "$*" >&2; }

stop() { # what is missing, the line that mends it
    printf '\nsetup: %s\n       mend it with:\n\n           %s\n\n' "$1" "$2" >&2
    exit 1
}

distribution() { (. /etc/os-release 2>/dev/null && printf '%s' "${ID:-}") || true; }

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if recent_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

require_python() {
    if python=$(find_python); then
        return
    fi
    if command -v python3 >/dev/null; then
        stop "$(python3 --version 2>&1) is too old: Python 3.11 or newer is needed." \
            "sudo apt-get install -y python3.11 python3.11-venv   # Debian 12, Ubuntu 22.04 and newer have it"
    fi
    stop "no python3 was found; Python 3.11 or newer is needed." "sudo apt-get install -y python3 python3-venv"
}

require_venv() {
    if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        return
    fi
    local version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    stop "this Python comes without the venv module." "sudo apt-get install -y python${version}-venv"
}

mention_what_is_optional() {
    if ! command -v make >/dev/null; then
        say "make is missing; the project's commands need it: sudo apt-get install -y make"
    fi
    local browser
    for browser in chromium chromium-browser google-chrome; do
        if command -v "$browser" >/dev/null && command -v chromedriver >/dev/null; then
            return
        fi
    done
    local packages="chromium chromium-driver"
    if [ "$(distribution)" = ubuntu ]; then
        packages="chromium-browser chromium-chromedriver"
    fi
    say "no Chromium with its driver: the browser tests will be skipped. To run them: sudo apt-get install -y $packages"
}

fingerprint() {
    { "$python" --version; cat requirements-dev.txt pyproject.toml; } | sha256sum | cut -d' ' -f1
}

show_progress() { # number of packages; reads pip's output
    local live=0
    if [ -t 2 ]; then live=1; fi
    awk -v total="$1" -v live="$live" '
        /^ *(Collecting|Requirement already satisfied:) / {
            name = ($1 == "Collecting") ? $2 : $4
            if (name in seen) next
            seen[name]; n++
            if (live) printf "\r\033[K       %d of %d  %s", n, total, name > "/dev/stderr"
            else if (n % 20 == 0) printf "       %d of %d\n", n, total > "/dev/stderr"
        }
        /^Installing collected packages/ {
            if (live) printf "\r\033[K" > "/dev/stderr"
            print "       unpacking" > "/dev/stderr"
        }'
}

install() {
    # A virtual environment does not survive being moved, nor its Python being removed.
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making $venv with $("$python" --version)"
        "$python" -m venv --clear "$venv"
    fi
    local pip=("$venv/bin/python" -m pip install --disable-pip-version-check --no-input) total
    total=$(grep -c '^[a-z]' requirements-dev.txt)
    say "installing about $total packages, each checked against its hash (one or two minutes the first time)"
    "${pip[@]}" --progress-bar off --require-hashes --requirement requirements-dev.txt | show_progress "$total"
    say "installing signoff itself"
    "${pip[@]}" --quiet --no-deps --no-build-isolation --editable .
    fingerprint >"$stamp"
    say "ready"
}

require_python
wanted=$(fingerprint)
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi
require_venv
mention_what_is_optional
install
