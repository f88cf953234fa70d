using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>The calls that flows have placed and that are not over: their programs find here what they are to do.</summary>
internal sealed class PlacedCalls
{
    private readonly ConcurrentDictionary<string, object> _live = new(StringComparer.Ordinal);

    public int Count => _live.Count;

    public PlacedCall Add(PlacedCall placed)
    {
        _live[placed.Target] = placed;
        return placed;
    }

    public void Remove(PlacedCall placed) => _live.TryRemove(placed.Target, out _);

    public Connecting Add(Connecting connecting)
    {
        _live[connecting.Target] = connecting;
        return connecting;
    }

    public void Remove(Connecting connecting) => _live.TryRemove(connecting.Target, out _);

    /// <summary>Null when whoever placed it is gone.</summary>
    public ICallProgram? CreateProgram(FlowParts parts, string target) => _live.GetValueOrDefault(target) switch
    {
        PlacedCall placed => new FlowProgram(parts, placed.Flow, placed),
        Connecting connecting => new ConnectedLeg(connecting),
        _ => null,
    };
}

/// <summary>A call with a flow of its own.</summary>
/// <param name="Chain">Cancelled when it is to end with another one.</param>
internal sealed record PlacedCall(Guid? Flow, FlowScript? Script, int Generation, bool IsEarly, CancellationToken Chain)
{
    /// <summary>Of the leg's application.</summary>
    public string Target { get; } = $"call:{Guid.NewGuid():N}";
}

/// <summary>Parties that ring for one call.</summary>
/// <param name="Tell">Called on any thread, with the end of each.</param>
internal sealed record Connecting(Action<CallEvent.LegEnded> Tell)
{
    /// <inheritdoc cref="PlacedCall.Target"/>
    public string Target { get; } = $"connect:{Guid.NewGuid():N}";
}

/// <summary>Commands a leg that rings for another one: tells of its end and does nothing else, for the engine joins the two.</summary>
internal sealed class ConnectedLeg(Connecting connecting) : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        while (await call.NextAsync() is { } happened)
            if (happened is CallEvent.LegEnded ended) connecting.Tell(ended);
        return null;
    }
}
