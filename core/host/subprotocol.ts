/** WebSocket subprotocols: browsers cannot set headers, so the token may come as `token.<token>` beside this one. */
export const SUBPROTOCOL = 'hearth'
export const TOKEN_PROTOCOL = 'token.'
