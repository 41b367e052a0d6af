<?php
// The parts of Laravel that Debian ships (php-illuminate-*), connected to the database that
// CMIS_AUDIT_TEST_PDO names; models and tests are found in the folder that CMIS_AUDIT_TEST_APP names.

use Illuminate\Database\Capsule\Manager;
use Illuminate\Events\Dispatcher;
use Illuminate\Support\Facades\Facade;

error_reporting(E_ALL & ~E_DEPRECATED);
set_error_handler(function ($level, $message, $file, $line) {
    if ($level & error_reporting()) {
        throw new ErrorException($message, 0, $level, $file, $line);
    }
    return false;
});
require '/usr/share/php/Illuminate/Database/autoload.php';
require '/usr/share/php/Illuminate/Events/autoload.php';
require '/usr/share/php/Illuminate/Filesystem/autoload.php';
spl_autoload_register(function ($class) {
    $file = getenv('CMIS_AUDIT_TEST_APP') . '/' . strtr(lcfirst($class), '\\', '/') . '.php';
    if (is_file($file)) {
        require $file;
    }
});

$manager = new Manager();
$manager->addConnection(json_decode(getenv('CMIS_AUDIT_TEST_PDO'), true) + [
    'driver' => 'pgsql', 'charset' => 'utf8', 'prefix' => '', 'schema' => 'public',
]);
$manager->setEventDispatcher(new Dispatcher($manager->getContainer()));
$manager->setAsGlobal();
$manager->bootEloquent();
$manager->getContainer()->instance('db', $manager->getDatabaseManager());
Facade::setFacadeApplication($manager->getContainer());
