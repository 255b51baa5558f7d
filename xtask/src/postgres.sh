# Runs a throwaway PostgreSQL for as long as standard input stays open: $1 is its folder of programs, $2 the port,
# $3 further options of the server.
# However the caller ends, by kill -9 too, its pipe closes then, and the cluster goes away.
set -eu
bin=$1
port=$2
options=$3

[ -w "${TMPDIR:-/tmp}" ] || TMPDIR=/tmp
dir=$(mktemp -d "${TMPDIR:-/tmp}/touchstone-postgres.XXXXXX")
stop() {
    "$bin/pg_ctl" stop -s -D "$dir/data" -m immediate >"$dir/stop.log" 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM
trap '' PIPE

"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; exit 1; }
"$bin/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/server.log" \
    -o "-p $port -k '$dir' -c listen_addresses=127.0.0.1 -c max_connections=300 $options" \
    >"$dir/start.log" 2>&1 ||
    { cat "$dir/start.log" "$dir/server.log" >&2; exit 1; }

echo ready
cat >/dev/null
