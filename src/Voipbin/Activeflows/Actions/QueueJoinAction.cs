using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>
/// Waits in a queue, hears its flow meanwhile, and talks to the agent who answers; goes on when that is over. With a text for who is
/// abandoned he waits no longer than a call may that is not: then he hears the text, and is let go.
/// </summary>
internal sealed class QueueJoinAction : IFlowAction
{
    public const string AbandonedText = "abandoned_text";

    public string Type => "queue_join";
    public IReadOnlyList<FlowOption> Options { get; } =
        [FlowOption.Id("queue_id").Required, FlowOption.Text(AbandonedText, FlowLimits.SpokenCharacters)];
    public bool EndsOnFailure => true;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        if (run.Order.IsPart) return new FlowStep.Failed("who waits in a queue joins no other one");
        if (run.Parts.Work is not { } work || options.Id("queue_id") is not { } queue) return new FlowStep.Failed("no call lives here");
        string? said = options.Filled(AbandonedText);
        var join = new QueueJoin(work, queue, (flow, call) => HearAsync(run, flow, call))
        {
            Entered = facts =>
            {
                foreach (var (name, value) in facts) run.Variables.Set(name["voipbin.".Length..], value);
            },
            AnswersWithin = said is null ? null : CampaignPast.AgentWithin,
            // The call's notes are not among what a flow reads.
            Read = stop => ReadAsync(run.Call!, stop),
        };
        return await join.RunAsync(run.Call!.Lend()) switch
        {
            QueueJoinEnd.Served or QueueJoinEnd.WaitTimeout or QueueJoinEnd.ServiceTimeout or QueueJoinEnd.Kicked => FlowStep.Next,
            QueueJoinEnd.Abandoned => new FlowStep.Nested(
            [
                ActionOf("talk", new() { ["text"] = said }), ActionOf("hangup", []),
            ]),
            QueueJoinEnd.NoQueue => new FlowStep.Failed("the account has no such queue"),
            QueueJoinEnd.CallerGone => run.Interrupted.IsCancellationRequested ? throw new FlowInterruptedException()
                : throw new LegOverException(),
            _ => throw new UnreachableException(),
        };
    }

    private static FlowAction ActionOf(string type, JsonObject option) => new(Guid.NewGuid(), Guid.Empty, type, option);

    private static async ValueTask<SubjectEvent?> ReadAsync(FlowCall call, CancellationToken stop)
    {
        try
        {
            return (SubjectEvent)await call.NextAsync(static happened => happened is SubjectEvent, stop);
        }
        catch (Exception over) when (over is LegOverException or FlowInterruptedException)
        {
            return null;
        }
    }

    private static async ValueTask HearAsync(FlowRunner run, Guid flow, IProgramCall call) => await new FlowRunner(run.Parts, new()
    {
        Id = Guid.NewGuid(), Tenant = run.Tenant, Flow = flow, ReferenceType = FlowOrder.OfCall, Reference = call.Leg.Uuid,
        Generation = run.Order.Generation, IsPart = true,
    }, call).RunAsync();
}
