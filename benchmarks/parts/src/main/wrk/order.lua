wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"customer":"Ada Lovelace","email":"ada@example.com","quantity":3,"items":["pen","paper"]}'
