# Finding, and where that is possible installing, the programs that the tests need. Sourced by tests/run and
# bench/run, which says its own name in RUN_NAME.
# shellcheck shell=bash

# say_and_exit MESSAGE: one line on standard error, and the end of the run.
say_and_exit() {
  echo "${RUN_NAME:-tests/run}: $1" >&2
  exit 1
}

# as_root COMMAND...: runs it as root or fails without asking for a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# can_use_apt: true on Debian and Ubuntu, as root or with sudo that needs no password.
can_use_apt() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# apt_install PACKAGE...: quietly; the log is shown only when it fails.
apt_install() {
  local log
  log="$(mktemp)"
  echo "${RUN_NAME:-tests/run}: installing $* (apt)" >&2
  if as_root apt-get update >"$log" 2>&1 </dev/null &&
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return 0
  fi
  tail -n 20 "$log" >&2
  rm -f "$log"
  return 1
}

# require_rust: cargo on the PATH, and a C compiler for the crates that build C.
require_rust() {
  if ! command -v cargo >/dev/null; then
    if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
      PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
      export PATH
    else
      say_and_exit "cargo is missing: install a stable Rust toolchain with rustup (https://rustup.rs)"
    fi
  fi
  if ! command -v cc >/dev/null && ! command -v gcc >/dev/null && ! command -v clang >/dev/null; then
    { can_use_apt && apt_install gcc libc6-dev; } ||
      say_and_exit "a C compiler is missing: install gcc (Debian and Ubuntu: apt-get install gcc libc6-dev)"
  fi
}

# node_is_usable: Node 18 or newer, with npm.
node_is_usable() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]
}

# require_node: for the conformance suite.
require_node() {
  node_is_usable && return 0
  if can_use_apt && apt_install nodejs npm; then
    hash -r
    node_is_usable && return 0
  fi
  say_and_exit "Node.js >= 18 with npm is missing: install it (https://nodejs.org), or run with FENGQIAO_TEST_BACKENDS=sqlite"
}

# port_is_free PORT: nobody listens on it on loopback.
port_is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port: prints one from below the range that systems hand out by themselves.
free_port() {
  local port
  for _ in $(seq 1 100); do
    port=$((20000 + RANDOM % 12000))
    if port_is_free "$port"; then
      echo "$port"
      return 0
    fi
  done
  return 1
}
