# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # these variables are set or read by tools/engine
# Builds a private engine in $work/version: from Debian testing's packages, or as a copy of another
# private engine. Sourced by tools/engine, whose say, fail, attempt and variables it uses; it leaves
# version, origin, packages and when behind, what the engine's record holds.

libraries=''  # the folder of the unpacked libraries, named after the machine's triplet
loader=''     # the unpacked program loader
triplet=''
version=''
origin=''
packages=''
when=''

# --- a private engine from Debian testing ---

# apt with state of its own below $1: nothing of the system is read but its sources, or written.
write_apt_config() {
  local state=$1
  mkdir -p "$state"/{lists,cache/archives}/partial
  cat >"$state/apt.conf" <<TEXT
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
#clear APT::Default-Release;
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un 2>/dev/null || id -u)";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "$network_timeout_s";
Acquire::https::Timeout "$network_timeout_s";
Dir::State::Lists "$state/lists";
Dir::Cache "$state/cache";
Dir::Cache::archives "$state/cache/archives";
TEXT
}

# The mirror of this release that the machine's own apt uses: Debian's row, if one says so, since
# other repositories go by Debian's codenames too.
mirror_from_lists() {
  local codename=$1
  shift
  # shellcheck disable=SC2016 # apt expands these, not the shell
  apt-get "$@" indextargets --format '$(CODENAME) $(REPO_URI) $(ORIGIN)' 'Created-By: Packages' \
    2>/dev/null | awk -v codename="$codename" '
    $1 != codename { next }
    $3 == "Debian" && NF == 3 { found = $2; exit }
    found == "" { found = $2 }
    END { if (found != "") print found }'
}

find_mirror() {
  local codename mirror
  codename=$(sed -nE 's/^VERSION_CODENAME="?([^"]*)"?$/\1/p' /etc/os-release)
  mirror=$(mirror_from_lists "$codename")
  if [[ -z $mirror ]]; then
    # A fresh machine has no package lists yet: read the machine's sources with private state.
    write_apt_config "$work/sources"
    apt-get -c "$work/sources/apt.conf" update >"$log" 2>&1 || true
    mirror=$(mirror_from_lists "$codename" -c "$work/sources/apt.conf")
  fi
  [[ -n $mirror ]] || return 1
  printf '%s\n' "$mirror"
}

download_packages() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror=$1 state=$work/testing
  write_apt_config "$state"
  cat >>"$state/apt.conf" <<TEXT
Dir::Etc::SourceList "$state/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::status "$state/status";
APT::Update::Error-Mode "any";
TEXT
  : >"$state/status"  # nothing is installed there; apt keeps its locks beside this file
  printf 'deb [signed-by=%s] %s testing main\n' "$keyring" "$mirror" >"$state/sources.list"
  local advice="Check the network and 'apt-get update', or set LLF_ENGINE to a llama-server."
  if ! apt-get -c "$state/apt.conf" update >"$log" 2>&1; then
    # Testing is signed for a week at a time; a mirror that is kept at one day stays behind that.
    if grep -q 'is expired' "$log"; then
      say "the mirror's copy of Debian testing is out of date; going on with it"
      printf 'Acquire::Check-Valid-Until "false";\n' >>"$state/apt.conf"
    fi
    attempt "$advice" apt-get -c "$state/apt.conf" update
  fi
  # patchelf comes along and stays with the engine, so that a copy of it needs no network.
  attempt "$advice" apt-get -c "$state/apt.conf" install -y --download-only \
    "$package" "${extras[@]}" patchelf
}

# Unpacks what the engine needs; with `all`, everything that the package depends on.
unpack() {
  local which=$1 deb name program
  for deb in "$work"/testing/cache/archives/*.deb; do
    name=${deb##*/}
    name=${name%%_*}
    case $which:$name in
      all:* | needed:"$package" | needed:"$package"-extra | needed:patchelf | needed:libllama* | \
        needed:libggml0* | needed:libc6 | needed:libgcc-s1 | needed:libstdc++6 | \
        needed:libgomp1 | needed:libssl* | needed:zlib1g | needed:libzstd1)
        attempt "Make room on the disk, then run it again." dpkg -x "$deb" "$work/version"
        printf '%s\n' "$deb" >>"$work/unpacked"
        ;;
    esac
  done
  # What a model over several machines needs stands where nobody looks for a program.
  for program in "$work"/version/usr/libexec/*/llama/bin/ggml-rpc-server; do
    if [[ -f $program ]]; then mv "$program" "$work/version/usr/bin/"; fi
  done
  locate_libraries
}

locate_libraries() {
  libraries=$(dirname "$(find "$work/version/usr/lib" -name libc.so.6 -print -quit)")
  loader=$(find "$libraries" -maxdepth 1 -name 'ld-linux*.so.*' -print -quit)
  triplet=${libraries##*/}
  [[ -n $loader ]] || fail "the unpacked packages hold no loader" \
    "Debian testing's layout has changed; set LLF_ENGINE to a llama-server."
}

patchelf_here() { "$loader" --library-path "$libraries" "$work/version/usr/bin/patchelf" "$@"; }

