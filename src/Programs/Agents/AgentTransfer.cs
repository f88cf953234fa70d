using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Rings somebody for the caller, who hears that it rings; whoever answers hears what there is to be told him, and is joined to the caller
/// by the engine.
/// </summary>
/// <param name="tell">Called on any thread.</param>
/// <param name="speak">In the agent's voice.</param>
internal sealed class AgentTransfer(IProgramCall call, AgentParts parts, Action<ConversationInput> tell,
    Func<string, PromptSource.Speech> speak)
{
    private static readonly TimeSpan Ring = TimeSpan.FromSeconds(30), Talk = TimeSpan.FromHours(4);

    private volatile RingingLeg? _ringing;
    private string _id = "";
    private LegId? _leg;

    public void Begin(ToolCall tool)
    {
        // Each call gets a result; the one before may have had its own, and then this is none.
        if (_ringing is not null) Tell("Not done: somebody else is rung in his place.");
        _id = tool.Id;
        if (Read(tool.Arguments) is not { To: { Length: > 0 } to, From: var from, Summary: var summary })
        {
            Tell("Not done: it names nobody.");
            return;
        }
        GiveUp();
        // No script's name has a colon.
        string target = $"ring:{Guid.NewGuid():N}";
        var said = Speech(summary);
        var ringing = _ringing = new(isTold: said is not null, ended =>
            tell(new ConversationInput.ToolDone(tool.Id, $"Not reached: {SnakeName.Of(ended.Cause)}.", EndsConversation: false)));
        parts.Ring(target, ringing);
        _leg = null;
        _ = DialAsync(to, from, said, target, ringing);
    }

    /// <summary>The caller talks to whom was rung.</summary>
    /// <returns>False when it is somebody else.</returns>
    public bool OnBridged(CallEvent.LegBridged bridged)
    {
        if (_ringing is null || _leg is { } leg && bridged.Peer != leg) return false;
        // They talk: nobody gives that up.
        _ringing = null;
        tell(new ConversationInput.ToolDone(_id, "Done: they talk.", EndsConversation: true));
        return true;
    }

    /// <summary>Nobody waits any more for whoever is rung.</summary>
    public void GiveUp()
    {
        _ringing?.GiveUp();
        _ringing = null;
    }

    private async Task DialAsync(string to, string? from, PromptSource? said, string target, RingingLeg ringing)
    {
        var leg = call.Leg;
        try
        {
            var placed = await call.DialAsync(new()
            {
                Tenant = leg.Tenant, Connection = leg.Connection, To = to, From = from ?? leg.To, BroughtCaller = leg.BroughtCaller,
                RingTimeout = Ring, TimeLimit = Talk, Session = leg.Session, Application = new(ApplicationKind.Agent, target),
                PromptOnAnswer = said,
                Link = new(leg.Id) { JoinsOnAnswer = true, Ringback = RingTone.Usual },
            });
            if (placed.Ack.IsAccepted)
            {
                if (_ringing == ringing) _leg = placed.Leg?.Id;
                return;
            }
            if (_ringing == ringing)
            {
                // Whom the caller is joined to from here on is not this one.
                _ringing = null;
                Tell($"Refused: {placed.Detail ?? placed.Rule ?? SnakeName.Of(placed.Ack.Refusal)}.");
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the call */ }
        parts.Forget(target);
    }

    /// <summary>A model may write for eyes, and at length.</summary>
    private PromptSource.Speech? Speech(string? summary)
    {
        if (summary is null || new PlainSpeech().Take(summary) is not { Length: > 0 } plain) return null;
        return speak(Clipped.Of(plain, Limits.SummaryCharacters));
    }

    private void Tell(string result) => tell(new ConversationInput.ToolDone(_id, result, EndsConversation: false));

    /// <summary>A brain may write anything.</summary>
    private static (string? To, string? From, string? Summary) Read(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments) is JsonObject read
                ? (Text(read["to"]), Text(read["from"]), Text(read[ToolCall.Summary])) : default;
        }
        catch (Exception bad) when (bad is JsonException or ArgumentException)
        {
            return default;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
