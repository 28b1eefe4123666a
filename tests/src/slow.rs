//! A second verifier of the proof of correct opening: slow, plain, from the
//! bytes up. It shares no code with the fast one: own reading of the bytes,
//! framing, table, ChaCha, sampling, schoolbook products. What it trusts is
//! the library of the hash.
//!
//! It is written to be read beside `docs/proof.md`, and to disagree with the
//! fast one wherever that one is wrong.

use std::sync::OnceLock;

use num_bigint::BigUint;
use rayon::prelude::*;

const N: usize = 2048;
const ROUNDS: usize = 768;
const CHOSEN: usize = 20;

/// What anybody knows of a release.
#[derive(Clone, Debug)]
pub struct Public {
    /// The applicant's public key, as it travels.
    pub key: Vec<u8>,
    /// The result, as it travels.
    pub result: Vec<u8>,
    /// The score `S` that is claimed.
    pub shifted: u32,
    /// The phases that are released; none in packed form.
    pub phases: Vec<u64>,
    /// The largest `S` of the scorecard.
    pub span: u32,
    /// The canaries' constants; none in packed form.
    pub canaries: Vec<u64>,
    /// `tau`; 0 in packed form.
    pub bound: u64,
    /// What the release is bound to.
    pub context: Vec<u8>,
}

/// Whether the proof shows what is claimed.
pub fn holds(public: &Public, proof: &[u8]) -> bool {
    let Some(statement) = state(public) else {
        return false;
    };
    let n = statement.targets.len();
    if proof.len() != 32 + 32 + 748 * 16 + 20 * (15 * N / 8 + 4 * N + 8 * n) {
        return false;
    }
    let (challenge, rest) = proof.split_at(32);
    let (salt, rest) = rest.split_at(32);
    let (seeds, answers) = rest.split_at(748 * 16);
    let positions = positions(challenge);
    let answer_length = answers.len() / CHOSEN;
    let open = |i: usize| {
        let chosen_before = positions.iter().filter(|position| **position < i).count();
        let z = if positions.contains(&i) {
            read_answer(&answers[chosen_before * answer_length..][..answer_length])
        } else {
            let place = 16 * (i - chosen_before);
            expand(&statement, salt, i, &seeds[place..place + 16])
        };
        let admitted = is_short(&z, statement.keps);
        admitted.then(|| commitment(&statement, i, positions.contains(&i), &z))
    };
    let commitments: Option<Vec<[u8; 32]>> = (0..ROUNDS).into_par_iter().map(open).collect();
    let Some(commitments) = commitments else {
        return false;
    };
    let mut hash = Hash::new("blindscore proof-of-opening v2 challenge")
        .field(&statement.ctx)
        .field(salt);
    for commitment in &commitments {
        hash = hash.field(commitment);
    }
    hash.digest() == challenge
}

/// The sums of the masks of a round: for known answers.
pub fn expansion(key: &[u8; 32], n: usize, keps: u32) -> [Vec<i64>; 3] {
    let z = expand_from(key, n, keps);
    [z.s, z.e, z.eps]
}

/// SHA-256 of the table is compared with the specification's by a test.
pub fn table_bytes() -> Vec<u8> {
    let bytes = |(high, low): &Number| [&low.to_le_bytes()[..], &high.to_le_bytes()].concat();
    table().iter().flat_map(bytes).collect()
}

struct Stated {
    a: Vec<u64>,
    b: Vec<u64>,
    rows: Vec<Vec<u64>>,
    targets: Vec<u64>,
    keps: u32,
    ctx: [u8; 32],
}

struct Opened {
    s: Vec<i64>,
    e: Vec<i64>,
    eps: Vec<i64>,
}

