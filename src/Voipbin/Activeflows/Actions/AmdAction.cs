using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Finds out who has answered. A machine is hung up with the reason of its own, where it is to be.</summary>
internal sealed class AmdAction : IFlowAction
{
    /// <summary>As Asterisk's detector has them.</summary>
    private static readonly MachineDetection Terms = new(MachineMode.Detect)
    {
        InitialSilence = TimeSpan.FromMilliseconds(2_500), GreetingDuration = TimeSpan.FromMilliseconds(1_500),
        AfterGreetingSilence = TimeSpan.FromMilliseconds(800), TotalAnalysis = TimeSpan.FromMilliseconds(5_000),
        BetweenWordsSilence = TimeSpan.FromMilliseconds(50), MaximumWords = 3, MaximumWordLength = TimeSpan.FromMilliseconds(5_000),
        SilenceThreshold = 256,
    };

    public string Type => "amd";
    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.OneOf("machine_handle", "hangup", "continue"), FlowOption.Flag("async")];
    public bool EndsOnFailure => false;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        bool hangsUp = options.Text("machine_handle") is "hangup", isAsync = options.Flag("async");
        var call = run.Call!;
        if (isAsync)
        {
            bool isHandedOn = false;
            call.Watch(happened =>
            {
                // Whoever talks to somebody else by then is not hung up on, and the call is no machine's: what was heard may be theirs.
                if (happened is CallEvent.LegBridged) isHandedOn = true;
                else if (happened is CallEvent.MachineDetected detected && Keep(run, detected) && hangsUp && !isHandedOn)
                    run.Interrupt(new FlowStep.Hangup(HangupReasons.Machine));
                return default;
            });
        }
        var command = new LegCommand.DetectMachine(Terms) { KeepsSounds = isAsync };
        if (await call.TrySendAsync(command) is { } refused) return new FlowStep.Failed(refused);
        if (isAsync) return FlowStep.Next;
        if (await call.NextWithinAsync(FlowLimits.Detection, e => e is CallEvent.MachineDetected) is not CallEvent.MachineDetected verdict)
            return new FlowStep.Failed("there was no verdict");
        return Keep(run, verdict) && hangsUp ? new FlowStep.Hangup(HangupReasons.Machine) : FlowStep.Next;
    }

    /// <returns>True for a machine.</returns>
    private static bool Keep(FlowRunner run, CallEvent.MachineDetected detected)
    {
        string word = detected.Verdict switch
        {
            MachineVerdict.Human or MachineVerdict.Residence or MachineVerdict.Business => "human",
            MachineVerdict.Machine or MachineVerdict.Fax => "machine",
            _ => "notsure",
        };
        run.Variables.Set("call.amd.status", word);
        run.Variables.Set("call.amd.cause", detected.Evidence.Count > 0 ? detected.Evidence[^1] : "");
        return word is "machine";
    }
}
