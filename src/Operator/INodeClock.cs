namespace Ringwright.Operator;

/// <summary>The clock of a node with virtual time.</summary>
public interface INodeClock
{
    DateTimeOffset Now { get; }

    /// <summary>It stands until it is let go, whatever waits for it.</summary>
    bool IsHeld { get; }

    /// <summary>When this returns it stands, or goes by itself again.</summary>
    void Hold(bool isHeld);

    /// <summary>Exactly so far, one due moment after the other. Those who ask take turns.</summary>
    /// <returns>The time at which it then stood.</returns>
    /// <exception cref="OperationCanceledException">It stands where it had come to.</exception>
    Task<DateTimeOffset> AdvanceAsync(TimeSpan by, CancellationToken stop);

    /// <summary>At once so far, as if the node had slept: what was due meanwhile is done once, when it wakes.</summary>
    /// <returns>The time at which it then stood; null where somebody waits for time, and it stayed.</returns>
    /// <exception cref="OperationCanceledException">It stands where it had come to.</exception>
    Task<DateTimeOffset?> SkipAsync(TimeSpan by, CancellationToken stop);
}
