namespace Ringwright.Bench.Soak.Judging;

/// <summary>
/// What a node may keep. Each bound is far above what was measured of a sound one, and far below what a leak
/// of one object per call costs in half an hour.
/// </summary>
internal static class Bounds
{
    /// <summary>Growth of resident memory per 1,000 calls, in MB.</summary>
    public const double ResidentPerThousand = 2.5;
    /// <summary>The same of what the collector holds.</summary>
    public const double HeapPerThousand = 1.0;
    /// <summary>Growth in all that is not looked into: pages that the system has not taken back, code that was compiled late.</summary>
    public const double ResidentFloorMb = 24;
    public const double HeapFloorMb = 10;
    /// <summary>Above what stood there after the warm-up: idle connections, threads of the pool that rest.</summary>
    public const int Threads = 12;
    public const int Files = 24;
    /// <summary>UDP sockets: four times the pairs that are bound ahead of need, and those of the busiest moment.</summary>
    public const int Ports = 1_000;

    /// <summary>Points of the memory's line.</summary>
    public const int Stretches = 24;

    /// <summary>
    /// Of a process's life: in its first part it fills caches, compiles, and grows its heap to what the calls of one moment need.
    /// </summary>
    public const double SettledFrom = 1.0 / 3;
    /// <summary>Fewer calls, or less time, tell nothing about growth.</summary>
    public const int LeastCallsForTrend = 800;
    public static readonly TimeSpan LeastTimeForTrend = TimeSpan.FromMinutes(5);

    /// <summary>Gauges that fall to zero when nobody calls.</summary>
    public static readonly string[] Empty =
    [
        "ringwright_legs_active", "ringwright_legs_kept", "ringwright_bridges_active", "ringwright_sip_transactions",
        "ringwright_sip_dialogs", "ringwright_mailbox_letters", "ringwright_commands_pending", "ringwright_trace_queue",
        "ringwright_trace_calls", "ringwright_goodbyes_waiting", "ringwright_gate_legs", "ringwright_programs",
        "ringwright_media_ports_open", "ringwright_media_recordings_active", "ringwright_ledger_queue", "ringwright_delivery_pending",
        "ringwright_delivery_resting",
    ];

    /// <summary>Gauges that may keep so much.</summary>
    public static readonly (string Name, double Most)[] Bounded =
    [
        // Deadlines that no longer count are cleared away once there are more of them than this, on each shard.
        ("ringwright_timers_queued", 200),
        ("ringwright_registrations_active", 0),
        // To carriers: one each by TCP and TLS may rest.
        ("ringwright_sip_connections", 4),
    ];
}
