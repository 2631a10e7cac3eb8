// A purchase from search to order. It is compiled, not run: a route, field or type that changes breaks it.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Problem = components["schemas"]["Problem"];
type Order = paths["/v1/orders/{id}"]["get"]["responses"]["200"]["content"]["application/json"];

export async function buy(baseUrl: string, email: string, password: string, words: string): Promise<Order> {
  const api = createClient<paths>({ baseUrl });
  const { data: session } = await api.POST("/v1/sessions", { body: { email, password } });
  if (!session) throw new Error("not logged in");
  const headers = { Authorization: `Bearer ${session.accessToken}` };

  const { data: found } = await api.GET("/v1/search", { params: { query: { q: words } } });
  const offerId = found?.items[0]?.offerId;
  if (!offerId) throw new Error("nothing found");
  const { data: cart } = await api.POST("/v1/cart/items", { headers, body: { offerId, quantity: 1 } });
  if (!cart) throw new Error("not added");

  const { data: addresses } = await api.GET("/v1/me/addresses", { headers });
  const shippingAddressId = addresses?.items[0]?.id;
  if (!shippingAddressId) throw new Error("no address");
  const { response, error } = await api.POST("/v1/orders/checkout", {
    headers,
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { cartId: cart.id, shippingAddressId, paymentMethodId: "pm_sandbox_approved", expectedTotal: cart.subtotal },
  });
  if (error) throw new Error(explain(error));
  const id = response.headers.get("Location")?.split("/").at(-1) ?? "";
  const { data: order, error: lost } = await api.GET("/v1/orders/{id}", { headers, params: { path: { id } } });
  if (!order) throw new Error(explain(lost));
  return order;
}

function explain(problem: Problem): string {
  return `${problem.status} ${problem.code} (${problem.requestId}): ${problem.detail ?? problem.title}`;
}