/// Checks the claim and writes the statement down.
fn state(public: &Public) -> Option<Stated> {
    if public.key.len() != 80 + 8 * N || public.result.len() < 4 {
        return None;
    }
    let n = u32::from_le_bytes(public.result[..4].try_into().ok()?) as usize;
    if ![1, 8, 16].contains(&n) || public.result.len() != 4 + 8 * (N + n) {
        return None;
    }
    let words = words(&public.result[4..]);
    let (mask, bodies) = words.split_at(N);
    let encode = |m: u64| (((u128::from(m % 1021) << 64) + 510) / 1021) as u64;
    if public.shifted > public.span || public.shifted >= 1021 {
        return None;
    }
    let score = encode(u64::from(public.shifted));
    let opens_to = if public.canaries.is_empty() {
        if !public.phases.is_empty() {
            return None;
        }
        vec![score]
    } else {
        let wanted = [&[u64::from(public.shifted)], &public.canaries[..]].concat();
        if public.phases.len() != wanted.len() {
            return None;
        }
        for (phase, message) in public.phases.iter().zip(wanted) {
            let noise = phase.wrapping_sub(encode(message)) as i64;
            if phase & 0x1fff_ffff != 0 || noise.unsigned_abs() > public.bound {
                return None;
            }
        }
        public.phases.clone()
    };
    if opens_to.len() != n {
        return None;
    }
    let seed = Hash::new("blindscore/A/v1")
        .field(&public.key[..32])
        .field(&public.key[32..48])
        .field(&public.key[48..80])
        .digest();
    let mut a = vec![0; 8 * N];
    Hash::new("blindscore A expansion v1")
        .field(&seed)
        .stream(&mut a);
    let rows: Vec<Vec<u64>> = (0..n)
        .map(|h| {
            let position = h * (N / n);
            let entry = |j: usize| match position.checked_sub(j) {
                Some(place) => mask[place],
                None => 0u64.wrapping_sub(mask[N + position - j]),
            };
            (0..N).map(entry).collect()
        })
        .collect();
    let targets: Vec<u64> = bodies
        .iter()
        .zip(&opens_to)
        .map(|(body, phase)| body.wrapping_sub(*phase))
        .collect();
    let keps: u32 = if public.canaries.is_empty() { 35 } else { 27 };
    let mut hash = Hash::new("blindscore proof-of-opening v2 statement")
        .field(&a)
        .field(&public.key[80..]);
    for (row, target) in rows.iter().zip(&targets) {
        let row: Vec<u8> = row.iter().flat_map(|x| x.to_le_bytes()).collect();
        hash = hash.field(&row).field(&target.to_le_bytes());
    }
    let ctx = hash
        .field(&keps.to_le_bytes())
        .field(&(n as u32).to_le_bytes())
        .field(&public.context)
        .digest();
    Some(Stated {
        a: self::words(&a),
        b: self::words(&public.key[80..]),
        rows,
        targets,
        keps,
        ctx,
    })
}

fn words(bytes: &[u8]) -> Vec<u64> {
    let word = |chunk: &[u8]| {
        chunk
            .iter()
            .rev()
            .fold(0, |x, byte| x << 8 | u64::from(*byte))
    };
    bytes.chunks(8).map(word).collect()
}

/// 20 different rounds, in ascending order.
fn positions(challenge: &[u8]) -> Vec<usize> {
    let mut key = [0; 32];
    key.copy_from_slice(challenge);
    let mut positions = Vec::new();
    for counter in 0.. {
        for word in chacha_block(&key, counter, 20).chunks(4) {
            let word = word
                .iter()
                .rev()
                .fold(0, |x, byte| x << 8 | usize::from(*byte));
            let position = word % ROUNDS;
            if positions.len() < CHOSEN && !positions.contains(&position) {
                positions.push(position);
            }
        }
        if positions.len() == CHOSEN {
            break;
        }
    }
    positions.sort_unstable();
    positions
}

fn read_answer(bytes: &[u8]) -> Opened {
    // Sign-extended little-endian integers of any width.
    let integers = |bytes: &[u8], width: usize| -> Vec<i64> {
        let integer = |chunk: &[u8]| {
            let unsigned = words(chunk)[0];
            let spare = 64 - 8 * width as u32;
            (unsigned << spare) as i64 >> spare
        };
        bytes.chunks(width).map(integer).collect()
    };
    let (s, rest) = bytes.split_at(15 * N / 8);
    let (e, eps) = rest.split_at(4 * N);
    // Bit by bit, the lowest first; the highest of 15 counts as minus 2^14.
    let bits: Vec<i64> = s
        .iter()
        .flat_map(|byte| (0..8).map(move |at| i64::from(byte >> at & 1)))
        .collect();
    let small = |bits: &[i64]| -> i64 {
        let low: i64 = (0..14).map(|at| bits[at] << at).sum();
        low - (bits[14] << 14)
    };
    Opened {
        s: bits.chunks(15).map(small).collect(),
        e: integers(e, 4),
        eps: integers(eps, 8),
    }
}

