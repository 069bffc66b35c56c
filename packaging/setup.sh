#!/bin/sh
# Finds a Python that is new enough, installs one on a bare Debian/Ubuntu when root, and hands over to bootstrap.py.
# Everything else is done there; this file must run on a machine that has nothing but a POSIX shell.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

find_python() {
    for candidate in "${SARAI_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

if ! python=$(find_python); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Python (apt-get install python3 python3-venv) ..."
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv
    fi
    if ! python=$(find_python); then
        echo "The assistant needs Python 3.11 or newer, and none was found." >&2
        echo "On Debian 12, Ubuntu 24.04 or newer: sudo apt-get install python3 python3-venv" >&2
        echo "Elsewhere: install it, then name it: SARAI_PYTHON=/path/to/python3 make run" >&2
        exit 1
    fi
fi

exec "$python" "$here/bootstrap.py" "$@"
