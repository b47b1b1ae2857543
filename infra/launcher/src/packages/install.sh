# Installs the Debian packages named as arguments, and lets none of them start or enable a server: ./dev runs its own.
# Run as root.
set -eu

policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/naru.conf

restore() {
    rm -f "$policy" "$cluster"
    if [ -e "$policy.before-naru" ]; then mv "$policy.before-naru" "$policy"; fi
}
# A run that was killed may have left its own behind; what was there before it is still there.
if [ -e "$policy" ] && [ ! -e "$policy.before-naru" ]; then mv "$policy" "$policy.before-naru"; fi
trap restore EXIT
trap 'exit 130' INT TERM HUP

# Packages ask this whether they may start their server; 101 is no.
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"
# Debian would make a Postgres cluster of its own.
mkdir -p "$(dirname "$cluster")"
echo 'create_main_cluster = false' > "$cluster"

export DEBIAN_FRONTEND=noninteractive
# Another installation may be under way, such as the daily one.
apt-get update -qq -o DPkg::Lock::Timeout=300
apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "$@"

# Nor at the next boot.
for package in "$@"; do
    case $package in
    postgresql | redis-server | haproxy)
        if command -v systemctl > /dev/null; then systemctl disable --quiet "$package" || true; fi
        ;;
    esac
done
