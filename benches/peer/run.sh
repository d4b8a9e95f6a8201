#!/usr/bin/env bash
# The public peer: snarkjs' Groth16 over BLS12-381, WebAssembly on as many threads as the machine has cores, on circuits as
# large as ours. Prints medians of proving (witness made before) and verifying.
#
#   benches/peer/run.sh [RUNS]        10 runs unless told
#
# FULL and ONE are the sizes in rows (`cargo bench -p sealane-benches --bench constraints` prints ours).
# Needs Node 18 or later and npm. Installs the versions that package.json names into SEALANE_PEER_DIR, a folder outside
# the tree (by default in the system's temporary folder), and keeps keys there: the first run takes ten minutes or more.
#
# snarkjs and circom2 are GPL-3.0. They are run here as programs of other people's, for comparison; Sealane does not link
# them, does not ship them, and nothing of theirs is in this repository. The circuit (shape.circom) is our own.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs=${1:-10}
full=${FULL:-17903}
one=${ONE:-5735}
work=${SEALANE_PEER_DIR:-${TMPDIR:-/tmp}/sealane-peer}
mkdir -p "$work"
cp "$here"/{package.json,shape.circom,measure.mjs} "$work/"
cd "$work"

if ! cmp -s package.json .installed; then
  echo "installing snarkjs and circom2 into $work" >&2
  npm install --no-audit --no-fund --no-package-lock --silent
  cp package.json .installed
fi
snarkjs() { node node_modules/snarkjs/build/cli.cjs "$@" >>log.txt 2>&1; }

# Powers of tau for 2^POWER rows from a fixed test contribution: good for timing and for nothing else.
tau() {
  local power=$1
  if [ -s "tau$power.ptau" ]; then return; fi
  echo "making the powers of tau for 2^$power rows (once; minutes)" >&2
  snarkjs powersoftau new bls12-381 "$power" "tau$power.new"
  snarkjs powersoftau contribute "tau$power.new" "tau$power.one" --name=test -e="sealane benches test contribution"
  snarkjs powersoftau prepare phase2 "tau$power.one" "tau$power.part"
  mv "tau$power.part" "tau$power.ptau"
}

# NAME POWER ROWS PUBLIC-INPUTS BITS PERMUTATIONS
measure() {
  local name=$1 power=$2 rows=$3 publics=$4 bits=$5 permutations=$6
  local links=$((rows - bits - 292 * permutations))
  local tag=$name-$rows
  if [ ! -s "$tag.zkey" ]; then
    tau "$power"
    echo "compiling $tag and making its key (a minute or two, once)" >&2
    cat >"$tag.circom" <<CIRCUIT
pragma circom 2.1.6;
include "shape.circom";
component main {public [public_input]} = Shape($publics, $bits, $permutations, $links);
CIRCUIT
    node node_modules/circom2/cli.js --prime bls12381 --r1cs --wasm --O1 "$tag.circom" >>log.txt 2>&1
    node -e '
      const [publics, bits] = process.argv.slice(1).map(Number);
      const list = (length, value) => Array.from({ length }, (_, index) => value(index));
      const input = {
        public_input: list(publics, (i) => String((BigInt(i + 3) ** 150n) % (2n ** 250n))),
        bit: list(bits, (i) => String((i * i + (i >> 2)) % 2)),
        seed: "12345678901234567890",
      };
      console.log(JSON.stringify(input));' "$publics" "$bits" >"$tag.json"
    snarkjs wtns calculate "${tag}_js/$tag.wasm" "$tag.json" "$tag.wtns"
    snarkjs groth16 setup "$tag.r1cs" "tau$power.ptau" "${tag}_0.zkey"
    snarkjs zkey contribute "${tag}_0.zkey" "$tag.part" --name=test -e="sealane benches test contribution"
    mv "$tag.part" "$tag.zkey"
  fi
  echo "{\"peer\":\"snarkjs $(node -p 'JSON.parse(require("fs").readFileSync("node_modules/snarkjs/package.json")).version')\",\"circuit\":\"$name\",\"rows\":$rows,\"measured\":$(node measure.mjs "$tag.zkey" "$tag.wtns" "$runs")}"
}

measure one-fingerprint 13 "$one" 8 313 10
measure full 15 "$full" 20 313 21
