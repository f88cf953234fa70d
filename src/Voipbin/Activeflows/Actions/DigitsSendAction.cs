using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Presses keys.</summary>
internal sealed class DigitsSendAction : IFlowAction
{
    private const string Keys = "0123456789ABCD#*";

    public string Type => "digits_send";

    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.Text("digits", 100).Required, FlowOption.Whole("duration", 0, 1_000), FlowOption.Whole("interval", 0, 5_000)];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) => options.Text("digits").AsSpan().ContainsAnyExcept(Keys)
        ? $"digits_send: digits has keys of {Keys}" : options.Whole("duration") is > 0 and < 100
            ? "digits_send: duration is from 100 to 1000" : null;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        int length = options.Whole("duration") is 0 ? 250 : options.Whole("duration"), pause = options.Whole("interval");
        // The engine divides keys by a pause of its own.
        if (pause == 0) return await SendAsync(run, options.Text("digits"), length) ?? FlowStep.Next;
        foreach (char key in options.Text("digits"))
        {
            if (await SendAsync(run, key.ToString(), length) is { } failed) return failed;
            await run.Call!.NextWithinAsync(TimeSpan.FromMilliseconds(length + pause), _ => false);
        }
        return FlowStep.Next;
    }

    private static async ValueTask<FlowStep?> SendAsync(FlowRunner run, string keys, int length) =>
        await run.Call!.TrySendAsync(new LegCommand.SendDigits(keys, length)) is { } refused ? new FlowStep.Failed(refused) : null;
}
