<?php
// WEBHOOK_SECRET=whsec_… php -S 0.0.0.0:4000 verify.php

const MAX_BYTES = 1048576;

$secret = getenv('WEBHOOK_SECRET');
if (!$secret) {
    http_response_code(500);
    exit('WEBHOOK_SECRET is not set');
}

// $body: the bytes exactly as they came, before any JSON parser.
function isGenuine(string $body, string $signature, string $secret): bool
{
    $expected = hash_hmac('sha256', $body, $secret);
    return preg_match('/^[0-9a-f]{64}$/D', $signature) === 1 && hash_equals($expected, $signature);
}

$body = file_get_contents('php://input', false, null, 0, MAX_BYTES + 1);
if (strlen($body) > MAX_BYTES) {
    http_response_code(413);
    exit;
}
if (!isGenuine($body, $_SERVER['HTTP_X_WEBHOOK_SIGNATURE'] ?? '', $secret)) {
    http_response_code(401);
    exit;
}
$event = json_decode($body, true)['event']; // parse only now
error_log(($_SERVER['HTTP_WEBHOOK_ID'] ?? '') . ' ' . $event); // store it, each webhook-id once
http_response_code(200);
