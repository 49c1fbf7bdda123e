-- An order, to be echoed.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"customer":"Ada Lovelace","sku":"AB-1234","quantity":3,"note":"please wrap it as a gift"}'
