<?php
// php migrate.php FOLDER up|down|step: Laravel's own Migrator over the files of a folder.

use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Migrations\DatabaseMigrationRepository;
use Illuminate\Database\Migrations\Migrator;
use Illuminate\Filesystem\Filesystem;

require __DIR__ . '/boot.php';
$connections = $manager->getDatabaseManager();
$repository = new DatabaseMigrationRepository($connections, 'migrations');
if (!$repository->repositoryExists()) {
    $repository->createRepository();
}
$migrator = new Migrator($repository, $connections, new Filesystem());
[, $folder, $way] = $argv;
$done = match ($way) {
    'up' => $migrator->run([$folder]),
    'step' => $migrator->run([$folder], ['step' => true]),
    'down' => $migrator->rollback([$folder], ['step' => (int) ($argv[3] ?? 0)]),
};
echo json_encode(['done' => array_map(fn ($file) => basename($file, '.php'), $done),
    'path' => Manager::connection()->selectOne('SHOW search_path')->search_path]);
