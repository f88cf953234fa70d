using System.Text.Json.Nodes;
using Ringwright.Chakra.Calling;

namespace Ringwright.Chakra.Plugins;

/// <summary>
/// Lays events of another provider over the call that they are of, in whatever order and however often they come: a call goes forward
/// and never back, what is known of it stays, and what was told before changes nothing.
/// </summary>
internal static class ProviderMerge
{
    /// <param name="note">The call as it is, or an empty one.</param>
    public static NoteChanged Next(ChakraNote note, ProviderEvent told, DateTimeOffset now, bool isNew)
    {
        if (note.DeletedAt is not null) return ChakraCalls.Gone;
        var known = note.Document;
        string type = (string?)known["type"] ?? (told.IsInbound is true ? ChakraCall.Inbound : ChakraCall.Outbound);
        string word = WordOf(told, type is ChakraCall.Inbound);
        var fields = new JsonObject();
        if (isNew)
            (fields["provider"], fields["providerCallId"], fields["from"], fields["to"], fields["type"]) =
                (told.Provider, told.CallId, told.From, told.To, type);
        if (isNew || RankOf(word) > RankOf((string?)known["callStatus"] ?? ChakraStatus.Unknown))
            (fields["callStatus"], fields["providerPayload"]) = (word, told.Payload.DeepClone());
        var merged = known.DeepClone().AsObject();
        foreach (var (name, value) in Facts(told, word))
        {
            if (merged[name] is not null) continue;
            merged[name] = value!.DeepClone();      // none is null
            // A moment that cannot be is left out, and not the whole event.
            if (ChakraLog.Order(merged) is null) fields[name] = value.DeepClone();
            else merged.Remove(name);
        }
        if (fields.Count == 0) return note;
        var said = note.Saying(fields);
        ChakraLog.Reckon(said.Document);
        said = said with
        {
            FromParty = (string?)said.Document["from"],
            ToParty = (string?)said.Document["to"],
            Type = type,
            // A disposition that was made here stands.
            CallStatus = note.DisposedAt is not null ? note.CallStatus : (string?)said.Document["callStatus"],
        };
        return isNew ? said : said.At(now);
    }

    /// <summary>"Connected" is said of a call that is up, and by whoever tells of a call when it is over: then it has an end.</summary>
    private static string WordOf(ProviderEvent told, bool isInbound)
    {
        string? word = told.Status is { } theirs ? ProviderTables.WordOf(told.Provider, theirs, isInbound) : null;
        return word is not ChakraStatus.InProgress || told.Facts["callEnd"] is null ? word ?? ChakraStatus.Unknown
            : isInbound ? ChakraStatus.Answered : ChakraStatus.Completed;
    }

    /// <summary>What the event says, and what follows from it and from when it was told.</summary>
    private static JsonObject Facts(ProviderEvent told, string word)
    {
        var facts = told.Facts.DeepClone().AsObject();
        if (told.At is not { } at)
        {
            if (word is ChakraStatus.Completed or ChakraStatus.Answered && facts["connectionStart"] is not null
                && facts["callEnd"] is { } end)
                facts["connectionEnd"] ??= end.DeepClone();
            return facts;
        }
        int rank = RankOf(word);
        if (rank is 1 or 2) facts["callStart"] = at;
        if (rank is 3) facts["connectionStart"] = at;
        if (rank < 4) facts.Remove("connectionDuration");
        if (rank < 4) return facts;
        if (word is ChakraStatus.Completed)
        {
            if ((double?)facts["connectionDuration"] is { } seconds) facts["connectionStart"] = at - (long)(seconds * 1000);
            facts["connectionEnd"] = at;
        }
        facts["callEnd"] = at;
        return facts;
    }

    /// <summary>How far a call is: placed, ringing, answered, over.</summary>
    private static int RankOf(string word) => word switch
    {
        ChakraStatus.Unknown or "LOGGED" => 0,
        ChakraStatus.Queued => 1,
        ChakraStatus.Ringing => 2,
        ChakraStatus.InProgress => 3,
        _ => 4,
    };
}
