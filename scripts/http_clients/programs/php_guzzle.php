<?php
// Guzzle of PHP with its FileCookieJar.

require 'GuzzleHttp/autoload.php';

use GuzzleHttp\Client;
use GuzzleHttp\Cookie\FileCookieJar;

if ($argv[1] === '--version') {
    echo 'PHP ', PHP_VERSION, ', Guzzle ', Client::MAJOR_VERSION, "\n";
    exit;
}

[, $base, $folder] = $argv;
$jar = new FileCookieJar("$folder/cookies.json");
$client = new Client(['cookies' => $jar, 'http_errors' => false]);
foreach (file('php://stdin', FILE_IGNORE_NEW_LINES) as $line) {
    [$method, $path, $csrfCookie, $body] = explode(' ', $line, 4) + [3 => null];
    $options = $body === null ? [] : ['body' => $body, 'headers' => ['Content-Type' => 'application/json']];
    $csrf = $jar->getCookieByName($csrfCookie);
    if ($csrf !== null) {
        $options['headers']['X-CSRF-TOKEN'] = $csrf->getValue();
    }
    $client->request($method, $base . $path, $options);
}
