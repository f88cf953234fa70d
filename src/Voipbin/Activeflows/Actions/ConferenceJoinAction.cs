using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Takes the call into a conference of the account, which begins with its first call, until it leaves.</summary>
internal sealed class ConferenceJoinAction : IFlowAction
{
    public string Type => "conference_join";
    public IReadOnlyList<FlowOption> Options { get; } = [FlowOption.Id("conference_id").Required];
    public bool EndsOnFailure => true;

    public ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options) =>
        JoinAsync(run, $"voipbin conference {options.Id("conference_id")}");

    /// <param name="name">Within the account: another one's of the same id is another conference.</param>
    public static async ValueTask<FlowStep> JoinAsync(FlowRunner run, string name)
    {
        var call = run.Call!;
        var command = new LegCommand.CreateConference(Guid.CreateVersion7(), name)
        {
            JoinsExisting = true, As = new() { IsMuted = run.IsMuted },
        };
        if (await call.TrySendAsync(command) is { } refused) return new FlowStep.Failed(refused);
        // It may be on its way out of another one.
        bool IsIn(object e) => e is ConferenceEvent.ParticipantJoined into && into.Conference.Name == name;
        if (await call.NextWithinAsync(FlowLimits.Ending, IsIn) is not ConferenceEvent.ParticipantJoined joined)
            return new FlowStep.Failed("the conference did not take the call in");
        await call.NextAsync<ConferenceEvent.ParticipantLeft>(left => left.Conference.Id == joined.Conference.Id);
        return FlowStep.Next;
    }
}
