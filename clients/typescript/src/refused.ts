// What the types must refuse. Each line marked so must be an error: `tsc` fails where it is not.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export async function refused(): Promise<void> {
  const api = createClient<paths>({ baseUrl: "" });
  // @ts-expect-error There is no such path.
  await api.GET("/v1/nothing");
  // @ts-expect-error The path does not take this method.
  await api.DELETE("/v1/search");
  // @ts-expect-error The order wants an Idempotency-Key.
  await api.POST("/v1/orders/checkout", { body: { cartId: "", paymentMethodId: "" } });
  // @ts-expect-error A quantity is a number.
  await api.POST("/v1/cart/items", { body: { offerId: "", quantity: "1" } });
  // @ts-expect-error A password is not left out.
  await api.POST("/v1/sessions", { body: { email: "" } });
}

// @ts-expect-error The client does not set the price.
export const priced: components["schemas"]["AddItem"] = { offerId: "", quantity: 1, price: { amount: 1, currency: "USD" } };
