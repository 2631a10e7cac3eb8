//! Changes of a product's pictures.

use std::collections::BTreeMap;

use rialto_kernel::ImageId;

use super::{
    edit::{Difference, EditError, differences},
    picture::{Picture, Refusal, RefusalCode},
    product::Product,
};

/// The product as it is to be, and which fields that changes.
type Edited = (Product, BTreeMap<String, Difference>);

/// The product with one more picture, the last.
///
/// # Errors
/// When the product says too much already.
pub fn hung(before: &Product, picture: Picture) -> Result<Edited, Refusal> {
    let mut after = before.clone();
    after.pictures.push(picture);
    if after.refusal().is_some() {
        let detail = "The product says too much already. Shorten its attributes, then ask for a picture again.";
        return Err(Refusal::new(RefusalCode::ProductTooLarge, detail));
    }
    Ok(edited(before, after))
}

/// The product with its pictures in this order, showing this.
///
/// # Errors
/// When another picture is named, or one is not named once.
pub fn arranged(before: &Product, order: &[(ImageId, String)]) -> Result<Edited, EditError> {
    let mut left: BTreeMap<ImageId, &Picture> = before.pictures.iter().map(|picture| (picture.id, picture)).collect();
    let mut after = Product { pictures: Vec::with_capacity(order.len()), ..before.clone() };
    for (index, (id, alt)) in order.iter().enumerate() {
        let picture = left.remove(id).ok_or_else(|| {
            EditError::at(
                format!("/items/{index}/imageId"),
                "must be a picture of the product that is ready, named once",
            )
        })?;
        after.pictures.push(Picture { alt: alt.clone(), ..picture.clone() });
    }
    if let Some(missing) = left.keys().next() {
        return Err(EditError::at("/items", format!("must name every picture that is ready: {missing} is missing")));
    }
    Ok(edited(before, after))
}

/// The product without a picture.
#[must_use]
pub fn taken_down(before: &Product, id: ImageId) -> Edited {
    let mut after = before.clone();
    after.pictures.retain(|picture| picture.id != id);
    edited(before, after)
}

fn edited(before: &Product, after: Product) -> Edited {
    let fields = differences(before, &after);
    (after, fields)
}

#[cfg(test)]
mod tests {
    use rialto_kernel::{ProductId, SellerId};

    use super::*;
    use crate::domain::picture::Size;

    fn id(name: &str) -> ImageId {
        ImageId::named(&[name])
    }

    fn picture(name: &str) -> Picture {
        let size = Size { width: 160, height: 90, url: format!("https://images.example.com/{name}.jpg") };
        Picture { id: id(name), alt: name.to_owned(), width: 160, height: 90, sizes: vec![size] }
    }

    fn product(names: &[&str]) -> Product {
        let empty = Product::unknown(ProductId::named(&["p"]), SellerId::named(&["s"]));
        Product { pictures: names.iter().map(|name| picture(name)).collect(), ..empty }
    }

    fn names(product: &Product) -> Vec<&str> {
        product.pictures.iter().map(|picture| picture.alt.as_str()).collect()
    }

    #[test]
    fn given_pictures_when_hung_arranged_and_taken_down_then_the_history_says_so_and_addresses_come_in_order() {
        let (two, fields) = hung(&product(&["a"]), picture("b")).unwrap();
        assert_eq!((names(&two), fields.len()), (vec!["a", "b"], 1));
        assert_eq!(fields["images"].to[1], serde_json::json!({ "id": id("b"), "alt": "b" }));
        let (turned, fields) = arranged(&two, &[(id("b"), "B".to_owned()), (id("a"), "a".to_owned())]).unwrap();
        assert_eq!((names(&turned), fields.len()), (vec!["B", "a"], 1));
        assert_eq!(turned.images(), ["https://images.example.com/b.jpg", "https://images.example.com/a.jpg"]);
        let (one, fields) = taken_down(&turned, id("b"));
        assert_eq!((names(&one), fields.len()), (vec!["a"], 1));
        assert_eq!(taken_down(&one, id("b")), (one, BTreeMap::new()));
    }

    #[test]
    fn given_an_order_that_names_others_twice_or_not_all_when_arranged_then_it_is_refused_and_says_where() {
        let product = product(&["a", "b"]);
        let order = |names: &[&str]| names.iter().map(|name| (id(name), String::new())).collect::<Vec<_>>();
        for (names, pointer) in [
            (&["a", "c"][..], "/items/1/imageId"),
            (&["a", "a"], "/items/1/imageId"),
            (&["a"], "/items"),
            (&["a", "b", "b"], "/items/2/imageId"),
        ] {
            assert_eq!(arranged(&product, &order(names)).unwrap_err().pointer, pointer, "{names:?}");
        }
        let same = [(id("a"), "a".to_owned()), (id("b"), "b".to_owned())];
        assert!(arranged(&product, &same).unwrap().1.is_empty(), "nothing is written for nothing");
    }
}
