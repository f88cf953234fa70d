namespace Ringwright.Voipbin.Activeflows;

/// <summary>What one type of action does. <see cref="FlowActions"/> lists them; the contract's table says where each may run.</summary>
internal interface IFlowAction
{
    string Type { get; }

    /// <summary>All that it has: another one is refused.</summary>
    IReadOnlyList<FlowOption> Options { get; }

    /// <summary>When it fails the run ends, and its call; else it is told, and the next action comes.</summary>
    bool EndsOnFailure { get; }

    /// <summary>What is wrong beyond the options one by one, as a sentence without its end; null when nothing is.</summary>
    string? FaultOf(FlowOptions options) => null;

    /// <summary>What the node lacks for it, as part of a sentence; null when nothing. Asked as it is saved, and as it is reached.</summary>
    string? LackOf(FlowParts parts) => null;

    /// <summary>The same by what it is to do.</summary>
    /// <param name="options">As they are saved, where variables stand for anything, or filled.</param>
    string? LackOf(FlowParts parts, FlowOptions options) => LackOf(parts);

    /// <summary>
    /// Carries it out and waits for what it waits for. Of a call it runs on its scheduler: it neither changes that nor holds a thread.
    /// </summary>
    /// <exception cref="LegOverException">The call is over, which whoever runs the flow catches.</exception>
    ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options);
}

/// <summary>What comes behind an action.</summary>
internal abstract record FlowStep
{
    private FlowStep() { }

    /// <summary>The next one.</summary>
    public static readonly FlowStep Next = new Onward();

    /// <summary>The flow has come to its end.</summary>
    public static readonly FlowStep End = new Finish();

    public sealed record Onward : FlowStep;

    /// <param name="Target">The zero id goes on with the next one.</param>
    public sealed record Jump(Guid Target) : FlowStep;

    /// <summary>These, and then the next one.</summary>
    public sealed record Nested(IReadOnlyList<FlowAction> Actions) : FlowStep;

    public sealed record Finish : FlowStep;

    /// <param name="Reason">One of <see cref="HangupReasons"/>.</param>
    public sealed record Hangup(string Reason) : FlowStep;

    /// <param name="Why">As part of a sentence for the customer.</param>
    public sealed record Failed(string Why) : FlowStep;
}
