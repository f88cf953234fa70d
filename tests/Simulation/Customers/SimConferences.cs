using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Conferences;

namespace Ringwright.Simulation;

/// <summary>
/// The API's operations on conferences. Their maps ask the store which conference is meant; here that is looked up in the ledger, when the
/// request arrives, and the command is the engine's own. Replies are those of <see cref="SimWorld.Replies"/>.
/// </summary>
internal sealed class SimConferences(SimWorld world, SimApi api)
{
    public void Create(SimWebhook call, string name, ConferenceTerms? terms = null, Participation? part = null) =>
        Ask(call, () => new LegCommand.CreateConference(NewId(), name) { Terms = terms ?? new(), As = part ?? new() });

    /// <param name="conference">Its id or its name; so with all below.</param>
    public void Join(SimWebhook call, string conference, Participation? part = null, PromptSource? holdAudio = null,
        bool starts = false) => Ask(call, () => Find(conference) is { } found
            ? new LegCommand.JoinConference(found) { As = part ?? new(), HoldAudio = holdAudio, Starts = starts } : null);

    public void Command(string conference, ConferenceCommand command)
    {
        string what = command.GetType().Name;
        world.Log.Add(world.Now, "customer", $"{what} to conference {conference}");
        api.Post(() =>
        {
            if (Find(conference) is { } found) world.Node.Command(found, command, ack => Reply(default, what, ack));
            else world.Replies.Add(new(default, what, ConferenceActions.Unknown));
        });
    }

    /// <summary>Places a call that joins the live conference of that name, or makes it.</summary>
    public void Dial(string to, string from, string name, Participation? part = null) =>
        api.DialWith(to, from, request => request with
        {
            Conference = new LegCommand.CreateConference(NewId(), name) { As = part ?? new(), JoinsExisting = true },
        });

    private ConferenceId? Find(string conference) => world.Ledger.FindConference(conference)?.Id;

    private Guid NewId() => TimeUuid.Create(world.Anchor.ToWall(world.Now), world.Rng.Next());

    /// <param name="command">Null when there is no such conference.</param>
    private void Ask(SimWebhook call, Func<LegCommand?> command)
    {
        var leg = api.LegOf(call);
        world.Log.Add(world.Now, "customer", $"asks {MessageLog.Name(leg)} into a conference");
        api.Post(() =>
        {
            if (command() is { } what) world.Node.Command(leg, what, ack => Reply(leg, what.GetType().Name, ack));
            else world.Replies.Add(new(leg, nameof(LegCommand.JoinConference), ConferenceActions.Unknown));
        });
    }

    private void Reply(LegId leg, string what, Ack ack)
    {
        if (ack.Refusal is Refusal.Unset) throw new SimulationException($"{what} was not answered");
        world.Replies.Add(new(leg, what, ack.IsAccepted ? null : Errors.Of(ack.Refusal).Code));
    }
}