fn expand(statement: &Stated, salt: &[u8], i: usize, seed: &[u8]) -> Opened {
    let key = Hash::new("blindscore proof-of-opening v2 mask")
        .field(&statement.ctx)
        .field(salt)
        .field(&(i as u32).to_le_bytes())
        .field(seed)
        .digest();
    expand_from(&key, statement.targets.len(), statement.keps)
}

fn expand_from(key: &[u8; 32], n: usize, keps: u32) -> Opened {
    // More than the longest mask can take: every lead with a tail.
    let length = (2 * N + n) * 4 + N * 4 + n * 8 + (2 * N + n) * 32;
    let stream: Vec<u8> = (0..length.div_ceil(64) as u32)
        .flat_map(|counter| chacha_block(key, counter, 12))
        .collect();
    let (leads, rest) = stream.split_at((2 * N + n) * 4);
    let (for_e, rest) = rest.split_at(N * 4);
    let (for_eps, tails) = rest.split_at(n * 8);
    let mut tails = tails.chunks(16);
    let mut base = |lead: &[u8]| {
        let lead = u16::from(lead[1]) << 8 | u16::from(lead[0]);
        let mut number = (lead, 0);
        if count(number) != count((lead, u128::MAX)) {
            let tail = tails.next().unwrap_or_default().iter().rev();
            number.1 = tail.fold(0, |x, byte| x << 8 | u128::from(*byte));
        }
        count(number)
    };
    let wide = leads
        .chunks(4)
        .map(|pair| base(&pair[..2]) + 26 * base(&pair[2..]));
    let x: Vec<i64> = wide.collect();
    let stairs = |x: &[i64], uniform: &[u8], height: u32| {
        let uniform = uniform.chunks(uniform.len() / x.len());
        let step = |(x, u): (&i64, &[u8])| x * (1 << height) + (words(u)[0] % (1 << height)) as i64;
        x.iter().zip(uniform).map(step).collect()
    };
    Opened {
        s: x[..N].to_vec(),
        e: stairs(&x[N..2 * N], for_e, 17),
        eps: stairs(&x[2 * N..], for_eps, keps),
    }
}

/// A number of 144 bits: the upper 16, the lower 128.
type Number = (u16, u128);

/// Counts the entries that do not exceed a number, from the middle outwards,
/// step by step.
fn count(number: Number) -> i64 {
    let table = table();
    let mut count = 858;
    while count < 1716 && table[count] <= number {
        count += 1;
    }
    while count > 0 && table[count - 1] > number {
        count -= 1;
    }
    count as i64 - 858
}

/// From the definition: each probability by a Taylor series of its own.
fn table() -> &'static [Number] {
    static TABLE: OnceLock<Vec<Number>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let one = BigUint::from(1u32) << 1024u32;
        let weight = |x: u32| {
            // 1 / exp(x^2 / 8192), all terms of the sum positive.
            let (mut sum, mut term) = (BigUint::ZERO, one.clone());
            let mut k = 1u32;
            while term != BigUint::ZERO {
                sum += &term;
                term = term * x * x / 8192u32 / k;
                k += 1;
            }
            (&one << 1024u32) / sum
        };
        let half: Vec<BigUint> = (0..=858).into_par_iter().map(weight).collect();
        let all: Vec<&BigUint> = half[1..].iter().rev().chain(&half).collect();
        let total: BigUint = all.iter().copied().sum();
        let mut below = BigUint::ZERO;
        let mut entries = Vec::new();
        for weight in all {
            below += weight;
            // The last one is all of it, one more than fits.
            let fits = (BigUint::from(1u32) << 144u32) - 1u32;
            let entry = ((&below << 144u32) / &total).min(fits);
            let digits = entry.to_u32_digits();
            let digit = |i: usize| u128::from(digits.get(i).copied().unwrap_or(0));
            let low = (0..4).map(|i| digit(i) << (32 * i)).sum();
            entries.push((digit(4) as u16, low));
        }
        entries
    })
}

