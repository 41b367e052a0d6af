<?php
// php row.php MODEL NAMES: a row with a value under each name goes there and back; names are JSON.
// What the class declares must not stand in the way of Eloquent's own methods.

use Illuminate\Database\Eloquent\Builder;
use Illuminate\Database\Eloquent\Model;

require __DIR__ . '/boot.php';
$class = 'App\\Models\\' . $argv[1];
$names = json_decode($argv[2], true);
$row = new $class();
$row->id = 77;
foreach ($names as $name) {
    $row->setAttribute($name, $name . '!');
}
$row->save();
$found = $class::query()->where('id', 77)->sole();
$values = [];
foreach ($names as $name) {
    $values[$name] = $found->getAttribute($name);
}
$own = fn ($method) => $method->class === $class && method_exists(Model::class, $method->name);
$clash = array_filter((new ReflectionClass($class))->getMethods(), $own);
$found->delete();
echo json_encode(['row' => $values,
    'clash' => array_values(array_diff(array_map(fn ($m) => $m->name, $clash), ['booted']))]);
