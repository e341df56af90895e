#!/bin/sh
# Makes a worker of a fresh Debian 13: run once, as root, with the program in /tmp/fleet.tar.gz
# (pack.sh) and access to Debian's and npm's registries.
set -eu
export DEBIAN_FRONTEND=noninteractive
home=/opt/fleet
cache=/var/cache/fleet

# cloud-init may still be working with apt on the first boot.
timeout 300 cloud-init status --wait >/dev/null || true

apt-get update -q
apt-get install -qy --no-install-recommends npm awscli ca-certificates curl goss

useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin fleet
install -d "$home"
tar -xzf /tmp/fleet.tar.gz -C "$home" --no-same-owner
rm /tmp/fleet.tar.gz

# The program's own Node comes with its dependencies; Debian's serves npm alone and goes with it.
cd "$home"
ONNXRUNTIME_NODE_INSTALL=skip npm ci --omit=dev
rm -rf node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32 /root/.npm
apt-get purge -qy --autoremove npm nodejs
apt-get clean

printf '#!/bin/sh\nexec %s/node_modules/.bin/node %s/fleet/cli/bin.mjs "$@"\n' $home $home >/usr/local/bin/fleet
chmod 755 /usr/local/bin/fleet

# So that no worker spends its first seconds on it.
install -d -o fleet -g fleet -m 750 "$cache"
runuser -u fleet -- env FLEET_CACHE_DIR="$cache" node_modules/.bin/node fleet/cli/bin.mjs models prepare

# The certificates that RDS signs with, for ?sslmode=verify-full&sslrootcert=/etc/fleet/rds-ca.pem
install -d /etc/fleet
curl -fsS --retry 3 -o /etc/fleet/rds-ca.pem https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem

install -m 644 ami/worker.env /etc/fleet/worker.env
install -m 644 ami/fleet-worker.service /etc/systemd/system/fleet-worker.service
systemctl enable fleet-worker.service

goss --gossfile ami/goss.yaml validate

# Each machine made of the image gets an identity of its own.
cloud-init clean --logs
# Empty, not "uninitialized": that would start systemd's questions for a first boot.
truncate -s 0 /etc/machine-id
rm -f /etc/ssh/ssh_host_*
