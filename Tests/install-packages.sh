#!/bin/sh
# Installs those of the Debian packages named that are missing, as root or through sudo.
#   --without-services   whatever services they bring are neither started nor enabled
set -eu

services=yes
options=""
if [ "${1:-}" = --without-services ]; then
  services=no
  options="--no-install-recommends"
  shift
fi

missing=""
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
    || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  asroot=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  asroot="sudo"
else
  echo "These Debian packages are missing:$missing" >&2
  echo "Install them as root: apt-get install$missing" >&2
  exit 1
fi

echo "Installing$missing"
$asroot apt-get update -qq

# Debian asks this program before a package starts a service; 101 forbids it.
policy=/usr/sbin/policy-rc.d
ours=no
before=""
units() { find /etc/systemd/system -name '*.wants' -exec find {} -type l \; 2>/dev/null | sort; }
forget() { [ "$ours" = no ] || $asroot rm -f "$policy"; }
if [ "$services" = no ]; then
  before=$(units)
  if [ ! -e "$policy" ]; then
    trap forget EXIT
    trap 'exit 1' HUP INT TERM
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | $asroot tee "$policy" >/dev/null
    $asroot chmod 755 "$policy"
  fi
fi

# shellcheck disable=SC2086 # one word a package
$asroot env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $options $missing >/dev/null

# Nor at the next start of the machine: what the packages have just enabled goes again.
if [ "$services" = no ]; then
  units | while read -r link; do
    printf '%s\n' "$before" | grep -qxF "$link" || $asroot rm -f "$link"
  done
fi
