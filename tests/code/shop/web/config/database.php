<?php

return [
    'default' => 'pgsql',
    'connections' => [
        'pgsql' => [
            'driver' => 'pgsql',
            'search_path' => env('DB_PATH', 'shop,public'),
        ],
    ],
];
