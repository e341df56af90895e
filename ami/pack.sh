#!/bin/sh
# Builds the program and packs what a worker needs of it into dist/fleet.tar.gz. Building here, where
# the development tools are anyway, keeps them out of the image.
set -eu
cd "$(dirname "$0")/.."
node fleet/local/install.mjs
npm run --silent build
tar -czf dist/fleet.tar.gz --exclude='*.ts' --exclude='*.tsx' --exclude='fleet/local/samples' \
  package.json package-lock.json .npmrc LICENSE ami sql fleet dist/fleet dist/tui
ls -l dist/fleet.tar.gz
