<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

/**
 * Repairs the migration of last week, which broke off with 14 errors: the import gets
 * a simple table of its own until the variants fit into the first one.
 */
return new class extends Migration
{
    public function up(): void
    {
        if (! Schema::hasTable('products_v2')) {
            Schema::create('products_v2', function (Blueprint $table) {
                $table->id();
                $table->string('sku');
            });
        }
    }

    public function down(): void
    {
        Schema::dropIfExists('products_v2');
    }
};
