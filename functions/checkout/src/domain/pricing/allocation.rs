//! Splitting an amount so that every minor unit has a place.

use std::cmp::Reverse;

/// Splits `amount` in proportion to the weights by the largest-remainder rule (Hamilton's): each part gets its quota
/// rounded down, and what is left goes one unit each to the largest remainders, of equal ones to the smaller key, of
/// equal keys to the earlier part. When all weights are zero, the parts count alike.
///
/// The parts sum to `amount`, unless there are none. A part is never more than one unit from its quota; where `amount` is
/// at most the sum of the weights, it is never more than its weight.
pub fn allocate<K: Ord>(amount: u64, parts: &[(u64, K)]) -> Vec<u64> {
    let sum: u128 = parts.iter().map(|(weight, _)| u128::from(*weight)).sum();
    let weight = |weight: u64| if sum == 0 { 1 } else { u128::from(weight) };
    let sum = if sum == 0 { parts.iter().map(|_| 1).sum() } else { sum };
    let mut shares = Vec::with_capacity(parts.len());
    let mut remainders = Vec::with_capacity(parts.len());
    for (index, (part, key)) in parts.iter().enumerate() {
        let product = u128::from(amount).saturating_mul(weight(*part));
        // At most `amount`, as no weight is above the sum.
        shares.push(u64::try_from(product.checked_div(sum).unwrap_or_default()).unwrap_or(amount));
        remainders.push((Reverse(product.checked_rem(sum).unwrap_or_default()), key, index));
    }
    let given = shares.iter().fold(0_u64, |given, share| given.saturating_add(*share));
    remainders.sort_unstable();
    let mut left = amount.saturating_sub(given);
    for (_, _, index) in remainders {
        if let Some(share) = shares.get_mut(index).filter(|_| left > 0) {
            *share = share.saturating_add(1);
            left = left.saturating_sub(1);
        }
    }
    shares
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn given_an_amount_that_does_not_divide_when_allocated_then_the_largest_remainders_get_the_rest() {
        assert_eq!(allocate(100, &[(1, 'a'), (1, 'b'), (1, 'c')]), [34, 33, 33], "of equal ones the smaller key");
        assert_eq!(allocate(100, &[(1, 'c'), (1, 'b'), (1, 'a')]), [33, 33, 34]);
        assert_eq!(allocate(10, &[(20, 'a'), (70, 'b'), (10, 'c')]), [2, 7, 1]);
        assert_eq!(allocate(2, &[(5, 'a'), (3, 'b'), (2, 'c')]), [1, 1, 0]);
        assert_eq!(allocate(5, &[(0, 'a'), (0, 'b')]), [3, 2], "free things share alike");
        assert_eq!(allocate(5, &[(0, 'a'), (1, 'b')]), [0, 5]);
        assert_eq!(allocate::<char>(5, &[]), Vec::<u64>::new());
        assert_eq!(allocate(u64::MAX, &[(u64::MAX, 'a'), (u64::MAX, 'b')]), [u64::MAX / 2 + 1, u64::MAX / 2]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_amount_and_keep_their_quota(
            amount in any::<u64>(),
            weights in proptest::collection::vec(prop_oneof![0_u64..5, any::<u64>()], 1..41),
        ) {
            let parts: Vec<_> = weights.iter().copied().zip(0..).collect::<Vec<(u64, u32)>>();
            let shares = allocate(amount, &parts);
            prop_assert_eq!(shares.iter().map(|share| u128::from(*share)).sum::<u128>(), u128::from(amount));
            let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
            for (share, weight) in shares.iter().zip(&weights).filter(|_| sum > 0) {
                let product = u128::from(amount) * u128::from(*weight);
                prop_assert!(u128::from(*share) >= product / sum && u128::from(*share) <= product.div_ceil(sum));
                prop_assert!(u128::from(amount) > sum || share <= weight);
            }
        }

        #[test]
        fn the_order_of_the_parts_does_not_matter(
            amount in 0_u64..1_000_000,
            parts in proptest::collection::vec((0_u64..100, any::<u32>()), 1..20).prop_shuffle(),
        ) {
            let mut sorted = parts.clone();
            sorted.sort_by_key(|(weight, key)| (*key, *weight));
            let mut one: Vec<_> = parts.iter().zip(allocate(amount, &parts)).collect();
            let mut other: Vec<_> = sorted.iter().zip(allocate(amount, &sorted)).collect();
            one.sort();
            other.sort();
            prop_assert_eq!(one, other);
        }
    }
}
