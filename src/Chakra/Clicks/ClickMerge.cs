using System.Text.Json.Nodes;
using Ringwright.Chakra.Calling;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Clicks;

/// <summary>
/// A call that rings an agent first is one line in the log, whatever legs it has: its word and its moments are those of the customer's
/// leg, and before there is one, the agent's. It goes forward and never back, so that steps may be laid over it again.
/// </summary>
internal static class ClickMerge
{
    /// <summary>Member of the note that names the agent's leg; no other note has it.</summary>
    public const string AgentLeg = "agentLeg";

    private const string CustomerLeg = "customerLeg";

    public static bool IsClick(ChakraNote? note) => note?.Document[AgentLeg] is not null;

    /// <summary>Ids of its legs, the customer's if it is known; none of any other note.</summary>
    public static IReadOnlyList<string> LegsOf(ChakraNote? note)
    {
        if (note is null || (string?)note.Document[AgentLeg] is not { } agent) return [];
        return (string?)note.Document["providerPayload"]?[CustomerLeg] is { } customer ? [agent, customer] : [agent];
    }

    /// <param name="agent">As it was at a step.</param>
    /// <param name="customer">Likewise; null before he is called.</param>
    /// <param name="since">From when on calls of the team ask for a disposition.</param>
    /// <returns>The note itself where that is nothing new.</returns>
    public static ChakraNote Next(ChakraNote note, LegRow agent, LegRow? customer, DateTimeOffset? since, DateTimeOffset now)
    {
        if (note.DeletedAt is not null) return note;
        bool isTalk = customer?.AnsweredAt is not null, isOver = agent.EndedAt is not null && customer is null or { EndedAt: not null };
        string known = note.CallStatus ?? ChakraStatus.Queued, word = !isOver ? LiveWord(note, agent, isTalk)
            : customer is null ? ChakraStatus.Failed : ChakraStatus.Of(customer, note, since);
        var fields = new JsonObject();
        bool isFurther = RankOf(word) > RankOf(known);
        if (isFurther) (fields["callStatus"], fields["providerPayload"]) = (word, Payload(agent, customer));
        Add("connectionStart", customer?.AnsweredAt);
        if (isOver)
        {
            if (isTalk) Add("connectionEnd", customer!.EndedAt);        // it is over, as the agent's
            else if (note.Document["connectionDuration"] is null) fields["connectionDuration"] = 0;
            Add("callEnd", customer is { EndedAt: { } last } && last > agent.EndedAt ? last : agent.EndedAt);
        }
        if (fields.Count == 0) return note;
        var said = note.Saying(fields);
        ChakraLog.Reckon(said.Document);
        return said.At(now) with { CallStatus = isFurther ? word : known };

        void Add(string name, DateTimeOffset? at)
        {
            if (at is not null && note.Document[name] is null) fields[name] = ChakraTime.Millis(at);
        }
    }

    private static string LiveWord(ChakraNote note, LegRow agent, bool isTalk) => isTalk
        ? note.DisposedAt is null ? ChakraStatus.InProgress : ChakraStatus.NotDisconnected
        : agent.State is StoredLegState.Initiated ? ChakraStatus.Queued : ChakraStatus.Ringing;

    private static JsonObject Payload(LegRow agent, LegRow? customer)
    {
        var payload = new JsonObject { [AgentLeg] = agent.Uuid.ToString(), ["session"] = agent.Session.ToString() };
        if (customer is not null) payload[CustomerLeg] = customer.Uuid.ToString();
        if ((customer ?? agent).Cause is { } cause) payload["cause"] = SnakeName.Of(cause);
        if ((customer ?? agent).SipStatus is { } status) payload["sipStatus"] = status;
        return payload;
    }

    /// <summary>How far a call is.</summary>
    private static int RankOf(string word) => word switch
    {
        ChakraStatus.Queued => 0,
        ChakraStatus.Ringing => 1,
        ChakraStatus.InProgress or ChakraStatus.NotDisconnected => 2,
        _ => 3,
    };
}
