using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>
/// Waits for keys behind those that were pressed before: for so many, for one of those that end it, which is kept too, or for so long.
/// </summary>
internal sealed class DigitsReceiveAction : IFlowAction
{
    private const int Longest = 600_000;

    public string Type => "digits_receive";

    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.Whole("duration", 0, Longest), FlowOption.Whole("length", 0, FlowLimits.NameCharacters), FlowOption.Text("key", 16)];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) =>
        options.Whole("duration") == 0 && options.Whole("length") == 0 && options.Text("key").Length == 0
            ? "digits_receive needs one of duration, length and key" : null;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        int length = options.Whole("length"), duration = options.Whole("duration");
        string keys = options.Text("key");
        bool IsEnough() => run.Variables.Get(FlowVariables.Digits) is var pressed && (length > 0 && pressed.Length >= length
            || pressed.AsSpan().ContainsAny(keys));
        if (IsEnough()) return FlowStep.Next;
        await run.Call!.NextWithinAsync(TimeSpan.FromMilliseconds(duration == 0 ? Longest : duration),
            e => e is CallEvent.DigitReceived && IsEnough());
        return FlowStep.Next;
    }
}
