# shellcheck shell=bash
# For tests in bash: `expect WHAT is A B`, `expect WHAT has A B`, `expect WHAT COMMAND...`; at the
# end, finish.

failures=0

expect() {
  local what=$1
  shift
  if ! "$@"; then
    printf 'FAILED: %s\n' "$what" >&2
    failures=$((failures + 1))
  fi
}

wrong() {
  printf '  is:        %s\n  should be: %s\n' "$1" "$2" >&2
  return 1
}
is() { [[ $1 == "$2" ]] || wrong "$1" "$2"; }
has() { [[ $1 == *"$2"* ]] || wrong "$1" "...$2..."; }
has_not() { [[ $1 != *"$2"* ]] || wrong "$1" "without $2"; }

finish() {
  if [[ $failures -gt 0 ]]; then
    printf '%d failed\n' "$failures" >&2
    exit 1
  fi
}
