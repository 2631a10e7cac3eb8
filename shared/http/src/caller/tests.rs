#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{testing::request, token::tests::issued};

/// The status with which a token of these roles is refused; 200 where it is let in.
async fn asked<C: Caller>(roles: &[&str], seller: Option<SellerId>) -> u16 {
    let (verifier, token) = issued(roles, seller);
    let request = request("GET", "/").header("authorization", &format!("Bearer {token}")).build();
    C::admit(&request, &verifier).await.map_or_else(|problem| problem.status().as_u16(), |_| 200)
}

#[tokio::test]
async fn given_each_role_when_it_calls_each_route_then_only_its_own_are_open() {
    let seller = Some(SellerId::named(&["acme"]));
    let people: [(&[&str], Option<SellerId>, [u16; 7]); 6] = [
        // Anyone, Customer, Shopper, Seller, Operator, SellerOrOperator, ShopperOrOperator
        (&[], None, [200, 403, 403, 403, 403, 403, 403]),
        (&["shopper"], None, [200, 200, 200, 403, 403, 403, 200]),
        (&["shopper", "seller"], seller, [200, 200, 200, 200, 403, 200, 200]),
        (&["shopper", "seller"], None, [200, 200, 200, 403, 403, 403, 200]),
        (&["operator"], None, [200, 403, 403, 403, 200, 200, 200]),
        (&["Operator", "root"], seller, [200, 403, 403, 403, 403, 403, 403]),
    ];
    for (roles, seller, expected) in people {
        let found = [
            asked::<Anyone>(roles, seller).await,
            asked::<Customer>(roles, seller).await,
            asked::<Shopper>(roles, seller).await,
            asked::<Seller>(roles, seller).await,
            asked::<Operator>(roles, seller).await,
            asked::<SellerOrOperator>(roles, seller).await,
            asked::<ShopperOrOperator>(roles, seller).await,
        ];
        assert_eq!(found, expected, "{roles:?} {seller:?}");
    }
}

#[tokio::test]
async fn given_a_seller_who_is_operator_too_when_either_may_call_then_they_act_as_operator() {
    let (verifier, token) = issued(&["seller", "operator"], Some(SellerId::named(&["acme"])));
    let request = request("GET", "/").header("authorization", &format!("bearer {token}")).build();
    let caller = SellerOrOperator::admit(&request, &verifier).await.unwrap();
    assert!(matches!(caller, SellerOrOperator::Operator(_)));
    assert_eq!(caller.scope().unwrap(), UserId::named(&["ada"]).to_string());
}
