using System.Diagnostics.Metrics;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;

namespace Ringwright.Net;

/// <summary>
/// How much an engine holds, asked for at each scrape. Without calls all of it falls to zero, but for phones that are registered.
/// </summary>
internal sealed class EngineGauges : IDisposable
{
    private readonly Meter _meter = new("Ringwright.Net");
    private readonly IReadOnlyList<ShardThread> _shards;

    public EngineGauges(IReadOnlyList<ShardThread> shards, PendingReplies replies, TrunkBoard trunks, WaitingRoom room,
        CallTraceRecorder? callTrace, TimeProvider clock)
    {
        _shards = shards;
        Shards("ringwright.legs.kept", "Legs in memory: live ones, and ended ones until their last transaction is over",
            levels => levels.Actors);
        Shards("ringwright.bridges.active", "Pairs of legs that are joined or about to be", levels => levels.Bridges);
        Shards("ringwright.sip.transactions", "SIP transactions, those included that wait for repetitions only",
            levels => levels.Transactions);
        Shards("ringwright.sip.dialogs", "SIP dialogs that a leg is known by", levels => levels.Dialogs);
        Shards("ringwright.timers.queued", "Deadlines of legs and transactions", levels => levels.QueuedTimers);
        Shards("ringwright.registrations.active", "Places where phones are registered", levels => levels.Bindings);
        Shards("ringwright.subscriptions.active", "Lamps of colleagues and of messages that phones have subscribed to",
            levels => levels.Subscriptions);
        Shards("ringwright.goodbyes.waiting", "Calls of an earlier start whose far ends may still have to be told",
            levels => levels.RecoveryByeSenders);
        Gauge("ringwright.mailbox.letters", "Messages that wait for their shard", () => shards.Sum(shard => shard.Mailbox.Count));
        Gauge("ringwright.commands.pending", "Commands that wait for their leg's answer", () => replies.Count);
        Gauge("ringwright.calls.waiting", "Calls that were placed, and wait until their account or a trunk has room", () => room.Count);
        Gauge("ringwright.trunks.passed_over", "Addresses of trunks that calls pass over at this moment",
            () => trunks.CountPassedOver(EngineClock.At(clock)));
        if (callTrace is null) return;
        Gauge("ringwright.trace.queue", "Messages and commands that wait to be written into call traces", () => callTrace.Waiting);
        Gauge("ringwright.trace.calls", "Calls that are up and whose messages are kept", () => callTrace.Followed);
    }

    public void Dispose() => _meter.Dispose();

    private void Shards(string name, string description, Func<ShardLevels, int> level) =>
        Gauge(name, description, () => _shards.Sum(shard => level(shard.Levels)));

    private void Gauge(string name, string description, Func<int> read) =>
        _meter.CreateObservableGauge(name, read, unit: null, description);
}
