<?php
// php sent.php FILE up|down: what a migration sends of its own, byte for byte; nothing is executed.

require __DIR__ . '/boot.php';
$sent = '';
$db = new class($sent) {
    public function __construct(private string &$sent)
    {
    }

    public function selectOne(string $query): object
    {
        return (object) ['value' => ''];
    }

    public function select(string $query): array
    {
        return [];
    }

    public function unprepared(string $query): bool
    {
        $this->sent .= $query;
        return true;
    }
};
Illuminate\Support\Facades\DB::swap($db);
[, $file, $way] = $argv;
(require $file)->$way();
echo $sent;
