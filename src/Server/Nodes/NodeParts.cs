namespace Ringwright.Server.Nodes;

/// <summary>
/// The order in which parts of a node end. It is not the order of their start turned round: calls let go of parts in their own order. No
/// new calls, live ones end, the ledger is written, webhooks leave, listeners close, the database closes.
/// </summary>
internal enum StopStep
{
    LedgerWatch, Dialler, ModuleWork, Signalling,
    /// <summary>Calls that are given time to end cost money: behind them.</summary>
    Accounts,
    LiveAudio, Forwarding, Sharing, Programs, Recordings, LedgerJobs, Ledger, Modules,
    /// <summary>The last hang-ups are in the ledger: their webhooks go out while listeners still answer.</summary>
    Delivery,
    Closing, Listeners, GivenUp, Timers, Jobs, Media, Egress, SelfTest, Sweeps, ClockWatch, Database, Gauges,
}

/// <summary>
/// What of a node has started, each part with the step of the stop that ends it. Of one step the last that started ends first. A start
/// that fails ends what it has started in the same way.
/// </summary>
internal sealed class NodeParts
{
    private readonly List<(StopStep Step, string Name, Func<Task> End, bool IsPatient)> _all = [];

    /// <param name="name">For the log: "the dialler".</param>
    /// <param name="isPatient">The part never waits long for the database, and is waited for.</param>
    public void Add(StopStep step, string name, Func<Task> end, bool isPatient = false) => _all.Add((step, name, end, isPatient));

    /// <returns>The part.</returns>
    public T Add<T>(StopStep step, string name, T part, bool isPatient = false) where T : IAsyncDisposable
    {
        Add(step, name, () => part.DisposeAsync().AsTask(), isPatient);
        return part;
    }

    public void AddDisposable(StopStep step, string name, IDisposable part) => Add(step, name, () =>
    {
        part.Dispose();
        return Task.CompletedTask;
    });

    public async Task EndAsync(OrderlyStop stop)
    {
        foreach (var part in Enumerable.Reverse(_all).OrderBy(static part => part.Step))
            await stop.EndAsync(part.Name, part.End, part.IsPatient);
    }
}