/// Sizes and the sum of squares.
fn is_short(z: &Opened, keps: u32) -> bool {
    let s = z.s.iter().copied();
    let e = z.e.iter().map(|z| z.div_euclid(1 << 17));
    let eps = z.eps.iter().map(|z| z.div_euclid(1 << keps));
    let mut sum = 0u128;
    for x in s.chain(e).chain(eps) {
        if !(-(1 << 14)..1 << 14).contains(&x) {
            return false;
        }
        sum += u128::from(x.unsigned_abs()).pow(2);
    }
    // 1.15 (4096 + n) sigma^2, rounded down.
    100 * sum <= 115 * (4096 + z.eps.len() as u128) * 2_772_992
}

fn commitment(statement: &Stated, i: usize, chosen: bool, z: &Opened) -> [u8; 32] {
    let c = u64::from(chosen);
    let mut w: Vec<u64> =
        z.e.iter()
            .zip(&statement.b)
            .map(|(e, b)| (*e as u64).wrapping_sub(c.wrapping_mul(*b)))
            .collect();
    // A z_s: the terms that do not wrap, then those that do.
    for (shift, s) in z.s.iter().enumerate() {
        let s = *s as u64;
        let (low, high) = statement.a.split_at(N - shift);
        for (w, a) in w[shift..].iter_mut().zip(low) {
            *w = w.wrapping_add(s.wrapping_mul(*a));
        }
        for (w, a) in w[..shift].iter_mut().zip(high) {
            *w = w.wrapping_sub(s.wrapping_mul(*a));
        }
    }
    let bytes: Vec<u8> = w.iter().flat_map(|w| w.to_le_bytes()).collect();
    let words = blake3::derive_key("blindscore proof-of-opening v2 words", &bytes);
    let mut hash = Hash::new("blindscore proof-of-opening v2 commit")
        .field(&statement.ctx)
        .field(&(i as u32).to_le_bytes())
        .field(&words);
    for ((row, target), eps) in statement.rows.iter().zip(&statement.targets).zip(&z.eps) {
        let mut w = (*eps as u64).wrapping_sub(c.wrapping_mul(*target));
        for (a, s) in row.iter().zip(&z.s) {
            w = w.wrapping_add(a.wrapping_mul(*s as u64));
        }
        hash = hash.field(&w.to_le_bytes());
    }
    hash.digest()
}

/// BLAKE3 over fields, each with its length in front.
struct Hash(blake3::Hasher);

impl Hash {
    fn new(label: &str) -> Self {
        Self(blake3::Hasher::new_derive_key(label))
    }

    fn field(mut self, field: &[u8]) -> Self {
        self.0.update(&(field.len() as u64).to_le_bytes());
        self.0.update(field);
        self
    }

    fn digest(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    fn stream(&self, out: &mut [u8]) {
        self.0.finalize_xof().fill(out);
    }
}

/// RFC 8439, section 2.3, with a nonce of zeros; there 20 rounds.
fn chacha_block(key: &[u8; 32], counter: u32, rounds: u32) -> [u8; 64] {
    let mut start = [0u32; 16];
    start[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
    for (word, bytes) in start[4..12].iter_mut().zip(key.chunks(4)) {
        *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    start[12] = counter;
    let mut x = start;
    for _ in 0..rounds / 2 {
        for column in 0..4 {
            quarter(&mut x, [column, 4 + column, 8 + column, 12 + column]);
        }
        for diagonal in 0..4 {
            let turned = |row: usize| 4 * row + (diagonal + row) % 4;
            quarter(&mut x, [diagonal, turned(1), turned(2), turned(3)]);
        }
    }
    let mut out = [0; 64];
    for ((bytes, x), start) in out.chunks_mut(4).zip(x).zip(start) {
        bytes.copy_from_slice(&x.wrapping_add(start).to_le_bytes());
    }
    out
}

fn quarter(x: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    for (sum, add, xored, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        x[sum] = x[sum].wrapping_add(x[add]);
        x[xored] = (x[xored] ^ x[sum]).rotate_left(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8439, appendix A.1, test vector 1.
    #[test]
    fn the_block_function_is_rfc_8439s() {
        let block = chacha_block(&[0; 32], 0, 20);
        assert_eq!(block[..8], [0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90]);
        assert_eq!(
            block[56..],
            [0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86]
        );
    }
}
