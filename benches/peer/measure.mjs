// Times snarkjs' Groth16 prover and verifier on a key and a witness that are made already.
// node measure.mjs KEY WITNESS RUNS: prints one line of JSON with medians, minima and maxima in milliseconds.
import * as snarkjs from "snarkjs";
import { readFileSync } from "node:fs";

const [key, witness, runs] = process.argv.slice(2);
const keyBytes = new Uint8Array(readFileSync(key));
const witnessBytes = new Uint8Array(readFileSync(witness));
const verifyingKey = await snarkjs.zKey.exportVerificationKey(keyBytes);

async function times(work) {
  await work(); // builds the thread pool and warms the WebAssembly compiler: not counted
  const all = [];
  for (let run = 0; run < Number(runs); run++) {
    const start = process.hrtime.bigint();
    await work();
    all.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  all.sort((a, b) => a - b);
  const middle = all.length >> 1;
  const median = all.length % 2 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
  const rounded = (value) => Math.round(value * 10) / 10;
  return { median: rounded(median), min: rounded(all[0]), max: rounded(all[all.length - 1]) };
}

let made;
const prove = await times(async () => {
  made = await snarkjs.groth16.prove(keyBytes, witnessBytes);
});
const verify = await times(async () => {
  if (!(await snarkjs.groth16.verify(verifyingKey, made.publicSignals, made.proof))) {
    throw new Error("snarkjs refused its own proof");
  }
});
console.log(JSON.stringify({ runs: Number(runs), prove_ms: prove, verify_ms: verify }));
process.exit(0); // the worker threads would keep the process alive
