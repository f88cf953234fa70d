using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Activeflows.Actions;

namespace Ringwright.Voipbin.Calling;

/// <summary>What clients do to a call that is up, beside what its flow does.</summary>
internal static class CallCommands
{
    public static ValueTask<Reply> HoldAsync(OperationContext op, VoipbinParts parts, bool isOn) =>
        CallHandlers.SendAsync(op, parts, new LegCommand.Hold(isOn));

    /// <summary>Only who takes part in a conference has others who would hear him.</summary>
    public static async ValueTask<Reply> MuteAsync(OperationContext op, VoipbinParts parts, bool isOn)
    {
        var (leg, whyNot) = await CallHandlers.FindUpAsync(op, parts);
        if (leg is null) return whyNot!;        // one of the two
        if (await parts.Store.Conferences.FindOfLegAsync(op.Tenant, leg.Id, op.Stop) is not { } room)
            return op.Fail(Fault.WrongState, "The call is in no conference: it is muted there alone.");
        var ack = await op.Calls.SendAsync(Subject.Of(room), new ConferenceCommand.Mute([leg.Id], isOn), op.Stop);
        return ack.IsAccepted ? await CallHandlers.GetAsync(op, parts) : op.Refuse(ack.Refusal);
    }

    public static ValueTask<Reply> StopRecordingAsync(OperationContext op, VoipbinParts parts) =>
        CallHandlers.SendAsync(op, parts, new LegCommand.RecordStop(null));

    /// <summary>Spoken behind what is spoken already.</summary>
    public static ValueTask<Reply> TalkAsync(OperationContext op, VoipbinParts parts) => CallHandlers.SendAsync(op, parts,
        new LegCommand.Speak { Id = Guid.CreateVersion7(), Speech = TalkAction.SpeechOf(new FlowOptions(op.ReadObject())) });

    public static async ValueTask<Reply> RecordAsync(OperationContext op, VoipbinParts parts)
    {
        if (await CallHandlers.WhyNotAsync(op, parts) is { } without) return without;
        var options = new FlowOptions(op.ReadObject());
        var format = RecordingStartAction.FormatOf(options);        // the schema has no other
        if (parts.Flows?.MissingFor(format) is { } missing) return op.Fail(VoipbinShape.Bad("format", missing));
        var flow = options.Id("on_end_flow_id");
        if (await VoipbinShape.CheckReferencesAsync(op, Flows.Stored, "on_end_flow_id", [flow?.ToString()]) is { } unknown)
            return op.Fail(unknown);
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(), Format = format, SilenceLimit = RecordingStartAction.Seconds(options, "end_of_silence"),
            MaximumLength = RecordingStartAction.Seconds(options, "duration"), Labels = Labels.Of((CallLabels.EndFlow, flow?.ToString())),
        };
        string id = plan.Id.ToString();
        return await CallHandlers.SendAsync(op, parts, new LegCommand.RecordStart(plan), call =>
        {
            if (flow is { } next) parts.Flows?.Host.FollowRecording(OrderOf(call), plan.Id, next);
            // It may not be written down yet.
            return call.Recordings.Contains(id) ? call : call with { Recordings = [.. call.Recordings, id], Recording = id };
        });
    }

    /// <summary>The run of the call, behind which another one follows.</summary>
    private static FlowOrder OrderOf(CallState call) => new()
    {
        Id = Guid.Parse(call.Activeflow), Tenant = call.Tenant, ReferenceType = FlowOrder.OfCall, Reference = call.Id,
    };
}
