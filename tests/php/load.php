<?php
// php load.php FILE...: loads each file once, and prints how many there were.

require __DIR__ . '/boot.php';
foreach (array_slice($argv, 1) as $file) {
    require_once $file;
}
echo $argc - 1;
