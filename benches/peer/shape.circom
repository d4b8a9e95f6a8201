pragma circom 2.1.6;

// A circuit of the same size and make as Sealane's financing circuits, to time another prover on: as many rows and
// public inputs, about as many witness bits, Poseidon's round structure, and a chain of products with short
// rows in the place of the curve arithmetic. It states nothing; its constants are arbitrary.

// One permutation of Poseidon's shape: x^5, 8 full and 57 partial rounds; 24 * width + 171 rows, none linear.
template Permutation(width) {
    signal input in[width];
    signal output out;

    var rounds = 65;
    signal square[rounds][width];
    signal fourth[rounds][width];
    signal fifth[rounds][width];
    var state[width];
    var next[width];
    for (var i = 0; i < width; i++) {
        state[i] = in[i];
    }
    for (var round = 0; round < rounds; round++) {
        var full = round < 4 || round >= 61;
        for (var i = 0; i < width; i++) {
            state[i] = state[i] + 1000 * round + i + 1;
            if (full || i == 0) {
                square[round][i] <== state[i] * state[i];
                fourth[round][i] <== square[round][i] * square[round][i];
                fifth[round][i] <== fourth[round][i] * state[i];
                state[i] = fifth[round][i];
            }
        }
        for (var i = 0; i < width; i++) {
            next[i] = 0;
            for (var j = 0; j < width; j++) {
                next[i] = next[i] + state[j] / (i + width + j + 1);
            }
        }
        for (var i = 0; i < width; i++) {
            state[i] = next[i];
        }
    }
    out <== state[1];
}

// publics public inputs, bits booleans, permutations of width 5, and links products: bits + links rows and
// 292 for each permutation (one of them linear).
template Shape(publics, bits, permutations, links) {
    signal input public_input[publics];
    signal input bit[bits];
    signal input seed;

    for (var i = 0; i < bits; i++) {
        bit[i] * (bit[i] - 1) === 0;
    }

    component permutation[permutations];
    for (var p = 0; p < permutations; p++) {
        permutation[p] = Permutation(5);
        permutation[p].in[0] <== p == 0 ? seed : permutation[p - 1].out;
        for (var i = 1; i < 5; i++) {
            permutation[p].in[i] <== public_input[(4 * p + i) % publics];
        }
    }

    signal link[links];
    var before = permutation[permutations - 1].out;
    for (var l = 0; l < links; l++) {
        link[l] <== (before + 2 * bit[l % bits] - 1) * (before + public_input[l % publics]);
        before = link[l];
    }
}
