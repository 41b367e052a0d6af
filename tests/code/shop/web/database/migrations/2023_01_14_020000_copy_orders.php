<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Support\Facades\DB;

return new class extends Migration
{
    public function up(): void
    {
        // Safety copy before the change of currency. Drop it after a week.
        DB::statement('CREATE TABLE shop.orders_backup_20230114 AS SELECT * FROM shop.orders');
    }

    public function down(): void
    {
        DB::statement('DROP TABLE shop.orders_backup_20230114');
    }
};
