use ark_ed_on_bls12_381::EdwardsAffine;
use ark_ff::*;
use ark_serialize::*;
use std::time::Instant;
fn main() {
    use ark_ec::AffineRepr;
    let p =
        (EdwardsAffine::generator() * ark_ed_on_bls12_381::Fr::from(12345678901234567u64)).into();
    let p: EdwardsAffine = p;
    let mut b = vec![];
    p.serialize_compressed(&mut b).unwrap();
    let n = 2000u32;
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(
            EdwardsAffine::deserialize_with_mode(&b[..], Compress::Yes, Validate::No).unwrap(),
        );
    }
    println!("decompress {:?}", t.elapsed() / n);
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(p.is_in_correct_subgroup_assuming_on_curve());
    }
    println!("subgroup {:?}", t.elapsed() / n);
    let x = ark_bls12_381::Fr::from(99u64);
    let e = ark_bls12_381::Fr::MODULUS_MINUS_ONE_DIV_TWO;
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(std::hint::black_box(x).pow(e));
    }
    println!("exponentiation {:?}", t.elapsed() / n);
    let s = ark_ed_on_bls12_381::Fr::from(3u64).inverse().unwrap();
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(std::hint::black_box(p) * s);
    }
    println!("mul {:?}", t.elapsed() / n);
    let mut v = vec![];
    let g1 = ark_bls12_381::G1Affine::generator();
    g1.serialize_compressed(&mut v).unwrap();
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(ark_bls12_381::G1Affine::deserialize_compressed(&v[..]).unwrap());
    }
    println!("g1 {:?}", t.elapsed() / n);
    let mut v = vec![];
    let g2 = ark_bls12_381::G2Affine::generator();
    g2.serialize_compressed(&mut v).unwrap();
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(ark_bls12_381::G2Affine::deserialize_compressed(&v[..]).unwrap());
    }
    println!("g2 {:?}", t.elapsed() / n);
    let w = ark_bls12_381::Fr::from(u128::MAX);
    let t = Instant::now();
    for _ in 0..n {
        std::hint::black_box(std::hint::black_box(g1) * w);
    }
    println!("g1 mul 128 {:?}", t.elapsed() / n);
}
