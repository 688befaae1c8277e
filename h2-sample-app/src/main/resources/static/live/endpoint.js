/*
 * The page tells where the endpoint is, relative to itself: both may be under a context path.
 */

export const ENDPOINT = new URL(document.getElementById("endpoint").href).pathname;
