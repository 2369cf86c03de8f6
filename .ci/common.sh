# What .ci/run and .ci/nightly share: stages of which one that fails does not end the others, and what they need installed.
# Source it in the root of the repository.

readonly oldest_node=20
readonly node_home="$PWD/artifacts/node"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export TOKENKIT_REQUIRE_INTEROP=1 TOKENKIT_REQUIRE_BROWSER=1 TOKENKIT_REQUIRE_POSTGRES=1 TOKENKIT_REQUIRE_REDIS=1 TOKENKIT_REQUIRE_MARIADB=1
failed_stages=()

stage() { # stage NAME COMMAND...
  local name=$1
  shift
  printf '\n=== %s\n' "$name"
  # In a condition, `set -e` would not hold inside the command; a subshell of its own keeps it.
  local code=0
  set +e
  (set -e; "$@")
  code=$?
  set -e
  if ((code != 0)); then
    printf '=== %s FAILED (%d)\n' "$name" "$code"
    failed_stages+=("$name")
  fi
}

# ---- Node

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

node_is_usable() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  local version
  version=$(node --version)
  version=${version#v}
  ((${version%%.*} >= oldest_node))
}

install_node() {
  if node_is_usable; then
    echo "node $(node --version)"
    return
  fi
  if ! command -v npm >/dev/null; then
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm
  fi
  if ! node_is_usable; then # the distribution's own is older than the provider needs
    npm install --prefix "$node_home" --no-audit --no-fund --no-save node@22
  fi
  PATH="$node_home/node_modules/node/bin:$PATH" node --version
}

# ---- PostgreSQL

postgresql_is_usable() {
  [[ -n ${TOKENKIT_POSTGRES:-} ]] || command -v pg_ctl >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null
}

install_postgresql() {
  if ! postgresql_is_usable; then
    as_root apt-get update -qq
    # The programs only: the tests start a server of their own.
    as_root install -d /etc/postgresql-common
    as_root sh -c 'cd /etc/postgresql-common && { [ -e createcluster.conf ] || echo "create_main_cluster = false" >createcluster.conf; }'
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql
  fi
  postgresql_is_usable
}

# ---- Redis

redis_is_usable() {
  command -v redis-server >/dev/null || command -v valkey-server >/dev/null
}

install_redis() {
  if ! redis_is_usable; then
    as_root apt-get update -qq
    # The program only, which the tests start themselves: the package would start a service.
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends redis-server
    if command -v systemctl >/dev/null && systemctl is-active --quiet redis-server; then
      as_root systemctl disable --now redis-server
    fi
  fi
  redis_is_usable
}

# ---- MariaDB, of which the tests start servers of their own

mariadb_is_usable() {
  [[ -x /usr/sbin/mariadbd ]] || command -v mariadbd >/dev/null
}

install_mariadb() {
  if ! mariadb_is_usable; then
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mariadb-server
    # The package starts a server, where the machine starts services at all.
    as_root service mariadb stop >/dev/null 2>&1 || true
  fi
  mariadb_is_usable
}

# ---- what the tests of stores use besides: PgBouncer, of which they start one of their own, and strace

store_tools_are_there() {
  [[ -x /usr/sbin/pgbouncer && -x /usr/bin/strace ]]
}

install_store_tools() {
  if ! store_tools_are_there; then
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer strace
  fi
  store_tools_are_there
}

# ---- a browser, for the page of tokens

install_browser() {
  if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null && [[ -z ${TOKENKIT_CHROMIUM:-} ]]; then
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
  fi
  (cd tests/browser && npm ci --no-audit --no-fund)
}

install_all() {
  stage "node" install_node
  export PATH="$node_home/node_modules/node/bin:$PATH"
  stage "postgresql" install_postgresql
  stage "redis" install_redis
  stage "mariadb" install_mariadb
  stage "store tools" install_store_tools
  stage "browser" install_browser
}

failures() { # names the stages that failed; the exit code is 0 only if none did
  if ((${#failed_stages[@]} > 0)); then
    printf 'Failed: %s\n' "${failed_stages[@]}"
    return 1
  fi
}
