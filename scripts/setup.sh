# shellcheck shell=bash
# What ./run and ./test share: system packages and libtorch. Sourced, from the project's root, under `set -euo pipefail`.
# Every step looks first whether it is done, and puts its result in place in one move, so that a second run,
# or one after a run that was cut off, only does what is still missing.

libtorch_version=2.11.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cantus

say() {
  if [[ -t 2 ]]; then printf '\033[1m==> %s\033[0m\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi
}
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# packages NAME...: installs those that are missing; without root, prints the one command that would.
packages() {
  local missing=() name
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "This set-up knows Debian and Ubuntu only. Please install what these packages hold: ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      fail "Some system packages are missing. Please run this, then start again:" "" \
        "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    fi
  fi
  say "Installing system packages: ${missing[*]}"
  # A package manager that was cut off wants to finish first.
  "${as_root[@]}" dpkg --configure -a >&2
  "${as_root[@]}" apt-get update -q >&2 || say "The package lists could not be refreshed; trying with those at hand"
  # Says how much it will fetch and how much disk it takes, and changes nothing.
  LC_ALL=C apt-get install --assume-no --no-install-recommends "${missing[@]}" 2>/dev/null |
    sed -n -e 's/^Need to get \(.*\) of archives.*/    to download: \1/p' -e 's/^After this operation, \(.*\) of additional disk space.*/    on disk: \1/p' >&2 || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

has_nvidia_gpu() {
  [[ -e /proc/driver/nvidia/version ]] || { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }
}

# libtorch cpu|cuda|auto: exports LIBTORCH, fetching libtorch first if it is not there. An existing LIBTORCH is respected.
libtorch() {
  local kind=$1
  if [[ -n ${LIBTORCH:-} ]]; then
    [[ -e $LIBTORCH/lib/libtorch_cpu.so ]] || fail "LIBTORCH is set to $LIBTORCH, but there is no lib/libtorch_cpu.so in it."
    export LIBTORCH
    return
  fi
  if [[ $kind == auto ]]; then
    kind=cpu
    if has_nvidia_gpu; then kind=cuda; fi
  fi
  [[ $(uname -m) == x86_64 ]] || fail "libtorch is fetched for 64-bit Intel and AMD only; for others, set LIBTORCH to a folder that has version $libtorch_version."
  local folder=$cache/libtorch-$libtorch_version-$kind
  if [[ ! -e $folder/build-version ]]; then
    local wheels=("torch==$libtorch_version" nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85) size="544 MB to download, 500 MB on disk"
    if [[ $kind == cuda ]]; then
      wheels+=(nvidia-cublas==13.1.0.3 nvidia-cuda-nvrtc==13.0.88 nvidia-cudnn-cu13==9.19.0.56 nvidia-cufft==12.0.0.61 nvidia-cufile==1.15.1.6
        nvidia-curand==10.4.0.35 nvidia-cusolver==12.0.4.66 nvidia-cusparse==12.6.3.3 nvidia-cusparselt-cu13==0.8.0 nvidia-nccl-cu13==2.28.9
        nvidia-nvjitlink==13.0.88 nvidia-nvshmem-cu13==3.4.5 nvidia-nvtx==13.0.85)
      size="2.5 GB to download, 3.9 GB on disk"
    fi
    say "Fetching libtorch $libtorch_version for ${kind^^} into $folder: $size, once"
    mkdir -p "$cache"
    # One at a time; a lock file is let go by the kernel even when its holder is killed.
    exec 8>"$cache/libtorch.lock"
    flock 8
    if [[ ! -e $folder/build-version ]]; then
      rm -rf "$folder" "$folder.part"
      mkdir -p "$folder.part/wheels"
      local platforms=() n
      for n in {5..39}; do platforms+=(--platform "manylinux_2_${n}_x86_64"); done
      python3 -m pip download --no-deps --no-cache-dir --only-binary=:all: --python-version 3.12 --implementation cp \
        "${platforms[@]}" --platform manylinux2014_x86_64 --platform manylinux1_x86_64 -d "$folder.part/wheels" "${wheels[@]}" >&2
      python3 scripts/unpack_libtorch.py "$kind" "$folder.part" "$libtorch_version"
      rm -rf "$folder.part/wheels"
      mv "$folder.part" "$folder"
    fi
    exec 8>&-
  fi
  export LIBTORCH=$folder
}

# A Rust toolchain that is new enough.
rust() {
  [[ -d $HOME/.cargo/bin ]] && PATH=$HOME/.cargo/bin:$PATH
  command -v cargo >/dev/null || fail "Cantus is built with Rust, and there is no cargo here. Please install Rust (rustup.rs says how), then start again."
  local have need
  have=$(cargo --version | sed 's/^cargo \([0-9.]*\).*/\1/')
  need=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  [[ $(printf '%s\n' "$need" "$have" | sort -V | head -n 1) == "$need" ]] || fail "Cantus needs Rust $need or newer, this is $have: run 'rustup update'."
}

build_packages=(build-essential pkg-config libasound2-dev python3 python3-pip ca-certificates)
window_packages=(libx11-6 libx11-xcb1 libxcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libgl1-mesa-dri libegl1 libwayland-client0 libwayland-egl1)