# Run paths are relative to the file ($ORIGIN); DT_RPATH, because a DT_RUNPATH would leave the
# libraries' own dependencies, libstdc++'s libm for one, to the system.
patch_run_paths() {
  local file
  local below_bin="\$ORIGIN/../lib/$triplet:\$ORIGIN/../lib/$triplet/llama"
  for file in "$work"/version/usr/bin/{llama,ggml}-*; do
    patchelf_here --force-rpath --set-rpath "$below_bin" "$file"
  done
  # $ORIGIN is the folder that a file is opened from: the back ends' links stand in usr/bin.
  for file in "$libraries"/ggml/*/*.so "$libraries"/llama/*.so; do
    patchelf_here --force-rpath --set-rpath "\$ORIGIN:\$ORIGIN/..:\$ORIGIN/../..:$below_bin" "$file"
  done
  for file in "$libraries"/libllama*.so.* "$libraries"/libggml*.so.* "$libraries"/libmtmd*.so.*; do
    if [[ -f $file && ! -L $file ]]; then
      patchelf_here --force-rpath --set-rpath "\$ORIGIN:\$ORIGIN/llama" "$file"
    fi
  done
}

# The kernel wants the loader's whole path: that of the place where the engine will live.
patch_loader() {
  local final=$1 file
  for file in "$work"/version/usr/bin/{llama,ggml}-*; do
    patchelf_here --set-interpreter "$final/usr/lib/$triplet/${loader##*/}" "$file"
  done
}

# ggml looks for its back ends beside the program.
link_backends() {
  local file
  for file in "$libraries"/ggml/*/libggml-*.so; do
    ln -sfn "../lib/$triplet/ggml/${file#"$libraries"/ggml/}" "$work/version/usr/bin/${file##*/}"
  done
  mkdir -p "$work/version/bin"
  for file in "$work"/version/usr/bin/{llama,ggml}-*; do
    ln -sfn "../usr/bin/${file##*/}" "$work/version/bin/${file##*/}"
  done
}

# What nobody runs: documents, locales' conversions, ggml's own tests.
remove_ballast() {
  rm -rf "$work"/version/usr/{share,libexec,sbin} "$work"/version/{etc,var,sbin} "$libraries"/gconv
}

# The library list of the unpacked program, asked from its own loader: all of it must be its own.
find_foreign_libraries() {
  local file listed
  for file in "$work/version/usr/bin/llama-server" "$libraries"/ggml/*/libggml-cpu-*.so; do
    [[ -f $file ]] || continue
    listed=$("$loader" --list "$file" 2>&1) || printf '%s: %s\n' "${file##*/}" "$listed"
    grep '=>' <<<"$listed" | grep -vF "=> $work/version/" | sed "s|^|${file##*/}:|" || true
  done
}

unpacked_packages() {
  local deb name number sep=''
  while read -r deb; do
    name=$(dpkg-deb --field "$deb" Package)
    number=$(dpkg-deb --field "$deb" Version)
    printf '%s"%s %s"' "$sep" "$name" "$number"
    sep=', '
  done < <(sort -u "$work/unpacked")
}

build_from_debian() {
  local mirror deb shown
  type -P apt-get dpkg-deb >/dev/null || fail "this machine has no apt" \
    "Install llama.cpp (macOS: brew install llama.cpp), so that llama-server is on PATH."
  mirror=$(find_mirror) || fail "apt on this machine names no mirror of its own release" \
    "Install llama.cpp yourself and put llama-server on PATH or in LLF_ENGINE."
  say "fetching $package and its libraries from Debian testing (about 20 MB)"
  download_packages "$mirror"
  say "unpacking"
  unpack needed
  patch_run_paths
  if [[ -n $(find_foreign_libraries) ]]; then
    unpack all
    patch_run_paths
    find_foreign_libraries >"$log"
    [[ ! -s $log ]] || fail "llama-server would use libraries of this system" \
      "Debian testing's packages have changed; set LLF_ENGINE to a llama-server."
  fi
  link_backends
  remove_ballast
  deb=$(find "$work/testing/cache/archives" -name "${package}_*.deb" -print -quit)
  version=$(dpkg-deb --field "$deb" Version)
  shown=$(sed -E 's#//[^/@]*@#//#' <<<"$mirror")
  origin="Debian testing, $package $version from $shown"
  version=${version#*:}
  packages=$(unpacked_packages)
  when=$(date -u +%Y-%m-%dT%H:%M:%SZ)
}

# --- a private engine from another one ---

build_from_copy() {
  local source=$1 record=$1/current/record.json
  version=$(record_field "$record" version)
  origin=$(record_field "$record" origin)
  when=$(record_field "$record" when)
  packages=$(sed -nE 's/^ *"packages": \[(.*)\]$/\1/p' "$record")
  say "copying the engine $version of $source"
  mkdir -p "$work/version"
  # The copy is of whoever runs this, and for everybody to run: the source may be another user's.
  attempt "Make room on the disk, then run it again." \
    cp -dR --preserve=timestamps --reflink=auto "$source/current/." "$work/version/"
  chmod -R u=rwX,go=rX "$work/version"
  locate_libraries
}

# A folder given by --from, or this very one after somebody moved it.
find_copy_source() {
  local source
  for source in "${from[@]}" "$prefix"; do
    if [[ -f $source/current/record.json && -x $source/current/usr/bin/patchelf ]]; then
      printf '%s\n' "$source"
      return
    fi
  done
  return 1
}
