# shellcheck shell=bash
# shellcheck disable=SC2154 # root and stages are set by the script that sources this
# What quickstart and test share: stages with one line each, Debian packages, the engine, the build.
# The caller sets `root` (the checkout) and `stages` (how many it will run), and may read `jobs`.

stage_number=0
stage_log=''     # what the running stage's commands print
stage_note=''    # what the stage's line says about its result
failed_command=''
ticker=''        # the process that shows progress, while one does
ticker_end=''    # closing this descriptor ends it

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'; }

# try COMMAND...: runs it and, if it fails, remembers it for the message.
try() {
  "$@" && return
  local status=$?
  printf -v failed_command '%q ' "$@"
  return "$status"
}

# Until the end of stdin, shows the last thing that the stage's command said on the stage's line.
show_progress() {
  local title=$1 start=$2 last columns
  columns=$(tput cols 2>/dev/null || echo 80)
  until read -r -t 0.2 || [[ $? == 1 ]]; do
    last=$(tail -c 400 "$stage_log" | tr '\r\t' '\n ' | grep -v '^ *$' | tail -n 1) || true
    printf '\r\033[K%s' "$(printf '%s  %s  %s' "$title" "$(seconds_since "$start")" "$last" |
      tr -cd '[:print:]' | cut -c "1-$((columns - 1))")" >&2
  done
}

end_progress() {
  if [[ -n $ticker ]]; then
    exec {ticker_end}>&-
    wait "$ticker" 2>/dev/null || true
    ticker=''
    printf '\r\033[K' >&2
  fi
}
trap end_progress EXIT

# Ends the program where build/ cannot be written over: another user has made it, most often root.
require_writable() {
  local log=$root/build/log checkout
  if mkdir -p "$log" 2>/dev/null &&
    [[ -z $(find "$root/build" -maxdepth 2 ! -writable -print -quit) ]]; then
    return
  fi
  printf -v checkout '%q' "$root"
  cat >&2 <<TEXT
Another user, perhaps root, has made or built this checkout, and build/ cannot be written. Make it
yours, or clone llf again:
  sudo chown -R "\$USER" $checkout
TEXT
  exit 1
}

# stage TITLE ADVICE FUNCTION...: runs the function, whose commands `try` runs, with nothing on its
# stdin; ends the program with the failed command and the advice if it fails.
stage() {
  local name=$1 advice=$2 start=$EPOCHREALTIME title
  shift 2
  stage_number=$((stage_number + 1))
  printf -v title '[%d/%d] %-9s' "$stage_number" "$stages" "$name"
  require_writable
  stage_log=$root/build/log/$name.log
  stage_note=''
  failed_command=$1
  : >"$stage_log"
  if [[ -t 2 ]]; then
    exec {ticker_end}> >(show_progress "$title" "$start")
    ticker=$!
  fi
  local status=0
  "$@" >>"$stage_log" 2>&1 </dev/null || status=$?
  end_progress
  if [[ $status == 0 ]]; then
    printf '%s  %-40s %8s\n' "$title" "$stage_note" "$(seconds_since "$start")" >&2
    return
  fi
  {
    printf '%s  failed after %s\n' "$title" "$(seconds_since "$start")"
    tail -n 20 "$stage_log" | sed 's/^/  | /'
    printf 'This command failed with exit code %d: %s\n' "$status" "$failed_command"
    printf '%s\nIts whole output is in %s.\n' "$advice" "${stage_log#"$root"/}"
  } >&2
  exit 1
}

# --- packages ---

