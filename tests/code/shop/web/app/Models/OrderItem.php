<?php

namespace App\Models;

use Illuminate\Database\Eloquent\Model;

class OrderItem extends Model
{
    // The old one was 'order_lines'.
    protected $table = 'shop.order_items';
}
