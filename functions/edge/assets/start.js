// Addresses are relative, as a gateway may put the stage before every path.
SwaggerUIBundle({ url: "openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
