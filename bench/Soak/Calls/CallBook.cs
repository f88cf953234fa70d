using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>Every call of the run: from the answer to its POST or its first webhook to its one call.hangup.</summary>
internal sealed class CallBook
{
    private readonly ConcurrentDictionary<string, SoakCall> _calls = new(StringComparer.Ordinal);
    /// <summary>Deliveries are at least once: an event that comes again has its id.</summary>
    private readonly ConcurrentDictionary<string, byte> _events = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SoakCall> _legs = new(StringComparer.Ordinal);
    private int _repeated, _unsigned;

    public IEnumerable<SoakCall> All => _calls.Values;
    public int Count => _calls.Count;
    public int Live => _calls.Values.Count(c => c.Hangups == 0);
    public int Events => _events.Count;
    public int Repeated => _repeated;
    public int Unsigned => _unsigned;

    /// <summary>Hears of each call that somebody else began.</summary>
    public Action<SoakCall, JsonObject>? OnIncoming { get; set; }

    public SoakCall Of(string id) => _calls.GetOrAdd(id, static key => new(key, DateTimeOffset.UtcNow));

    /// <summary>Takes one webhook.</summary>
    public void Take(JsonObject data, bool isSigned)
    {
        if (!isSigned) Interlocked.Increment(ref _unsigned);
        if ((string?)data["id"] is not { } id || (string?)data["event_type"] is not { } type || data["payload"] is not JsonObject payload)
            return;
        if (!_events.TryAdd(id, 0))
        {
            Interlocked.Increment(ref _repeated);
            return;
        }
        // A saved recording names its leg only.
        if ((string?)payload["call_control_id"] is { } control)
        {
            if ((string?)payload["call_leg_id"] is { } name) _legs[name] = Of(control);
        }
        else if ((string?)payload["call_leg_id"] is not { } leg || !_legs.TryGetValue(leg, out var known)) return;
        else control = known.Id;
        var call = Of(control);
        call.Tell(new(type, payload));
        if (type == "call.initiated" && (string?)payload["direction"] == "incoming") OnIncoming?.Invoke(call, payload);
    }
}