# The packages of the given sections of packages.txt, but for those `unless PROGRAM` that is there.
list_packages() {
  local sections=" $* "
  awk -v sections="$sections" '
    /^\[/ { gsub(/[][]/, ""); wanted = index(sections, " " $1 " ") > 0; next }
    $2 == "unless" && system("command -v " $3 " >/dev/null") == 0 { next }
    /^[a-z]/ && wanted { print $1 }' "$root/tools/setup/packages.txt"
}

list_missing_packages() {
  local wanted
  mapfile -t wanted < <(list_packages "$@")
  dpkg-query --show --showformat='${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null |
    awk '$1 == "ii" { print $2 }' | sort -u | comm -13 - <(printf '%s\n' "${wanted[@]}" | sort -u)
}

# Finds out how to become root before the stage starts, since sudo may have to ask.
as_root=()
become_root() {
  if [[ $(id -u) == 0 ]]; then return; fi
  if ! type -P sudo >/dev/null; then
    printf 'Packages are missing, and this user is not root and has no sudo. As root, run:\n' >&2
    printf '  apt-get update && apt-get install -y --no-install-recommends %s\n' "$*" >&2
    exit 1
  fi
  as_root=(sudo)
  if ! sudo -n true 2>/dev/null; then
    printf 'Installing packages needs root; sudo asks for your password.\n' >&2
    sudo -v || exit 1
  fi
}

install_missing() {
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300
    -o Acquire::Retries=2 -o DPkg::Options::=--force-unsafe-io)
  # A foreign source that cannot be read does not matter if the packages are found all the same.
  "${apt[@]}" update || echo "apt-get update failed; going on with the lists that are there"
  # One sync at the end instead of one for each of Boost's 15,000 files, which can take minutes.
  try "${apt[@]}" install -y --no-install-recommends "$@"
  local status=$?
  sync
  stage_note="$# installed"
  return "$status"
}

nothing_to_install() { stage_note=$1; }

# ensure_packages SECTION...: one stage; without touching apt when all are there.
ensure_packages() {
  local missing advice
  if ! type -P dpkg-query apt-get >/dev/null; then
    stage packages '' nothing_to_install 'no apt: see tools/setup/packages.txt'
    return
  fi
  mapfile -t missing < <(list_missing_packages "$@")
  if [[ ${#missing[@]} == 0 ]]; then
    stage packages '' nothing_to_install 'all installed'
    return
  fi
  become_root "${missing[@]}"
  advice="Check the network and the package sources ('apt-get update'), then run this again."
  stage packages "$advice" install_missing "${missing[@]}"
}

# --- engine and build ---

provide_engine() {
  local folder=$1/lib/llf/engine other from=()
  for other in "$root"/build/*/lib/llf/engine; do
    if [[ -d $other ]]; then from+=(--from "$other"); fi
  done
  try "$root/tools/engine" install --prefix "$folder" "${from[@]}" || return
  stage_note=$("$root/tools/engine" status --prefix "$folder" | sed -n 's/^version *//p')
  stage_note="llama-server ${stage_note%% (*}"
}

# ensure_engine BUILD_FOLDER: llama-server where the llfd of that folder looks for it.
ensure_engine() {
  stage engine "llama-server is needed; 'tools/engine help' says how it is found." \
    provide_engine "$1"
}

# Compilers of this code take up to a gigabyte each.
count_jobs() {
  local cores gigabytes
  cores=$(nproc)
  gigabytes=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  if ((gigabytes < cores)); then cores=$((gigabytes > 0 ? gigabytes : 1)); fi
  printf '%d\n' "$cores"
}

configure_and_build() {
  local preset=$1 folder=$root/build/$1
  shift
  if [[ ! -f $folder/build.ninja ]]; then
    (cd "$root" && cmake --preset "$preset") || {
      failed_command="cmake --preset $preset"
      return 1
    }
  fi
  try ninja -C "$folder" -j "$jobs" "$@" || return
  stage_note="build/$preset"
  if grep -q '^ninja: no work to do' "$stage_log"; then stage_note+=', up to date'; fi
}

# ensure_build PRESET TARGET...
ensure_build() {
  local advice="Run it alone to see the first error; if it stays, rm -r build/$1 and start again."
  stage build "$advice" configure_and_build "$@"
}

jobs=$(count_jobs)
