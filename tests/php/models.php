<?php
// php models.php: rows of two models go there and back; what came of it is printed as JSON.

use App\Models\CallsUnified;
use App\Models\LeadsUnified;
use App\Models\TenantScope;

require __DIR__ . '/boot.php';
$tenant = getenv('CMIS_AUDIT_TEST_TENANT');
$lead = new LeadsUnified(['full_name' => 'N. N.', 'stage' => 'won', 'budget' => '1.25',
    'extra' => ['a' => [1, null]], 'born' => '1990-01-02', 'active' => false, 'tenant_id' => 'no',
    'source_table' => 'no', 'seen_at' => new DateTimeImmutable('2024-05-01 12:00:00.25+02:00')]);
$made = TenantScope::for($tenant, function () use ($lead) {
    $lead->save();
    $lead->calls()->create(['minutes' => 3]);
    return LeadsUnified::query()->findOrFail($lead->lead_id);
});
$call = CallsUnified::query()->where('lead_id', $made->lead_id)->sole();
$found = [
    'key' => $made->lead_id,
    'tenant' => $made->tenant_id,
    'source' => $made->source_table,
    'budget' => $made->budget,
    'extra' => $made->extra,
    'born' => $made->born->format('Y-m-d'),
    'active' => $made->active,
    'seen' => $made->seen_at->getTimestamp(),
    'call' => [$call->minutes, $call->lead->full_name, $call->tenant_id, strlen($call->call_id)],
    'all' => LeadsUnified::query()->count(),
];
$made->full_name = 'changed';
$made->save();
$found['changed'] = LeadsUnified::query()->find($made->lead_id)->full_name;
$call->delete();
$made->delete();
$found['left'] = LeadsUnified::query()->count();
echo json_encode($found);
