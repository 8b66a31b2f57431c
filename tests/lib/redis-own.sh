#!/usr/bin/env bash
# A Redis server for one test that stops it under the product:
#
#     tests/lib/redis-own.sh FOLDER PORT [SETTING...]     serves until its input ends, and is killed then
#
# However the test ends, its end of the input is closed with it.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/lib/machine.sh
. "$here/machine.sh"
# shellcheck source=tests/lib/redis.sh
. "$here/redis.sh"

require_redis
(run_redis "$@") </dev/null >/dev/null 2>&1 &
server=$!
read -r _ || true
kill -KILL "$server" 2>/dev/null || true
wait "$server" 2>/dev/null || true
